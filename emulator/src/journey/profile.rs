use super::Problems;
use crate::{directory::User, protocol::Params};

/// The attributes that people enter about themselves.
#[derive(Clone, Debug, Default)]
pub(crate) struct Profile {
    pub(crate) display_name: String,
    pub(crate) given_name: String,
    pub(crate) surname: String,
    pub(crate) city: String,
    pub(crate) country: String,
}

impl Profile {
    pub(crate) fn of(user: &User) -> Self {
        Self {
            display_name: user.display_name.clone(),
            given_name: user.given_name.clone(),
            surname: user.surname.clone(),
            city: user.city.clone(),
            country: user.country.clone(),
        }
    }

    pub(crate) fn read(form: &Params) -> Self {
        Self {
            display_name: form.trimmed("displayName"),
            given_name: form.trimmed("givenName"),
            surname: form.trimmed("surname"),
            city: form.trimmed("city"),
            country: form.trimmed("country"),
        }
    }

    /// Every attribute is required, as in a fresh user flow.
    pub(super) fn check(&self, problems: &mut Problems) {
        for (name, value) in self.fields() {
            problems.require(name, value);
        }
    }

    pub(super) fn write_to(self, user: &mut User) {
        user.display_name = self.display_name;
        user.given_name = self.given_name;
        user.surname = self.surname;
        user.city = self.city;
        user.country = self.country;
    }

    /// The attributes under the names of their form fields.
    pub(crate) fn fields(&self) -> [(&'static str, &str); 5] {
        [
            ("displayName", &self.display_name),
            ("givenName", &self.given_name),
            ("surname", &self.surname),
            ("city", &self.city),
            ("country", &self.country),
        ]
    }
}
