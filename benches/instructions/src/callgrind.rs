//! Runs this program under callgrind.

use std::error::Error;
use std::process::{Command, Stdio};

use crate::row::Row;

/// Instructions of one request, after warming up: the difference between so many and twice as many,
/// so that what happens once is in neither.
pub(crate) fn per_request(row: Row) -> Result<u64, Box<dyn Error>> {
    let requests = row.requests();
    let (once, twice) = (collected(row, requests)?, collected(row, 2 * requests)?);
    Ok(twice.saturating_sub(once) / requests)
}

/// Counts only what happens in `drive::requests`: the sign-in before it waits for the network.
fn collected(row: Row, requests: u64) -> Result<u64, Box<dyn Error>> {
    let mut command = Command::new("valgrind");
    command.args(["--tool=callgrind", "--callgrind-out-file=/dev/null"]);
    command.args(["--collect-atstart=no", "--toggle-collect=*drive*requests*"]);
    command.arg(std::env::current_exe()?);
    command.args(["drive", row.name(), &requests.to_string()]);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let output = command
        .output()
        .map_err(|error| format!("valgrind (apt-get install valgrind): {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let counts = text
        .lines()
        .filter_map(|line| line.split_once("Collected : "));
    let mut counts = counts.filter_map(|(_, count)| count.trim().parse::<u64>().ok());
    match counts.next_back() {
        Some(count) if output.status.success() && count > 0 => Ok(count),
        _ => Err(format!("valgrind did not count {}: {text}", row.name()).into()),
    }
}
