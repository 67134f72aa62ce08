//! Where the module is declared, and in which file it is.

use super::target::Target;
use crate::error::Error;
use crate::project::Project;

/// The module that builds the layer.
#[derive(Clone, Debug)]
pub(super) struct Module {
    /// Its name in the program, `auth`.
    pub(super) name: String,
    /// Its file, beneath the crate's directory.
    pub(super) file: String,
    /// The item that declares it.
    pub(super) declaration: String,
}

impl Module {
    /// The module of this name beside the file that the program starts in.
    pub(super) fn of(target: &Target, name: &str) -> Self {
        let folder = target
            .main
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        let is_program_of_many = folder == "src/bin" || folder.ends_with("/bin");
        // Each file of src/bin/ is a program to cargo.
        let (folder, attribute) = if is_program_of_many {
            let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
            (above, format!("#[path = \"../{name}.rs\"]\n"))
        } else {
            (folder, String::new())
        };
        let file = format!("{folder}/{name}.rs");
        Self {
            name: name.to_owned(),
            file: file.trim_start_matches('/').to_owned(),
            declaration: format!("{attribute}mod {name};"),
        }
    }

    /// Refuses to take the place of somebody's own module.
    pub(super) fn refuse_other(
        &self,
        target: &Target,
        project: Option<&Project>,
    ) -> Result<(), Error> {
        let directory = target.directory();
        let folder = self.file.trim_end_matches(".rs");
        let other = format!("{folder}/mod.rs");
        let is_ours = project
            .and_then(Project::lock)
            .is_some_and(|lock| lock.files.contains_key(&self.file));
        let taken = [(&self.file, is_ours), (&other, false)];
        let taken = taken
            .into_iter()
            .find(|(file, is_ours)| !is_ours && directory.join(file).exists());
        match taken {
            None => Ok(()),
            Some((file, _)) => Err(Error::refused(
                format!("there is a module {} already: {file}", self.name),
                "choose another name with --module sign_in",
            )),
        }
    }
}
