//! What a sign-in is asked for, beyond that somebody signs in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{BadParameter, Parameters};

/// The user flow, the freshness and the strength of an authentication, and how the provider's pages
/// should be.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub(crate) struct Demand {
    /// By the name that the configuration has for it, or its own; `None` for the sign-in's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_flow: Option<String>,
    /// Seconds since the user last proved who they are; the answer is checked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) max_age: Option<u64>,
    /// The answer's `acr` must be one of these; none for any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) acr_values: Vec<String>,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    pub(crate) parameters: Parameters,
}

impl Demand {
    /// Whether it is about the authentication itself, so that a session may already satisfy it.
    pub(crate) fn is_about_authentication(&self) -> bool {
        self.user_flow.is_some() || self.max_age.is_some() || !self.acr_values.is_empty()
    }

    /// `max_age` as a duration.
    pub(crate) fn freshness(&self) -> Option<Duration> {
        self.max_age.map(Duration::from_secs)
    }

    /// Sets a parameter; `max_age` and `acr_values` become conditions that are checked.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), BadParameter> {
        crate::config::check_parameter(name, value)?;
        match name {
            "max_age" => self.max_age = value.parse().ok(),
            "acr_values" => {
                let words = value.split_ascii_whitespace();
                self.acr_values = words.map(str::to_owned).collect();
            }
            _ => self.parameters.insert(name, value)?,
        }
        Ok(())
    }

    /// All parameters to send, over those that the configuration has.
    pub(crate) fn over(&self, configured: Parameters) -> Parameters {
        let mut parameters = configured;
        parameters.extend(&self.parameters);
        let max_age = self.max_age.map(|seconds| seconds.to_string());
        let acr_values = self.acr_values.join(" ");
        // Both were checked when they were set.
        if let Some(max_age) = max_age {
            let _ = parameters.insert("max_age", &max_age);
        }
        if !acr_values.is_empty() {
            let _ = parameters.insert("acr_values", &acr_values);
        }
        parameters
    }

    /// What of it is kept while the user is away: all but long values.
    pub(crate) fn kept(&self) -> Self {
        Self {
            parameters: self.parameters.short(),
            ..self.clone()
        }
    }

    /// Adds to problem details what the authentication must be, by the names of RFC 9470 §3.
    pub(crate) fn describe(&self, problem: &mut serde_json::Value) {
        if let Some(user_flow) = &self.user_flow {
            problem["user_flow"] = user_flow.as_str().into();
        }
        if let Some(max_age) = self.max_age {
            problem["max_age"] = max_age.into();
        }
        if !self.acr_values.is_empty() {
            problem["acr_values"] = self.acr_values.join(" ").into();
        }
    }

    /// Appends it to the query of a link to the sign-in.
    pub(crate) fn append_to(&self, query: &mut url::form_urlencoded::Serializer<'_, String>) {
        if let Some(user_flow) = &self.user_flow {
            query.append_pair("user_flow", user_flow);
        }
        for (name, value) in self.over(Parameters::default()).short().iter() {
            query.append_pair(name, value);
        }
    }
}
