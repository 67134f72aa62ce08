//! TOML files, merged value by value.
//!
//! Only what this tool changes between its two versions is looked at; everything else in the
//! project's file stays as it is, to the byte.

use toml_edit::DocumentMut;

use super::comments::keeps_comments;
use super::conflict::{Conflict, Merged, Prefer};
use super::lines::merge_lines;
use super::plain::plain_table;
use super::syntax::parse;
use super::walk::Walk;
use crate::error::Error;

/// Merges a TOML file value by value. Comments, order and form of the project's file stay; tables in an
/// array are told apart by their `name`. A fill-in text such as `<your tenant>` is nobody's change.
///
/// # Errors
///
/// One of the texts is not TOML.
pub(crate) fn merge_toml(
    path: &str,
    base: &str,
    ours: &str,
    theirs: &str,
    prefer: Prefer,
) -> Result<Merged, Error> {
    let mut document = parse(path, ours)?;
    let (base_document, theirs_document) = (parse(path, base)?, parse(path, theirs)?);
    let mut walk = Walk::of(path, base, ours, prefer, &mut document);
    walk.go(&base_document, &mut document, &theirs_document);
    let conflicts = walk.conflicts;
    let text = document.to_string();

    // Lines bring the template's comments along, where both ways come to the same values.
    let lines = merge_lines(base, ours, theirs);
    if conflicts.is_empty() && lines.conflicts.is_empty() && says(&lines.mine, &document) {
        return Ok(Merged {
            text: lines.mine,
            conflicts,
        });
    }
    let is_sound = says(&text, &document);
    if is_sound && (prefer == Prefer::New || keeps_comments(base, ours, &text)) {
        return Ok(Merged { text, conflicts });
    }
    if prefer == Prefer::New {
        return Err(Error::refused(
            format!("{path} is written in a way that leaves no place for what is new"),
            "give the tables headers of their own ([app] in place of app.…), then try again",
        ));
    }
    // A comment would be lost, or there is no place for what is new.
    Ok(Merged {
        text: ours.to_owned(),
        conflicts: vec![Conflict::at(path, 1)],
    })
}

/// Whether a text is TOML and says what the document says.
fn says(text: &str, document: &DocumentMut) -> bool {
    let parsed = text.parse::<DocumentMut>();
    parsed.is_ok_and(|parsed| plain_table(parsed.as_table()) == plain_table(document.as_table()))
}

#[cfg(test)]
mod tests {
    use super::merge_toml;
    use crate::merge::{Merged, Prefer};

    const BASE: &str = "\
# Header.
active = \"emulator\"

[app]
# Where.
url = \"http://localhost\" # local
paths = [\"a\", \"b\"]

[provider]
kind = \"b2c\"
secret = { env = \"SECRET\" }

[[api]]
name = \"demo\"
scopes = [\"read\"]

# [[api]]
# name = \"example\"
";

    fn merge(ours: &str, theirs: &str) -> Merged {
        merge_toml("b2c.toml", BASE, ours, theirs, Prefer::Neither).expect("TOML")
    }

    fn clean(ours: &str, theirs: &str) -> String {
        let merged = merge(ours, theirs);
        assert_eq!(merged.conflicts, [], "{}", merged.text);
        merged.text
    }

    #[test]
    fn neighbouring_lines_changed_by_two_sides_do_not_conflict() {
        let ours = BASE.replace("kind = \"b2c\"", "kind = \"b2c\" # mine\nport = 1");
        let theirs = BASE
            .replace("\"b2c\"", "\"entra\"")
            .replace("\"SECRET\"", "\"OTHER\"");
        let text = clean(&ours, &theirs);
        let expected =
            "[provider]\nkind = \"entra\" # mine\nport = 1\nsecret = { env = \"OTHER\" }\n";
        assert!(text.contains(expected), "{text}");
    }

    #[test]
    fn a_reformatted_file_gets_the_values_alone() {
        let ours = "active='emulator'\nprovider={kind='b2c',secret={env='SECRET'}}#x\napp.url='http://localhost'\napp.paths=['a','b']\n";
        let theirs = BASE
            .replace("\"b2c\"", "\"entra\"")
            .replace("//localhost", "//example");
        let text = clean(ours, &theirs);
        assert_eq!(
            text,
            "active='emulator'\nprovider={kind=\"entra\",secret={env='SECRET'}}#x\napp.url=\"http://example\"\napp.paths=['a','b']\n"
        );
    }

    #[test]
    fn both_changed_is_told_by_key_and_line_and_ours_stays() {
        let ours = BASE.replace("kind = \"b2c\"", "kind = \"oidc\"");
        let theirs = BASE.replace("kind = \"b2c\"", "kind = \"entra\"");
        let merged = merge(&ours, &theirs);
        assert_eq!(merged.text, ours);
        let conflict = &merged.conflicts[0];
        assert_eq!(
            (conflict.key.as_deref(), conflict.line),
            (Some("provider.kind"), 10)
        );
        assert_eq!(
            conflict.to_string(),
            "b2c.toml:10: provider.kind is \"oidc\", would become \"entra\""
        );
        let merged = merge_toml("b2c.toml", BASE, &ours, &theirs, Prefer::New).expect("TOML");
        assert_eq!(merged.text, theirs);
    }

    #[test]
    fn new_keys_and_tables_stand_where_the_template_has_them() {
        let ours = format!(
            "own = 1\n{}",
            BASE.replace("[provider]", "[provider] # ours")
        );
        let theirs = BASE
            .replace("paths =", "# New.\nport = 1\npaths =")
            .replace(
                "[[api]]\nname = \"demo\"",
                "# Extra.\n[extra.deep]\nx = 1\n\n[[api]]\nname = \"demo\"",
            );
        let ours = ours.replace("paths = [\"a\", \"b\"]", "paths = [\"a\", \"b\"] # list");
        let text = clean(&ours, &theirs);
        assert!(
            text.contains("# local\n# New.\nport = 1\npaths = [\"a\", \"b\"] # list\n"),
            "{text}"
        );
        let (extra, api) = (
            text.find("# Extra.\n[extra.deep]\nx = 1\n"),
            text.find("[[api]]"),
        );
        assert!(extra.is_some() && extra < api, "{text}");
    }

    #[test]
    fn a_table_at_the_end_comes_after_what_stood_there() {
        let ours = BASE.replace("\"b2c\"", "\"b2c\" # mine");
        let theirs = format!("{}\n[last]\nx = 1\n", BASE.replace("\"b2c\"", "\"entra\""));
        let text = clean(&ours, &theirs);
        assert!(
            text.ends_with("# name = \"example\"\n\n[last]\nx = 1\n"),
            "{text}"
        );
    }

    #[test]
    fn what_the_template_drops_goes_with_its_comment_and_not_with_ours() {
        let ours = BASE.replace("# Where.\n", "# Where.\n# Ask Ada before changing it.\n");
        let theirs = BASE.replace("# Where.\nurl = \"http://localhost\" # local\n", "");
        let text = clean(&ours, &theirs);
        assert!(
            text.contains("# Ask Ada") && !text.contains("# Where.") && !text.contains("url"),
            "{text}"
        );
    }

    #[test]
    fn a_dropped_table_with_keys_of_ours_stays_with_them() {
        let ours = BASE.replace("kind = \"b2c\"\n", "kind = \"b2c\"\nown = 1\n");
        let theirs = BASE.replace(
            "[provider]\nkind = \"b2c\"\nsecret = { env = \"SECRET\" }\n\n",
            "",
        );
        assert!(clean(&ours, &theirs).contains("[provider]\nown = 1\n"));
        assert!(!clean(BASE, &theirs).contains("[provider]"));
    }

    #[test]
    fn what_people_took_out_stays_out() {
        let ours = BASE.replace("[[api]]\nname = \"demo\"\nscopes = [\"read\"]\n", "");
        let theirs = BASE.replace("[\"read\"]", "[\"read\", \"write\"]");
        assert_eq!(clean(&ours, &theirs), ours);
    }

    #[test]
    fn array_elements_are_told_apart_by_name() {
        let own = "[[api]]\nname = \"own\"\nscopes = [] # mine\n\n[[api]]\nname = \"demo\"";
        let ours = BASE.replace("[[api]]\nname = \"demo\"", own);
        let theirs = format!(
            "{}\n[[api]]\nname = \"new\"\n",
            BASE.replace("[\"read\"]", "[\"write\"]")
        );
        let text = clean(&ours, &theirs);
        assert!(
            text.contains("name = \"own\"\nscopes = [] # mine\n"),
            "{text}"
        );
        assert!(
            text.contains("name = \"demo\"\nscopes = [\"write\"]\n"),
            "{text}"
        );
        assert!(text.contains("[[api]]\nname = \"new\"\n"), "{text}");
    }

    #[test]
    fn a_fill_in_text_is_nobodys_change() {
        let ours = BASE.replace("kind = \"b2c\"", "kind = \"<your kind>\"");
        let theirs = BASE.replace("kind = \"b2c\"", "kind = \"entra\"");
        assert!(clean(&ours, &theirs).contains("kind = \"entra\""));
    }

    #[test]
    fn a_comment_in_a_list_that_changes_stops_the_change() {
        let ours = BASE.replace("[\"a\", \"b\"]", "[\n  \"a\", # why\n  \"b\",\n]");
        let theirs = BASE.replace("[\"a\", \"b\"]", "[\"c\"]");
        let merged = merge(&ours, &theirs);
        assert_eq!(
            (merged.text.as_str(), merged.conflicts.len()),
            (ours.as_str(), 1)
        );
        let merged = merge_toml("b2c.toml", BASE, &ours, &theirs, Prefer::New).expect("TOML");
        assert!(merged.text.contains("paths = [\"c\"]"), "{}", merged.text);
    }
}
