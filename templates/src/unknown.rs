//! A name that is none of those that there are.

use std::error::Error;
use std::fmt;

/// A word that names no template, kind or store; says which there are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Unknown {
    what: &'static str,
    name: String,
    known: String,
}

impl Unknown {
    pub(crate) fn new(what: &'static str, name: &str, known: &[&str]) -> Self {
        let known = match known {
            [] => String::new(),
            [one] => (*one).to_owned(),
            [all @ .., last] => format!("{} or {last}", all.join(", ")),
        };
        Self {
            what,
            name: name.to_owned(),
            known,
        }
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, name, known } = self;
        write!(f, "\"{name}\" is no {what}: {known}")
    }
}

impl Error for Unknown {}

#[cfg(test)]
mod tests {
    use crate::{Kind, Store, Template};

    #[test]
    fn names_are_read_again_and_others_are_told_what_there_is() {
        for kind in Kind::ALL {
            assert_eq!(kind.name().parse(), Ok(kind));
        }
        for store in Store::ALL {
            assert_eq!(store.name().parse(), Ok(store));
        }
        for template in Template::ALL {
            assert_eq!(template.name().parse(), Ok(template));
        }
        let error = "b2b".parse::<Kind>().expect_err("unknown");
        assert_eq!(
            error.to_string(),
            "\"b2b\" is no kind: b2c, external-id, entra or oidc"
        );
    }
}
