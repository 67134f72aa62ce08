//! What a provider's error code means, for the person who looks it up.

use super::meanings;
use super::provider_error::{B2C, ENTRA, known, number};
use super::reaction::Reaction;

/// What is known of an error code of Azure AD B2C, External ID or Entra ID.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    code: String,
    meaning: &'static str,
    reaction: Reaction,
    advice: Option<&'static str>,
}

/// Explains a code, `AADB2C90118` or `AADSTS50011`, from the table by which the layer answers the
/// provider's errors. `None` for one that it does not know.
///
/// ```
/// use tower_b2c::{Reaction, explain};
///
/// let forgotten = explain("AADB2C90118").expect("a code of the table");
/// assert_eq!(forgotten.meaning(), "The user has forgotten the password.");
/// assert_eq!(forgotten.reaction(), Reaction::ResetPassword);
/// assert!(explain("AADB2C00000").is_none());
/// ```
pub fn explain(code: &str) -> Option<Explanation> {
    let (prefix, number) = number(code)?;
    let table = if prefix == B2C {
        meanings::B2C
    } else {
        meanings::ENTRA
    };
    let (_, meaning) = table.iter().find(|(listed, _)| *listed == number)?;
    of(prefix, number, meaning)
}

/// Explains every code that the layer knows: those of B2C, then those of Entra ID.
pub fn explanations() -> impl Iterator<Item = Explanation> {
    let entries = |prefix, table: &'static [(u32, &'static str)]| {
        table
            .iter()
            .filter_map(move |(number, meaning)| of(prefix, *number, meaning))
    };
    entries(B2C, meanings::B2C).chain(entries(ENTRA, meanings::ENTRA))
}

impl Explanation {
    /// The code: `AADB2C90118`.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// What the provider says with it, in a sentence.
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// What the layer does when it meets it.
    pub fn reaction(&self) -> Reaction {
        self.reaction
    }

    /// What the app's operator can do about it; `None` where there is nothing to mend.
    pub fn advice(&self) -> Option<&'static str> {
        self.advice
    }
}

fn of(prefix: &'static str, number: u32, meaning: &'static str) -> Option<Explanation> {
    let (reaction, advice) = known(prefix, number)?;
    Some(Explanation {
        code: format!("{prefix}{number}"),
        meaning,
        reaction,
        advice: (!advice.is_empty()).then_some(advice),
    })
}
