//! Whom a project's users sign in at, and how that is changed in a project that people edit.

mod apply;
mod audience;
mod consequences;
mod effective;
mod fresh;
mod handed_over;
mod judge;
mod kind;
mod list;
mod main_profile;
mod one_of_several;
mod options;
mod overridden;
mod profile;
mod secret;
mod settings;
mod switch;
mod uncomment;
mod variable;

pub use apply::TenantChange;
pub(crate) use audience::lacks_audience;
pub(crate) use b2c_templates::Kind;
pub(crate) use effective::{effective, text_at};
pub(crate) use fresh::{OWN_PROFILE, with_tenant};
pub(crate) use handed_over::{deployed, emulated};
pub(crate) use judge::judge;
pub(crate) use kind::OfKind;
pub(crate) use list::{Profile, Provider, profiles};
pub(crate) use main_profile::{EMULATOR, Meant, main_profile};
pub(crate) use overridden::{PROFILE_VARIABLE, overriding_profile};
pub(crate) use profile::{note, put, replay, set_provider, with_table};
pub(crate) use secret::{env_value, env_with, name_secret, plan_secret};
pub(crate) use settings::is_several;
pub use settings::{Secret, Tenant};
pub(crate) use uncomment::{comment_out, uncomment};
pub(crate) use variable::{first_free, numbered, taken, variable_of, variables};
