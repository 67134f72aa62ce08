//! Sorts the settings of other tools by what they mean.

use super::authority::is_user_flow;
use super::field::{Field, field, normal};
use super::imported::Left;
use super::node::{Entry, Place, Value};
use super::restriction::restricts;
use super::unset::is_placeholder;
use crate::guid::is_guid;
use crate::tenant::Kind;

/// The settings that mean something here, and those that do not.
#[derive(Default)]
pub(super) struct Facts {
    pub(super) found: Vec<Found>,
    pub(super) left: Vec<Left>,
    /// The kind that names of sections and settings tell.
    pub(super) hint: Option<Kind>,
}

/// A setting that means something here.
pub(super) struct Found {
    pub(super) field: Field,
    pub(super) key: String,
    pub(super) words: Vec<String>,
    pub(super) text: String,
    pub(super) place: Place,
}

impl Facts {
    /// Adds the settings of a file.
    pub(super) fn add(&mut self, entries: &[Entry]) {
        for (index, entry) in entries.iter().enumerate() {
            // The last value is the one that counts, of those that are known.
            let known = |other: &Entry| !matches!(other.value, Value::Unknown(_));
            let mut later = entries[index + 1..].iter();
            if later.any(|other| other.key == entry.key && known(other)) {
                continue;
            }
            self.one(entry);
        }
    }

    /// Those with this meaning.
    pub(super) fn of(&self, field: Field) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(move |found| found.field == field)
    }

    pub(super) fn leave(&mut self, key: &str, place: &Place, reason: impl Into<String>) {
        self.put_aside(Left {
            key: key.to_owned(),
            place: place.clone(),
            reason: reason.into(),
            restricts: false,
        });
    }

    fn put_aside(&mut self, left: Left) {
        // A constant is read again where it is used.
        let told = |other: &Left| other.place == left.place && other.reason == left.reason;
        if !self.left.iter().any(told) {
            self.left.push(left);
        }
    }

    fn one(&mut self, entry: &Entry) {
        let name = normal(&entry.key);
        if restricts(&name, &entry.value) {
            self.put_aside(Left {
                key: entry.key.clone(),
                place: entry.place.clone(),
                reason: RESTRICTION.to_owned(),
                restricts: true,
            });
            return;
        }
        if field(&name) == Some(Field::AllowedTenants) {
            self.allowed_tenants(entry);
            return;
        }
        let Some(mut field) = field(&name) else {
            if !matches!(entry.value, Value::Nothing) {
                self.leave(&entry.key, &entry.place, NO_COUNTERPART);
            }
            return;
        };
        let of_api = name.contains("downstreamapi") || name.contains("protectedresources");
        if of_api && !matches!(field, Field::ApiUrl | Field::Scopes) {
            self.leave(&entry.key, &entry.place, NO_COUNTERPART);
            return;
        }
        // .NET's AzureAd section is for both kinds; a policy tells them apart.
        let is_denied = name.ends_with("isb2c")
            && !matches!(&entry.value, Value::Text(text) if text.trim() == "true");
        if !is_denied {
            self.tell_kind(&name, field);
        }
        if let Field::Known(reason) = field {
            if !matches!(entry.value, Value::Nothing) {
                self.leave(&entry.key, &entry.place, reason);
            }
            return;
        }
        if let Value::Unknown(reason) = &entry.value {
            self.leave(&entry.key, &entry.place, reason);
            return;
        }
        let words = match (field, &entry.value) {
            (Field::Scopes, value) => value.words(),
            (_, Value::Text(text)) => Some(vec![text.trim().to_owned()]),
            (_, Value::Nothing) => Some(Vec::new()),
            _ => None,
        };
        let Some(mut words) = words else {
            self.leave(&entry.key, &entry.place, "is not a single text");
            return;
        };
        words.retain(|word| !word.is_empty());
        if field == Field::Redirect {
            for word in &mut words {
                // Spring puts the app's own address here.
                *word = word.trim_start_matches("{baseUrl}").to_owned();
            }
        }
        if words.iter().any(|word| is_placeholder(word)) {
            self.leave(&entry.key, &entry.place, "is a placeholder");
            return;
        }
        if matches!(
            field,
            Field::SignIn | Field::EditProfile | Field::ResetPassword
        ) {
            for word in &mut words {
                // The settings file of the Flask sample has paths.
                *word = word.trim_start_matches('/').to_owned();
            }
            if words.iter().any(|word| !is_user_flow(word)) {
                let reason = "is no user flow's name, such as B2C_1_signupsignin1";
                self.leave(&entry.key, &entry.place, reason);
                return;
            }
        }
        if field == Field::Provider {
            self.provider(entry, &words);
            return;
        }
        if field == Field::TenantId && words.first().is_some_and(|word| word.contains('/')) {
            field = Field::Authority;
        }
        if words.is_empty() {
            return;
        }
        self.found.push(Found {
            field,
            key: entry.key.clone(),
            text: words.join(" "),
            words,
            place: entry.place.clone(),
        });
    }

    /// Whose users may sign in: lost, it would let everybody in, so that is more than a setting left out.
    fn allowed_tenants(&mut self, entry: &Entry) {
        let words = entry.value.words().unwrap_or_default();
        let words = words.iter().flat_map(|text| text.split(','));
        let words: Vec<String> = words.map(|guid| guid.trim().to_owned()).collect();
        if matches!(entry.value, Value::Nothing) {
            return;
        }
        if words.is_empty() || !words.iter().all(|word| is_guid(word)) {
            self.put_aside(Left {
                key: entry.key.clone(),
                place: entry.place.clone(),
                reason: "is no list of tenants' GUIDs".to_owned(),
                restricts: true,
            });
            return;
        }
        self.found.push(Found {
            field: Field::AllowedTenants,
            key: entry.key.clone(),
            text: words.join(" "),
            words,
            place: entry.place.clone(),
        });
    }

    /// oauth2-proxy's names of Entra ID tell the kind, as long as no address says another.
    fn provider(&mut self, entry: &Entry, words: &[String]) {
        let is_entra = matches!(words, [only] if matches!(only.as_str(), "azure" | "entra-id"));
        let reason = match words {
            [only] if only == "oidc" || is_entra => "the kind of the provider says it",
            _ => NO_COUNTERPART,
        };
        if is_entra && self.hint.is_none() {
            self.hint = Some(Kind::Entra);
        }
        self.leave(&entry.key, &entry.place, reason);
    }

    fn tell_kind(&mut self, name: &str, field: Field) {
        let b2c = name.contains("b2c") && field != Field::Redirect;
        let flow = matches!(field, Field::SignIn);
        if b2c || flow {
            self.hint = Some(Kind::B2c);
        } else if name.ends_with("tenantsubdomain") && self.hint.is_none() {
            self.hint = Some(Kind::ExternalId);
        }
    }
}

/// Said of a setting that says who may sign in.
const RESTRICTION: &str = "who may sign in is for the app to decide";
/// Said of a setting that means nothing here.
pub(super) const NO_COUNTERPART: &str = "has no counterpart";
