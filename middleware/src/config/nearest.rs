//! What somebody probably meant who wrote something else.

/// The name that `written` most resembles, the first of several; `None` if it resembles none.
pub(super) fn nearest(written: &str, names: &[&'static str]) -> Option<&'static str> {
    let plain = plain(written);
    let near = names.iter().filter(|name| **name != written);
    let near = near.filter_map(|name| {
        let other = self::plain(name);
        let most = (plain.len().max(other.len()) / 3).max(1);
        let slips = slips(&plain, &other);
        (slips <= most && slips < plain.len()).then_some((slips, *name))
    });
    near.min_by_key(|(slips, _)| *slips).map(|(_, name)| name)
}

/// `clientId` and `client-id` are `client_id`.
fn plain(name: &str) -> Vec<char> {
    let letters = name.chars().filter(|c| !matches!(c, '_' | '-' | ' '));
    letters.take(LONGEST).flat_map(char::to_lowercase).collect()
}

/// How many letters are left out, put in, mistaken for another or for their neighbour (optimal string
/// alignment distance).
fn slips(one: &[char], other: &[char]) -> usize {
    let mut two_before: Vec<usize> = Vec::new();
    let mut row_before: Vec<usize> = (0..=other.len()).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut next = vec![row + 1];
        for (column, expected) in other.iter().enumerate() {
            let mistaken = row_before[column] + usize::from(letter != expected);
            let mut least = mistaken
                .min(row_before[column + 1] + 1)
                .min(next[column] + 1);
            let are_swapped =
                row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *expected;
            if are_swapped {
                least = least.min(two_before[column - 1] + 1);
            }
            next.push(least);
        }
        two_before = std::mem::replace(&mut row_before, next);
    }
    row_before[other.len()]
}

/// In letters: no setting's name is longer, and a thousand keys are compared quickly.
const LONGEST: usize = 64;

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_lead_to_what_was_meant() {
        let names = ["app", "client_id", "client_secret", "provider", "tenant"];
        for (written, meant) in [
            ("clientid", Some("client_id")),
            ("clientSecret", Some("client_secret")),
            ("client-id", Some("client_id")),
            ("tennat", Some("tenant")),
            ("tenat", Some("tenant")),
            ("providers", Some("provider")),
            ("ap", Some("app")),
            ("zzz", None),
            ("x", None),
            ("", None),
            ("flavour", None),
            ("tenant", None),
        ] {
            assert_eq!(nearest(written, &names), meant, "{written}");
        }
        assert_eq!(nearest(&"a".repeat(100_000), &names), None);
    }
}
