//! The documentation as something to test: pages, their links, the site that is made of them.
//!
//! The texts are in `docs/` and beside the code that they are about; `docs/SUMMARY.md` lists them. The
//! program of this package is mdBook's preprocessor: it brings the pages from where they are.

mod book;
mod contents;
mod page;
mod place;
mod repository;

pub use book::assemble;
pub use contents::Contents;
pub use page::{Fence, Link, Page};
pub use place::Place;
pub use repository::Repository;
