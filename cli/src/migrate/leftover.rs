//! Where the files of a deployment still name a secret of the provider that goes.

use toml_edit::{DocumentMut, Item};

use super::files::{Sort, files};
use super::place::Place;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::parse;
use crate::project::CONFIG_FILE;
use crate::tenant::variables;

/// `file:line what`, in the order of the files, as they are after the changes. A file that wants a secret
/// which is not there any more keeps the app from starting.
///
/// # Errors
///
/// `b2c.toml` is not TOML after the changes.
pub(crate) fn leftovers(
    changes: &ChangeSet,
    before: &DocumentMut,
    place: &Place,
    old: &str,
) -> Result<Vec<String>, Error> {
    let after = changes.read(CONFIG_FILE)?.unwrap_or_default();
    let others = variables(&parse(CONFIG_FILE, &after)?);
    let mut provider = Some(before.as_item());
    for key in place.provider_path(before, old) {
        provider = provider.and_then(|item| item.get(key));
    }
    let mut names = Vec::new();
    for key in OF_REGISTRATION {
        let reference = provider.and_then(|provider| provider.get(key));
        let text = |how: &str| reference?.get(how).and_then(Item::as_str);
        names.extend(text("env").filter(|name| !others.contains(*name)));
        let file = text("file").filter(|path| !after.contains(&format!("\"{path}\"")));
        names.extend(file.map(|path| path.rsplit('/').next().unwrap_or(path)));
    }
    let mut found = Vec::new();
    for (file, sort) in files(changes.root()) {
        // Where the values are is what is to be taken out.
        let has_values = file
            .rsplit('/')
            .next()
            .is_some_and(|name| name.starts_with(".env"));
        if sort != Sort::Deployment || has_values {
            continue;
        }
        // One that cannot be read has been told of.
        let Ok(Some(text)) = changes.read(&file) else {
            continue;
        };
        for (line, number) in text.lines().zip(1..) {
            if line.trim_start().starts_with('#') {
                continue;
            }
            let mut words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "_-.".contains(c)));
            if let Some(name) = words.find(|word| names.contains(word)) {
                found.push(format!("{file}:{number} {name}"));
            }
        }
    }
    Ok(found)
}

/// The settings that a registration's secrets are in.
const OF_REGISTRATION: [&str; 4] = [
    "client_secret",
    "second_client_secret",
    "client_key",
    "client_certificate",
];
