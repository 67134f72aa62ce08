//! Why a template could not be rendered.

use std::error::Error;
use std::fmt;

/// A file of a template that could not be rendered, most often for want of an answer.
#[derive(Debug)]
pub struct RenderError {
    file: String,
    source: minijinja::Error,
}

impl RenderError {
    pub(crate) fn new(file: &str, source: minijinja::Error) -> Self {
        Self {
            file: file.to_owned(),
            source,
        }
    }

    /// The file, as it is named in the template.
    pub fn file(&self) -> &str {
        &self.file
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the template file {} cannot be rendered", self.file)
    }
}

impl Error for RenderError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.source)
    }
}
