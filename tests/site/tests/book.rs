//! In the book, too, every link leads somewhere.

#![allow(clippy::unwrap_used, reason = "these are tests, helpers included")]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use site::{Contents, Page, Place, Repository, assemble};

#[test]
fn every_link_of_the_book_leads_to_one_of_its_files() {
    let chapters = chapters();
    assert!(chapters.len() > 30, "only {} chapters", chapters.len());
    let anchors: BTreeMap<_, _> = chapters
        .iter()
        .map(|page| (page.place(), page.anchors()))
        .collect();
    let mut lost = Vec::new();
    for page in &chapters {
        for link in page.links().iter().filter(|link| !link.is_elsewhere()) {
            let (path, anchor) = link.parts();
            let there = page.place().follow(path).is_some_and(|place| {
                let anchors = anchors.get(&place);
                let known = |anchor| anchors.is_some_and(|all| all.iter().any(|one| one == anchor));
                anchor.map_or(anchors.is_some() || is_file(&place), known)
            });
            if !there {
                lost.push(format!("{}: {}", page.place(), link.to));
            }
        }
    }
    assert!(lost.is_empty(), "lead nowhere:\n{}", lost.join("\n"));
}

/// What mdBook is given for each page that is listed.
fn chapters() -> Vec<Page> {
    let contents = Contents::read().unwrap();
    let docs = Place::new("docs/SUMMARY.md").unwrap();
    let chapter =
        |place| json!({"Chapter": {"name": "A", "path": docs.link_to(place), "sub_items": []}});
    let items: Vec<_> = contents.pages().map(chapter).collect();
    let book = assemble(&json!([{}, {"items": items}]).to_string()).unwrap();
    let page = |item: &Value| {
        let text = |key: &str| item["Chapter"][key].as_str().unwrap();
        Page::new(
            Place::new(text("path")).unwrap(),
            text("content").to_owned(),
        )
    };
    book["items"].as_array().unwrap().iter().map(page).collect()
}

/// mdBook copies what is in `docs/` besides pages.
fn is_file(place: &Place) -> bool {
    let in_docs = Place::new(&format!("docs/{place}"));
    !place.is_page() && in_docs.is_some_and(|file| Repository::has(&file))
}
