//! What a crate serves requests with.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// What a crate serves requests with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Server {
    /// axum: its pages sign people in.
    Axum,
    /// tonic: its services take access tokens.
    Tonic,
    /// hyper with `TowerToHyperService`: its pages sign people in.
    Hyper,
}

impl Server {
    /// From the framework down to what frameworks are made of.
    pub(super) const ALL: [Self; 3] = [Self::Axum, Self::Tonic, Self::Hyper];

    /// The name of the crate, `axum`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Axum => "axum",
            Self::Tonic => "tonic",
            Self::Hyper => "hyper",
        }
    }

    /// The feature of `tower-b2c` that goes with it.
    pub(super) fn feature(self) -> Option<&'static str> {
        match self {
            Self::Axum => Some("axum"),
            Self::Tonic => Some("tonic"),
            Self::Hyper => None,
        }
    }

    /// Whether people sign in here; otherwise programs come with access tokens.
    pub(crate) fn has_pages(self) -> bool {
        self != Self::Tonic
    }

    /// The first version whose services `tower-b2c` can be put around: that with `http` 1, and for the
    /// feature's own types that of the feature.
    pub(super) fn floor(self) -> (u64, u64) {
        match self {
            Self::Axum => (0, 8),
            Self::Tonic => (0, 14),
            Self::Hyper => (1, 0),
        }
    }
}

impl FromStr for Server {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        let found = Self::ALL.into_iter().find(|server| server.name() == name);
        found.ok_or_else(|| Error::Usage(format!("\"{name}\" is not axum, tonic or hyper")))
    }
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
