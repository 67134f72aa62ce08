//! A page of Markdown: what it links to, what can be linked to in it, the code that it shows.

use std::collections::HashMap;
use std::ops::Range;

use pulldown_cmark::{BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd};

use crate::Place;

/// A page.
#[derive(Clone, Debug)]
pub struct Page {
    place: Place,
    text: String,
}

/// A link or an image.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Link {
    /// Where it leads, as it is written; of rustdoc's links by name alone, the name.
    pub to: String,
    /// All of it in the text of the page.
    pub whole: Range<usize>,
    /// The part of it that readers see.
    pub shown: Range<usize>,
    /// Is it an image?
    pub image: bool,
}

/// A fenced block of code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fence {
    /// The words behind the fence: `["rust", "no_run"]`.
    pub words: Vec<String>,
    /// What a comment in the line above says about it: `file: nginx.conf`. Readers do not see it.
    pub remark: Option<String>,
    /// What it shows.
    pub code: String,
    /// The line of its fence, counted from 1.
    pub line: usize,
}

impl Page {
    /// The page that is at this place and has this text.
    pub fn new(place: Place, text: String) -> Self {
        Self { place, text }
    }

    /// Where it is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// All of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Everything that it links to, in the order of the text.
    pub fn links(&self) -> Vec<Link> {
        let mut links: Vec<Link> = Vec::new();
        let mut open = Vec::new();
        for (event, range) in self.events() {
            match event {
                Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                    open.push(links.len());
                    links.push(Link {
                        to: dest_url.into_string(),
                        shown: range.end..range.start,
                        image: self.text[range.start..].starts_with('!'),
                        whole: range,
                    });
                }
                Event::End(TagEnd::Link | TagEnd::Image) => {
                    open.pop();
                }
                _ => {
                    for index in &open {
                        let shown = &mut links[*index].shown;
                        *shown = shown.start.min(range.start)..shown.end.max(range.end);
                    }
                }
            }
        }
        links
    }

    /// The anchors of its headings, as GitHub and mdBook make them.
    pub fn anchors(&self) -> Vec<String> {
        let mut seen = HashMap::new();
        let mut anchors = Vec::new();
        let mut heading: Option<String> = None;
        for (event, _) in self.events() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    let before = seen
                        .entry(anchor.clone())
                        .and_modify(|n| *n += 1)
                        .or_insert(0);
                    anchors.push(match before {
                        0 => anchor,
                        again => format!("{anchor}-{again}"),
                    });
                }
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        heading.push_str(&text);
                    }
                }
                _ => {}
            }
        }
        anchors
    }

    /// Its fenced blocks of code, in the order of the text.
    pub fn fences(&self) -> Vec<Fence> {
        let mut fences = Vec::new();
        let mut open: Option<Fence> = None;
        let mut comment = (0, String::new());
        for (event, range) in self.events() {
            match event {
                Event::Html(html) => comment = (range.end, html.into_string()),
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                    let words = info.split([',', ' ']).filter(|word| !word.is_empty());
                    let remark = (comment.0 == range.start).then_some(comment.1.trim());
                    let remark = remark.and_then(|text| text.strip_prefix("<!--"));
                    let remark = remark.and_then(|text| text.strip_suffix("-->"));
                    open = Some(Fence {
                        words: words.map(str::to_owned).collect(),
                        remark: remark.map(|text| text.trim().to_owned()),
                        code: String::new(),
                        line: 1 + self.text[..range.start].matches('\n').count(),
                    });
                }
                Event::Text(text) => {
                    if let Some(fence) = &mut open {
                        fence.code.push_str(&text);
                    }
                }
                Event::End(TagEnd::CodeBlock) => fences.extend(open.take()),
                _ => {}
            }
        }
        fences
    }

    fn events(&self) -> Vec<(Event<'_>, Range<usize>)> {
        let mut by_name = |link: BrokenLink<'_>| {
            let name = link.reference.strip_prefix('`')?.strip_suffix('`')?;
            Some((CowStr::from(name.to_owned()), CowStr::from("")))
        };
        let options = Options::ENABLE_TABLES;
        let parser = Parser::new_with_broken_link_callback(&self.text, options, Some(&mut by_name));
        parser.into_offset_iter().collect()
    }
}

impl Fence {
    /// Is it in this language?
    pub fn is(&self, language: &str) -> bool {
        self.words.first().is_some_and(|word| word == language)
    }

    /// What the remark says under this name: of `file: nginx.conf` under `file`.
    pub fn remark(&self, name: &str) -> Option<&str> {
        let (said, value) = self.remark.as_deref()?.split_once(": ")?;
        (said == name).then_some(value)
    }
}

impl Link {
    /// Does it name an item of Rust, for rustdoc to find? `fn@name` says which of two.
    pub fn is_item(&self) -> bool {
        let named =
            |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '(' | ')' | '!' | '@');
        !self.to.is_empty() && self.to.chars().all(named) && !self.to.starts_with("http")
    }

    /// Does it lead out of the repository?
    pub fn is_elsewhere(&self) -> bool {
        let scheme = self.to.split_once(':').map(|(scheme, _)| scheme);
        matches!(scheme, Some("http" | "https" | "mailto"))
    }

    /// The path that it leads to, and the anchor there.
    pub fn parts(&self) -> (&str, Option<&str>) {
        match self.to.split_once('#') {
            Some((path, anchor)) => (path, Some(anchor)),
            None => (&self.to, None),
        }
    }
}

fn anchor(heading: &str) -> String {
    let kept = heading.trim().chars().filter_map(|c| match c {
        c if c.is_alphanumeric() || matches!(c, '_' | '-') => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::Page;
    use crate::Place;

    fn page(text: &str) -> Page {
        Page::new(Place::new("a.md").expect("inside"), text.to_owned())
    }

    #[test]
    fn links_of_each_form_are_found() {
        let text = "[`Session`] [a `b`](c.md#d) ![e](f.png) [g]: [x] `[no](no.md)` [h](A::b)";
        let page = page(text);
        let links = page.links();
        let found: Vec<_> = links
            .iter()
            .map(|l| (&*l.to, &text[l.shown.clone()]))
            .collect();
        assert_eq!(
            found,
            [
                ("Session", "`Session`"),
                ("c.md#d", "a `b`"),
                ("f.png", "e"),
                ("A::b", "h")
            ]
        );
        assert!(links[0].is_item() && links[3].is_item() && !links[1].is_item());
        assert_eq!(links[1].parts(), ("c.md", Some("d")));
        assert!(links[2].image && !links[1].image);
    }

    #[test]
    fn anchors_are_those_that_github_makes() {
        let page = page("# A `b`, and c\n## Two\n## Two\n### POST /a_b\n");
        assert_eq!(page.anchors(), ["a-b-and-c", "two", "two-1", "post-a_b"]);
    }

    #[test]
    fn a_fence_has_its_words_and_its_line() {
        let text = "x\n\n```rust,no_run\na\nb\n```\n\n<!-- file: a/b.conf -->\n```nginx\nc\n```\n";
        let fences = page(text).fences();
        assert_eq!((fences[0].line, &*fences[0].code), (3, "a\nb\n"));
        assert!(fences[0].is("rust") && fences[0].words[1] == "no_run");
        assert_eq!(fences[0].remark("file"), None);
        assert_eq!(
            (fences[1].remark("file"), fences[1].remark("save")),
            (Some("a/b.conf"), None)
        );
    }
}
