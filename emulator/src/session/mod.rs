//! Who is signed in at the emulator itself? (Single sign-on across user flows.)

mod application;
mod cookies;
mod sessions;

pub(crate) use application::Application;
pub(crate) use cookies::{Cookies, is_csrf_token};
pub(crate) use sessions::{Session, Sessions, SignIn, Started};
