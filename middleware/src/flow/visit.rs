//! Which of the layer's own endpoints a request is for, if any.

use http::Method;

use crate::config::{Config, ResponseMode};

/// What a request is to the layer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Visit {
    /// For the application.
    Pass,
    SignIn,
    /// The redirect URI of a provider, by its place in the configuration.
    Callback(usize),
    EditProfile,
    ResetPassword,
    SignOut,
    /// A front end asks who is signed in.
    SessionInfo,
    /// Somebody opened the sign-out URL: ask, since a link must not sign people out.
    ConfirmSignOut,
    /// The page that follows a sign-out, while one is under way.
    SignedOut,
    /// A frame of the provider's page.
    FrontChannelSignOut,
    /// The provider's server.
    BackChannelSignOut,
    /// One of the layer's paths with a method it does not have; the allowed ones.
    WrongMethod(&'static str),
}

/// Compares the path; a dozen string comparisons of unlike lengths at worst.
pub(crate) fn classify(config: &Config, method: &Method, path: &str) -> Visit {
    let app = &config.app;
    let reading = method == Method::GET || method == Method::HEAD;
    let get = |visit| {
        if reading {
            visit
        } else {
            Visit::WrongMethod("GET, HEAD")
        }
    };

    if path == app.sign_in_path {
        get(Visit::SignIn)
    } else if let Some(index) = redirect_of(config, path) {
        let by_form = config.providers[index].round_trip.response_mode == ResponseMode::FormPost;
        match *method {
            // An error may still come by a redirect, and a restored tab does.
            Method::POST if by_form => Visit::Callback(index),
            _ if by_form && !reading => Visit::WrongMethod("GET, HEAD, POST"),
            _ => get(Visit::Callback(index)),
        }
    } else if path == app.edit_profile_path && config.can_edit_profile() {
        get(Visit::EditProfile)
    } else if path == app.reset_password_path && config.can_reset_password() {
        get(Visit::ResetPassword)
    } else if path == app.edge.session_path {
        get(Visit::SessionInfo)
    } else if path == app.sign_out_path {
        match *method {
            Method::POST => Visit::SignOut,
            _ if reading => Visit::ConfirmSignOut,
            _ => Visit::WrongMethod("GET, HEAD, POST"),
        }
    } else if path == app.front_channel_sign_out_path {
        // A HEAD request is somebody's who wants to know what would happen.
        match *method {
            Method::GET => Visit::FrontChannelSignOut,
            _ => Visit::WrongMethod("GET"),
        }
    } else if path == app.back_channel_sign_out_path {
        match *method {
            Method::POST => Visit::BackChannelSignOut,
            _ => Visit::WrongMethod("POST"),
        }
    } else {
        Visit::Pass
    }
}

/// As [`classify`], for the application's requests while a sign-out is under way.
pub(crate) fn after_sign_out(config: &Config, method: &Method, path: &str) -> Visit {
    if method == Method::GET && path == config.app.after_sign_out {
        Visit::SignedOut
    } else {
        Visit::Pass
    }
}

/// Each provider has a redirect URI of its own.
fn redirect_of(config: &Config, path: &str) -> Option<usize> {
    let mut providers = config.providers.iter();
    providers.position(|provider| provider.redirect_path == path)
}
