use std::time::Duration;

use b2c_emulator::{Emulator, EmulatorBuilder};
use reqwest::Method;

use super::{Ask, Page, Visitor};

/// A running emulator with a visitor in front of it.
pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) visitor: Visitor,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::of(Emulator::builder()).await
    }

    pub(crate) async fn of(builder: EmulatorBuilder) -> Self {
        let emulator = builder.start().await.unwrap();
        let visitor = Visitor::of(&emulator);
        Self { emulator, visitor }
    }

    pub(crate) fn ask(&self) -> Ask {
        Ask::new(&self.emulator)
    }

    /// Opens the page that an authorization request leads to.
    pub(crate) async fn open(&mut self, ask: &Ask) -> Page {
        self.visitor.get(&ask.path()).await
    }

    /// The metadata of a user flow.
    pub(crate) async fn metadata(&mut self, user_flow: &str) -> serde_json::Value {
        let url = self.emulator.metadata_url(user_flow).unwrap();
        self.visitor.get(&url).await.json()
    }

    /// Signs Ada in and returns the redirect to the application.
    pub(crate) async fn sign_in(&mut self, ask: &Ask) -> Page {
        let page = self.open(ask).await;
        let ada = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        self.visitor.submit(&page, &ada).await
    }

    /// Signs Ada in and redeems the code.
    pub(crate) async fn tokens(&mut self, ask: &Ask) -> serde_json::Value {
        let code = self.sign_in(ask).await.code();
        let page = self.redeem(&code).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.json()
    }

    /// A good redemption at the sign-in user flow.
    pub(crate) async fn redeem(&mut self, code: &str) -> Page {
        self.token(SIGN_IN, &self.redemption(code)).await
    }

    pub(crate) async fn refresh(&mut self, token: &str) -> Page {
        let client = self.emulator.client().clone();
        let form = [
            ("grant_type", "refresh_token"),
            ("client_id", client.client_id()),
            ("client_secret", client.client_secret()),
            ("refresh_token", token),
        ];
        self.token(SIGN_IN, &owned(&form)).await
    }

    pub(crate) fn redemption(&self, code: &str) -> Vec<(String, String)> {
        let client = self.emulator.client();
        owned(&[
            ("grant_type", "authorization_code"),
            ("client_id", client.client_id()),
            ("client_secret", client.client_secret()),
            ("redirect_uri", &client.redirect_uris()[0]),
            ("code", code),
            ("code_verifier", VERIFIER),
        ])
    }

    /// Posts a form to a user flow's token endpoint.
    pub(crate) async fn token(&mut self, user_flow: &str, form: &[(String, String)]) -> Page {
        let form: Vec<(&str, &str)> = form
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let path = format!("/{}/{user_flow}/oauth2/v2.0/token", self.emulator.tenant());
        Visitor::of(&self.emulator).post(&path, &form).await
    }

    /// Asks the sample API who the bearer of a token is.
    pub(crate) async fn me(&mut self, token: &str) -> Page {
        let authorization = format!("Bearer {token}");
        let headers = [("authorization", authorization.as_str())];
        self.visitor
            .request(Method::GET, "/api/me", &headers, Vec::new())
            .await
    }
}

/// Replaces a field of a form, or removes it.
pub(crate) fn changed(
    form: &[(String, String)],
    name: &str,
    value: Option<&str>,
) -> Vec<(String, String)> {
    let mut form = form.to_vec();
    form.retain(|(other, _)| other != name);
    form.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    form
}

fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    fields
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

/// How long a test waits for what must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

pub(crate) const SIGN_IN: &str = "B2C_1_signupsignin1";
pub(crate) const EDIT: &str = "B2C_1_profileediting1";
pub(crate) const RESET: &str = "B2C_1_passwordreset1";

/// The example of RFC 7636, appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
