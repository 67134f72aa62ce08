//! What a handler can require of a session beyond that there is one.

use std::time::{Duration, SystemTime};

use super::handle::Session;
use crate::challenge::Challenge;
use crate::time::Timestamp;

impl Session {
    /// When the user last gave credentials, by the provider's word (`auth_time`). Single sign-on
    /// does not move it. `None` where the provider does not tell: Entra ID does if `auth_time` is an
    /// optional claim of the app registration.
    pub fn auth_time(&self) -> Option<SystemTime> {
        self.record().auth_time().map(Timestamp::to_system_time)
    }

    /// When the user passed this user flow in this session, as the sign-in or as a step up: a name
    /// from `[provider.user_flows]`, or the flow's own. `None` if they did not.
    pub fn passed_user_flow_at(&self, name: &str) -> Option<SystemTime> {
        let provider = self.tokens().providers().get(self.provider());
        let known = provider.and_then(|provider| provider.settings.user_flows.find(name));
        let at = self.record().passed_at(known.unwrap_or(name));
        at.map(Timestamp::to_system_time)
    }

    /// The user must have passed this user flow.
    ///
    /// # Errors
    ///
    /// A challenge that leads there, for a handler to return.
    pub fn require_user_flow(&self, name: &str) -> Result<(), Challenge> {
        let challenge = || self.challenge().with_user_flow(name);
        let passed = self.passed_user_flow_at(name);
        passed.map(|_| ()).ok_or_else(challenge)
    }

    /// The user must have given credentials within this time, with 120 seconds for clocks that
    /// differ.
    ///
    /// # Errors
    ///
    /// A challenge that asks for them, for a handler to return.
    pub fn require_fresh_sign_in(&self, max_age: Duration) -> Result<(), Challenge> {
        let fresh = self.record().is_fresh(max_age, self.tokens().now());
        let challenge = || self.challenge().with_max_age(max_age);
        fresh.then_some(()).ok_or_else(challenge)
    }

    /// The user must have authenticated in one of these classes (`acr`, OpenID Connect Core §2).
    ///
    /// # Errors
    ///
    /// A challenge that asks for them, for a handler to return.
    pub fn require_acr<S: AsRef<str>>(&self, values: &[S]) -> Result<(), Challenge> {
        let values: Vec<_> = values
            .iter()
            .map(|value| value.as_ref().to_owned())
            .collect();
        let challenge = || self.challenge().with_acr_values(values.clone());
        let holds = self.record().has_acr(&values);
        holds.then_some(()).ok_or_else(challenge)
    }

    /// Whoever stepped up stays at their provider.
    fn challenge(&self) -> Challenge {
        Challenge::sign_in().at_provider(self.provider())
    }
}
