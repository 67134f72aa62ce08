//! Counts the instructions of a request through the layer under callgrind.
//!
//! Times jitter on a busy machine, instructions hardly do. `check` compares them with what
//! `benches/instructions.toml` has and fails at a tenth more; `record` writes that file; `drive` is
//! what valgrind runs.

#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program that prints"
)]

mod callgrind;
mod drive;
mod record;
mod row;
mod verify;
mod world;

use std::error::Error;
use std::process::ExitCode;

use record::Record;
use row::Row;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["check"] => check(),
        ["record"] => measured().and_then(|record| record.write()),
        ["drive", row, requests] => drive(row, requests),
        _ => Err("usage: instructions check|record".into()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// Compares what is with what was recorded.
fn check() -> Result<(), Box<dyn Error>> {
    let recorded = Record::read()?;
    let measured = measured()?;
    println!("instructions per request, over those of the service alone");
    for row in Row::COUNTED {
        let (now, before) = (measured.of(row)?, recorded.of(row)?);
        println!("{:>14} {now:>6} (recorded {before})", row.name());
    }
    let verified = measured.of(Row::Rs256Verify)?.max(1);
    let ratio = measured.of(Row::BearerFirst)? * 100 / verified;
    println!("a first token takes {ratio} % of its bare signature check");
    recorded.compare(&measured)
}

/// Instructions per request of each row, without those of the service alone.
fn measured() -> Result<Record, Box<dyn Error>> {
    let bare = callgrind::per_request(Row::Bare)?;
    let mut record = Record::default();
    for row in Row::COUNTED {
        let added = callgrind::per_request(row)?.saturating_sub(bare);
        record.instructions.insert(row.name().to_owned(), added);
    }
    Ok(record)
}

fn drive(row: &str, requests: &str) -> Result<(), Box<dyn Error>> {
    let row = Row::named(row).ok_or("there is no such row")?;
    let requests = requests.parse()?;
    // One thread: what runs beside the requests would be counted with them.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let world = runtime.block_on(world::World::of(row, requests))?;
    // The layer may spawn.
    let _guard = runtime.enter();
    world.drive(requests)
}
