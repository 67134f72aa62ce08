//! Codes that look like one that does not exist.

use super::tables::{all, code_in, number_of};

/// The codes with the fewest characters to change, two at most; five of them at most.
pub(crate) fn near(asked: &str) -> Vec<String> {
    let code = code_in(asked);
    let mut found: Vec<_> = all()
        .into_iter()
        .map(|entry| {
            let whole = distance(&code, &entry.code);
            let number = distance(number_of(&code), number_of(&entry.code));
            (
                whole.min(number + usize::from(code != number_of(&code))),
                entry.code,
            )
        })
        .filter(|(distance, known)| *distance <= 2 && known.len() > 3)
        .collect();
    found.sort_by_key(|(distance, _)| *distance);
    let least = found.first().map_or(0, |(distance, _)| *distance);
    found.retain(|(distance, _)| *distance == least);
    found.into_iter().take(MOST).map(|(_, code)| code).collect()
}

/// How many characters have to be added, dropped or replaced (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, a) in one.bytes().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, b) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(a != b);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[other.len()]
}

const MOST: usize = 5;

#[cfg(test)]
mod tests {
    use super::{distance, near};

    #[test]
    fn what_was_meant_is_near() {
        assert!(near("AADB2C90181").contains(&"AADB2C90182".to_owned()));
        assert!(near("AADSTS5001").contains(&"AADSTS50011".to_owned()));
        assert!(near("hello").is_empty());
        assert_eq!((distance("abc", "abd"), distance("", "ab")), (1, 2));
    }
}
