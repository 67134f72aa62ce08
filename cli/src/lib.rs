//! Scaffolds a web app that signs users in with Azure AD B2C, and runs it offline.
//!
//! The library is what the command does, for tests and tools that want a project without a
//! process:
//!
//! ```
//! use cargo_b2c_init::NewProject;
//!
//! # fn main() -> Result<(), cargo_b2c_init::Error> {
//! let plan = NewProject::at("demo").port(8080).plan()?;
//! assert!(plan.files().iter().any(|file| file.path() == "src/main.rs"));
//! // plan.write()?;
//! # Ok(())
//! # }
//! ```

mod add;
mod change;
mod command;
mod day;
mod digest;
mod doctor;
mod error;
mod explain;
mod file;
mod guid;
mod import;
mod lock;
mod merge;
mod migrate;
mod project;
mod register;
mod run;
mod schema;
mod status;
mod tenant;
mod terminal;
mod update;

pub use b2c_templates::{Deploy, File, Kind, Store, Template};
pub use change::{Action, Change, ChangeSet, TextForm};
pub use command::main;
pub use error::Error;
pub use lock::Class;
pub use merge::{Conflict, Prefer};
pub use project::{
    Checkout, DEFAULT_EMULATOR_PORT, DEFAULT_PORT, NewProject, Plan, Project, ProjectName,
};
pub use status::Status;
pub use tenant::{Secret, Tenant, TenantChange};
pub use update::{Leave, Update};
