use b2c_emulator::Emulator;

use super::{
    bench::{CHALLENGE, SIGN_IN},
    page::encoded,
};

/// An authorization request; good, until a test changes it.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    tenant: String,
    user_flow: String,
    parameters: Vec<(String, String)>,
}

impl Ask {
    pub(crate) fn new(emulator: &Emulator) -> Self {
        let client = emulator.client();
        let scope = format!("openid offline_access {}", emulator.api_scope("demo.read"));
        let ask = Self {
            tenant: emulator.tenant().to_owned(),
            user_flow: SIGN_IN.to_owned(),
            parameters: Vec::new(),
        };
        ask.with("client_id", client.client_id())
            .with("redirect_uri", &client.redirect_uris()[0])
            .with("response_type", "code")
            .with("scope", &scope)
            .with("state", "s t/1")
            .with("nonce", "n-0S6_WzA2Mj")
            .with("code_challenge", CHALLENGE)
            .with("code_challenge_method", "S256")
    }

    pub(crate) fn of_tenant(mut self, tenant: &str) -> Self {
        tenant.clone_into(&mut self.tenant);
        self
    }

    pub(crate) fn at(mut self, user_flow: &str) -> Self {
        user_flow.clone_into(&mut self.user_flow);
        self
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self = self.without(name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.parameters.retain(|(other, _)| other != name);
        self
    }

    pub(crate) fn path(&self) -> String {
        let pairs: Vec<(&str, &str)> = self
            .parameters
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let Self {
            tenant, user_flow, ..
        } = self;
        format!(
            "/{tenant}/{user_flow}/oauth2/v2.0/authorize?{}",
            encoded(&pairs)
        )
    }
}
