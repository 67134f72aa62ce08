//! The password reset page, after the e-mail address is verified.

use super::{Journey, Problems, Screen, SignedIn, Step, password_rules::read_new_password};
use crate::{directory::Users, protocol::Params};

impl Journey {
    /// A verified address without an account leads back to the start.
    pub(super) fn find_account(&mut self, users: &Users) -> Step {
        let email = self.email.verified_email().unwrap_or_default();
        if users.by_sign_in_name(email).is_some() {
            return Step::Show;
        }
        self.email.reset();
        Step::Retry(Problems::alert("accountNotFound"))
    }

    pub(super) fn set_password(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        let account = self
            .email
            .verified_email()
            .filter(|_| self.screen == Screen::PasswordReset)
            .and_then(|email| users.by_sign_in_name(email));
        let Some(account) = account else {
            return Step::Show;
        };
        let mut problems = Problems::default();
        let password = read_new_password(form, &mut problems);
        if !problems.is_empty() {
            return Step::Retry(problems);
        }
        let revokes = self.user_flow.settings.revoke_on_password_reset;
        match users.update(&account.object_id, |user| {
            if revokes {
                user.valid_from = now;
            }
            user.password = password;
            user.must_change_password = false;
            user.locked_until = i64::MIN;
        }) {
            Some(user) => {
                let has_reset_password = self.user_flow.kind().signs_in();
                self.authenticated(
                    SignedIn {
                        user,
                        is_new: false,
                        has_reset_password,
                        auth_time: now,
                    },
                    now,
                )
            }
            None => Step::Show,
        }
    }
}
