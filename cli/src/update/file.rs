//! What becomes of one file.

use b2c_templates::File;

use crate::error::Error;
use crate::lock::Class;
use crate::merge::{Conflict, Merged, Prefer, add_missing, merge_env, merge_source, merge_toml};
use crate::project::Project;

/// What becomes of a file of the template.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It is written; from now on this is what people's edits are told from.
    Write(Merged),
    /// It is left as it is, and what was written last stays the base.
    Keep(&'static str),
    /// It is what it should be.
    Current,
}

/// Decides what becomes of a file of the template in a project.
pub(super) fn outcome(
    project: &Project,
    file: &File,
    restore: bool,
    prefer: Prefer,
) -> Result<Outcome, Error> {
    let (path, theirs) = (file.path(), file.contents());
    let locked = project.lock().and_then(|lock| lock.files.get(path));
    let ours = project.read(path)?;
    let class = Class::of(path);
    let write = |text: &str| {
        Outcome::Write(Merged {
            text: text.to_owned(),
            conflicts: Vec::new(),
        })
    };
    let Some(ours) = ours else {
        return Ok(match (locked, class) {
            (Some(_), _) if !restore => Outcome::Keep("was removed"),
            _ => write(theirs),
        });
    };
    if class == Class::Secret {
        let text = add_missing(&ours, theirs);
        return Ok(if text == ours {
            Outcome::Current
        } else {
            write(&text)
        });
    }
    if ours == theirs {
        // People came to the same, or took the file over from elsewhere.
        return Ok(write(theirs));
    }
    let Some(locked) = locked else {
        return Ok(in_the_way(path, ours, theirs, prefer));
    };
    if locked.is(&ours) {
        return Ok(write(theirs));
    }
    if locked.is(theirs) {
        return Ok(Outcome::Keep("is yours; the template has nothing new"));
    }
    if class == Class::Seed {
        return Ok(Outcome::Keep("is yours since you changed it"));
    }
    let Some(base) = project.written(path) else {
        return Ok(in_the_way(path, ours, theirs, prefer));
    };
    let merged = match class {
        Class::Config if path.rsplit('/').next() == Some(".env.example") => {
            merge_env(path, base, &ours, theirs, prefer)
        }
        Class::Config => merge_toml(path, base, &ours, theirs, prefer)?,
        _ => merge_source(path, base, &ours, theirs, prefer),
    };
    Ok(Outcome::Write(merged))
}

/// A file of people's own where the template has one, or one without a base.
fn in_the_way(path: &str, ours: String, theirs: &str, prefer: Prefer) -> Outcome {
    let conflict = Conflict::at(path, 1);
    Outcome::Write(Merged {
        text: match prefer {
            Prefer::New => theirs.to_owned(),
            Prefer::Neither | Prefer::Mine => ours,
        },
        conflicts: vec![conflict],
    })
}
