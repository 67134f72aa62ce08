//! A file of settings that is not TOML.

use toml_edit::DocumentMut;

use crate::error::Error;

/// Reads a TOML file that people edit.
///
/// # Errors
///
/// What is wrong, with the line and a caret below the place.
pub(crate) fn parse(path: &str, text: &str) -> Result<DocumentMut, Error> {
    text.parse().map_err(|error: toml_edit::TomlError| {
        let place = error.span().map_or(0, |span| span.start);
        Error::Config(fault(path, text, place, error.message()))
    })
}

/// What is wrong with a text at this place, as compilers show it. Values are blotted out: one may be a
/// secret that was to be a reference.
fn fault(path: &str, text: &str, place: usize, message: &str) -> String {
    let before = text.get(..place).unwrap_or(text);
    let number = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..).unwrap_or_default();
    let line = line.lines().next().unwrap_or_default();
    let column = before.get(start..).unwrap_or_default().chars().count();
    let margin = " ".repeat(number.to_string().len());
    let message = message.trim().replace('\n', ", ");
    format!(
        "{path}:{number}:{}: {message}\n{margin} |\n{number} | {}\n{margin} | {}^",
        column + 1,
        blotted(line),
        " ".repeat(column)
    )
}

/// A value begins at the first `=`, `:` or quote. A line that assigns nothing may be one all through, as of a
/// list; so may one that ends in `=`, as base64 does.
fn blotted(line: &str) -> String {
    let assigned = line.split_once('=').map(|(_, value)| value.trim_start());
    let assigns = assigned.is_some_and(|value| !value.is_empty() && !value.starts_with('='));
    let mut in_value = !assigns && !line.trim_start().starts_with('[');
    let blot = |c: char| {
        in_value |= "=:\"'".contains(c);
        let keeps = !in_value || c.is_whitespace() || "=:\"'[]{},.#".contains(c);
        if keeps { c } else { '•' }
    };
    line.chars().map(blot).collect()
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn a_mistake_is_shown_with_its_line_and_a_caret() {
        let text = "[app]\nbase_url = \"hunter2\" oops\n";
        let error = parse("b2c.toml", text).expect_err("not TOML").to_string();
        assert!(error.starts_with("b2c.toml:2:"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
        let lines: Vec<_> = error.lines().collect();
        assert_eq!(lines[2], "2 | base_url = \"•••••••\" ••••");
        let caret = lines[3].find('^').expect("a caret");
        assert_eq!(
            &text.lines().nth(1).expect("two lines")[caret - 4..],
            "oops"
        );
    }

    #[test]
    fn what_may_be_a_secret_is_blotted_out_wherever_it_stands() {
        for text in [
            "cookie_key: \"hunter2\"\n",
            "cookie_key: \"hunter2=\"\n",
            "cookie_key \"hunter2=\"\n",
            "cookie_key hunter2\n",
            "cookie_keys = [\n\"hunter2\"\n\"hunter2=\"\n]\n",
            "cookie_keys = [\nhunter2\n]\n",
            "a = \"\"\"\nhunter2\n",
            "a = \"\"\"\nhunter2=\nhunter2==",
            "hunter2",
        ] {
            let error = parse("b2c.toml", text).expect_err("not TOML").to_string();
            assert!(!error.contains("hunter2"), "{error}");
        }
        let error = parse("b2c.toml", "[app\n").expect_err("not TOML");
        assert!(error.to_string().contains("1 | [app\n"), "{error}");
    }

    #[test]
    fn a_mistake_at_the_very_end_is_shown_too() {
        for text in ["a", "a =", "[a", "a = \"", "é = é"] {
            let error = parse("b2c.toml", text).expect_err("not TOML").to_string();
            assert!(error.contains('^'), "{error}");
        }
    }
}
