//! What an API says of a failure (RFC 9457).

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Value};

/// The problem details of an API's answer. What it says is the API's text: mind where it is shown.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct ProblemDetails {
    r#type: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    instance: Option<String>,
    #[serde(flatten)]
    extensions: Map<String, Value>,
}

impl ProblemDetails {
    /// The kind of problem, a URI (`type`); `about:blank` if it has none but its status.
    pub fn kind(&self) -> &str {
        self.r#type.as_deref().unwrap_or("about:blank")
    }

    /// The kind of problem, for people (`title`).
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// This occurrence of it, for people (`detail`).
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// This occurrence of it, a URI (`instance`).
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// A member of the API's own.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.extensions.get(name)
    }
}

impl fmt::Debug for ProblemDetails {
    /// The kind only: the rest may be about people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProblemDetails")
            .field("kind", &self.kind())
            .finish_non_exhaustive()
    }
}
