//! What mdBook is given: pages from all over the repository, with links that hold in the book.

use std::fmt::Write as _;
use std::io;

use serde_json::Value;

use crate::{Contents, Link, Page, Place, Repository};

/// Brings the chapters of a book, as mdBook hands it to a preprocessor (`[context, book]`), to their
/// places in it, and returns the book.
///
/// A link to a page leads to its chapter. One to another file of the repository leads below the URL
/// `preprocessor.pages.files` of `book.toml`; without that only its text stays. So it is with
/// rustdoc's links to items.
///
/// # Errors
///
/// The input is none of mdBook's, or a page cannot be brought into the book.
pub fn assemble(input: &str) -> io::Result<Value> {
    let mut input: Value = serde_json::from_str(input)?;
    let files = input.pointer("/0/config/preprocessor/pages/files");
    let files = files.and_then(Value::as_str).map(str::to_owned);
    let contents = Contents::read()?;
    let book = input.get_mut(1).map(Value::take);
    let mut book = book.ok_or_else(|| io::Error::other("mdBook sends a context and a book"))?;
    // `sections` before mdBook 0.5.
    for list in ["items", "sections"] {
        if let Some(items) = book.get_mut(list) {
            chapters(items, &contents, files.as_deref())?;
        }
    }
    Ok(book)
}

fn chapters(items: &mut Value, contents: &Contents, files: Option<&str>) -> io::Result<()> {
    for item in items.as_array_mut().into_iter().flatten() {
        let Some(chapter) = item.get_mut("Chapter") else {
            continue;
        };
        if let Some(path) = chapter["path"].as_str() {
            let page = Place::new(&format!("docs/{path}"));
            let page = page.ok_or_else(|| io::Error::other(format!("{path} is outside")))?;
            let page = Repository::page(&page)?;
            let in_book = contents.in_book(page.place());
            let in_book =
                in_book.ok_or_else(|| io::Error::other(format!("{path} is not listed")))?;
            let mut text = relinked(&page, in_book, contents, files);
            // The documentation of an item of Rust has no title of its own.
            if let (false, Some(name)) = (text.starts_with("# "), chapter["name"].as_str()) {
                text.insert_str(0, &format!("# {name}\n\n"));
            }
            chapter["content"] = text.into();
            chapter["path"] = in_book.path().into();
        }
        chapters(&mut chapter["sub_items"], contents, files)?;
    }
    Ok(())
}

/// The page's text, with links that hold at its place in the book.
fn relinked(page: &Page, in_book: &Place, contents: &Contents, files: Option<&str>) -> String {
    let text = page.text();
    let mut done = String::with_capacity(text.len());
    let mut at = 0;
    for link in page.links() {
        if link.is_elsewhere() || link.whole.start < at {
            continue;
        }
        done.push_str(&text[at..link.whole.start]);
        let shown = &text[link.shown.clone()];
        match target(&link, page.place(), in_book, contents, files) {
            Some(to) => {
                let mark = if link.image { "!" } else { "" };
                let _ = write!(done, "{mark}[{shown}]({to})");
            }
            None => done.push_str(shown),
        }
        at = link.whole.end;
    }
    done.push_str(&text[at..]);
    done
}

fn target(
    link: &Link,
    page: &Place,
    in_book: &Place,
    contents: &Contents,
    files: Option<&str>,
) -> Option<String> {
    let (path, anchor) = link.parts();
    let anchor = anchor.map_or_else(String::new, |anchor| format!("#{anchor}"));
    if path.is_empty() {
        return Some(anchor);
    }
    if link.is_item() {
        return None;
    }
    let place = page.follow(path)?;
    let inside = contents.in_book(&place).cloned().or_else(|| {
        let file = place.path().strip_prefix("docs/")?;
        Place::new(file).filter(|file| !file.is_page())
    });
    match inside {
        Some(inside) => Some(format!("{}{anchor}", in_book.link_to(&inside))),
        None => files.map(|files| format!("{}/{place}{anchor}", files.trim_end_matches('/'))),
    }
}

#[cfg(test)]
mod tests {
    use super::{assemble, relinked};
    use crate::{Contents, Page, Place};

    #[test]
    fn links_hold_in_the_book_or_become_their_text() {
        let contents = Contents::read().expect("contents");
        let place = Place::new("middleware/README.md").expect("inside");
        let text = "[t](docs/tokens.md#a) [s](../docs/scale.md) [`Session`] [x](src/lib.rs) [y](#z) \
                    [e](https://example.com) ![i](../docs/images/home.png)";
        let page = Page::new(place.clone(), text.to_owned());
        let in_book = contents.in_book(&place).expect("listed");
        assert_eq!(
            relinked(&page, in_book, &contents, None),
            "[t](docs/tokens.md#a) [s](../scale.md) `Session` x [y](#z) [e](https://example.com) \
             ![i](../images/home.png)"
        );
        let with_files = relinked(&page, in_book, &contents, Some("https://git.example/main/"));
        assert!(with_files.contains("[x](https://git.example/main/middleware/src/lib.rs)"));
    }

    #[test]
    fn chapters_come_from_where_their_text_is() {
        let input = r#"[{"config":{}},{"items":["Separator",{"Chapter":{"path":"../middleware/docs/tokens.md",
            "content":"","sub_items":[{"Chapter":{"path":"scale.md","sub_items":[]}}]}}]}]"#;
        let book = assemble(input).expect("a book");
        let chapter = &book["items"][1]["Chapter"];
        assert_eq!(chapter["path"], "middleware/docs/tokens.md");
        assert!(
            chapter["content"]
                .as_str()
                .is_some_and(|text| text.starts_with("# "))
        );
        assert_eq!(chapter["sub_items"][0]["Chapter"]["path"], "scale.md");
        assert!(
            assemble(r#"[{},{"items":[{"Chapter":{"path":"SUMMARY.md","sub_items":[]}}]}]"#)
                .is_err()
        );
        assert!(assemble("{}").is_err());
    }
}
