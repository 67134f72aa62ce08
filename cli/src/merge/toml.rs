//! TOML files, merged value by value.
//!
//! Only what this tool changes between its two versions is looked at; everything else in the
//! project's file stays as it is, to the byte.

use std::collections::BTreeSet;

use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::comments::{comments_besides, keeps_comments};
use super::conflict::{Conflict, Merged, Prefer};
use super::insert::insert;
use super::lines::merge_lines;
use super::locate::{dotted, element_segment, line_of};
use super::plain::{plain_table, present, same, shown};
use super::positions::Positions;
use super::remove::remove;
use super::syntax::parse;
use super::target::Target;
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
    let mut merge = Merge {
        path,
        base,
        ours,
        prefer,
        positions: Positions::of(&mut document),
        conflicts: Vec::new(),
        orphans: Vec::new(),
        key: Vec::new(),
    };
    let root = Target::Table(document.as_table_mut());
    merge.tables(base_document.as_table(), root, theirs_document.as_table());
    merge.positions.settle(&mut document);
    let Merge {
        conflicts, orphans, ..
    } = merge;
    append(&mut document, &orphans);
    let text = document.to_string();

    // Lines bring the template's comments along, where both ways come to the same values.
    let lines = merge_lines(base, ours, theirs);
    if conflicts.is_empty() && lines.conflicts.is_empty() && says(&lines.mine, &document) {
        return Ok(Merged {
            text: lines.mine,
            conflicts,
        });
    }
    if says(&text, &document) && keeps_comments(base, ours, &text) {
        return Ok(Merged { text, conflicts });
    }
    // Where people wrote the file in a way that leaves no place for the change.
    let whole = Conflict::at(path, 1);
    Ok(Merged {
        text: ours.to_owned(),
        conflicts: vec![whole],
    })
}

struct Merge<'a> {
    path: &'a str,
    base: &'a str,
    ours: &'a str,
    prefer: Prefer,
    positions: Positions,
    conflicts: Vec<Conflict>,
    /// Comments of people on what was removed.
    orphans: Vec<String>,
    /// Where the merge is.
    key: Vec<String>,
}

/// What becomes of one key.
enum Decision {
    Keep,
    Take,
    Below,
    Elements,
    Conflict,
}

impl Merge<'_> {
    fn tables(&mut self, base: &dyn TableLike, mut ours: Target<'_>, theirs: &dyn TableLike) {
        let removed = base.iter().filter(|(key, _)| !theirs.contains_key(key));
        let keys = theirs.iter().chain(removed).map(|(key, _)| key.to_owned());
        for key in keys.collect::<Vec<_>>() {
            let (b, t) = (present(base.get(&key)), present(theirs.get(&key)));
            if same(b, t) {
                continue;
            }
            let decision = decide(b, present(ours.like().get(&key)), t);
            self.key.push(key.clone());
            match decision {
                Decision::Keep => {}
                Decision::Take => self.take(&mut ours, theirs, &key),
                Decision::Below => self.below(b, &mut ours, t, &key),
                Decision::Elements => self.elements(b, &mut ours, t, &key),
                Decision::Conflict => {
                    self.conflict(b, ours.like().get(&key), t);
                    if self.prefer == Prefer::New {
                        self.take(&mut ours, theirs, &key);
                    }
                }
            }
            self.key.pop();
        }
    }

    fn take(&mut self, ours: &mut Target<'_>, theirs: &dyn TableLike, key: &str) {
        let new = present(theirs.get(key));
        match (ours.like_mut().get_mut(key), new) {
            (Some(Item::Value(old)), Some(Item::Value(new))) => {
                let decor = old.decor().clone();
                *old = new.clone();
                *old.decor_mut() = decor;
            }
            (old, new) => {
                if old.is_some() {
                    self.orphans.extend(remove(ours, key, self.base));
                }
                if new.is_some() {
                    insert(ours, theirs, key, self.ours, &mut self.positions);
                }
            }
        }
    }

    /// A table on every side that has it. One that this tool no longer writes goes away when nothing
    /// of people's is left in it.
    fn below(
        &mut self,
        base: Option<&Item>,
        ours: &mut Target<'_>,
        theirs: Option<&Item>,
        key: &str,
    ) {
        let nothing = Table::new();
        let base_table = base.and_then(Item::as_table_like).unwrap_or(&nothing);
        let theirs_table = theirs.and_then(Item::as_table_like).unwrap_or(&nothing);
        let Some(below) = ours.like_mut().get_mut(key).and_then(Target::of) else {
            return;
        };
        self.tables(base_table, below, theirs_table);
        let empty = ours.like().get(key).and_then(Item::as_table_like);
        if theirs.is_none() && empty.is_some_and(TableLike::is_empty) {
            self.orphans.extend(remove(ours, key, self.base));
        }
    }

    /// Arrays of tables, whose elements are known by their names.
    fn elements(
        &mut self,
        base: Option<&Item>,
        ours: &mut Target<'_>,
        theirs: Option<&Item>,
        key: &str,
    ) {
        let Some(Item::ArrayOfTables(array)) = ours.like_mut().get_mut(key) else {
            return;
        };
        let all = names(theirs).into_iter().chain(names(base));
        for name in all.collect::<BTreeSet<_>>() {
            let (b, t) = (element(base, &name), element(theirs, &name));
            if b.map(|table| plain_table(table)) == t.map(|table| plain_table(table)) {
                continue;
            }
            let place = array.iter().position(|table| name_of(table) == Some(&name));
            self.key.push(element_segment(&name));
            match (b, place, t) {
                (b, Some(place), Some(t)) => {
                    let nothing = Table::new();
                    if let Some(table) = array.get_mut(place) {
                        self.tables(b.unwrap_or(&nothing), Target::Table(table), t);
                    }
                }
                (None, None, Some(t)) => {
                    let table = self.positions.element(t, array);
                    array.push(table);
                }
                (Some(b), Some(place), None) => {
                    let own = array.get(place).cloned().unwrap_or_default();
                    if plain_table(&own) == plain_table(b) {
                        array.remove(place);
                        let text = DocumentMut::from(own).to_string();
                        let comments = comments_besides(&text, self.base);
                        self.orphans.extend(comments.into_iter().map(str::to_owned));
                    } else {
                        let item = Item::Table(own);
                        self.conflict(Some(&Item::Table(b.clone())), Some(&item), None);
                        if self.prefer == Prefer::New {
                            array.remove(place);
                        }
                    }
                }
                // People took it out, or it is theirs alone.
                (_, None, _) | (None, Some(_), None) => {}
            }
            self.key.pop();
        }
    }

    fn conflict(&mut self, base: Option<&Item>, ours: Option<&Item>, theirs: Option<&Item>) {
        self.conflicts.push(Conflict {
            path: self.path.to_owned(),
            line: line_of(self.ours, &self.key),
            key: Some(dotted(&self.key)),
            base: shown(base),
            ours: shown(ours),
            theirs: shown(theirs),
        });
    }
}

fn decide(base: Option<&Item>, ours: Option<&Item>, theirs: Option<&Item>) -> Decision {
    let table =
        |item: Option<&Item>| item.is_none_or(|item| item.is_table_like() && !is_reference(item));
    let array = |item: Option<&Item>| item.is_none_or(is_named_array);
    if same(ours, theirs) {
        return Decision::Keep;
    }
    match ours {
        Some(_) if table(ours) && table(base) && table(theirs) => Decision::Below,
        Some(Item::ArrayOfTables(_)) if array(ours) && array(base) && array(theirs) => {
            Decision::Elements
        }
        // What people took out as a whole stays out.
        None if base.is_some() && (table(base) || array(base)) => Decision::Keep,
        Some(item) if theirs.is_some() && is_placeholder(item) => Decision::Take,
        _ if same(ours, base) => Decision::Take,
        _ => Decision::Conflict,
    }
}

/// A reference to a secret, `{ env = "NAME" }` or `{ file = "path" }`: one value.
fn is_reference(item: &Item) -> bool {
    let table = item.as_table_like();
    table.is_some_and(|table| {
        table.len() == 1 && (table.contains_key("env") || table.contains_key("file"))
    })
}

/// The fill-in texts of this tool's templates.
fn is_placeholder(item: &Item) -> bool {
    let text = item.as_str();
    text.is_some_and(|text| text.starts_with('<') && text.ends_with('>'))
}

fn is_named_array(item: &Item) -> bool {
    let Item::ArrayOfTables(array) = item else {
        return false;
    };
    let mut names: Vec<_> = array.iter().map(name_of).collect();
    let all = names.iter().all(Option::is_some);
    names.sort_unstable();
    all && names.windows(2).all(|pair| pair[0] != pair[1])
}

fn name_of(table: &Table) -> Option<&str> {
    table.get("name").and_then(Item::as_str)
}

fn names(item: Option<&Item>) -> Vec<String> {
    let tables = item
        .and_then(Item::as_array_of_tables)
        .into_iter()
        .flatten();
    tables
        .filter_map(|table| name_of(table).map(str::to_owned))
        .collect()
}

fn element<'a>(item: Option<&'a Item>, name: &str) -> Option<&'a Table> {
    let mut tables = item?.as_array_of_tables()?.iter();
    tables.find(|table| name_of(table) == Some(name))
}

/// Whether a text is TOML and says what the document says.
fn says(text: &str, document: &DocumentMut) -> bool {
    let parsed = text.parse::<DocumentMut>();
    parsed.is_ok_and(|parsed| plain_table(parsed.as_table()) == plain_table(document.as_table()))
}

/// Comments that have lost their place go to the end.
fn append(document: &mut DocumentMut, comments: &[String]) {
    if comments.is_empty() {
        return;
    }
    let mut trailing = document.trailing().as_str().unwrap_or_default().to_owned();
    for comment in comments {
        trailing.push_str(comment);
        trailing.push('\n');
    }
    document.set_trailing(trailing);
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
        assert_eq!((merged.text, merged.conflicts.len()), (ours, 1));
    }
}
