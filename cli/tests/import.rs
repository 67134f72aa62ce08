//! `import`: what becomes of other tools' configurations, good and bad.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

#[path = "import/bad_input.rs"]
mod bad_input;
#[path = "import/path.rs"]
mod path;
#[path = "import/secrets.rs"]
mod secrets;
#[path = "import/support.rs"]
mod support;
