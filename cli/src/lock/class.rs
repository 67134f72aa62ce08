//! What may happen to a file that people have edited.

use std::fmt;

/// How a file of a template is brought up to date in a project where people work.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Class {
    /// Settings, merged key by key: TOML files and `.env.example`.
    Config,
    /// Code, merged line by line.
    Source,
    /// Written once, then yours: pages, styles, README. Replaced only while nobody has edited it.
    Seed,
    /// `.env`: gets the keys that it lacks. Never read into the lock file, never shown.
    Secret,
}

impl Class {
    /// The class of a template's file, by its path in the project.
    pub fn of(path: &str) -> Self {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
        match (name, extension) {
            (".env", _) => Self::Secret,
            (".env.example", _) | (_, "toml") => Self::Config,
            (_, "rs" | "proto" | "gitignore" | "dockerignore" | "gitattributes") => Self::Source,
            _ => Self::Seed,
        }
    }

    /// Whether the file as it was written has to be kept, to merge with.
    pub fn has_base(self) -> bool {
        matches!(self, Self::Config | Self::Source)
    }

    /// The word in the lock file, `config`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Source => "source",
            Self::Seed => "seed",
            Self::Secret => "secret",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        let all = [Self::Config, Self::Source, Self::Seed, Self::Secret];
        all.into_iter().find(|class| class.name() == name)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::Class;

    #[test]
    fn classes_follow_the_name() {
        for (path, class) in [
            ("b2c.toml", Class::Config),
            ("Cargo.toml", Class::Config),
            (".env.example", Class::Config),
            (".env", Class::Secret),
            (".gitignore", Class::Source),
            ("src/main.rs", Class::Source),
            ("README.md", Class::Seed),
            ("static/style.css", Class::Seed),
            ("Dockerfile", Class::Seed),
        ] {
            assert_eq!(Class::of(path), class, "{path}");
        }
    }
}
