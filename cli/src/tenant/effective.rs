//! A profile as the app sees it: `[profile.NAME.…]` laid over the tables without that prefix.

use toml::{Table, Value};

use crate::merge::is_reference;

/// The settings of a profile.
pub(crate) fn effective(document: &Table, profile: &str) -> Table {
    let mut settings = document.clone();
    settings.remove("profile");
    let own = document.get("profile").and_then(|all| all.get(profile));
    if let Some(Value::Table(own)) = own {
        lay_over(&mut settings, own);
    }
    settings
}

/// Tables are laid over each other, everything else is replaced, references to secrets too: one says `env`,
/// the other `file`.
fn lay_over(below: &mut Table, above: &Table) {
    for (key, value) in above {
        match (below.get_mut(key), value) {
            (Some(Value::Table(below)), Value::Table(above))
                if !(is_reference(below) && is_reference(above)) =>
            {
                lay_over(below, above);
            }
            _ => drop(below.insert(key.clone(), value.clone())),
        }
    }
}

/// A text at a path of keys; empty where there is none.
pub(crate) fn text_at<'a>(settings: &'a Table, path: &[&str]) -> &'a str {
    let mut keys = path.iter();
    let first = keys.next().and_then(|key| settings.get(*key));
    let found = keys.fold(first, |value, key| value?.get(key));
    found.and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{effective, text_at};

    #[test]
    fn a_profile_is_laid_over_what_all_have() {
        let document = "a = { b = '1', c = '2' }\n[profile.x.a]\nb = '3'\n[profile.y.a]\nb = '4'\n";
        let settings = effective(&document.parse().expect("TOML"), "x");
        assert_eq!(text_at(&settings, &["a", "b"]), "3");
        assert_eq!(text_at(&settings, &["a", "c"]), "2");
        assert_eq!(text_at(&settings, &["a", "d"]), "");

        let secret = "s = { env = 'ABOVE' }\n[profile.x]\ns = { file = 'secret' }\n";
        let settings = effective(&secret.parse().expect("TOML"), "x");
        assert_eq!(text_at(&settings, &["s", "file"]), "secret");
        assert_eq!(text_at(&settings, &["s", "env"]), "");
    }
}
