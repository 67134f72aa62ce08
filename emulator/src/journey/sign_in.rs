//! The combined sign-in and sign-up page.

use super::{Journey, Problems, Step};
use crate::{
    directory::{SignInProblem, Users},
    protocol::{Fault, Params},
};

impl Journey {
    pub(super) fn sign_in(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        let name = Self::sign_in_name(form);
        let password = form.get("password").unwrap_or_default();
        let mut problems = Problems::default();
        if name.is_empty() {
            problems.add("signInName", "enterEmail");
        }
        if password.is_empty() {
            problems.add("password", "enterPassword");
        }
        if !problems.is_empty() {
            return Step::Retry(problems);
        }
        match users.sign_in(&name, &password, now) {
            Ok(user) => {
                self.stays_signed_in = form.get("rememberMe").as_deref() == Some("true");
                self.sign_in_user(user, now)
            }
            Err(problem) => Step::Retry(Problems::refusal(&match problem {
                SignInProblem::UnknownUser => Fault::UnknownAccount,
                SignInProblem::WrongPassword => Fault::InvalidCredentials,
                SignInProblem::Locked => Fault::AccountLocked,
                SignInProblem::TemporarilyLocked => Fault::AccountTemporarilyLocked,
            })),
        }
    }

    /// The name that was typed, in a field named as any version of B2C's page names it.
    pub(crate) fn sign_in_name(form: &Params) -> String {
        ["signInName", "logonIdentifier", "email"]
            .iter()
            .map(|name| form.trimmed(name))
            .find(|value| !value.is_empty())
            .unwrap_or_default()
    }

    /// Signs in without a password: the emulator's own convenience.
    pub(super) fn sign_in_as(&mut self, object_id: &str, users: &Users, now: i64) -> Step {
        match users.by_id(object_id) {
            Some(user) if user.is_locked => Step::Retry(Problems::refusal(&Fault::AccountLocked)),
            Some(user) => self.sign_in_user(user, now),
            None => Step::Retry(Problems::refusal(&Fault::UnknownAccount)),
        }
    }
}
