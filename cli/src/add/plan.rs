//! What an addition would change.

use b2c_templates::File;

use super::added::Added;
use super::answers::Answers;
use super::ignore::ignore;
use super::manifest::depend;
use super::module::Module;
use super::target::Target;
use super::wiring::{Source, Wired, by_hand, is_wired, listening_port, wire};
use crate::change::ChangeSet;
use crate::error::Error;
use crate::lock::{Base, Class, LockFile};
use crate::merge::add_missing;
use crate::project::{CONFIG_FILE, Checkout, DEFAULT_PORT, Project};
use crate::tenant::{OWN_PROFILE, Tenant, env_with, with_tenant};
use crate::terminal::SecretText;

/// What is wished for.
pub(crate) struct Wish<'a> {
    /// The name of the module, `auth`.
    pub(crate) module: &'a str,
    /// The port that the app listens on; where it is not said, the program's source may.
    pub(crate) port: Option<u16>,
    pub(crate) emulator_port: u16,
    /// What is known of the tenant.
    pub(crate) tenant: Option<Tenant>,
    /// Whether the tenant's profile becomes the active one.
    pub(crate) use_tenant: bool,
    /// The client secret, and the variable that it goes by.
    pub(crate) secret: Option<(String, SecretText)>,
    /// Whether to write the layer into the program.
    pub(crate) wire: bool,
    pub(crate) checkout: Option<Checkout>,
}

/// What an addition would change. Nothing is written before it is made.
pub(crate) struct Addition {
    pub(crate) changes: ChangeSet,
    pub(crate) wired: Wired,
    pub(crate) port: u16,
    /// Whether the settings that are written have that port because nobody says which one it is.
    pub(crate) is_port_assumed: bool,
    /// The file of the module that builds the layer.
    pub(crate) module: String,
    /// Files that were there, and stay.
    pub(crate) kept: Vec<String>,
}

/// Plans what the crate lacks: the dependency, the settings, the secrets, the module and the wiring.
/// What it has stays as it is.
///
/// # Errors
///
/// The crate was generated; it has another module of that name; git would see the secrets; a file
/// cannot be understood.
pub(crate) fn plan(target: &Target, wish: &Wish<'_>) -> Result<Addition, Error> {
    let project = existing(target)?;
    let known = project.as_ref().and_then(Project::lock);
    refuse_generated(known)?;
    if known.is_none() && project.is_some() && target.depends_on("tower-b2c") {
        return Err(Error::refused(
            format!(
                "{} uses tower-b2c already, with a b2c.toml of its own",
                target.package
            ),
            "cargo b2c-init doctor looks at it, tenant set changes whom people sign in at",
        ));
    }
    if project.is_some() && (wish.tenant.is_some() || wish.secret.is_some()) {
        return Err(Error::refused(
            format!(
                "{} has a {CONFIG_FILE} already, which stays as it is",
                target.package
            ),
            "cargo b2c-init tenant set changes whom people sign in at, and takes the same options; leave \
             them out here",
        ));
    }
    let module = Module::of(target, wish.module);
    module.refuse_other(target, project.as_ref())?;

    let mut changes = match &project {
        Some(project) => project.changes_at(target.root()),
        None => ChangeSet::at(target.root()),
    };
    let program = target.path(&target.main);
    let source = Source::parse(&program, changes.read(&program)?.unwrap_or_default())?;
    let known_port = wish.port.or_else(|| listening_port(&source));
    let port = known_port.unwrap_or(DEFAULT_PORT);
    let answers = Answers {
        server: target.server,
        port,
        emulator_port: wish.emulator_port,
        module: module.file.clone(),
        layer: if target.depends_on("tower") {
            "tower"
        } else {
            "tower_layer"
        }
        .to_owned(),
    };
    depend(&mut changes, target, wish.checkout.as_ref())?;

    let mut record = Record::of(project.as_ref(), &answers);
    let mut kept = Vec::new();
    for file in answers.files()? {
        if !record.put(&mut changes, target, wish, &file)? {
            kept.push(file.path().to_owned());
        }
    }
    if let Some((name, value)) = wish.secret.as_ref().filter(|_| target.server.has_pages()) {
        let path = target.path(".env");
        let text = changes.read(&path)?.unwrap_or_default();
        changes.write_secret(&path, &env_with(&text, name, value))?;
    }
    record.write(&mut changes, target)?;
    let wired = wiring(&mut changes, target, wish, &module, &source)?;
    Ok(Addition {
        changes,
        wired,
        port,
        // Without pages there is no address that browsers come back to.
        is_port_assumed: known_port.is_none() && project.is_none() && target.server.has_pages(),
        module: target.path(&module.file),
        kept,
    })
}

fn existing(target: &Target) -> Result<Option<Project>, Error> {
    let directory = target.directory();
    let is_project = directory.join(CONFIG_FILE).is_file();
    is_project.then(|| Project::open(directory)).transpose()
}

fn refuse_generated(lock: Option<&LockFile>) -> Result<(), Error> {
    match lock {
        Some(lock) if Added::of(lock).is_none() => Err(Error::refused(
            "this is an app that `cargo b2c-init new` wrote: it signs people in already",
            "cargo b2c-init tenant set changes whom they sign in at, update brings it up to date",
        )),
        _ => Ok(()),
    }
}

fn wiring(
    changes: &mut ChangeSet,
    target: &Target,
    wish: &Wish<'_>,
    module: &Module,
    source: &Source,
) -> Result<Wired, Error> {
    let found = {
        let read = |file: &str| changes.read(&target.path(file)).ok().flatten();
        let modules = target.modules(&read);
        if is_wired(source, modules, &module.name) {
            return Ok(Wired::Already);
        }
        let (name, declaration) = (&module.name, &module.declaration);
        wish.wire
            .then(|| wire(source, modules, target.server, name, declaration))
    };
    let why = match found {
        Some(Ok(text)) => {
            changes.write(&target.path(&target.main), &text)?;
            return Ok(Wired::Written);
        }
        Some(Err(why)) => Some(why),
        None => None,
    };
    Ok(Wired::ByHand {
        lines: by_hand(source, target.server, &module.name, &module.declaration),
        why,
    })
}

/// What the lock file and the base will have.
struct Record {
    lock: LockFile,
    base: Base,
    is_new: bool,
}

impl Record {
    fn of(project: Option<&Project>, answers: &Answers) -> Self {
        let known = project.and_then(Project::lock).cloned();
        let is_new = known.is_none();
        let fresh = || LockFile {
            template: Added::TEMPLATE.to_owned(),
            answers: answers.to_table(),
            ..LockFile::default()
        };
        Self {
            lock: known.unwrap_or_else(fresh),
            base: project
                .map(|project| project.base().clone())
                .unwrap_or_default(),
            is_new,
        }
    }

    /// Plans a file that is not there, or the names that one lacks; tells whether it did.
    fn put(
        &mut self,
        changes: &mut ChangeSet,
        target: &Target,
        wish: &Wish<'_>,
        file: &File,
    ) -> Result<bool, Error> {
        let path = target.path(file.path());
        let there = changes.read(&path)?;
        let class = Class::of(file.path());
        if class == Class::Secret {
            ignore(changes, target, file.path())?;
            let text = add_missing(there.as_deref().unwrap_or_default(), file.contents());
            let text = if there.is_none() {
                file.contents().to_owned()
            } else {
                text
            };
            changes.write_secret(&path, &text)?;
        } else if let Some(there) = there {
            if file.path().ends_with(".env.example") {
                changes.write(&path, &add_missing(&there, file.contents()))?;
            }
            return Ok(false);
        } else {
            let mut text = file.contents().to_owned();
            if let Some(tenant) = wish.tenant.as_ref().filter(|_| file.path() == CONFIG_FILE) {
                text = with_tenant(&text, &mut self.lock, PROFILE, tenant, wish.use_tenant)?;
            }
            changes.write(&path, &text)?;
            self.lock.note(file.path(), &text);
            if class.has_base() {
                self.base.set(file.path(), &text);
            }
            return Ok(true);
        }
        self.lock.note(file.path(), file.contents());
        Ok(true)
    }

    fn write(&self, changes: &mut ChangeSet, target: &Target) -> Result<(), Error> {
        if changes.is_empty() && !self.is_new {
            return Ok(());
        }
        changes.write(&target.path(LockFile::PATH), &self.lock.to_text())?;
        changes.write(&target.path(Base::PATH), &self.base.to_text())
    }
}

/// The profile that is not the emulator's.
pub(crate) const PROFILE: &str = OWN_PROFILE;
