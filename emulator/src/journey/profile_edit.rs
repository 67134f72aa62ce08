//! The profile editing page.

use super::{CustomField, Journey, Problems, Profile, Screen, SignedIn, Step};
use crate::{directory::Users, protocol::Params};

impl Journey {
    pub(super) fn save_profile(&mut self, form: &Params, users: &Users) -> Step {
        let signed_in = self
            .signed_in
            .as_ref()
            .filter(|_| self.screen == Screen::ProfileEdit);
        let Some(signed_in) = signed_in else {
            return Step::Show;
        };
        let profile = Profile::read(form);
        let custom = CustomField::read(form, &self.user_flow, users);
        let mut problems = Problems::default();
        profile.check(&mut problems);
        for field in &custom {
            field.check(&mut problems);
        }
        if !problems.is_empty() {
            return Step::Retry(problems);
        }
        let changed = users.update(&signed_in.user.object_id, |user| {
            profile.write_to(user);
            for field in custom {
                field.write_to(user);
            }
        });
        match changed {
            Some(user) => Step::Finish(SignedIn {
                user,
                ..signed_in.clone()
            }),
            None => Step::Show,
        }
    }
}
