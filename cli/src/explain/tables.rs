//! Where codes are explained.

use super::entry::Entry;
use crate::doctor::Rule;
use crate::status::Status;

/// Everything that is known: B2C's errors, Entra ID's, doctor's findings, this tool's exit codes.
pub(crate) fn all() -> Vec<Entry> {
    let provider = tower_b2c::explanations().map(Entry::from);
    provider
        .chain(Rule::ALL.into_iter().map(Entry::from))
        .chain(Status::ALL.into_iter().map(Entry::from))
        .collect()
}

/// What a person means: a code in any case, a number without its letters, an error's whole text.
/// More than one where a number alone says too little.
pub(crate) fn find(asked: &str) -> Vec<Entry> {
    let code = code_in(asked);
    let is_number = !code.is_empty() && code.bytes().all(|c| c.is_ascii_digit());
    let matches = |entry: &Entry| {
        let known = entry.code.as_str();
        known == code || (is_number && number_of(known) == code)
    };
    all().into_iter().filter(matches).collect()
}

/// The digits of a provider's code.
pub(super) fn number_of(code: &str) -> &str {
    let digits = PREFIXES.iter().find_map(|prefix| code.strip_prefix(prefix));
    digits.unwrap_or(code)
}

/// `AADB2C90118: The user has …` → `AADB2C90118`.
pub(super) fn code_in(asked: &str) -> String {
    let upper = asked.trim().to_ascii_uppercase();
    let word = |c: char| !c.is_ascii_alphanumeric();
    let mut words = upper.split(word).filter(|word| !word.is_empty());
    let coded = words.clone().find(|word| {
        PREFIXES
            .iter()
            .any(|prefix| word.strip_prefix(prefix).is_some_and(|n| !n.is_empty()))
    });
    coded
        .or_else(|| words.next())
        .unwrap_or_default()
        .to_owned()
}

const PREFIXES: [&str; 3] = ["AADB2C", "AADSTS", "B2C"];

#[cfg(test)]
mod tests {
    use super::{code_in, find};

    fn codes(asked: &str) -> Vec<String> {
        find(asked).into_iter().map(|entry| entry.code).collect()
    }

    #[test]
    fn a_code_is_found_however_it_is_written() {
        for asked in [
            "AADB2C90118",
            "aadb2c90118",
            " 90118 ",
            "AADB2C90118: The user has forgotten their password.",
            "access_denied: AADB2C90118: The user has forgotten their password.",
        ] {
            assert_eq!(codes(asked), ["AADB2C90118"], "{asked}");
        }
        assert_eq!(codes("5"), ["5"]);
    }

    #[test]
    fn a_number_of_two_providers_means_both() {
        assert_eq!(codes("90055"), ["AADB2C90055", "AADSTS90055"]);
    }

    #[test]
    fn nothing_is_found_for_nonsense() {
        for asked in ["", "AADB2C", "AADSTS", ":", "AADB2C99999", "é"] {
            assert!(find(asked).is_empty(), "{asked}: {}", code_in(asked));
        }
    }
}
