//! How a command ends: the one table of exit codes.

use std::fmt::Write;

/// How a command ended, and the exit code that says so.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Status {
    /// Done, or nothing to do.
    Done,
    /// It was tried and failed.
    Failed,
    /// The command line makes no sense.
    Usage,
    /// Both the project's people and this tool changed the same thing; nothing was written.
    Conflict,
    /// Changes wait to be made (`update --check`, `diff --exit-code`).
    Pending,
    /// It would destroy something or give a secret away, so it was not tried.
    Refused,
    /// `doctor` found errors.
    Findings,
    /// The network, or the identity provider, did not answer.
    Unreachable,
    /// A file of another tool's could not be understood (`import`).
    Unreadable,
    /// Ctrl-C; nothing was written.
    Interrupted,
}

impl Status {
    /// Every status, in the order of their codes.
    pub const ALL: [Self; 10] = [
        Self::Done,
        Self::Failed,
        Self::Usage,
        Self::Conflict,
        Self::Pending,
        Self::Refused,
        Self::Findings,
        Self::Unreachable,
        Self::Unreadable,
        Self::Interrupted,
    ];

    /// The process's exit code. 2 is clap's own, 130 a shell's for SIGINT.
    pub const fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Conflict => 3,
            Self::Pending => 4,
            Self::Refused => 5,
            Self::Findings => 6,
            Self::Unreachable => 7,
            Self::Unreadable => 8,
            Self::Interrupted => 130,
        }
    }

    /// What the code means, for `--help`.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "wrong usage",
            Self::Conflict => "conflict, nothing written",
            Self::Pending => "changes pending",
            Self::Refused => "refused",
            Self::Findings => "doctor found errors",
            Self::Unreachable => "network or provider unreachable",
            Self::Unreadable => "import not understood",
            Self::Interrupted => "interrupted",
        }
    }

    /// The table as `--help` prints it.
    pub(crate) fn help() -> String {
        let mut text = "Exit codes:\n ".to_owned();
        for (index, status) in Self::ALL.into_iter().enumerate() {
            if index > 0 && index % PER_LINE == 0 {
                text.push_str("\n ");
            }
            let separator = if index % PER_LINE == 0 { " " } else { "   " };
            let _ = write!(text, "{separator}{} {}", status.code(), status.meaning());
        }
        text
    }
}

const PER_LINE: usize = 5;

#[cfg(test)]
mod tests {
    use super::Status;

    #[test]
    fn every_status_has_a_code_of_its_own() {
        let mut codes: Vec<_> = Status::ALL.iter().map(|status| status.code()).collect();
        codes.dedup();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 130]);
    }
}
