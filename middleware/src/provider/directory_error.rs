//! Why a provider's metadata cannot be had.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::http_client::HttpError;

/// Why metadata cannot be had.
#[derive(Clone, Debug)]
pub(crate) enum DirectoryError {
    /// The tenant or the user flow does not exist.
    NotFound { url: String },
    /// The provider is away; trying again later may help.
    Unavailable { url: String, reason: Arc<HttpError> },
    /// Something else than a discovery document or key set is there.
    Unreadable { url: String, reason: String },
}

impl fmt::Display for DirectoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFound { url } => write!(
                f,
                "{url} answers 404; check the provider's tenant, instance (or authority) and the user flow's name"
            ),
            Self::Unavailable { url, reason } => write!(f, "{url}: {reason}"),
            Self::Unreadable { url, reason } => {
                write!(f, "{url} is not what a provider serves there: {reason}")
            }
        }
    }
}

impl DirectoryError {
    /// What it is in one word, for metrics.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not_found",
            Self::Unavailable { .. } => "unavailable",
            Self::Unreadable { .. } => "unreadable",
        }
    }

    /// When the provider wants to be asked again.
    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { reason, .. } => reason.retry_after(),
            _ => None,
        }
    }
}

impl std::error::Error for DirectoryError {}
