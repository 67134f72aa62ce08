//! Signing in with another identity provider, which a page of the emulator plays.

use super::{Journey, Problems, Screen, SignedIn, Step, email_check::is_email};
use crate::{
    directory::{IdentityProvider, User, Users},
    protocol::{Fault, Params},
    random,
};

impl Journey {
    /// The identity provider that a person is at.
    pub(crate) fn identity_provider(&self) -> Option<&IdentityProvider> {
        self.identity_provider.as_ref()
    }

    /// Goes to an identity provider, if the user flow has it.
    pub(super) fn go_to_provider(&mut self, domain: &str) -> Step {
        let providers = &self.user_flow.settings.identity_providers;
        let provider = providers
            .iter()
            .find(|provider| provider.domain().eq_ignore_ascii_case(domain));
        if let Some(provider) = provider.filter(|_| self.screen == Screen::SignIn) {
            self.identity_provider = Some(provider.clone());
            self.screen = Screen::Federation;
        }
        Step::Show
    }

    /// Follows a domain hint.
    pub(super) fn hinted(&mut self, domain: &str) -> Step {
        self.go_to_provider(domain);
        let is_lost = self.screen == Screen::SignIn && self.user_flow.is_custom();
        if is_lost {
            Step::Refuse(Fault::NoProvider)
        } else {
            Step::Show
        }
    }

    /// The person agreed to be signed in: an unknown one gets an account.
    pub(super) fn accept(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        let Some(provider) = self.identity_provider.clone() else {
            return Step::Show;
        };
        let email = form.trimmed("email");
        let name = form.trimmed("displayName");
        let mut problems = Problems::default();
        problems.require("email", &email);
        problems.require("displayName", &name);
        if !is_email(&email) {
            problems.add("email", "invalidEmail");
        }
        if !problems.is_empty() {
            return Step::Retry(problems);
        }
        if let Some(user) = users.federated(provider.domain(), &email) {
            return self.sign_in_user(user, now);
        }
        if !self.offers_sign_up() {
            return Step::Refuse(Fault::MustSignUpFirst);
        }
        if self.user_flow.settings.unique_emails && users.by_sign_in_name(&email).is_some() {
            return Step::Refuse(Fault::AccountExists);
        }
        let user = User {
            identity_provider: Some(provider.domain().to_owned()),
            display_name: name,
            ..User::from(User::new(email, random::token()))
        };
        users.add(user.clone());
        self.authenticated(
            SignedIn {
                user,
                is_new: true,
                has_reset_password: false,
                auth_time: now,
            },
            now,
        )
    }

    /// The person did not agree, or the identity provider did not answer.
    pub(super) fn provider_fails(&self, fault: Fault) -> Step {
        match self.screen {
            Screen::Federation => Step::Refuse(fault),
            _ => Step::Show,
        }
    }
}
