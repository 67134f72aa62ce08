//! A table that the file has as a comment already.

use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::profile::with_table;
use crate::error::Error;
use crate::merge::parse;
use crate::project::CONFIG_FILE;

/// The text with the table at this path where a comment has its heading, `# [profile.tenant.app]`, and in
/// place of that: whoever takes the comment signs away would write the table a second time otherwise, which
/// is no TOML. Unchanged where there is no such comment, or where it is in the middle of another table.
///
/// # Errors
///
/// The text is not TOML.
pub(crate) fn uncomment(text: &str, path: &[&str]) -> Result<String, Error> {
    let heading = heading(path);
    let is_it = |line: &str| {
        let comment = line.trim().strip_prefix('#');
        comment.is_some_and(|rest| rest.trim() == heading)
    };
    let mut document = parse(CONFIG_FILE, text)?;
    if !text.lines().any(is_it) {
        return Ok(text.to_owned());
    }
    let Some(table) = take(&mut document, path) else {
        return Ok(text.to_owned());
    };
    let rest = document.to_string();
    let lines = rest
        .lines()
        .map(|line| if is_it(line) { &heading } else { line });
    let moved: String = lines.flat_map(|line| [line, "\n"]).collect();
    let Ok(mut document) = parse(CONFIG_FILE, &moved) else {
        return Ok(text.to_owned());
    };
    with_table(document.as_table_mut(), path, &mut |place| {
        for (key, item) in &table {
            if let Some((key, _)) = table.get_key_value(key) {
                place.entry_format(key).or_insert(item.clone());
            }
        }
    });
    let moved = document.to_string();
    // In a text of several lines, or in the middle of a table, it was no such comment.
    let is_same = moved.parse::<toml::Table>().ok() == text.parse().ok();
    Ok(if is_same { moved } else { text.to_owned() })
}

/// The text with the heading of this empty table as a comment, as the template has it.
pub(crate) fn comment_out(text: &str, path: &[&str]) -> String {
    let heading = heading(path);
    let mark = |line| if line == heading { "# " } else { "" };
    let lines = text.lines().map(|line| format!("{}{line}\n", mark(line)));
    lines.collect()
}

fn heading(path: &[&str]) -> String {
    let keys = path.iter().map(|key| toml_edit::Key::new(*key).to_string());
    format!("[{}]", keys.collect::<Vec<_>>().join("."))
}

/// Takes the table out, unless people wrote something above it.
fn take(document: &mut DocumentMut, path: &[&str]) -> Option<Table> {
    let (last, above) = path.split_last()?;
    let mut parent: &mut dyn TableLike = document.as_table_mut();
    for key in above {
        parent = parent.get_mut(key)?.as_table_like_mut()?;
    }
    let table = parent.get(last)?.as_table()?;
    let prefix = table.decor().prefix().and_then(|prefix| prefix.as_str());
    if table.is_dotted() || prefix.is_some_and(|prefix| prefix.contains('#')) {
        return None;
    }
    parent
        .remove(last)
        .and_then(|item| Item::into_table(item).ok())
}

#[cfg(test)]
mod tests {
    use super::uncomment;

    #[test]
    fn a_table_comes_to_where_its_comment_is() {
        let path = ["profile", "x", "app"];
        for (text, expected) in [
            (
                "# Where it is.\n# [profile.x.app]\n# a = 1\n\n[profile.x.b]\nc = 1\n\n[profile.x.app]\nd = 2\n",
                Some("# Where it is.\n[profile.x.app]\nd = 2\n# a = 1\n\n[profile.x.b]\nc = 1\n"),
            ),
            // Nothing to do.
            ("# [profile.x.app]\n[profile.x.b]\nc = 1\n", None),
            ("# [profile.y.app]\n[profile.x.app]\nc = 1\n", None),
            // Another key would come into the table, or a text would be changed.
            (
                "[profile.x.b]\nc = 1\n# [profile.x.app]\ne = 1\n\n[profile.x.app]\nd = 2\n",
                None,
            ),
            (
                "c = '''\n# [profile.x.app]\n'''\n[profile.x.app]\nd = 2\n",
                None,
            ),
        ] {
            let moved = uncomment(text, &path).expect("TOML");
            assert_eq!(moved, expected.unwrap_or(text));
        }
    }
}
