//! Every link inside the repository leads somewhere, and the site has every page.

use std::collections::{BTreeMap, BTreeSet};

use site::{Contents, Page, Place, Repository};

#[test]
fn every_link_leads_somewhere() {
    let pages = Repository::pages().unwrap();
    assert!(pages.len() > 30, "only {} pages", pages.len());
    let anchors: BTreeMap<_, _> = pages
        .iter()
        .map(|page| (page.place(), page.anchors()))
        .collect();
    let mut lost = Vec::new();
    let mut followed = 0;
    for page in &pages {
        for link in page.links() {
            if link.is_elsewhere() || (link.is_item() && is_rustdocs(page.place())) {
                continue;
            }
            followed += 1;
            let (path, anchor) = link.parts();
            let place = page.place().follow(path).filter(Repository::has);
            let known = |place: &Place| match (anchor, anchors.get(place)) {
                (Some(anchor), Some(anchors)) => anchors.iter().any(|known| known == anchor),
                (Some(_), None) => false,
                (None, _) => true,
            };
            if !place.is_some_and(|place| known(&place)) {
                lost.push(format!("{}: {}", page.place(), link.to));
            }
        }
    }
    assert!(followed > 100, "only {followed} links");
    assert!(lost.is_empty(), "lead nowhere:\n{}", lost.join("\n"));
}

#[test]
fn the_site_has_every_page() {
    let contents = Contents::read().unwrap();
    let listed: BTreeSet<_> = contents.pages().cloned().collect();
    let pages = Repository::pages().unwrap();
    let all: BTreeSet<_> = pages.iter().map(Page::place).cloned().collect();
    let list = Place::new("docs/SUMMARY.md").unwrap();
    let missing: Vec<_> = all
        .difference(&listed)
        .filter(|place| **place != list)
        .collect();
    assert!(missing.is_empty(), "not in docs/SUMMARY.md: {missing:?}");
    let places: BTreeSet<_> = listed.iter().map(|place| contents.in_book(place)).collect();
    assert_eq!(places.len(), listed.len(), "two pages would be one file");
}

#[test]
fn every_page_begins_with_its_title() {
    for page in Repository::pages().unwrap() {
        let first = page.text().lines().next().unwrap_or_default();
        // These are the documentation of an item of Rust, which has a title without them.
        let is_items = ITEMS.contains(&page.place().path());
        assert!(
            is_items || first.starts_with("# "),
            "{}: {first}",
            page.place()
        );
    }
}

/// Is it shown by rustdoc, which finds items by their names and complains of those it does not?
fn is_rustdocs(place: &Place) -> bool {
    place.path().starts_with("middleware/") || place.path().starts_with("emulator/")
}

const ITEMS: [&str; 2] = [
    "middleware/docs/session-store.md",
    "middleware/docs/testing.md",
];
