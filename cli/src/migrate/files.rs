//! The files of a project that may use something of B2C.

use std::fs;
use std::path::Path;

/// What a file is read as.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sort {
    Rust,
    /// HTML, a template, a script.
    Page,
    /// What the app is run with.
    Deployment,
}

/// The files, in the order of their paths, with `/`. Links are not followed; what other tools made is
/// passed over, and what is larger than a person writes.
pub(super) fn files(root: &Path) -> Vec<(String, Sort)> {
    let mut found = Vec::new();
    walk(root, "", 0, &mut found);
    found.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    found
}

fn walk(directory: &Path, inside: &str, depth: usize, found: &mut Vec<(String, Sort)>) {
    // What cannot be listed holds nothing that the app is built of.
    let Ok(entries) = fs::read_dir(directory) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let name = entry.file_name();
        let (Some(name), Ok(kind)) = (name.to_str(), entry.file_type()) else {
            continue;
        };
        let path = format!("{inside}{name}");
        if kind.is_dir() {
            let own = !name.starts_with('.') && !OTHERS.contains(&name) || name == ".github";
            if own && depth < DEEPEST {
                walk(&entry.path(), &format!("{path}/"), depth + 1, found);
            }
        } else if kind.is_file() && found.len() < MOST {
            let small = entry.metadata().is_ok_and(|file| file.len() <= LARGEST);
            if let Some(sort) = sort(name).filter(|_| small) {
                found.push((path, sort));
            }
        }
    }
}

fn sort(name: &str) -> Option<Sort> {
    if name == ".env" || name.starts_with(".env.") {
        return Some(Sort::Deployment);
    }
    let (_, extension) = name.rsplit_once('.')?;
    Some(match extension {
        "rs" => Sort::Rust,
        "html" | "htm" | "jinja" | "j2" | "tera" | "hbs" | "js" | "mjs" | "ts" | "jsx" | "tsx"
        | "vue" | "svelte" => Sort::Page,
        "yaml" | "yml" | "service" => Sort::Deployment,
        _ => return None,
    })
}

const OTHERS: [&str; 2] = ["target", "node_modules"];
const DEEPEST: usize = 12;
const MOST: usize = 10_000;
const LARGEST: u64 = 1024 * 1024;
