//! Who can read a SQLite file, and a disk that is full: both as Unix has them.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use libtest_mimic::{Failed, Trial};
use sqlx::{Executor as _, Row as _};
use tower_b2c::SessionStore as _;

use crate::postgres::{key, nowhere, record};
use crate::sqlite::{FULL, Folder};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("sqlite_file_is_for_its_owner_alone", permissions),
        trial("sqlite_disk_is_full", full),
    ]
}

async fn permissions() -> Result<(), Failed> {
    let folder = Folder::new("permissions")?;
    let store = folder.store()?;
    assert!(store.insert(key(1), record(60), nowhere()).await?);
    let mut seen = 0;
    for entry in std::fs::read_dir(&folder.0)? {
        let entry = entry?;
        let mode = entry.metadata()?.permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", entry.path().display());
        seen += 1;
    }
    assert_eq!(seen, 3, "the file, its log and its index");
    let mode: String = folder
        .connect()
        .await?
        .fetch_one("PRAGMA journal_mode")
        .await?
        .try_get(0)?;
    assert_eq!(mode, "wal");
    Ok(())
}

/// No file of the process may grow past a limit, which is as good as a full disk.
async fn full() -> Result<(), Failed> {
    let folder = Folder::new("full")?;
    let mut process = Command::new("sh");
    process
        .args(["-c", "trap '' XFSZ; ulimit -f 400; exec \"$0\""])
        .arg(std::env::current_exe()?)
        .env(FULL, folder.file());
    let output = process.output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("refused"), "the disk was not full: {told}");
    // With room again, what was confirmed is there.
    let store = folder.store()?;
    assert!(store.load(key(0)).await?.is_some());
    assert!(store.insert(key(255), record(60), nowhere()).await?);
    Ok(())
}
