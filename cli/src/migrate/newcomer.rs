//! What `b2c.toml` calls the new provider, and the variable that has its client secret.

use toml_edit::DocumentMut;

use super::place::Place;
use super::stage::Stage;
use crate::tenant::{first_free, numbered, variable_of, variables};

/// The names of the new provider. They are nobody else's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Newcomer {
    /// Of `[providers.NAME]` while there are two, and afterwards.
    pub(crate) name: String,
    /// Of the environment: the client secret's.
    pub(crate) variable: String,
}

impl Newcomer {
    /// Those that it has, if it is there; else `external-id`, or the first of `external-id-2` and so on
    /// that is free, and the same for the variable.
    pub(crate) fn of(document: &DocumentMut, place: &Place, stage: &Stage) -> Self {
        let name = if let Stage::Moving { new, .. } = stage {
            new.clone()
        } else {
            let providers = place.providers(document);
            let is_free = |name: &str| !providers.iter().any(|(known, _)| known == name);
            first_free(numbered(NAME), is_free)
        };
        let present = match stage {
            Stage::Moving { new, .. } => place.secret_variable(document, new),
            _ => None,
        };
        let variable = present.unwrap_or_else(|| {
            let taken = variables(document);
            let names = numbered(NAME).map(|name| variable_of(&name));
            first_free(names, |name| !taken.contains(name))
        });
        Self { name, variable }
    }
}

const NAME: &str = "external-id";

#[cfg(test)]
mod tests {
    use super::{DocumentMut, Newcomer, Place};

    #[test]
    fn names_of_others_are_left_to_them() {
        for (text, name, variable) in [
            ("[provider]", "external-id", "B2C_EXTERNAL_ID_CLIENT_SECRET"),
            (
                "[providers.b2c]\n[providers.external-id]\nkind = 'entra'",
                "external-id-2",
                "B2C_EXTERNAL_ID_CLIENT_SECRET",
            ),
            (
                "[providers.b2c]\n[providers.external-id]\nkind = 'oidc'\n\
                 client_secret = { env = 'B2C_EXTERNAL_ID_CLIENT_SECRET' }\n\
                 [providers.external-id-2]\nkind = 'entra'",
                "external-id-3",
                "B2C_EXTERNAL_ID_2_CLIENT_SECRET",
            ),
            (
                "[providers.b2c]\n[providers.external-id]\nkind = 'external-id'\n\
                 client_secret = { env = 'OURS' }",
                "external-id",
                "OURS",
            ),
        ] {
            let document: DocumentMut = text.parse().expect("TOML");
            let place = Place::find(&document, None).expect("a provider");
            let stage = place.stage(&document).expect("one of B2C");
            let newcomer = Newcomer::of(&document, &place, &stage);
            assert_eq!(
                (&*newcomer.name, &*newcomer.variable),
                (name, variable),
                "{text}"
            );
        }
    }
}
