//! Where a path of the project really is.

use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use crate::error::Error;

/// The place on disk of a project's path (`src/main.rs`), links followed.
///
/// # Errors
///
/// The path leaves the project, by `..` or by a symbolic link, or a link leads nowhere.
pub(super) fn place(root: &Path, path: &str) -> Result<PathBuf, Error> {
    let relative = Path::new(path);
    let plain = |component| matches!(component, Component::Normal(_));
    if path.is_empty() || !relative.components().all(plain) {
        return Err(Error::OutsideProject {
            path: path.to_owned(),
            target: relative.to_owned(),
        });
    }
    let real_root = root
        .canonicalize()
        .map_err(|error| Error::io(format!("find {}", root.display()), error))?;
    let mut real = real_root.clone();
    for component in relative.components() {
        real.push(component);
        match real.symlink_metadata() {
            Ok(metadata) if metadata.is_symlink() => {
                let outside = |target| Error::OutsideProject {
                    path: path.to_owned(),
                    target,
                };
                // A link to nothing: where it leads cannot be judged.
                let target = real.canonicalize().map_err(|_| outside(real.clone()))?;
                if !target.starts_with(&real_root) {
                    return Err(outside(target));
                }
                real = target;
            }
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::io(format!("look at {path}"), error)),
        }
    }
    Ok(real)
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::place;
    use crate::error::Error;

    #[test]
    fn a_path_stays_in_the_project() {
        let sandbox = tempfile::tempdir().expect("a directory");
        let root = sandbox.path().join("project");
        fs::create_dir_all(root.join("src")).expect("created");
        fs::write(root.join("src/real.rs"), "").expect("written");
        fs::write(sandbox.path().join("elsewhere"), "").expect("written");
        symlink("src/real.rs", root.join("inside")).expect("linked");
        symlink("../elsewhere", root.join("outside")).expect("linked");
        symlink("..", root.join("up")).expect("linked");
        symlink("nowhere", root.join("dangling")).expect("linked");

        let real = root.canonicalize().expect("there");
        assert_eq!(
            place(&root, "inside").expect("inside"),
            real.join("src/real.rs")
        );
        assert_eq!(place(&root, "a/b/c").expect("new"), real.join("a/b/c"));
        for path in [
            "outside",
            "up/elsewhere",
            "dangling",
            "../elsewhere",
            "/etc/passwd",
            "",
            ".",
        ] {
            let result = place(&root, path);
            assert!(
                matches!(result, Err(Error::OutsideProject { .. })),
                "{path}: {result:?}"
            );
        }
    }
}
