//! The page on which users choose where to sign in.

use std::fmt::Write as _;

use bytes::Bytes;
use http::{Response, StatusCode};
use url::form_urlencoded;

use super::page::{document, escape};
use super::respond::{html_response, with_policy};
use super::shell::Shell;
use crate::cookie::Purpose;
use crate::flow::Begin;
use crate::provider::Provider;

/// What the sign-in page offers, where an app has several providers and no default one.
/// Applications may render it their own way with
/// [`sign_in_page`](crate::B2cLayerBuilder::sign_in_page); every text must be escaped.
#[derive(Clone, Debug)]
pub struct SignInPage {
    choices: Vec<ProviderChoice>,
    home_url: String,
}

/// One provider on a [`SignInPage`].
#[derive(Clone, Debug)]
pub struct ProviderChoice {
    name: String,
    label: String,
    url: String,
}

impl SignInPage {
    /// The providers, in the order of their names.
    pub fn choices(&self) -> &[ProviderChoice] {
        &self.choices
    }

    /// The local URL of the app's home page.
    pub fn home_url(&self) -> &str {
        &self.home_url
    }

    /// The built-in page.
    fn to_html(&self) -> String {
        let mut main =
            "<h1>Sign in</h1><p>Where do you have your account?</p><ul class=\"choices\">"
                .to_owned();
        for choice in &self.choices {
            // Writing to a String cannot fail.
            let _ = write!(
                main,
                "<li><a class=\"button\" href=\"{}\">{}</a></li>",
                escape(&choice.url),
                escape(&choice.label)
            );
        }
        let home = escape(&self.home_url);
        let _ = write!(main, "</ul><p><a href=\"{home}\">Home page</a></p>");
        document("Sign in", &main)
    }
}

impl ProviderChoice {
    /// The provider's name in the configuration.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What users know it as: `label` in the configuration, else the name.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The local URL that leads there.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Shell {
    /// Asks at which provider to go on.
    pub(super) fn choose_provider(&self, begin: &Begin) -> Response<Bytes> {
        let able = |provider: &Provider| match begin.purpose {
            Purpose::SignIn | Purpose::StepUp => true,
            Purpose::EditProfile => provider.settings.user_flows.edit_profile.is_some(),
            Purpose::ResetPassword => provider.settings.user_flows.reset_password.is_some(),
        };
        let able = self
            .providers
            .all()
            .iter()
            .filter(|provider| able(provider));
        let choices = able.map(|provider| ProviderChoice {
            name: provider.name().to_owned(),
            label: provider.settings.label.clone(),
            url: self.url_at(begin, provider.name()),
        });
        let page = SignInPage {
            choices: choices.collect(),
            home_url: self.config.app.mounted("/"),
        };
        match &self.sign_in_page {
            Some(render) => html_response(StatusCode::OK, render(&page)),
            None => with_policy(html_response(StatusCode::OK, page.to_html()), "'none'"),
        }
    }

    /// The layer's own URL for what is to begin, with the provider chosen.
    fn url_at(&self, begin: &Begin, provider: &str) -> String {
        let app = &self.config.app;
        let path = match begin.purpose {
            Purpose::SignIn | Purpose::StepUp => &app.sign_in_path,
            Purpose::EditProfile => &app.edit_profile_path,
            Purpose::ResetPassword => &app.reset_password_path,
        };
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("provider", provider);
        if !begin.scopes.is_empty() {
            query.append_pair("scope", &begin.scopes.join(" "));
        }
        begin.demand.append_to(&mut query);
        begin.asked.append_to(&mut query);
        query.append_pair("return_to", &begin.return_to);
        format!("{}?{}", app.mounted(path), query.finish())
    }
}
