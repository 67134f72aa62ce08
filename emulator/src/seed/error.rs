use std::{error, fmt, path::PathBuf};

/// What is wrong with a seed: where, what was found, what was expected.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SeedError {
    pub(super) file: Option<PathBuf>,
    pub(super) problem: String,
}

impl SeedError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self {
            file: None,
            problem: problem.into(),
        }
    }

    pub(crate) fn in_file(mut self, file: impl Into<PathBuf>) -> Self {
        self.file = Some(file.into());
        self
    }
}

impl fmt::Display for SeedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{}: ", file.display())?;
        }
        f.write_str(self.problem.trim_end())
    }
}

impl error::Error for SeedError {}
