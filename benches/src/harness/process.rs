//! What a process has used, by the kernel's own accounting.

use std::fs;
use std::time::Duration;

use crate::error::Failure;

/// A process of this machine, by its identifier.
#[derive(Clone, Copy, Debug)]
pub struct Process(pub u32);

impl Process {
    /// The time that its threads have been on a CPU, in user and kernel mode: the sum of the first
    /// field of `/proc/PID/task/*/schedstat`, which is `utime + stime` in nanoseconds instead of
    /// hundredths of a second.
    ///
    /// # Errors
    ///
    /// When the process is gone, or this is not Linux.
    pub fn cpu(self) -> Result<Duration, Failure> {
        let tasks = format!("/proc/{}/task", self.0);
        let mut total = 0;
        for task in fs::read_dir(&tasks).map_err(Failure::during(&tasks))? {
            let path = task
                .map_err(Failure::during(&tasks))?
                .path()
                .join("schedstat");
            // A thread may end while it is looked at.
            let Ok(text) = fs::read_to_string(path) else {
                continue;
            };
            let first = text.split_whitespace().next();
            total += first.and_then(|number| number.parse().ok()).unwrap_or(0);
        }
        Ok(Duration::from_nanos(total))
    }

    /// What it has in memory, in MiB (`VmRSS`).
    ///
    /// # Errors
    ///
    /// When the process is gone, or this is not Linux.
    pub fn resident_mib(self) -> Result<f64, Failure> {
        let path = format!("/proc/{}/status", self.0);
        let status = fs::read_to_string(&path).map_err(Failure::during(&path))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        let kibibytes = kibibytes.ok_or_else(|| Failure::new(format!("no VmRSS in {path}")))?;
        Ok(kibibytes / 1024.0)
    }
}
