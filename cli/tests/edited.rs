//! Projects that people have edited, at random, and what `tenant` and `update` make of them.
//!
//! Whatever the edit and whatever the change: nothing that people wrote is lost, no marker gets into a
//! file, line endings stay, and `undo` restores the tree byte for byte.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod edits;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use cargo_b2c_init::{
    Error, File, Kind, NewProject, Prefer, Project, Secret, Store, Template, Tenant, TextForm,
};
use edits::{Edit, edit, improve};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tempfile::TempDir;

/// Cases of each property; together they are a thousand.
const CASES: u32 = 500;

fn runner() -> TestRunner {
    TestRunner::new(Config {
        cases: CASES,
        failure_persistence: None,
        ..Config::default()
    })
}

/// Where there is a file system in memory, so that nothing waits for a disk.
fn sandbox() -> TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory
        .or_else(|_| tempfile::tempdir())
        .expect("a directory")
}

/// The files of a new project of each template, each with a kind and a store of its own.
fn variants() -> &'static [Vec<File>] {
    static VARIANTS: OnceLock<Vec<Vec<File>>> = OnceLock::new();
    VARIANTS.get_or_init(|| {
        let stores = Store::ALL.into_iter().cycle();
        let variants = Template::ALL.into_iter().zip(Kind::ALL).zip(stores);
        let variants = variants.map(|((template, kind), store)| {
            let mut project = NewProject::at("demo").checkout(None);
            project = project.template(template).kind(kind);
            if template.default_store().is_some() {
                project = project.store(store);
            }
            project.plan().expect("a plan").files().to_vec()
        });
        variants.collect()
    })
}

/// The number of a variant. The first is tried as often as the others together: it has the most files
/// that people edit here.
fn any_variant() -> impl Strategy<Value = usize> {
    prop_oneof![Just(0), 0..variants().len()]
}

fn is_record(path: &str) -> bool {
    path == "b2c.lock" || path.starts_with(".b2c/")
}

/// A project as it was generated.
fn generated(files: &[File]) -> TempDir {
    let root = sandbox();
    for file in files {
        let path = root.path().join(file.path());
        fs::create_dir_all(path.parent().expect("a parent")).expect("created");
        fs::write(path, file.contents()).expect("written");
    }
    root
}

/// Every file but the journals, with its bytes.
fn tree(root: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut pending = vec![root.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).expect("a directory").flatten() {
            let path = entry.path();
            if path.ends_with(".b2c/undo") {
                continue;
            }
            if path.is_dir() {
                pending.push(path);
            } else {
                let bytes = fs::read(&path).expect("readable");
                found.insert(path.strip_prefix(root).expect("inside").to_owned(), bytes);
            }
        }
    }
    found
}

/// What holds after every change, however the files were edited.
fn check_files(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) {
    for (path, bytes) in before {
        let name = path.display();
        if is_record(&path.to_string_lossy()) {
            continue;
        }
        let (_, old) = TextForm::read(bytes).expect("UTF-8");
        let Some(new) = after.get(path) else {
            assert!(
                !old.contains(edits::OWN),
                "{name} is gone, with what people wrote"
            );
            continue;
        };
        let text = String::from_utf8(new.clone()).expect("UTF-8");
        for line in text.lines() {
            let marker = ["<<<<<<<", "|||||||", ">>>>>>>"]
                .iter()
                .any(|mark| line.starts_with(mark));
            assert!(!marker, "{name} has a marker: {line}");
        }
        for word in edits::own_words(&old) {
            assert!(text.contains(word), "{word} is lost from {name}:\n{text}");
        }
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            let marked = bytes.starts_with(MARK);
            assert_eq!(
                text.as_bytes().starts_with(MARK),
                marked,
                "{name}: the byte order mark"
            );
            assert!(
                text.trim_start_matches('\u{feff}')
                    .parse::<toml::Table>()
                    .is_ok(),
                "{name} is no TOML:\n{text}"
            );
        }
        let crlf = bytes.windows(2).filter(|pair| pair == b"\r\n").count();
        if crlf > 0 {
            let (pairs, newlines) = (text.matches("\r\n").count(), text.matches('\n').count());
            assert_eq!(pairs, newlines, "{name} has other line endings than before");
        }
    }
}

fn check_undo(project: &Path, before: &BTreeMap<PathBuf, Vec<u8>>) {
    let undone = Project::open(project).and_then(|project| project.undo(false));
    undone.expect("undone");
    assert!(&tree(project) == before, "undo restores every byte");
}

fn people_edit(root: &Path, edits: &[Edit]) {
    for change in edits {
        edit(root, change);
    }
}

#[test]
fn an_update_keeps_what_people_wrote() {
    let improvements = prop::collection::vec(edits::any(), 0..6);
    let flags = (any::<bool>(), any::<bool>());
    let strategy = (any_variant(), people(), improvements, flags);
    let (applied, conflicting) = (Cell::new(0), Cell::new(0));
    let result = runner().run(&strategy, |(variant, edits, mut improvements, flags)| {
        let template = &variants()[variant];
        let (meets, mine) = flags;
        // Half of the time the template changes the places that people have changed as well.
        improvements.extend(edits.iter().filter(|_| meets));
        let root = generated(template);
        people_edit(root.path(), &edits);
        let before = tree(root.path());
        let files = template.iter().filter(|file| !is_record(file.path()));
        let files = improve(files.cloned().collect(), &improvements);

        let project = Project::open(root.path()).expect("a project");
        let prefer = if mine { Prefer::Mine } else { Prefer::Neither };
        let update = project.update_to(&files, &[], prefer).expect("a plan");
        if !mine && !update.conflicts().is_empty() {
            conflicting.set(conflicting.get() + 1);
            prop_assert!(update.changes().is_empty());
            for conflict in update.conflicts() {
                let bytes = &before[Path::new(&conflict.path)];
                let lines = String::from_utf8_lossy(bytes).lines().count();
                prop_assert!((1..=lines + 1).contains(&conflict.line), "{conflict}");
            }
            return Ok(());
        }
        update.changes().apply("update").expect("applied");
        check_files(&before, &tree(root.path()));

        let project = Project::open(root.path()).expect("a project");
        let again = project.update_to(&files, &[], prefer).expect("a plan");
        prop_assert!(
            again.changes().is_empty(),
            "a second update has something to do"
        );
        if !update.changes().is_empty() {
            applied.set(applied.get() + usize::from(!edits.is_empty()));
            check_undo(root.path(), &before);
        }
        Ok(())
    });
    result.expect("the property holds");
    // Or the property would say nothing. Some 300 and 25 are usual, and chance must not decide.
    assert!(
        applied.get() > 100 && conflicting.get() > 3,
        "{applied:?} {conflicting:?}"
    );
}

#[test]
fn another_tenant_keeps_what_people_wrote() {
    let flags = (any::<bool>(), any::<bool>());
    let strategy = (any_variant(), people(), tenants(), flags);
    let (applied, unusable) = (Cell::new(0), Cell::new(0));
    let result = runner().run(&strategy, |(variant, edits, (kind, tenant), flags)| {
        let template = &variants()[variant];
        let (is_new, mine) = flags;
        let root = generated(template);
        let config = template.iter().find(|file| file.path() == "b2c.toml");
        let is_b2c = config.is_some_and(|file| file.contents().contains("kind = \"b2c\""));
        people_edit(root.path(), &edits);
        let before = tree(root.path());
        let (profile, tenant) = if is_new {
            let secret = Secret::Env("B2C_PROD_CLIENT_SECRET".to_owned());
            ("prod", tenant.secret(secret).sign_up_sign_in("B2C_1_susi"))
        } else {
            ("tenant", tenant)
        };

        let project = Project::open(root.path()).expect("a project");
        let prefer = if mine { Prefer::Mine } else { Prefer::Neither };
        let change = match project.set_tenant(profile, &tenant, prefer) {
            Ok(change) => change,
            Err(Error::Conflicts(conflicts)) => {
                prop_assert!(!mine && !conflicts.is_empty());
                return Ok(());
            }
            // Edits may have left a file that the app would refuse, and what is asked for may not fit the
            // kind that the project has, or lack what B2C needs.
            Err(Error::Config(_) | Error::Usage(_))
                if !edits.is_empty() || !is_b2c && kind.is_none_or(Kind::has_user_flows) =>
            {
                unusable.set(unusable.get() + 1);
                return Ok(());
            }
            Err(other) => panic!("{other}"),
        };
        change.changes().apply("tenant set").expect("applied");
        applied.set(applied.get() + usize::from(!edits.is_empty()));
        check_files(&before, &tree(root.path()));
        if change.settled().is_empty() {
            let text = fs::read_to_string(root.path().join("b2c.toml")).expect("text");
            let text = text.trim_start_matches('\u{feff}');
            let table: toml::Table = text.parse().expect("TOML");
            let provider = &table["profile"][profile]["provider"];
            prop_assert_eq!(provider["client_id"].as_str(), Some(CLIENT_ID));
            let kind = kind.map(|kind| kind.to_string());
            prop_assert!(kind.is_none() || provider["kind"].as_str() == kind.as_deref());
        }
        if !change.changes().is_empty() {
            check_undo(root.path(), &before);
        }
        Ok(())
    });
    result.expect("the property holds");
    assert!(applied.get() > 100, "{applied:?}");
    // Most of what people do leaves a file that the app can use.
    let most = usize::try_from(CASES / 5).expect("small");
    assert!(unusable.get() < most, "{unusable:?}");
}

fn people() -> impl Strategy<Value = Vec<Edit>> {
    prop::collection::vec(edits::any(), 0..8)
}

/// Settings that make sense together, and the kind among them.
fn tenants() -> impl Strategy<Value = (Option<Kind>, Tenant)> {
    let kinds = vec![Kind::B2c, Kind::ExternalId, Kind::Entra, Kind::Oidc];
    let kind = prop::option::of(prop::sample::select(kinds));
    (kind, "[a-z]{3,8}", any::<[bool; 3]>()).prop_map(|(kind, name, flags)| {
        let mut tenant = Tenant::new().client_id(CLIENT_ID);
        if let Some(kind) = kind {
            tenant = tenant.kind(kind);
        }
        tenant = match kind {
            Some(Kind::Oidc) => tenant.issuer(format!("https://{name}.example.com")),
            _ => tenant.tenant(&name),
        };
        if flags[0] {
            tenant = tenant.sign_up_sign_in("B2C_1_susi");
        }
        if flags[1] {
            tenant = tenant.edit_profile(flags[2].then(|| "B2C_1_edit".to_owned()));
        }
        (kind, tenant)
    })
}

/// The byte order mark of UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();
const CLIENT_ID: &str = "12345678-aaaa-2222-bbbb-3333cccc4444";
