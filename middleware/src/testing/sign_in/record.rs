//! What the sign-in would have left behind.

use std::time::Duration;

use serde_json::{Map, Value};

use super::{Authenticated, SignInBuilder, Token};
use crate::config::ProviderSettings;
use crate::layer::B2cLayer;
use crate::session::{Authentication, CachedToken, Claims, Grant, Origin, Record};
use crate::testing::error::MintError;
use crate::testing::issue::{LIFETIME, SignedIn, set_by};
use crate::time::Timestamp;

impl SignInBuilder {
    /// As after a sign-in.
    pub(super) fn record(&self, layer: &B2cLayer, now: Timestamp) -> Result<Record, MintError> {
        let config = layer.config();
        let settings = provider(
            &config.providers,
            config.default_provider(),
            self.provider.as_ref(),
        )?;
        let user_flow = self.user_flow.as_deref();
        let user_flow = user_flow.map(|name| self.find_flow(settings, name));
        let user_flow = user_flow.transpose()?;
        let user_flow = user_flow.or_else(|| settings.user_flows.sign_up_sign_in.clone());
        let at = now - self.age;
        let claims = self.claims(settings, user_flow.as_deref(), at, now)?;

        let grant = self.refresh_token.as_ref().map(|refresh_token| Grant {
            user_flow: user_flow.clone(),
            refresh_token: refresh_token.clone(),
            expires_at: None,
        });
        let mut record = Record {
            origin: Origin::of(&claims),
            authentications: vec![Authentication::of(user_flow.as_deref(), &claims, at)],
            claims: Claims::from(claims),
            edited: Map::new(),
            provider: settings.name.clone(),
            user_flow,
            signed_in_at: at,
            expires_at: at + config.lifetimes.absolute,
            bound_until: None,
            grant,
            tokens: Vec::new(),
            ungranted: Vec::new(),
            refresh_pause: None,
            unknown: Map::new(),
        };
        for (name, ago) in &self.passed {
            let (flow, at) = (self.find_flow(settings, name)?, now - *ago);
            let claims = Map::from_iter([("auth_time".to_owned(), at.0.into())]);
            record.authenticated(Authentication::of(Some(&flow), &claims, at));
        }
        record.tokens = self
            .tokens
            .iter()
            .map(|token| token.cached(layer, &settings.name, now))
            .collect();
        Ok(record)
    }

    fn claims(
        &self,
        settings: &ProviderSettings,
        user_flow: Option<&str>,
        at: Timestamp,
        now: Timestamp,
    ) -> Result<Map<String, Value>, MintError> {
        if self.subject.is_empty() {
            return Err(MintError::EmptySubject);
        }
        let auth_time = match self.authenticated {
            Authenticated::AtSignIn => Some(at),
            Authenticated::Ago(ago) => Some(now - ago),
            Authenticated::NotTold => None,
        };
        let signed_in = SignedIn {
            settings,
            user_flow,
            subject: &self.subject,
            at,
            auth_time,
        };
        let mut claims = signed_in.claims();
        add_claims(&mut claims, &self.claims)?;
        Ok(claims)
    }

    fn find_flow(&self, settings: &ProviderSettings, name: &str) -> Result<String, MintError> {
        if let Some(flow) = settings.user_flows.find(name) {
            return Ok(flow.to_owned());
        }
        // Without a layer there is no configuration that a step up could contradict.
        if self.layer.is_none() {
            return Ok(name.to_owned());
        }
        let flows = &settings.user_flows;
        let known = flows.named.values().chain(&flows.sign_up_sign_in);
        Err(MintError::UnknownUserFlow {
            name: name.to_owned(),
            provider: settings.name.clone(),
            known: known.cloned().collect(),
        })
    }
}

impl Token {
    fn cached(&self, layer: &B2cLayer, provider: &str, now: Timestamp) -> CachedToken {
        let end = match self.left {
            // The layer counts in whole seconds, so that "now" might still be its last.
            0 => now - Duration::from_secs(1),
            left => now + Duration::from_secs(left),
        };
        CachedToken {
            scopes: layer.full_scopes(&self.scopes, provider),
            token: self.value.clone(),
            issued_at: now.min(end - Duration::from_secs(LIFETIME)),
            expires_at: end,
            refresh_at: None,
            claims: None,
        }
    }
}

/// The provider of this name, or the default one.
fn provider<'c>(
    all: &'c [ProviderSettings],
    default: Option<&'c ProviderSettings>,
    name: Option<&String>,
) -> Result<&'c ProviderSettings, MintError> {
    let known = || all.iter().map(|settings| settings.name.clone()).collect();
    match name {
        Some(name) => all
            .iter()
            .find(|settings| settings.name == *name)
            .ok_or_else(|| MintError::UnknownProvider {
                name: name.clone(),
                known: known(),
            }),
        None => default.ok_or_else(|| MintError::NoProvider { known: known() }),
    }
}

/// Adds what a test wants an ID token to say to what it says anyway.
pub(in crate::testing) fn add_claims(
    claims: &mut Map<String, Value>,
    wanted: &[(String, Value)],
) -> Result<(), MintError> {
    for (name, value) in wanted {
        if let Some(instead) = set_by(name) {
            let name = name.clone();
            return Err(MintError::ReservedClaim { name, instead });
        }
        if claims.insert(name.clone(), value.clone()).is_some() {
            return Err(MintError::DuplicateClaim { name: name.clone() });
        }
    }
    Ok(())
}
