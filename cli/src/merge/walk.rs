//! Walks through three TOML documents key by key.

use std::collections::BTreeSet;

use toml_edit::{DocumentMut, Item, Table, TableLike};

use super::comments::comments_besides;
use super::conflict::{Conflict, Prefer};
use super::decision::{Decision, decide, element, name_of, names};
use super::insert::insert;
use super::locate::{dotted, element_segment, line_of};
use super::plain::{plain_table, present, same, shown};
use super::positions::Positions;
use super::remove::remove;
use super::target::Target;

/// A merge under way.
pub(super) struct Walk<'a> {
    path: &'a str,
    base: &'a str,
    ours: &'a str,
    prefer: Prefer,
    positions: Positions,
    /// What both sides have changed.
    pub(super) conflicts: Vec<Conflict>,
    /// Comments of people on what was removed.
    orphans: Vec<String>,
    /// Where the merge is.
    key: Vec<String>,
}

impl<'a> Walk<'a> {
    /// A merge of a file, whose document is about to be changed.
    pub(super) fn of(
        path: &'a str,
        base: &'a str,
        ours: &'a str,
        prefer: Prefer,
        document: &mut DocumentMut,
    ) -> Self {
        Self {
            path,
            base,
            ours,
            prefer,
            positions: Positions::of(document),
            conflicts: Vec::new(),
            orphans: Vec::new(),
            key: Vec::new(),
        }
    }

    /// Makes the changes from base to theirs in ours.
    pub(super) fn go(&mut self, base: &DocumentMut, ours: &mut DocumentMut, theirs: &DocumentMut) {
        let root = Target::Table(ours.as_table_mut());
        self.tables(base.as_table(), root, theirs.as_table());
        self.positions.settle(ours);
        append(ours, &self.orphans);
    }

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
        let key = self.key.last().map_or("", String::as_str);
        self.conflicts.push(Conflict {
            path: self.path.to_owned(),
            line: line_of(self.ours, &self.key),
            key: Some(dotted(&self.key)),
            base: shown(key, base),
            ours: shown(key, ours),
            theirs: shown(key, theirs),
        });
    }
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
