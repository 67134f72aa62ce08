//! The project's name, which is also its crate's.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;
use crate::file::is_device;

/// A name that cargo accepts for a package and Rust for a crate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProjectName(String);

impl ProjectName {
    /// The name, `my-app`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name in Rust code, `my_app`.
    pub fn crate_name(&self) -> String {
        self.0.replace('-', "_")
    }
}

impl FromStr for ProjectName {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match fault(name) {
            None => Ok(Self(name.to_owned())),
            Some(reason) => Err(Error::BadName {
                name: name.to_owned(),
                reason,
                suggestion: suggestion(name),
            }),
        }
    }
}

impl fmt::Display for ProjectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn fault(name: &str) -> Option<String> {
    let crate_name = name.replace('-', "_");
    let odd = name
        .chars()
        .find(|c| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_'));
    if name.is_empty() {
        Some("it is empty".to_owned())
    } else if let Some(odd) = odd {
        Some(format!(
            "the character {odd:?} is not a letter, digit, - or _"
        ))
    } else if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        Some("it does not begin with a letter".to_owned())
    } else if name.len() > MAX_LENGTH {
        Some(format!("it is longer than {MAX_LENGTH} characters"))
    } else if KEYWORDS.contains(&name) {
        Some("it is a keyword of Rust".to_owned())
    } else if BUILT_IN.contains(&name) {
        Some("it is the name of a crate or a directory that comes with Rust".to_owned())
    } else if is_device(name) {
        Some("it is the name of a device on Windows, where no file can have it".to_owned())
    } else if DEPENDENCIES.contains(&crate_name.as_str()) {
        Some("it is the name of a crate that the project uses".to_owned())
    } else {
        None
    }
}

/// The nearest name without a fault.
fn suggestion(name: &str) -> Option<String> {
    let lower = name.trim().to_ascii_lowercase();
    let valid = |c: char| {
        if c.is_ascii_alphanumeric() || c == '_' {
            c
        } else {
            '-'
        }
    };
    let mapped: String = lower.chars().map(valid).collect();
    let parts: Vec<_> = mapped.split('-').filter(|part| !part.is_empty()).collect();
    let mut candidate = parts.join("-");
    if candidate.chars().all(|c| c == '_') {
        return None;
    }
    if !candidate.starts_with(|c: char| c.is_ascii_alphabetic()) {
        candidate = format!("app-{candidate}");
    }
    candidate.truncate(MAX_LENGTH);
    if fault(&candidate).is_some() {
        candidate.push_str("-app");
    }
    fault(&candidate).is_none().then_some(candidate)
}

const MAX_LENGTH: usize = 64;

/// Words that no crate can be named after.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Crates of the standard library, and what cargo calls its own output.
const BUILT_IN: &[&str] = &[
    "alloc",
    "build",
    "core",
    "deps",
    "examples",
    "incremental",
    "proc_macro",
    "std",
    "test",
];

/// What the generated project depends on, and the binaries of a checkout.
const DEPENDENCIES: &[&str] = &[
    "axum",
    "b2c_emulator",
    "cargo_b2c_init",
    "minijinja",
    "prost",
    "protox",
    "reqwest",
    "serde",
    "serde_json",
    "tempfile",
    "tokio",
    "tokio_stream",
    "tonic",
    "tonic_prost",
    "tonic_prost_build",
    "tower",
    "tower_b2c",
    "tracing",
    "tracing_subscriber",
];

#[cfg(test)]
mod tests {
    use b2c_templates::Template;

    use super::{DEPENDENCIES, ProjectName};
    use crate::error::Error;
    use crate::project::NewProject;

    #[test]
    fn ordinary_names_are_accepted() {
        for name in ["demo", "my-app", "my_app", "App2", "a"] {
            assert!(name.parse::<ProjectName>().is_ok(), "{name}");
        }
        let name: ProjectName = "my-app".parse().expect("valid");
        assert_eq!(name.crate_name(), "my_app");
    }

    #[test]
    fn other_names_are_refused_with_a_suggestion_that_is_accepted() {
        let long = "x".repeat(80);
        let names = [
            "2fast",
            "my app",
            "my.app",
            "app!",
            "fn",
            "test",
            "tower-b2c",
            "-a",
            "axum",
            "nul",
            "Com1",
            &long,
        ];
        for name in names {
            let Err(Error::BadName {
                suggestion: Some(better),
                ..
            }) = name.parse::<ProjectName>()
            else {
                panic!("{name} was accepted, or has no suggestion");
            };
            assert!(better.parse::<ProjectName>().is_ok(), "{name} → {better}");
        }
        for name in ["", "___", "…"] {
            let result = name.parse::<ProjectName>();
            assert!(
                matches!(
                    result,
                    Err(Error::BadName {
                        suggestion: None,
                        ..
                    })
                ),
                "{name}"
            );
        }
    }

    #[test]
    fn every_dependency_of_a_template_is_refused_as_a_name() {
        for template in Template::ALL {
            let plan = NewProject::at("demo").template(template).plan();
            let plan = plan.expect("a plan");
            let mut files = plan.files().iter();
            let manifest = files.find(|file| file.path() == "Cargo.toml");
            let lines = manifest.expect("a manifest").contents().lines();
            let lines = lines.skip_while(|line| *line != "[dependencies]");
            let names = lines.take_while(|line| !line.starts_with("[profile"));
            for (name, _) in names.filter_map(|line| line.split_once(" = ")) {
                let name = name.replace('-', "_");
                assert!(DEPENDENCIES.contains(&name.as_str()), "{template}: {name}");
            }
        }
    }
}
