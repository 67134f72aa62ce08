//! Sessions in SQL databases; the only folder that knows sqlx.

mod expired;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod time;

#[cfg(feature = "postgres")]
pub use postgres::PostgresStore;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteStore;

use super::error::StoreError;
use crate::config::SqlName;

/// The name, or what is wrong with it.
fn named(what: &str, text: &str) -> Result<SqlName, StoreError> {
    let form = SqlName::FORM;
    let wrong = || StoreError::new(format!("the {what} \"{text}\" is not {form}"));
    SqlName::new(text).ok_or_else(wrong)
}
