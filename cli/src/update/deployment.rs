//! The files to run a project with, for a `b2c.toml` that is about to change.

use std::collections::BTreeSet;

use b2c_templates::Template;

use crate::change::ChangeSet;
use crate::error::Error;
use crate::lock::{Base, Class, LockFile};
use crate::project::{CONFIG_FILE, NewProject, Project};

impl Project {
    /// Plans that these files hand over the secrets that `b2c.toml` refers to after the changes, and returns
    /// the paths of those that do so by it. What people have edited or removed stays.
    ///
    /// # Errors
    ///
    /// The lock file is not as it was written, or a file cannot be read.
    pub(crate) fn bring_deployment(&self, changes: &mut ChangeSet) -> Result<Vec<String>, Error> {
        let config = changes.read(CONFIG_FILE)?.unwrap_or_default();
        let mut brought = Vec::new();
        let Some(text) = changes.read(LockFile::PATH)? else {
            return Ok(brought);
        };
        let mut lock = LockFile::parse(&text)?;
        let base = changes.read(Base::PATH)?.map(|text| Base::parse(&text));
        let mut base = base.transpose()?.unwrap_or_default();
        // What another version wrote is that version's to bring.
        let Ok(template) = lock.template.parse::<Template>() else {
            return Ok(brought);
        };
        let new = NewProject::at(self.root()).template(template);
        let Ok(new) = new.answered(&lock.answers) else {
            return Ok(brought);
        };
        for file in new.deployment(&config)? {
            let (path, theirs) = (file.path(), file.contents());
            let ours = changes.read(path)?.filter(|ours| {
                let locked = lock.files.get(path);
                locked.is_some_and(|locked| locked.is(ours))
            });
            if ours.is_some_and(|ours| ours != theirs) {
                changes.write(path, theirs)?;
                lock.note(path, theirs);
                if Class::of(path).has_base() {
                    base.set(path, theirs);
                }
                brought.push(path.to_owned());
            }
        }
        if !brought.is_empty() {
            Self::record(changes, &lock, &base)?;
        }
        Ok(brought)
    }

    /// The files to run the project with that are as this tool wrote them, so that they are brought along.
    pub(crate) fn brought_deployment(&self) -> BTreeSet<String> {
        let is_own = |path: &str| path.starts_with("deploy/") || path == "compose.yaml";
        let files = self.lock().into_iter().flat_map(|lock| &lock.files);
        let as_written = files.filter(|(path, locked)| {
            let ours = self.read(path).ok().flatten();
            is_own(path) && ours.is_some_and(|ours| locked.is(&ours))
        });
        as_written.map(|(path, _)| path.clone()).collect()
    }
}
