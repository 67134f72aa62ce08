//! How far a move is.

use crate::error::Error;
use b2c_templates::Kind;

/// How far a move from B2C to External ID is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Stage {
    /// Users sign in at B2C, by the provider of this name.
    Before {
        /// Of B2C.
        old: String,
    },
    /// Both are there.
    Moving {
        /// Of B2C.
        old: String,
        /// Of External ID.
        new: String,
    },
    /// Users sign in at External ID.
    After,
}

impl Stage {
    /// By the names and kinds of the providers.
    pub(super) fn of(providers: &[(String, Option<Kind>)]) -> Result<Self, Error> {
        let named = |wanted: Kind| {
            let of_kind = providers.iter().filter(|(_, kind)| *kind == Some(wanted));
            of_kind.map(|(name, _)| name.clone()).collect::<Vec<_>>()
        };
        let (old, new) = (named(Kind::B2c), named(Kind::ExternalId));
        match (old.as_slice(), new.as_slice()) {
            ([old], []) => Ok(Self::Before { old: old.clone() }),
            ([old], [new]) => Ok(Self::Moving {
                old: old.clone(),
                new: new.clone(),
            }),
            ([], [_, ..]) => Ok(Self::After),
            ([], []) => {
                let kinds: Vec<_> = providers
                    .iter()
                    .map(|(_, kind)| kind.map_or("unknown", Kind::name))
                    .collect();
                Err(Error::refused(
                    format!(
                        "users sign in at a provider of kind {}; this moves them from b2c",
                        kinds.join(", ")
                    ),
                    "name the profile of B2C with --profile, or change this one: cargo b2c-init \
                     tenant set",
                ))
            }
            _ => Err(Error::refused(
                format!(
                    "there are several providers of one kind: {}",
                    [old, new].concat().join(", ")
                ),
                "move one after the other: give each a profile of its own while you do",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Stage;
    use b2c_templates::Kind;

    #[test]
    fn the_kinds_tell_how_far_it_is() {
        let stage = |kinds: &[Kind]| {
            let named = kinds.iter().enumerate();
            let named = named.map(|(index, kind)| (format!("p{index}"), Some(*kind)));
            Stage::of(&named.collect::<Vec<_>>()).ok()
        };
        let (old, new) = ("p0".to_owned(), "p1".to_owned());
        let before = Stage::Before { old: old.clone() };
        assert_eq!(stage(&[Kind::B2c]), Some(before.clone()));
        assert_eq!(stage(&[Kind::B2c, Kind::Entra]), Some(before));
        let moving = Stage::Moving { old, new };
        assert_eq!(stage(&[Kind::B2c, Kind::ExternalId]), Some(moving));
        assert_eq!(stage(&[Kind::ExternalId]), Some(Stage::After));
        for none in [
            &[][..],
            &[Kind::Oidc],
            &[Kind::Entra],
            &[Kind::B2c, Kind::B2c],
            &[Kind::B2c, Kind::ExternalId, Kind::ExternalId],
        ] {
            assert_eq!(stage(none), None, "{none:?}");
        }
    }
}
