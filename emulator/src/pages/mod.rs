//! What do people see?

mod audit_page;
mod error_page;
mod errors_page;
mod form_post;
mod frame;
mod screens;
mod settings;
mod start_page;
mod templates;
mod texts;

pub(crate) use errors_page::errors_document;
pub(crate) use form_post::{FORM_POST_SCRIPT, form_post};
pub(crate) use templates::Pages;

/// The stylesheet of every page.
pub(crate) const STYLESHEET: &str = include_str!("../../assets/style.css");
/// The icon of every page.
pub(crate) const ICON: &str = include_str!("../../assets/icon.svg");
