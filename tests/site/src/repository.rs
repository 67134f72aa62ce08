//! The files of this checkout.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{Page, Place};

/// The checkout that this package belongs to.
#[derive(Clone, Copy, Debug)]
pub struct Repository;

impl Repository {
    /// Its root.
    pub fn root() -> PathBuf {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        here.ancestors().nth(2).unwrap_or(here).to_owned()
    }

    /// Is there such a file or directory?
    pub fn has(place: &Place) -> bool {
        Self::root().join(place.path()).exists()
    }

    /// A page as it is.
    ///
    /// # Errors
    ///
    /// It cannot be read; the error has its path.
    pub fn page(place: &Place) -> io::Result<Page> {
        let text = fs::read_to_string(Self::root().join(place.path()));
        let text = text.map_err(|error| io::Error::other(format!("{place}: {error}")))?;
        Ok(Page::new(place.clone(), text))
    }

    /// The pages of `docs/`.
    ///
    /// # Errors
    ///
    /// As those of [`pages`](Self::pages).
    pub fn guides() -> io::Result<Vec<Page>> {
        let mut pages = Self::pages()?;
        pages.retain(|page| page.place().path().starts_with("docs/"));
        Ok(pages)
    }

    /// Every page there is, but for what is hidden or was built, installed or generated here.
    ///
    /// # Errors
    ///
    /// A directory or page cannot be read.
    pub fn pages() -> io::Result<Vec<Page>> {
        let root = Self::root();
        let mut pages = Vec::new();
        let mut waiting = vec![root.clone()];
        while let Some(directory) = waiting.pop() {
            for entry in fs::read_dir(directory)? {
                let path = entry?.path();
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                if name.starts_with('.') || BUILT.contains(&&*name) {
                    continue;
                }
                let inside = path.strip_prefix(&root).unwrap_or(&path);
                let place = Place::new(&inside.to_string_lossy().replace('\\', "/"));
                if path.is_dir() {
                    // A project of `cargo b2c-init new`, as the first ten minutes leave one here.
                    if !path.join("b2c.lock").exists() {
                        waiting.push(path);
                    }
                } else if let Some(place) = place.filter(Place::is_page) {
                    pages.push(Self::page(&place)?);
                }
            }
        }
        pages.sort_by(|one, other| one.place().cmp(other.place()));
        Ok(pages)
    }
}

const BUILT: [&str; 2] = ["node_modules", "target"];
