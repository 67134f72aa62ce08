//! The folders that a template is made of.

use std::collections::BTreeMap;

use include_dir::{Dir, DirEntry, include_dir};

/// A folder of this crate: its name, and what is in it.
pub(crate) type Layer = (&'static str, &'static Dir<'static>);

/// What every project has.
pub(crate) static BASE: Layer = ("base", &BASE_FILES);
/// What projects have whose scripts or callers get JSON.
pub(crate) static JSON: Layer = ("json", &JSON_FILES);
/// What every project has that shows pages.
pub(crate) static SITE: Layer = ("site", &SITE_FILES);
pub(crate) static WEB_APP: Layer = ("web-app", &WEB_APP_FILES);
pub(crate) static API: Layer = ("api", &API_FILES);
pub(crate) static GRPC: Layer = ("grpc", &GRPC_FILES);
pub(crate) static BFF: Layer = ("bff", &BFF_FILES);

/// The files of some layers by their path in them; where two have the same the later one's counts.
pub(crate) fn files(layers: &[Layer]) -> BTreeMap<String, &'static str> {
    let all = layers.iter().flat_map(|(_, directory)| files_of(directory));
    all.collect()
}

/// All files beneath a directory, with their paths in it.
pub(crate) fn files_of(directory: &'static Dir<'static>) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    let mut pending = vec![directory];
    while let Some(next) = pending.pop() {
        for entry in next.entries() {
            match entry {
                DirEntry::Dir(below) => pending.push(below),
                DirEntry::File(file) => {
                    let parts = file.path().iter().map(|part| part.to_string_lossy());
                    let path = parts.collect::<Vec<_>>().join("/");
                    found.push((path, file.contents_utf8().unwrap_or_default()));
                }
            }
        }
    }
    found
}

static BASE_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/base");
static SITE_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/site");
static JSON_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/json");
static GRPC_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/grpc");
static BFF_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/bff");
static API_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/api");
static WEB_APP_FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/web-app");

#[cfg(test)]
mod tests {
    use super::{API, BASE, BFF, GRPC, JSON, SITE, WEB_APP, files_of};

    #[test]
    fn every_file_is_text() {
        for (name, directory) in [BASE, JSON, SITE, WEB_APP, API, GRPC, BFF] {
            for (path, text) in files_of(directory) {
                assert!(!text.is_empty(), "{name}/{path} is empty or not UTF-8");
                assert!(text.ends_with('\n'), "{name}/{path} ends without a newline");
            }
        }
    }
}
