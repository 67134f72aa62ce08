//! The projects that this run has generated.
//!
//! The kind of provider changes settings, tests and pages of text, and no code of an app. Those of one
//! template and store therefore take turns in one directory, so that cargo builds what is the same once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use cargo_b2c_init::{Kind, NewProject, Plan, Template};
use e2e::Workspace;
use libtest_mimic::Failed;
use tempfile::TempDir;

use super::variant::Variant;

/// A project on disk, with ports of its own.
#[derive(Debug)]
struct Project {
    directory: PathBuf,
    port: u16,
    files: Vec<PathBuf>,
    kind: Kind,
    outside: TempDir,
}

/// Where a variant is now.
#[derive(Clone, Debug)]
pub struct Place {
    pub root: PathBuf,
    port: u16,
}

type Families = BTreeMap<String, Project>;

static FAMILIES: Mutex<Families> = Mutex::new(BTreeMap::new());

impl Place {
    /// Writes this variant; another kind that was here before is gone.
    pub fn of(variant: Variant) -> Result<Self, Failed> {
        let mut families = FAMILIES.lock().unwrap_or_else(PoisonError::into_inner);
        let family = variant.family();
        if !families.contains_key(&family) {
            families.insert(family.clone(), Project::new(variant, &family)?);
        }
        let project = families.get_mut(&family).ok_or("no project")?;
        project.becomes(variant)?;
        Ok(Self {
            root: project.directory.clone(),
            port: project.port,
        })
    }

    /// Where browsers reach the app.
    pub fn url(&self) -> String {
        format!("http://localhost:{}", self.port)
    }
}

impl Project {
    /// Web apps are within this workspace, the others outside of it.
    fn new(variant: Variant, family: &str) -> Result<Self, Failed> {
        let outside = tempfile::tempdir()?;
        let parent = match variant.template {
            Template::WebApp => Workspace::scratch(&format!("generated/{family}"))?,
            _ => outside.path().to_owned(),
        };
        let directory = parent.join(family);
        // A gRPC service is at the app's port + 1.
        let port = loopback::free_ports_in_a_row(3);
        let plan = plan(variant, &directory, port)?;
        plan.write()?;
        Ok(Self {
            files: paths(&plan),
            kind: variant.kind,
            directory,
            port,
            outside,
        })
    }

    /// Files that are the same stay as they are, and old.
    fn becomes(&mut self, variant: Variant) -> Result<(), Failed> {
        if self.kind == variant.kind {
            return Ok(());
        }
        // As it would be in an empty place beside this one.
        let elsewhere = match variant.template {
            Template::WebApp => Workspace::scratch("generated/next")?,
            _ => self.outside.path().join("next"),
        };
        let plan = plan(variant, &elsewhere.join(variant.family()), self.port)?;
        let wanted = paths(&plan);
        for gone in self.files.iter().filter(|path| !wanted.contains(path)) {
            fs::remove_file(self.directory.join(gone))?;
        }
        for file in plan.files() {
            let path = self.directory.join(file.path());
            let is_there = fs::read(&path).is_ok_and(|bytes| bytes == file.contents().as_bytes());
            if !is_there {
                fs::create_dir_all(path.parent().unwrap_or(&path))?;
                fs::write(&path, file.contents())?;
            }
        }
        self.files = wanted;
        self.kind = variant.kind;
        Ok(())
    }
}

/// Removes those outside of this workspace.
pub fn remove_all() {
    let mut families = FAMILIES.lock().unwrap_or_else(PoisonError::into_inner);
    families.clear();
}

fn plan(variant: Variant, directory: &Path, port: u16) -> Result<Plan, Failed> {
    let project = NewProject::at(directory)
        .template(variant.template)
        .kind(variant.kind)
        .port(port)
        .emulator_port(port + 2);
    let project = match variant.store {
        Some(store) => project.store(store),
        None => project,
    };
    project.plan().map_err(Failed::from)
}

fn paths(plan: &Plan) -> Vec<PathBuf> {
    let files = plan.files().iter();
    files.map(|file| PathBuf::from(file.path())).collect()
}
