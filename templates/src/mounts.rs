//! Where the files of secrets are in a container, and what their platforms call each secret.

use std::collections::BTreeSet;

use minijinja::{Value, context};

use crate::secrets::Secrets;

/// What templates know of the secrets: `variables`, `files`, and the directories (`mounts`) that these are in.
///
/// Kubernetes and Container Apps keep a mounted directory up to date as a whole, and it hides what the image has
/// there. So a file that stands in a directory of the image's own is mounted by itself.
pub(crate) fn mounts(secrets: &Secrets) -> Value {
    let mut names = Names::default();
    let variables = secrets.variables().map(|name| {
        let (key, id) = (names.key(&[name]), names.id(&[name]));
        context! { name, key, id }
    });
    let variables: Vec<Value> = variables.collect();
    let files: Vec<Placed> = secrets
        .files()
        .map(|written| {
            let path = in_image(written);
            let (directory, name) = path.rsplit_once('/').unwrap_or(("", &path));
            let whole = path.trim_start_matches('/').replace('/', "-");
            Placed {
                written: written.to_owned(),
                directory: directory.to_owned(),
                key: names.key(&[name, &whole]),
                id: names.id(&[name, &whole]),
                path: path.clone(),
            }
        })
        .collect();
    let mut mounts: Vec<(String, Vec<&Placed>)> = Vec::new();
    for file in &files {
        let at = if is_of_image(&file.directory) {
            file.path.clone()
        } else {
            file.outermost(&files)
        };
        match mounts.iter_mut().find(|(known, _)| *known == at) {
            Some((_, inside)) => inside.push(file),
            None => mounts.push((at, vec![file])),
        }
    }
    let mounts = mounts.iter().enumerate().map(|(index, (at, inside))| {
        let name = match index {
            0 => "secrets".to_owned(),
            more => format!("secrets-{}", more + 1),
        };
        let is_file = inside.iter().any(|file| file.path == *at);
        let items = inside.iter().map(|file| {
            let path = match file.path.strip_prefix(at).unwrap_or_default() {
                "" => file.path.rsplit('/').next().unwrap_or_default(),
                below => below.trim_start_matches('/'),
            };
            context! { key => file.key.as_str(), id => file.id.as_str(), path }
        });
        let items: Vec<Value> = items.collect();
        context! { name, path => at.as_str(), is_file, items }
    });
    let mounts: Vec<Value> = mounts.collect();
    let files: Vec<Value> = files
        .iter()
        .map(|file| {
            let (name, path) = (file.written.as_str(), file.path.as_str());
            context! { name, key => file.key.as_str(), id => file.id.as_str(), path }
        })
        .collect();
    context! { variables, files, mounts }
}

/// A file, and where it is.
struct Placed {
    written: String,
    path: String,
    directory: String,
    key: String,
    id: String,
}

impl Placed {
    /// The outermost directory of these files that it is in: a directory cannot be mounted into another one
    /// that is read-only.
    fn outermost(&self, all: &[Self]) -> String {
        let within = |other: &&Self| {
            let rest = self.directory.strip_prefix(other.directory.as_str());
            !is_of_image(&other.directory)
                && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let found = all.iter().filter(within).map(|other| &other.directory);
        found
            .min_by_key(|directory| directory.len())
            .cloned()
            .unwrap_or_default()
    }
}

/// What is taken already.
#[derive(Default)]
struct Names {
    keys: BTreeSet<String>,
    ids: BTreeSet<String>,
}

impl Names {
    /// A key of a Secret: letters, digits, `-`, `_` and `.`.
    fn key(&mut self, wanted: &[&str]) -> String {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        let wanted = wanted.iter().map(|name| replaced(name, allowed));
        free(&mut self.keys, wanted.collect())
    }

    /// A name in Key Vault, in a Container App and among the credentials of a unit: small letters, digits
    /// and `-`.
    fn id(&mut self, wanted: &[&str]) -> String {
        let wanted = wanted.iter().map(|name| {
            let name = name.to_ascii_lowercase();
            let name = replaced(&name, |c: char| c.is_ascii_alphanumeric());
            name.trim_matches('-').to_owned()
        });
        free(&mut self.ids, wanted.collect())
    }
}

fn replaced(name: &str, allowed: impl Fn(char) -> bool) -> String {
    let one = |c: char| if allowed(c) { c } else { '-' };
    name.chars().map(one).collect()
}

/// The first that nobody has, else the last with a number.
fn free(taken: &mut BTreeSet<String>, wanted: Vec<String>) -> String {
    let last = wanted.last().cloned().unwrap_or_default();
    let numbered = (2_u32..).map(|number| format!("{last}-{number}"));
    let mut all = wanted.into_iter().chain(numbered);
    let found = all.find(|name| !taken.contains(name)).unwrap_or_default();
    taken.insert(found.clone());
    found
}

/// The path in the image, where `b2c.toml` is in its working directory.
fn in_image(written: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    let from = if written.starts_with('/') { "" } else { APP };
    for part in from.split('/').chain(written.split('/')) {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    format!("/{}", parts.join("/"))
}

/// Whether the image has something in this directory, or the system beneath it.
fn is_of_image(directory: &str) -> bool {
    let is_top = directory.matches('/').count() <= 1;
    is_top
        || ["/etc/ssl", "/usr/"]
            .iter()
            .any(|own| directory.starts_with(own))
}

/// The working directory of the image.
const APP: &str = "/app";

#[cfg(test)]
mod tests {
    use minijinja::Value;

    use super::{Secrets, in_image, mounts};

    fn texts(value: &Value, list: &str, keys: &[&str]) -> Vec<String> {
        let list = value.get_attr(list).expect("a list");
        let items = list.try_iter().expect("a list");
        let line = |item: Value| {
            let texts = keys.iter().map(|key| {
                let text = item.get_attr(key).expect("a value");
                text.as_str()
                    .map_or_else(|| text.to_string(), str::to_owned)
            });
            texts.collect::<Vec<_>>().join(" ")
        };
        items.map(line).collect()
    }

    #[test]
    fn directories_are_mounted_whole_and_not_into_each_other() {
        let secrets = Secrets::of("tenant")
            .file("/run/secrets/client-secret")
            .file("/run/secrets/next/client-secret")
            .file("/vault/keys/cookie")
            .file("keys/one.pem");
        let found = mounts(&secrets);
        assert_eq!(
            texts(&found, "mounts", &["name", "path", "is_file"]),
            [
                "secrets /run/secrets False",
                "secrets-2 /vault/keys False",
                "secrets-3 /app/keys False"
            ]
        );
        let first = found
            .get_attr("mounts")
            .and_then(|all| all.get_item_by_index(0));
        assert_eq!(
            texts(&first.expect("one"), "items", &["key", "id", "path"]),
            [
                "client-secret client-secret client-secret",
                "run-secrets-next-client-secret run-secrets-next-client-secret next/client-secret"
            ]
        );
    }

    #[test]
    fn what_the_image_has_is_not_hidden() {
        for path in [
            "secret.txt",
            "/etc/secret",
            "/etc/ssl/certs/key.pem",
            "/secret",
        ] {
            let found = mounts(&Secrets::of("tenant").file(path));
            let mounted = texts(&found, "mounts", &["path", "is_file"]);
            assert_eq!(mounted, [format!("{} True", in_image(path))]);
        }
        assert_eq!(in_image("../keys/./a"), "/keys/a");
    }

    #[test]
    fn a_name_is_one_secrets_alone() {
        let secrets = Secrets::of("tenant")
            .env("CLIENT_SECRET")
            .env("client-secret")
            .file("/a/b/CLIENT_SECRET");
        let found = mounts(&secrets);
        assert_eq!(
            texts(&found, "variables", &["key", "id"]),
            [
                "CLIENT_SECRET client-secret",
                "client-secret client-secret-2"
            ]
        );
        assert_eq!(
            texts(&found, "files", &["key", "id"]),
            ["a-b-CLIENT_SECRET a-b-client-secret"]
        );
    }
}
