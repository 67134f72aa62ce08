//! What nginx tells of its tries: `GET / 200 [127.0.0.1:5001, 127.0.0.1:5002] [502, 200]`.

use libtest_mimic::Failed;

/// One request to nginx.
#[derive(Debug)]
pub struct Entry {
    pub method: String,
    pub status: u16,
    /// The instances that were asked, in turn.
    pub tries: usize,
}

/// The entries whose first try failed, of those after the first `skip`.
pub fn failed_tries(log: &str, skip: usize) -> Result<Vec<Entry>, Failed> {
    let entries = log.lines().skip(skip).map(read);
    let entries = entries.collect::<Option<Vec<_>>>();
    let entries = entries.ok_or("nginx writes another log")?;
    let failed = |(entry, first): (Entry, u16)| (first == 502 || first == 504).then_some(entry);
    Ok(entries.into_iter().filter_map(failed).collect())
}

fn read(line: &str) -> Option<(Entry, u16)> {
    let (request, tries) = line.split_once(" [")?;
    let mut words = request.split(' ');
    let method = words.next()?.to_owned();
    let status = words.nth(1)?.parse().ok()?;
    let (_, statuses) = tries.strip_suffix(']')?.split_once("] [")?;
    let first = statuses.split(", ").next()?.parse().ok()?;
    let tries = statuses.split(", ").count();
    let entry = Entry {
        method,
        status,
        tries,
    };
    Some((entry, first))
}
