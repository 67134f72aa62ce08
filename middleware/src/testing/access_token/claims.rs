//! What the token says.

use serde_json::{Map, Value, json};

use super::AccessTokenBuilder;
use crate::config::{AcceptedTokens, Kind};
use crate::testing::error::MintError;
use crate::testing::issue::{LIFETIME, issuer, tenant};

impl AccessTokenBuilder {
    /// As the provider of an API writes them.
    pub(super) fn claims_at(
        &self,
        accepted: &AcceptedTokens,
    ) -> Result<Map<String, Value>, MintError> {
        let (settings, rules) = (&accepted.provider, &accepted.rules);
        let user_flow = match &self.user_flow {
            None => rules.user_flows.first(),
            Some(name) => {
                let mut flows = rules.user_flows.iter();
                let found = flows.find(|flow| flow.eq_ignore_ascii_case(name));
                Some(found.ok_or_else(|| MintError::UnknownUserFlow {
                    name: name.clone(),
                    provider: settings.name.clone(),
                    known: rules.user_flows.clone(),
                })?)
            }
        };
        let mut claims = self.claims_anywhere();
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        let user_flow = user_flow.map(String::as_str);
        set("iss", issuer(settings, user_flow).into());
        set("aud", json!(rules.audiences.first()));
        let client = self.client.as_ref();
        let client = client.or_else(|| rules.clients.as_ref()?.first());
        let client = client.map_or(CLIENT, String::as_str);
        match settings.kind {
            Kind::B2c => {
                set("tfp", json!(user_flow));
                set("azp", client.into());
            }
            Kind::ExternalId | Kind::Entra => {
                set("tid", tenant(settings).into());
                set("azp", client.into());
            }
            Kind::Oidc => {
                set("client_id", client.into());
            }
        }
        if self.app_only && settings.kind != Kind::B2c {
            set("sub", client.into());
        }
        for (name, value) in &self.claims {
            set(name, value.clone());
        }
        Ok(claims)
    }

    /// What every access token says.
    pub(super) fn claims_anywhere(&self) -> Map<String, Value> {
        let now = self.now();
        let end = now.0.saturating_add_signed(self.lifetime);
        let begin = now.0.min(end.saturating_sub(LIFETIME));
        let client = self.client.as_deref().unwrap_or(CLIENT);
        let subject = if self.app_only { client } else { &self.subject };
        let mut claims = Map::new();
        let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
        set("sub", subject.into());
        set("iat", begin.into());
        set("nbf", begin.into());
        set("exp", end.into());
        set("azp", client.into());
        if !self.app_only {
            set("scp", self.granted().join(" ").into());
        }
        if let Some(user_flow) = &self.user_flow {
            set("tfp", user_flow.as_str().into());
        }
        if !self.roles.is_empty() {
            set("roles", json!(self.roles));
        }
        for (name, value) in &self.claims {
            set(name, value.clone());
        }
        claims
    }
}

/// The application that calls, where the API does not say which may.
const CLIENT: &str = "22221111-aaaa-2222-bbbb-3333cccc4444";
