//! Paths inside the repository, and from one to another.

use std::fmt;

/// A file of the repository, by its path from the root: `middleware/docs/tokens.md`.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Place(String);

impl Place {
    /// The one at this path; `.` and `..` are resolved. `None` for what is outside of the repository.
    pub fn new(path: &str) -> Option<Self> {
        let mut parts = Vec::new();
        for part in path.split('/') {
            match part {
                "" | "." => {}
                ".." => {
                    parts.pop()?;
                }
                part => parts.push(part),
            }
        }
        Some(Self(parts.join("/")))
    }

    /// The one that a link in this file leads to, without its anchor. The empty link is the file itself.
    pub fn follow(&self, link: &str) -> Option<Self> {
        match link {
            "" => Some(self.clone()),
            link => Self::new(&format!("{}/{link}", self.directory())),
        }
    }

    /// The link that leads from this file to another.
    pub fn link_to(&self, other: &Self) -> String {
        let own: Vec<_> = self
            .directory()
            .split('/')
            .filter(|p| !p.is_empty())
            .collect();
        let theirs: Vec<_> = other.0.split('/').collect();
        let shared = own.iter().zip(&theirs).take_while(|(a, b)| a == b).count();
        let mut link = "../".repeat(own.len() - shared);
        link.push_str(&theirs[shared..].join("/"));
        link
    }

    /// The path.
    pub fn path(&self) -> &str {
        &self.0
    }

    /// Is it one of Markdown?
    pub fn is_page(&self) -> bool {
        let extension = self.0.rsplit_once('.').map(|(_, extension)| extension);
        extension == Some("md")
    }

    fn directory(&self) -> &str {
        self.0
            .rsplit_once('/')
            .map_or("", |(directory, _)| directory)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Place;

    #[test]
    fn a_link_leads_where_it_says_and_back() {
        let from = Place::new("middleware/docs/tokens.md").expect("inside");
        for (link, path) in [
            ("sql.md", "middleware/docs/sql.md"),
            ("../README.md", "middleware/README.md"),
            ("../../docs/a/b.md", "docs/a/b.md"),
            ("", "middleware/docs/tokens.md"),
        ] {
            let to = from.follow(link).expect(link);
            assert_eq!(to.path(), path);
            assert_eq!(from.follow(&from.link_to(&to)), Some(to), "{link}");
        }
        assert_eq!(from.follow("../../../etc/passwd"), None);
    }
}
