//! The sign-up page, after the e-mail address is verified.

use super::{
    CustomField, Journey, Problems, Profile, Screen, SignedIn, Step,
    password_rules::read_new_password,
};
use crate::{
    directory::{User, Users},
    protocol::Params,
};

impl Journey {
    pub(super) fn create_account(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        let Some(email) = self
            .email
            .verified_email()
            .filter(|_| self.screen == Screen::SignUp)
        else {
            return Step::Show;
        };
        let mut problems = Problems::default();
        let password = read_new_password(form, &mut problems);
        let profile = Profile::read(form);
        profile.check(&mut problems);
        let custom = CustomField::read(form, &self.user_flow, users);
        for field in &custom {
            field.check(&mut problems);
        }
        if !problems.is_empty() {
            return Step::Retry(problems);
        }
        let mut user: User = User::new(email, password).into();
        profile.write_to(&mut user);
        for field in custom {
            field.write_to(&mut user);
        }
        if !users.add(user.clone()) {
            return Step::Retry(Problems::alert("accountExists"));
        }
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
}
