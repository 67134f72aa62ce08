//! The pages that end users see when a journey ends early.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;

use crate::crypto::sha256;
use crate::protocol::ProviderError;

/// What an error page has to tell. Applications may render it their own way with
/// [`error_page`](crate::B2cLayerBuilder::error_page); every text must be escaped.
#[derive(Clone, Debug)]
pub struct ErrorPage {
    pub(super) status: StatusCode,
    pub(super) title: String,
    pub(super) message: String,
    pub(super) reason: &'static str,
    pub(super) reference: String,
    pub(super) provider_error: Option<ProviderError>,
    pub(super) home_url: String,
    pub(super) retry_url: Option<String>,
    pub(super) sign_out_url: Option<String>,
}

impl ErrorPage {
    /// The HTTP status of the response.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// A short title in plain words.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What happened and what the user can do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What happened in one word for programs, such as `cookies_lost`; it does not change between
    /// versions.
    pub fn reason(&self) -> &str {
        self.reason
    }

    /// A random word that stands in the log line too: users quote it, operators search for it.
    pub fn reference(&self) -> &str {
        &self.reference
    }

    /// The provider's code, such as `AADB2C90037`.
    pub fn provider_code(&self) -> Option<&str> {
        self.provider_error.as_ref()?.code()
    }

    /// The provider's correlation id, for its support.
    pub fn correlation_id(&self) -> Option<&str> {
        self.provider_error.as_ref()?.correlation_id()
    }

    /// The provider's error, where one led here; its text is for logs alone.
    pub fn provider_error(&self) -> Option<&ProviderError> {
        self.provider_error.as_ref()
    }

    /// The local URL of the app's home page.
    pub fn home_url(&self) -> &str {
        &self.home_url
    }

    /// A local URL to try again with, where that makes sense.
    pub fn retry_url(&self) -> Option<&str> {
        self.retry_url.as_deref()
    }

    /// A local URL to leave the provider with, where another account may do better.
    pub fn sign_out_url(&self) -> Option<&str> {
        self.sign_out_url.as_deref()
    }

    /// The built-in page.
    pub(super) fn to_html(&self) -> String {
        let mut main = format!(
            "<p class=\"status\">{}</p><h1>{}</h1><p>{}</p>",
            self.status(),
            escape(&self.title),
            escape(&self.message)
        );
        if let Some(url) = &self.retry_url {
            // Writing to a String cannot fail.
            let _ = write!(
                main,
                "<p><a class=\"button\" target=\"_top\" href=\"{}\">Try again</a></p>",
                escape(url)
            );
        }
        if let Some(url) = &self.sign_out_url {
            let _ = write!(
                main,
                "<p><a class=\"button\" target=\"_top\" href=\"{}\">Use another account</a></p>",
                escape(url)
            );
        }
        let _ = write!(
            main,
            "<p><a target=\"_top\" href=\"{}\">Home page</a></p><dl>",
            escape(&self.home_url)
        );
        let reference = Some(self.reference());
        let facts = [
            ("Reference", reference),
            ("Code", self.provider_code()),
            ("Correlation ID", self.correlation_id()),
        ];
        for (name, value) in facts {
            if let Some(value) = value {
                let _ = write!(main, "<dt>{name}</dt><dd>{}</dd>", escape(value));
            }
        }
        main.push_str("</dl>");
        document(&self.title, &main)
    }
}

/// The page that asks whether to sign out. Applications may render it their own way with
/// [`sign_out_page`](crate::B2cLayerBuilder::sign_out_page).
#[derive(Clone, Debug)]
pub struct SignOutPage {
    pub(super) action: String,
    pub(super) home_url: String,
}

impl SignOutPage {
    /// Where the page's form must be sent, by POST and without fields.
    pub fn action(&self) -> &str {
        &self.action
    }

    /// The local URL of the app's home page.
    pub fn home_url(&self) -> &str {
        &self.home_url
    }

    /// The built-in page.
    pub(super) fn to_html(&self) -> String {
        sign_out_html(&self.action, &self.home_url)
    }
}

fn sign_out_html(action: &str, home_url: &str) -> String {
    let main = format!(
        "<h1>Sign out?</h1><p>You will be signed out here and at the sign-in provider.</p>\
         <form method=\"post\" action=\"{}\"><button class=\"button\">Sign out</button></form>\
         <p><a href=\"{}\">Stay signed in</a></p>",
        escape(action),
        escape(home_url)
    );
    document("Sign out", &main)
}

/// The Content-Security-Policy of the built-in pages: one inline stylesheet, by its hash; to be seen
/// in frames of these `ancestors` only.
pub(super) fn content_security_policy(ancestors: &str) -> String {
    let hash = STANDARD.encode(sha256(STYLE.as_bytes()));
    format!(
        "default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors {ancestors}; base-uri 'none'"
    )
}

pub(super) fn document(title: &str, main: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>{main}</main></body></html>",
        escape(title)
    )
}

pub(super) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

const STYLE: &str = include_str!("page.css");
