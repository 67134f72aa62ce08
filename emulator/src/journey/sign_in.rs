//! The combined sign-in and sign-up page.

use super::{Journey, Problems, Screen, SignedIn, Step};
use crate::{
    directory::{SignInProblem, User, UserFlowKind, Users},
    protocol::Params,
};

impl Journey {
    pub(super) fn sign_in(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        let name = form.trimmed("signInName");
        let password = form.get("password").unwrap_or_default();
        let mut problems = Problems::default();
        if name.is_empty() {
            problems.add("signInName", "Please enter your Email Address");
        }
        if password.is_empty() {
            problems.add("password", "Please enter your password");
        }
        if !problems.is_empty() {
            return Step::Retry(problems);
        }
        match users.sign_in(&name, &password, now) {
            Ok(user) => self.go_on_as(user, now),
            Err(SignInProblem::UnknownUser) => {
                Step::Retry(Problems::alert("We can't seem to find your account."))
            }
            Err(SignInProblem::WrongPassword) => {
                Step::Retry(Problems::alert("Your password is incorrect."))
            }
            Err(SignInProblem::Locked) => Step::Retry(Problems::alert(
                "Your account has been locked. Contact your support person to unlock it, then \
                 try again.",
            )),
            Err(SignInProblem::TemporarilyLocked) => Step::Retry(Problems::alert(
                "Your account is temporarily locked to prevent unauthorized use. Try again later.",
            )),
        }
    }

    /// Signs in without a password: the emulator's own convenience.
    pub(super) fn sign_in_as(&mut self, object_id: &str, users: &Users, now: i64) -> Step {
        match users.by_id(object_id) {
            Some(user) => self.go_on_as(user, now),
            None => Step::Retry(Problems::alert("We can't seem to find your account.")),
        }
    }

    fn go_on_as(&mut self, user: User, now: i64) -> Step {
        let signed_in = SignedIn {
            user,
            is_new: false,
            has_reset_password: false,
            auth_time: now,
        };
        match self.user_flow.kind() {
            UserFlowKind::SignUpOrSignIn | UserFlowKind::SignIn => Step::Finish(signed_in),
            UserFlowKind::ProfileEditing => {
                self.signed_in = Some(signed_in);
                self.screen = Screen::ProfileEdit;
                Step::Show
            }
            // These user flows have no sign-in page.
            UserFlowKind::PasswordReset | UserFlowKind::ResourceOwner => Step::Show,
        }
    }
}
