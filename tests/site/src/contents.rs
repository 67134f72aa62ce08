//! Which pages the site has.

use std::collections::BTreeMap;
use std::io;

use crate::{Place, Repository};

/// What `docs/SUMMARY.md` lists.
#[derive(Clone, Debug)]
pub struct Contents {
    /// By the page's place in the repository, the one in the book.
    pages: BTreeMap<Place, Place>,
}

impl Contents {
    /// Reads the list.
    ///
    /// # Errors
    ///
    /// It cannot be read, or has a link that leads to no page of the repository.
    pub fn read() -> io::Result<Self> {
        let summary = Place::new(SUMMARY).ok_or(io::ErrorKind::NotFound)?;
        let page = Repository::page(&summary)?;
        let mut pages = BTreeMap::new();
        for link in page.links() {
            let place = summary.follow(&link.to).filter(Repository::has);
            let wrong = || io::Error::other(format!("{SUMMARY}: {} is no page", link.to));
            let place = place.ok_or_else(wrong)?;
            let in_book = in_book(&place).ok_or_else(wrong)?;
            pages.insert(place, in_book);
        }
        Ok(Self { pages })
    }

    /// Where a page of the repository is in the book.
    pub fn in_book(&self, place: &Place) -> Option<&Place> {
        self.pages.get(place)
    }

    /// Every page, by its place in the repository.
    pub fn pages(&self) -> impl Iterator<Item = &Place> {
        self.pages.keys()
    }
}

/// Pages of `docs/` are at the book's root, others where they are in the repository. mdBook's server
/// and others know `index`, not `README`.
fn in_book(place: &Place) -> Option<Place> {
    let path = place.path();
    let path = path.strip_prefix("docs/").unwrap_or(path);
    Place::new(&match path.strip_suffix("README.md") {
        Some(directory) => format!("{directory}index.md"),
        None => path.to_owned(),
    })
}

const SUMMARY: &str = "docs/SUMMARY.md";
