//! What comes after a person has proved who they are?

use super::{Journey, Problems, Screen, SignedIn, Step, password_rules::read_new_password};
use crate::{
    directory::{User, UserFlowKind, Users},
    protocol::Params,
};

impl Journey {
    pub(super) fn sign_in_user(&mut self, user: User, now: i64) -> Step {
        let must_change = user.must_change_password;
        let signed_in = SignedIn {
            user,
            is_new: false,
            has_reset_password: false,
            auth_time: now,
        };
        if must_change {
            self.signed_in = Some(signed_in);
            self.screen = Screen::NewPassword;
            return Step::Show;
        }
        self.authenticated(signed_in, now)
    }

    /// A second factor where the user flow wants one, then what the user flow is for.
    pub(super) fn authenticated(&mut self, signed_in: SignedIn, now: i64) -> Step {
        self.signed_in = Some(signed_in.clone());
        if self.user_flow.settings.mfa && !self.second_factor.is_done {
            return self.ask_second_factor(now);
        }
        if self.user_flow.kind() == UserFlowKind::ProfileEditing {
            self.screen = Screen::ProfileEdit;
            return Step::Show;
        }
        Step::Finish(signed_in)
    }

    /// A password that an administrator demands.
    pub(super) fn set_new_password(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        let Some(signed_in) = self
            .signed_in
            .clone()
            .filter(|_| self.screen == Screen::NewPassword)
        else {
            return Step::Show;
        };
        let mut problems = Problems::default();
        let password = read_new_password(form, &mut problems);
        if !problems.is_empty() {
            return Step::Retry(problems);
        }
        let changed = users.update(&signed_in.user.object_id, |user| {
            user.password = password;
            user.must_change_password = false;
        });
        match changed {
            Some(user) => self.authenticated(SignedIn { user, ..signed_in }, now),
            None => Step::Show,
        }
    }
}
