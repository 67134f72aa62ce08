//! What ASP.NET, and so B2C, takes for an attempt to smuggle HTML in.

use crate::protocol::Params;

/// The first field or parameter whose value could be markup. Passwords may be anything, and so may
/// what is the application's own.
pub(crate) fn unsafe_field(form: &Params) -> Option<&str> {
    form.pairs()
        .iter()
        .filter(|(name, _)| !name.to_ascii_lowercase().contains("password"))
        .filter(|(name, _)| !matches!(name.as_str(), "state" | "redirect_uri"))
        .find(|(_, value)| is_markup(value))
        .map(|(name, _)| name.as_str())
}

/// Is there a `<` with a letter, `!`, `/` or `?` behind it, or a `&#`?
fn is_markup(value: &str) -> bool {
    let mut letters = value.chars().peekable();
    while let Some(letter) = letters.next() {
        let next = letters.peek().copied();
        let is_start = match letter {
            '<' => next
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '!' | '/' | '?')),
            '&' => next == Some('#'),
            _ => false,
        };
        if is_start {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_markup_from_mathematics() {
        for bad in ["<b>", "a</", "<!--", "<?x", "x&#60;", "<<b"] {
            assert!(is_markup(bad), "{bad}");
        }
        for good in ["", "a < b", "<3", "Marks & Spencer", "&amp;", "<", "&"] {
            assert!(!is_markup(good), "{good}");
        }
        let form = Params::parse("newPassword=%3Cb%3E&city=%3Cb%3E");
        assert_eq!(unsafe_field(&form), Some("city"));
    }
}
