//! What to do about a code that is in no table.

use super::tables::{all, code_in, number_of};

/// The codes of the same sort and length with two digits that changed places, or one that differs; the
/// likeliest first, five of them at most.
pub(crate) fn near(asked: &str) -> Vec<String> {
    let code = code_in(asked);
    let is_number = code == number_of(&code);
    let number = number_of(&code);
    let found = all().into_iter().filter_map(|entry| {
        let own = number_of(&entry.code);
        let prefix = &entry.code[..entry.code.len() - own.len()];
        let is_of_sort = is_number || code.strip_suffix(number) == Some(prefix);
        let slip = slip(number, own)?;
        (is_of_sort && !prefix.is_empty()).then_some((slip, entry.code))
    });
    let mut found: Vec<_> = found.collect();
    found.sort();
    found.into_iter().take(MOST).map(|(_, code)| code).collect()
}

/// Where the provider tells of all its codes; `None` for what is no code of a provider's.
pub(crate) fn page(asked: &str) -> Option<&'static str> {
    let code = code_in(asked);
    let pages = PAGES.into_iter();
    let mut pages = pages.filter(|(prefix, _)| code.starts_with(prefix));
    pages.next().map(|(_, page)| page)
}

/// How a number was got wrong, the likelier the less; `None` for another number.
fn slip(one: &str, other: &str) -> Option<Slip> {
    let pairs = one.bytes().zip(other.bytes()).enumerate();
    let differing: Vec<_> = pairs.filter(|(_, (a, b))| a != b).collect();
    if one.len() != other.len() {
        return None;
    }
    match differing[..] {
        [(at, (a, b)), (next, (c, d))] if next == at + 1 && (a, b) == (d, c) => Some(Slip::Swapped),
        [(at, (a, b))] => Some(Slip::Replaced {
            from_end: one.len() - at,
            by: a.abs_diff(b),
        }),
        _ => None,
    }
}

/// What became of the digits.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Slip {
    /// Two changed places.
    Swapped,
    /// One is another; the later ones are less often read.
    Replaced { from_end: usize, by: u8 },
}

const MOST: usize = 5;
const PAGES: [(&str, &str); 2] = [
    (
        "AADB2C",
        "https://learn.microsoft.com/azure/active-directory-b2c/error-codes",
    ),
    ("AADSTS", "https://login.microsoftonline.com/error"),
];

#[cfg(test)]
mod tests {
    use super::{near, page};

    #[test]
    fn a_slip_leads_to_what_was_meant_and_nothing_else_does() {
        assert_eq!(near("AADB2C90181")[0], "AADB2C90118");
        assert!(near("AADB2C90116").contains(&"AADB2C90117".to_owned()));
        assert!(near("90116").contains(&"AADB2C90117".to_owned()));
        assert!(near("AADSTS50012").contains(&"AADSTS50011".to_owned()));
        assert!(near("B2C999").is_empty());
        for far in [
            "AADB2C99999",
            "AADSTS5001",
            "AADB2C31337",
            "hello",
            "",
            "7",
            "B2C",
        ] {
            assert_eq!(near(far), Vec::<String>::new(), "{far}");
        }
    }

    #[test]
    fn codes_of_a_provider_have_a_page() {
        assert!(
            page("aadb2c99999: what").is_some_and(|page| page.contains("active-directory-b2c"))
        );
        assert!(page("AADSTS1").is_some());
        assert_eq!((page("B2C999"), page("hello")), (None, None));
    }
}
