use b2c_emulator::{Client, Emulator, EmulatorBuilder, TenantKind};
use serde_json::Value;

use super::{
    Page, Visitor,
    bench::{CHALLENGE, VERIFIER},
    page::encoded,
};

/// An emulator with a tenant of External ID or Entra ID, and a visitor in front of it.
pub(crate) struct Sts {
    pub(crate) emulator: Emulator,
    pub(crate) visitor: Visitor,
    /// The origin in use, for example `https://fabrikam.ciamlogin.com:8400`.
    pub(crate) origin: String,
    /// The tenant's segment of the path.
    pub(crate) segment: String,
}

impl Sts {
    /// Starts the emulator and visits the first tenant of that kind at localhost.
    pub(crate) async fn of(builder: EmulatorBuilder, kind: TenantKind) -> Self {
        let emulator = builder.start().await.unwrap();
        let tenant = emulator.tenants().find(|tenant| tenant.kind() == kind);
        let segment = tenant.unwrap().name().to_owned();
        Self {
            visitor: Visitor::of(&emulator),
            origin: emulator.base_url().to_owned(),
            segment,
            emulator,
        }
    }

    /// Goes on at a host of the tenant's own.
    pub(crate) fn at(mut self, host: &str) -> Self {
        let (scheme, _) = self.emulator.base_url().split_once(':').unwrap();
        self.origin = format!("{scheme}://{host}:{}", self.emulator.port());
        self.visitor = Visitor::at(&self.origin, &self.emulator);
        self
    }

    pub(crate) fn client(&self) -> Client {
        let mut tenants = self.emulator.tenants();
        let tenant = tenants.find(|tenant| tenant.kind() != TenantKind::B2c);
        tenant.unwrap().clients()[0].clone()
    }

    pub(crate) fn url(&self, rest: &str) -> String {
        format!("{}/{}/{rest}", self.origin, self.segment)
    }

    pub(crate) async fn metadata(&mut self) -> Value {
        let url = self.url("v2.0/.well-known/openid-configuration");
        let page = self.visitor.get(&url).await;
        assert_eq!(page.status, 200, "{url}: {}", page.body);
        page.json()
    }

    /// Sends an authorization request with some parameters of its own.
    pub(crate) async fn open(&mut self, changes: &[(&str, &str)]) -> Page {
        let client = self.client();
        let mut parameters = vec![
            ("client_id", client.client_id()),
            ("redirect_uri", &client.redirect_uris()[0]),
            ("response_type", "code"),
            ("scope", "openid profile email offline_access"),
            ("state", "s1"),
            ("nonce", "n1"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        parameters.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
        parameters.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
        let url = self.url(&format!("oauth2/v2.0/authorize?{}", encoded(&parameters)));
        self.visitor.get(&url).await
    }

    /// Signs Ada in.
    pub(crate) async fn sign_in(&mut self, changes: &[(&str, &str)]) -> Page {
        let page = self.open(changes).await;
        let ada = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        self.visitor.submit(&page, &ada).await
    }

    pub(crate) async fn token(&mut self, fields: &[(&str, &str)]) -> Page {
        let url = self.url("oauth2/v2.0/token");
        self.visitor.post(&url, fields).await
    }

    /// Posts a form with the credentials of the seeded application.
    pub(crate) async fn ask(&mut self, fields: &[(&str, &str)]) -> Page {
        let client = self.client();
        let mut form = vec![
            ("client_id", client.client_id()),
            ("client_secret", client.client_secret()),
        ];
        form.extend_from_slice(fields);
        self.token(&form).await
    }

    pub(crate) async fn redeem(&mut self, code: &str) -> Page {
        let client = self.client();
        let fields = [
            ("grant_type", "authorization_code"),
            ("redirect_uri", client.redirect_uris()[0].as_str()),
            ("code", code),
            ("code_verifier", VERIFIER),
            ("client_info", "1"),
        ];
        self.ask(&fields).await
    }

    /// Signs Ada in and redeems the code.
    pub(crate) async fn tokens(&mut self, changes: &[(&str, &str)]) -> Value {
        let code = self.sign_in(changes).await.code();
        let page = self.redeem(&code).await;
        assert_eq!(page.status, 200, "{}", page.body);
        page.json()
    }
}

/// The code and the `error` of a refused token request, whose document must be complete.
pub(crate) fn sts_error(page: &Page) -> (u64, String) {
    let document = page.json();
    let members: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "error",
            "error_description",
            "error_codes",
            "timestamp",
            "trace_id",
            "correlation_id",
            "error_uri"
        ]
    );
    let code = document["error_codes"][0].as_u64().unwrap();
    let description = document["error_description"].as_str().unwrap();
    let lines: Vec<&str> = description.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{description:?}");
    assert!(
        lines[0].starts_with(&format!("AADSTS{code}: ")),
        "{description}"
    );
    let trace_id = document["trace_id"].as_str().unwrap();
    let correlation_id = document["correlation_id"].as_str().unwrap();
    let timestamp = document["timestamp"].as_str().unwrap();
    assert_eq!(lines[1], format!("Trace ID: {trace_id}"));
    assert_eq!(lines[2], format!("Correlation ID: {correlation_id}"));
    assert_eq!(lines[3], format!("Timestamp: {timestamp}"));
    let uri = document["error_uri"].as_str().unwrap();
    assert!(uri.ends_with(&format!("/error?code={code}")), "{uri}");
    (code, document["error"].as_str().unwrap().to_owned())
}
