use std::{error, fmt};

/// Why an operation did nothing.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum OperationError {
    /// There is no such tenant, user, client, user flow or attribute.
    NotFound(&'static str),
    /// Another user, client or attribute has this name.
    Taken(String),
    /// The values do not fit; says which and why.
    Invalid(String),
}

impl fmt::Display for OperationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound(what) => write!(f, "there is no such {what}"),
            Self::Taken(name) => write!(f, "'{name}' is taken"),
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

impl error::Error for OperationError {}

impl From<serde_json::Error> for OperationError {
    fn from(error: serde_json::Error) -> Self {
        Self::Invalid(error.to_string())
    }
}
