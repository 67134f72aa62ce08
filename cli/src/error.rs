//! What can go wrong, what to do about it, and with which exit code it ends.

use std::error::Error as StdError;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::merge::Conflict;
use crate::status::Status;

/// Why a command did not do what was asked.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The project's name is not one that cargo and Rust accept.
    BadName {
        /// The name.
        name: String,
        /// What is wrong with it.
        reason: String,
        /// A name that would do.
        suggestion: Option<String>,
    },
    /// Options that do not go together.
    Usage(String),
    /// The target directory has something in it.
    NotEmpty {
        /// The directory.
        directory: PathBuf,
        /// The first names of what is in it.
        found: String,
    },
    /// The target is there, and is no directory.
    NotADirectory(PathBuf),
    /// The directory holds no project to run.
    NotAProject {
        /// Where it was looked for.
        directory: PathBuf,
        /// The file that is missing.
        missing: &'static str,
    },
    /// Another program listens on a port.
    PortTaken {
        /// The port.
        port: u16,
        /// The option that chooses another one.
        flag: &'static str,
    },
    /// The app and the emulator are to listen on one port.
    SamePort(u16),
    /// A path leads out of the project, by `..` or a symbolic link.
    OutsideProject {
        /// The path, as the project has it.
        path: String,
        /// Where it leads.
        target: PathBuf,
    },
    /// People and this tool changed the same things; nothing was written.
    Conflicts(Vec<Conflict>),
    /// It would destroy something or give a secret away; nothing was done.
    Refused {
        /// What is in the way.
        reason: String,
        /// What to do about it.
        hint: String,
    },
    /// Another tool's configuration could not be understood; nothing was written.
    Unreadable {
        /// What is wrong with which file, and where in it.
        reason: String,
        /// What to do about it.
        hint: String,
    },
    /// Microsoft Graph did not do what was asked.
    Graph {
        /// What it refused, and why.
        reason: String,
        /// What to do about it.
        hint: String,
        /// How the command ends.
        status: Status,
    },
    /// A file could not be read or written, a program not be started.
    Io {
        /// What was being done.
        action: String,
        /// What the system says.
        source: io::Error,
    },
    /// A template could not be rendered.
    Template(b2c_templates::RenderError),
    /// The project's settings cannot be used.
    Config(String),
    /// The emulator did not start.
    Emulator(String),
    /// `cargo build` failed; it has said why.
    Build,
    /// The app ended or did not answer.
    App(String),
    /// Ctrl-C before anything ran.
    Interrupted,
    /// A code that is in no table.
    UnknownCode {
        /// What was asked for.
        code: String,
        /// Codes that look like it.
        near: Vec<String>,
        /// Where its provider tells of all codes.
        page: Option<&'static str>,
    },
}

impl Error {
    pub(crate) fn io(action: impl Into<String>, source: io::Error) -> Self {
        Self::Io {
            action: action.into(),
            source,
        }
    }

    pub(crate) fn refused(reason: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused {
            reason: reason.into(),
            hint: hint.into(),
        }
    }

    /// How a command ends that meets this error.
    pub fn status(&self) -> Status {
        match self {
            Self::BadName { .. } | Self::Usage(_) => Status::Usage,
            Self::NotEmpty { .. }
            | Self::NotADirectory(_)
            | Self::OutsideProject { .. }
            | Self::Refused { .. }
            | Self::PortTaken { .. }
            | Self::SamePort(_) => Status::Refused,
            Self::Conflicts(_) => Status::Conflict,
            Self::Unreadable { .. } => Status::Unreadable,
            Self::Graph { status, .. } => *status,
            Self::Interrupted => Status::Interrupted,
            _ => Status::Failed,
        }
    }

    /// The exit code of [`status`](Self::status).
    pub fn exit_code(&self) -> u8 {
        self.status().code()
    }

    /// What to do next, in a sentence or two.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::BadName {
                suggestion: Some(name),
                ..
            } => Some(format!("try --name {name}")),
            Self::BadName { .. } => Some("choose another with --name".to_owned()),
            Self::NotEmpty { directory, .. } => Some(format!(
                "choose another directory; or, if {0} is a generated project, start it with\n  \
                 cargo b2c-init run -C {0}",
                directory.display(),
            )),
            Self::NotADirectory(_) => Some("choose another path".to_owned()),
            Self::NotAProject { .. } => Some(
                "name the project with -C, or generate one: cargo b2c-init new demo".to_owned(),
            ),
            Self::PortTaken { port, flag } => Some(port_hint(*port, flag)),
            Self::OutsideProject { .. } => {
                Some("replace the link by a file, or name a path inside the project".to_owned())
            }
            Self::Conflicts(_) => Some(
                "--prefer mine keeps these places as they are and writes the rest; --prefer new \
                 replaces them"
                    .to_owned(),
            ),
            Self::UnknownCode { near, page, .. } => {
                let meant = match &near[..] {
                    [] => String::new(),
                    near => format!("did you mean {}? ", near.join(", ")),
                };
                let page = page.map(|page| format!("; Microsoft's own list: {page}"));
                let page = page.unwrap_or_default();
                Some(format!(
                    "{meant}`cargo b2c-init explain` lists what is known{page}"
                ))
            }
            Self::Refused { hint, .. }
            | Self::Unreadable { hint, .. }
            | Self::Graph { hint, .. } => Some(hint.clone()),
            Self::SamePort(_) => {
                Some("choose another one with --port or --emulator-port".to_owned())
            }
            _ => None,
        }
    }
}

fn port_hint(port: u16, flag: &str) -> String {
    let other = port.checked_add(1).unwrap_or(5001);
    let mut hint = format!("stop that program, or choose another port: {flag} {other}");
    if port == 5000 && cfg!(target_os = "macos") {
        hint.push_str(
            "\non macOS this is usually AirPlay Receiver: System Settings → General → AirDrop & Handoff",
        );
    }
    hint
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BadName { name, reason, .. } => {
                write!(f, "\"{name}\" cannot be the project's name: {reason}")
            }
            Self::Usage(message) | Self::Config(message) | Self::App(message) => {
                f.write_str(message)
            }
            Self::NotEmpty { directory, found } => write!(
                f,
                "{} is not empty, it has {found}; nothing was written",
                directory.display()
            ),
            Self::NotADirectory(path) => {
                write!(f, "{} exists and is not a directory", path.display())
            }
            Self::NotAProject { directory, missing } => {
                write!(
                    f,
                    "{} has no {missing}, so there is no project in it",
                    directory.display()
                )
            }
            Self::PortTaken { port, .. } => {
                write!(f, "port {port} is in use by another program")
            }
            Self::OutsideProject { path, target } => write!(
                f,
                "{path} leads out of the project, to {}; nothing was written",
                target.display()
            ),
            Self::Conflicts(conflicts) => {
                f.write_str("changed on both sides; nothing was written")?;
                conflicts
                    .iter()
                    .try_for_each(|conflict| write!(f, "\n  {conflict}"))
            }
            Self::Refused { reason, .. }
            | Self::Unreadable { reason, .. }
            | Self::Graph { reason, .. } => f.write_str(reason),
            Self::SamePort(port) => {
                write!(f, "port {port} is to be the app's and the emulator's")
            }
            Self::Io { action, source } => write!(f, "cannot {action}: {source}"),
            Self::Template(error) => {
                write!(f, "{error}")?;
                error
                    .source()
                    .map_or(Ok(()), |source| write!(f, ": {source}"))
            }
            Self::Emulator(message) => write!(f, "the emulator did not start: {message}"),
            Self::Build => f.write_str("the app could not be built; cargo says why above"),
            Self::Interrupted => f.write_str("interrupted"),
            Self::UnknownCode { code, .. } => write!(f, "nothing is known of \"{code}\""),
        }
    }
}

impl From<b2c_templates::Unknown> for Error {
    fn from(error: b2c_templates::Unknown) -> Self {
        Self::Usage(error.to_string())
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            Self::Template(error) => Some(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Error;

    #[test]
    fn a_taken_port_names_the_port_and_the_option() {
        let error = Error::PortTaken {
            port: 5000,
            flag: "--port",
        };
        assert!(error.to_string().contains("5000"));
        assert!(
            error
                .hint()
                .is_some_and(|hint| hint.contains("--port 5001"))
        );
        assert_eq!(error.exit_code(), 5);
    }
}
