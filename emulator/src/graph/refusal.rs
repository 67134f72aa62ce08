//! What Graph answers to a request that it refuses.

use serde_json::{Value, json};

/// A refusal, with Graph's own code.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) status: u16,
    code: &'static str,
    message: String,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
        }
    }

    /// A value that cannot be, or a combination of values.
    pub(super) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, "Request_BadRequest", message)
    }

    /// A service principal of an application that is not there, or not there yet.
    pub(super) fn no_application(app_id: &str) -> Self {
        Self::new(
            400,
            "NoBackingApplicationObject",
            format!(
                "The appId '{app_id}' of the service principal does not reference a valid application object."
            ),
        )
    }

    /// An object that is not there, or not there yet.
    pub(super) fn missing(id: &str) -> Self {
        Self::new(
            404,
            "Request_ResourceNotFound",
            format!(
                "Resource '{id}' does not exist or one of its queried reference-property objects are \
                 not present."
            ),
        )
    }

    /// A path that leads nowhere.
    pub(super) fn no_segment(segment: &str) -> Self {
        let message = format!("Resource not found for the segment '{segment}'.");
        Self::new(400, "BadRequest", message)
    }

    /// Another object has this value.
    pub(super) fn taken(property: &str) -> Self {
        Self::new(
            409,
            "Request_MultipleObjectsWithSameKeyValue",
            format!("Another object with the same value for property {property} already exists."),
        )
    }

    pub(super) fn document(&self) -> Value {
        json!({ "error": { "code": self.code, "message": self.message } })
    }
}
