//! From files to one profile.

use std::path::{Path, PathBuf};

use super::assemble::assemble;
use super::dialect::Dialect;
use super::dotenv::environment;
use super::field::normal;
use super::gather::Facts;
use super::imported::Imported;
use super::node::Entry;
use super::scope::Environment;
use super::source::Source;
use crate::error::Error;
use crate::project::is_tracked;

/// Reads configuration files of other tools, running nothing.
///
/// Variables that a program asks for are looked up in the `.env` files that are named, then in the
/// one beside it; never in this process's environment. `appsettings.Development.json` is laid over
/// `appsettings.json`.
///
/// # Errors
///
/// A file cannot be read or understood, or the files disagree.
pub(crate) fn read(paths: &[PathBuf]) -> Result<Imported, Error> {
    let mut files = Vec::new();
    for path in paths {
        files.push((path, Dialect::of(path)?));
    }
    // Variables first, then what refers to them; an overlay after what it is laid over.
    files.sort_by_key(|(path, dialect)| (*dialect != Dialect::Dotenv, overlay_of(path)));
    let mut variables = Environment::new();
    let mut facts = Facts::default();
    let mut settings: Vec<Entry> = Vec::new();
    for (path, dialect) in &files {
        let source = Source::read(path)?;
        let beside;
        let known = match dialect {
            Dialect::Dotenv => &variables,
            _ => {
                beside = with_those_beside(path, &variables)?;
                &beside
            }
        };
        let entries = dialect.read(&source, known)?;
        match dialect {
            Dialect::Dotenv => {
                variables.extend(environment(&entries));
                facts.add(&entries);
            }
            Dialect::Json => {
                let name = |entry: &Entry| normal(&entry.key);
                if overlay_of(path) {
                    settings.retain(|old| entries.iter().all(|new| name(new) != name(old)));
                    settings.extend(entries);
                } else {
                    facts.add(&std::mem::replace(&mut settings, entries));
                }
            }
            _ => facts.add(&entries),
        }
    }
    facts.add(&settings);
    let mut imported = assemble(facts)?;
    warn(&files, &mut imported);
    Ok(imported)
}

/// `appsettings.Development.json`.
fn overlay_of(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = name.to_ascii_lowercase();
    name.starts_with("appsettings.") && name != "appsettings.json"
}

fn with_those_beside(path: &Path, named: &Environment) -> Result<Environment, Error> {
    let mut variables = Environment::new();
    let beside = path.with_file_name(".env");
    if beside.is_file() {
        let source = Source::read(&beside)?;
        variables.extend(environment(&Dialect::Dotenv.read(&source, named)?));
    }
    variables.extend(named.clone());
    Ok(variables)
}

fn warn(files: &[(&PathBuf, Dialect)], imported: &mut Imported) {
    if let Some((_, place)) = &imported.secret
        && is_tracked(Path::new(&*place.file))
    {
        imported.warnings.push(format!(
            "{} is tracked by git: everyone with the repository has the client secret at line {}; \
             make a new one at the provider and delete this one",
            place.file, place.line
        ));
    }
    for (path, _) in files {
        let development = path.with_file_name("appsettings.Development.json");
        let is_base = path
            .file_name()
            .is_some_and(|name| name.eq_ignore_ascii_case("appsettings.json"));
        let named = files.iter().any(|(path, _)| overlay_of(path));
        if is_base && !named && development.is_file() {
            imported.warnings.push(format!(
                "{} was not read; name it, too, to lay it over {}",
                development.display(),
                path.display()
            ));
        }
    }
}
