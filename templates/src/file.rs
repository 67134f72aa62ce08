//! One file of a generated project.

/// A rendered file: where it goes and what is in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct File {
    path: String,
    contents: String,
}

impl File {
    /// A file with this text, at this path inside the project.
    pub fn new(path: impl Into<String>, contents: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            contents: contents.into(),
        }
    }

    /// The path inside the project, with `/` between its parts.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The text of the file.
    pub fn contents(&self) -> &str {
        &self.contents
    }

    /// Whether the file holds secrets: for its owner's eyes only, and never under version control.
    pub fn is_secret(&self) -> bool {
        self.path == ".env"
    }
}

/// The name in the project of a file of a template: `_gitignore` → `.gitignore`,
/// `Cargo.toml.jinja` → `Cargo.toml`.
///
/// cargo leaves a directory with a `Cargo.toml` out of a package, and obeys a `.gitignore`;
/// hence the other names in the template.
pub(crate) fn project_path(template_path: &str) -> String {
    let path = template_path
        .strip_suffix(TEMPLATE_SUFFIX)
        .unwrap_or(template_path);
    let parts = path.split('/').map(|part| match part.strip_prefix('_') {
        Some(rest) => format!(".{rest}"),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Whether a file of a template is rendered; the others are copied.
pub(crate) fn is_rendered(template_path: &str) -> bool {
    template_path.ends_with(TEMPLATE_SUFFIX)
}

/// Whether a file of a template is no file of a project, but a passage that others include.
pub(crate) fn is_part(template_path: &str) -> bool {
    template_path.starts_with("parts/")
}

const TEMPLATE_SUFFIX: &str = ".jinja";

#[cfg(test)]
mod tests {
    use super::project_path;

    #[test]
    fn names_that_cargo_would_obey_are_written_otherwise() {
        for (template, project) in [
            ("Cargo.toml.jinja", "Cargo.toml"),
            ("_gitignore", ".gitignore"),
            ("_env.jinja", ".env"),
            ("_env.example", ".env.example"),
            ("_cargo/config.toml", ".cargo/config.toml"),
            ("src/main.rs", "src/main.rs"),
        ] {
            assert_eq!(project_path(template), project);
        }
    }
}
