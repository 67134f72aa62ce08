//! Every template with every kind of provider and every session store, as it is generated.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

use std::fmt;
use std::process::Command;

use cargo_b2c_init::{Error, File, Kind, NewProject, Prefer, Project, Store, Template};
use tower_b2c::{Config, ConfigError};

/// One project of all that can be asked for.
#[derive(Clone, Copy)]
struct Variant {
    template: Template,
    kind: Kind,
    store: Option<Store>,
}

impl Variant {
    fn all() -> Vec<Self> {
        let mut all = Vec::new();
        for template in Template::ALL {
            for kind in Kind::ALL {
                let stores = template.default_store().map(|_| Store::ALL);
                let stores = stores.map_or(vec![None], |all| all.map(Some).to_vec());
                let variants = stores.into_iter().map(|store| Self {
                    template,
                    kind,
                    store,
                });
                all.extend(variants);
            }
        }
        all
    }

    fn project(self) -> NewProject {
        let project = NewProject::at("demo").checkout(None);
        let project = project.template(self.template).kind(self.kind);
        match self.store {
            Some(store) => project.store(store),
            None => project,
        }
    }

    fn files(self) -> Vec<File> {
        let plan = self.project().plan().expect("a plan");
        plan.files().to_vec()
    }

    /// What is wrong with a profile of the generated configuration.
    fn problems(self, profile: &str, environment: &[(&str, &str)]) -> Vec<String> {
        let files = self.files();
        let file = Config::from_text(text(&files, "b2c.toml")).profile(profile);
        let file = file.environment(environment.iter().copied());
        let result: Result<(), ConfigError> = match self.template {
            Template::Api => file.load_api().map(drop),
            _ => file.load().map(drop),
        };
        let problems = result.err().into_iter();
        let problems = problems.flat_map(|error| error.problems().to_vec());
        problems.map(|problem| problem.to_string()).collect()
    }
}

impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let store = self.store.map_or("none", Store::name);
        write!(f, "{} {} {store}", self.template, self.kind)
    }
}

fn text<'a>(files: &'a [File], path: &str) -> &'a str {
    let file = files.iter().find(|file| file.path() == path);
    file.map_or("", File::contents)
}

/// The variables that `.env` of a project sets.
fn environment(files: &[File]) -> Vec<(&str, &str)> {
    let lines = text(files, ".env").lines();
    let lines = lines.filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.split_once('='));
    pairs.filter(|(_, value)| !value.is_empty()).collect()
}

#[test]
fn the_layer_accepts_each_with_what_is_in_its_env_file() {
    for variant in Variant::all() {
        let files = variant.files();
        let found = variant.problems("emulator", &environment(&files));
        assert!(found.is_empty(), "{variant}: {found:?}");
    }
}

#[test]
fn the_tenants_profile_lacks_nothing_but_what_is_marked() {
    for variant in Variant::all() {
        let files = variant.files();
        let mut known = environment(&files);
        known.push(("B2C_CLIENT_SECRET", "a secret of the registration's"));
        let left = ["tenant", "issuer", "client_id", "audiences"];
        for problem in variant.problems("tenant", &known) {
            let key = problem.split(": found").next().unwrap_or_default();
            let is_left = left.iter().any(|name| key.ends_with(name));
            assert!(is_left, "{variant}: {problem}");
        }
    }
}

#[test]
fn the_same_answers_give_the_same_bytes_but_for_the_key() {
    for variant in Variant::all() {
        let (first, second) = (variant.files(), variant.files());
        assert_eq!(first.len(), second.len(), "{variant}");
        for (first, second) in first.iter().zip(&second) {
            let path = first.path();
            assert!(path == ".env" || first == second, "{variant}: {path}");
        }
    }
}

#[test]
fn what_is_recorded_renders_the_same_project_again() {
    for variant in Variant::all() {
        let directory = tempfile::tempdir().expect("a directory");
        let root = directory.path().join("demo");
        let plan = variant.project().clone();
        for file in plan.plan().expect("a plan").files() {
            let path = root.join(file.path());
            let parent = path.parent().expect("a parent");
            std::fs::create_dir_all(parent).expect("created");
            std::fs::write(path, file.contents()).expect("written");
        }
        let project = Project::open(&root).expect("a project");
        let update = project.update(&[], Prefer::Neither).expect("an update");
        assert!(update.changes().is_empty(), "{variant}");
        assert_eq!(update.kept().count(), 0, "{variant}");
    }
}

#[test]
fn only_providers_with_user_flows_have_addresses_for_them() {
    for variant in Variant::all() {
        let files = variant.files();
        for path in ["README.md", "b2c.toml", "tests/journeys.rs"] {
            let names = text(&files, path).contains("edit-profile");
            let expected = variant.kind.has_user_flows();
            assert!(!names || expected, "{variant}: {path}");
        }
        let readme = text(&files, "README.md");
        let product = variant.kind.product();
        assert!(readme.contains(product), "{variant}: {product}");
    }
}

#[test]
fn a_store_brings_its_feature_and_a_way_to_start_it() {
    for variant in Variant::all() {
        let files = variant.files();
        let manifest = text(&files, "Cargo.toml");
        for store in Store::ALL {
            let Some(feature) = store.feature() else {
                continue;
            };
            let quoted = format!("\"{feature}\"");
            let is_there = manifest.contains(&quoted);
            assert_eq!(is_there, variant.store == Some(store), "{variant}");
        }
        let (env, example) = (text(&files, ".env"), text(&files, ".env.example"));
        let names = |text: &str| -> Vec<String> {
            let lines = text.lines().filter(|line| !line.starts_with('#'));
            let names = lines.filter_map(|line| line.split_once('='));
            names.map(|(name, _)| name.to_owned()).collect()
        };
        assert_eq!(names(env), names(example), "{variant}");
    }
}

#[test]
fn an_api_has_no_sessions_and_no_secrets() {
    for kind in Kind::ALL {
        let project = NewProject::at("demo").template(Template::Api).kind(kind);
        let plan = project.plan().expect("a plan");
        assert!(plan.files().iter().all(|file| !file.is_secret()));
        let refused = project.store(Store::Redis).plan();
        let reason = match refused {
            Err(Error::Usage(reason)) => reason,
            other => format!("{other:?}"),
        };
        assert!(reason.contains("keeps no sessions"), "{reason}");
    }
}

#[test]
fn nothing_is_left_unrendered_and_every_line_of_rust_is_formatted() {
    let directory = tempfile::tempdir().expect("a directory");
    let mut sources = Vec::new();
    for (number, variant) in Variant::all().into_iter().enumerate() {
        for file in variant.files() {
            let path = file.path();
            let generated = path.starts_with("src/generated/") || path.starts_with(".b2c/");
            if generated {
                continue;
            }
            let text = file.contents();
            for left in ["<< ", "<% ", "<# "] {
                assert!(!text.contains(left), "{variant}: {path} has {left}");
            }
            assert!(!text.contains("\n\n\n"), "{variant}: {path} has a gap");
            assert!(!text.ends_with("\n\n"), "{variant}: {path} ends with a gap");
            let extension = path.rsplit('.').next();
            if extension == Some("rs") {
                let place = directory.path().join(format!("{number}")).join(path);
                let parent = place.parent().expect("a parent");
                std::fs::create_dir_all(parent).expect("created");
                std::fs::write(&place, text).expect("written");
                sources.push(place);
            }
        }
    }
    // The modules are given one by one; what they declare is not looked for.
    let checked = Command::new("rustfmt")
        .args([
            "--check",
            "--edition",
            "2024",
            "--config",
            "skip_children=true",
        ])
        .args(&sources)
        .output();
    let checked = checked.expect("rustfmt runs");
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{said}{complaint}");
}
