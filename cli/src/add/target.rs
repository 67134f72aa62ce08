//! The crate that is added to.

use std::path::{Path, PathBuf};

use super::metadata::{Metadata, Package};
use super::server::Server;
use super::version::version;
use super::wiring::Modules;
use crate::error::Error;

/// Which crate it is, where that is not plain.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Choice<'a> {
    pub(crate) package: Option<&'a str>,
    pub(crate) program: Option<&'a str>,
    pub(crate) server: Option<Server>,
}

/// The crate that is added to.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where changes are made and taken back: the workspace, or the crate that is none of one.
    pub(super) root: PathBuf,
    /// The crate's directory, beneath the root; empty if it is the root. With `/` between its parts.
    pub(super) inside: String,
    pub(crate) package: String,
    /// The file that the program starts in, beneath the crate's directory.
    pub(super) main: String,
    /// Its library, as a program of it names it, and the file that it starts in.
    library: Option<(String, String)>,
    pub(crate) server: Server,
    dependencies: Vec<String>,
}

impl Target {
    /// Finds the crate from this directory.
    ///
    /// # Errors
    ///
    /// There is none, there are several to choose from, or it is one that cannot be added to.
    pub(crate) fn find(directory: &Path, choice: Choice<'_>) -> Result<Self, Error> {
        let metadata = Metadata::read(directory)?;
        let package = package(&metadata, directory, choice.package)?;
        let (program, main) = program(package, choice.program)?;
        let server = server(package, &metadata.root, choice.server)?;
        if package.edition == "2015" {
            return Err(Error::refused(
                format!(
                    "{} is of edition 2015, and what would be added of 2018 or later",
                    package.name
                ),
                "move it to a later edition first: cargo fix --edition",
            ));
        }
        let own = package.manifest.parent().unwrap_or(&metadata.root);
        // A member may be outside of its workspace's directory.
        let (root, inside) = match own.strip_prefix(&metadata.root) {
            Ok(inside) => (metadata.root.clone(), inside.to_owned()),
            Err(_) => (own.to_owned(), PathBuf::new()),
        };
        let main = main.strip_prefix(own).map_err(|_| {
            Error::refused(
                format!(
                    "{} starts in {}, outside of its crate",
                    program,
                    main.display()
                ),
                "move that file into the crate, or wire the layer in by hand",
            )
        })?;
        Ok(Self {
            inside: slashed(&inside),
            main: slashed(main),
            library: package.library.as_ref().and_then(|(name, file)| {
                let file = file.strip_prefix(own).ok()?;
                Some((name.replace('-', "_"), slashed(file)))
            }),
            root,
            package: package.name.clone(),
            server,
            dependencies: package
                .dependencies
                .iter()
                .map(|(name, _)| name.clone())
                .collect(),
        })
    }

    /// Where changes are made and taken back.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The crate's own directory.
    pub(crate) fn directory(&self) -> PathBuf {
        if self.inside.is_empty() {
            self.root.clone()
        } else {
            self.root.join(&self.inside)
        }
    }

    /// The file that the program starts in, beneath the root.
    pub(crate) fn program_file(&self) -> String {
        self.path(&self.main)
    }

    /// A path of the crate's as changes have it.
    pub(super) fn path(&self, path: &str) -> String {
        if self.inside.is_empty() {
            path.to_owned()
        } else {
            format!("{}/{path}", self.inside)
        }
    }

    /// Where the modules of the program are.
    pub(super) fn modules<'a>(&'a self, read: &'a dyn Fn(&str) -> Option<String>) -> Modules<'a> {
        let folder = self.main.rsplit_once('/');
        let library = self.library.as_ref();
        Modules {
            folder: folder.map_or("", |(folder, _)| folder),
            library: library.map(|(name, file)| (name.as_str(), file.as_str())),
            read,
        }
    }

    /// Whether the manifest of a workspace is another one than the crate's.
    pub(super) fn is_member(&self) -> bool {
        !self.inside.is_empty()
    }

    /// Whether the crate depends on another one.
    pub(super) fn depends_on(&self, name: &str) -> bool {
        self.dependencies.iter().any(|known| known == name)
    }
}

fn package<'m>(
    metadata: &'m Metadata,
    directory: &Path,
    wanted: Option<&str>,
) -> Result<&'m Package, Error> {
    let packages = &metadata.packages;
    let names = || {
        let names: Vec<_> = packages
            .iter()
            .map(|package| package.name.as_str())
            .collect();
        names.join(" or -p ")
    };
    if let Some(wanted) = wanted {
        let found = packages.iter().find(|package| package.name == wanted);
        return found.ok_or_else(|| {
            Error::Usage(format!(
                "there is no package \"{wanted}\" here; -p {}?",
                names()
            ))
        });
    }
    let directory = directory.canonicalize();
    let directory = directory.map_err(|error| Error::io("find the crate's directory", error))?;
    let nearest = directory
        .ancestors()
        .find(|above| above.join("Cargo.toml").is_file());
    let is_nearest = |package: &&Package| {
        let own = package
            .manifest
            .parent()
            .and_then(|own| own.canonicalize().ok());
        own.as_deref() == nearest
    };
    match (packages.iter().find(is_nearest), packages.as_slice()) {
        (Some(package), _) | (None, [package]) => Ok(package),
        (None, []) => Err(Error::refused(
            "the workspace has no package to add to",
            "make one with cargo new, or a whole app with cargo b2c-init new",
        )),
        (None, _) => Err(Error::Usage(format!(
            "this is the manifest of a workspace; which package: -p {}?",
            names()
        ))),
    }
}

fn program<'p>(package: &'p Package, wanted: Option<&str>) -> Result<(&'p str, &'p Path), Error> {
    let programs = &package.programs;
    let names = || {
        let names: Vec<_> = programs.iter().map(|(name, _)| name.as_str()).collect();
        names.join(" or --bin ")
    };
    let found = match (wanted, programs.as_slice()) {
        (Some(wanted), _) => programs.iter().find(|(name, _)| name == wanted),
        (None, [only]) => Some(only),
        (None, []) => {
            return Err(Error::refused(
                format!(
                    "{} is a library; the layer belongs where a server is started",
                    package.name
                ),
                "name the package with the program: -p NAME; or let its users do this",
            ));
        }
        (None, _) => {
            let message = format!(
                "{} has several programs; which: --bin {}?",
                package.name,
                names()
            );
            return Err(Error::Usage(message));
        }
    };
    let found = found.map(|(name, main)| (name.as_str(), main.as_path()));
    found.ok_or_else(|| {
        let (name, wanted) = (&package.name, wanted.unwrap_or_default());
        Error::Usage(format!(
            "{name} has no program \"{wanted}\"; --bin {}?",
            names()
        ))
    })
}

fn server(package: &Package, root: &Path, wanted: Option<Server>) -> Result<Server, Error> {
    let requirement = |server: Server| {
        let mut known = package.dependencies.iter();
        known
            .find(|(name, _)| name == server.name())
            .map(|(_, requirement)| requirement)
    };
    let mut found: Vec<_> = Server::ALL
        .into_iter()
        .filter(|server| requirement(*server).is_some())
        .collect();
    // axum and tonic are made of hyper, and who uses them often names it for its types.
    if found.len() > 1 {
        found.retain(|server| *server != Server::Hyper || wanted == Some(Server::Hyper));
    }
    let server = match (wanted, found.as_slice()) {
        (Some(wanted), found) if found.contains(&wanted) => wanted,
        (None, [only]) => *only,
        (Some(wanted), _) => {
            let message = format!("{} does not depend on {wanted}", package.name);
            return Err(Error::Usage(message));
        }
        (None, []) => {
            return Err(Error::refused(
                format!("{} depends on none of axum, tonic and hyper", package.name),
                "the layer goes around any tower service over http::Request: \
                 https://docs.rs/tower-b2c says how",
            ));
        }
        (None, several) => {
            let names: Vec<_> = several.iter().map(|server| server.name()).collect();
            return Err(Error::Usage(format!(
                "{} serves with {}; which of them is to be protected: --server {}?",
                package.name,
                names.join(" and "),
                names.join(" or --server ")
            )));
        }
    };
    let version = version(
        server.name(),
        requirement(server).map_or("*", String::as_str),
        root,
    );
    match version {
        Some(version) if version < server.floor() => {
            let (major, minor) = server.floor();
            Err(Error::refused(
                format!(
                    "{} uses {server} {}.{}; tower-b2c goes with {server} {major}.{minor} and later",
                    package.name, version.0, version.1
                ),
                format!("move it to {server} {major}.{minor} first"),
            ))
        }
        _ => Ok(server),
    }
}

fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}
