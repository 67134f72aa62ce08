//! The READMEs that the packages bring: crates.io, docs.rs and the forge show them, each with other places
//! around them, and no rustdoc finds an item of Rust for the first and the last.

#![allow(clippy::unwrap_used, reason = "these are tests, helpers included")]

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use site::{Page, Place, Repository};

#[test]
fn links_of_a_readme_lead_into_its_package_or_out_of_the_repository() {
    let mut lost = Vec::new();
    let mut followed = 0;
    for (package, folder) in PACKAGES {
        let files = packed(package);
        assert!(files.contains("README.md"), "{package}");
        let readme = readme(folder);
        for link in readme.links() {
            if link.is_elsewhere() || link.to.starts_with('#') {
                continue;
            }
            followed += 1;
            // As the page itself would follow it, so that nobody climbs out.
            let (path, _) = link.parts();
            if link.is_item() || !files.contains(path) {
                lost.push(format!("{}: {}", readme.place(), link.to));
            }
        }
    }
    assert!(followed > 10, "only {followed} links");
    assert!(lost.is_empty(), "lead nowhere:\n{}", lost.join("\n"));
}

/// A link to docs.rs that names an item names one that there is.
#[test]
fn links_to_items_name_items_of_the_public_api() {
    let api = fs::read_to_string(Repository::root().join("middleware/public-api.txt")).unwrap();
    let mut found = 0;
    for link in readme("middleware").links() {
        let Some(rest) = link.to.strip_prefix(ITEMS) else {
            continue;
        };
        let (page, item) = rest.split_once('#').unwrap_or((rest, ""));
        let Some(page) = page.strip_suffix(".html") else {
            continue;
        };
        let (modules, page) = page.rsplit_once('/').unwrap_or(("", page));
        let (kind, name) = page.split_once('.').unwrap();
        let mut path = vec!["tower_b2c"];
        path.extend(modules.split('/').filter(|module| !module.is_empty()));
        path.push(name);
        let path = path.join("::");
        let is_there = match item.split_once('.') {
            None => declared(&api, &format!("pub {kind} {path}")),
            Some(("method", method)) => api.lines().any(|line| is_method(line, &path, method)),
            Some((_, variant)) => declared(&api, &format!("pub {path}::{variant}")),
        };
        assert!(is_there, "{}", link.to);
        found += 1;
    }
    assert!(found > 40, "only {found} items");
}

/// The layer's README is its crate's page at docs.rs as well, where there is no file beside it: the first
/// definition of a link counts, and `lib.rs` has those that lead to the package's source.
#[test]
fn the_crates_page_has_a_place_for_every_file() {
    let library = Repository::root().join("middleware/src/lib.rs");
    let library = fs::read_to_string(library).unwrap();
    let (definitions, _) = library.split_once("#![doc = include_str!").unwrap();
    let readme = readme("middleware");
    let links = readme.links().into_iter();
    let files = links.filter(|link| !link.is_elsewhere() && !link.to.starts_with('#'));
    let files: BTreeSet<_> = files.map(|link| link.to).collect();
    assert!(files.len() > 5, "{files:?}");
    for to in files {
        // By a definition, not in line, which nothing would take the place of.
        let own = format!("\n[{to}]: {to}\n");
        assert!(readme.text().contains(&own), "{to} is linked to in line");
        let file = to.split('#').next().unwrap_or_default();
        let line = format!("//! [{to}]: {SOURCE}{file}\n");
        assert!(definitions.contains(&line), "lib.rs lacks {line}");
    }
}

fn readme(folder: &str) -> Page {
    let place = Place::new(&format!("{folder}/README.md")).unwrap();
    Repository::page(&place).unwrap()
}

/// The files of a package, as `cargo package` would put them in.
fn packed(package: &str) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args(["package", "--list", "--allow-dirty", "--offline", "-p"])
        .arg(package)
        .current_dir(Repository::root())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let files = String::from_utf8(output.stdout).unwrap();
    files.lines().map(|line| line.replace('\\', "/")).collect()
}

/// Does the list of the public API have a line that begins so, with nothing else of the name behind?
fn declared(api: &str, beginning: &str) -> bool {
    api.lines().any(|line| {
        let line = line.strip_prefix("#[non_exhaustive] ").unwrap_or(line);
        line.strip_prefix(beginning)
            .is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    })
}

/// Is this line of the public API the one of a type's method?
fn is_method(line: &str, of: &str, method: &str) -> bool {
    let function = line.split_once("fn ").map(|(_, function)| function);
    let Some(rest) = function.and_then(|function| function.strip_prefix(of)) else {
        return false;
    };
    // The parameters of the type stand in between, if there are any.
    let rest = match rest.split_once(">::") {
        Some((parameters, rest)) if parameters.starts_with('<') => rest,
        _ => rest.strip_prefix("::").unwrap_or_default(),
    };
    rest.strip_prefix(method)
        .is_some_and(|rest| rest.starts_with(['(', '<']))
}

const PACKAGES: [(&str, &str); 4] = [
    ("tower-b2c", "middleware"),
    ("b2c-emulator", "emulator"),
    ("b2c-templates", "templates"),
    ("cargo-b2c-init", "cli"),
];
const ITEMS: &str = "https://docs.rs/tower-b2c/latest/tower_b2c/";
const SOURCE: &str = "https://docs.rs/crate/tower-b2c/latest/source/";
