//! What the provider knows and has seen.

use std::collections::HashMap;
use std::sync::Arc;

use http::{Request, Response};
use serde_json::{Map, Value};

use super::server::Server;
use crate::config::{AcceptedTokens, ProviderSettings};

#[derive(Default)]
pub(super) struct State {
    pub(super) servers: Vec<Server>,
    /// What the APIs of the test accept.
    pub(super) accepted: Vec<AcceptedTokens>,
    pub(super) scopes: Vec<String>,
    pub(super) is_away: bool,
    /// The error and its description.
    pub(super) refusal: Option<(String, String)>,
    pub(super) keys_exchanged: u32,
    pub(super) token_requests: Vec<String>,
    /// Sign-ins whose code is not redeemed yet.
    pub(super) codes: HashMap<String, Pending>,
    /// What the userinfo endpoint says, by access token.
    pub(super) people: HashMap<String, Map<String, Value>>,
    /// How many tokens were given out.
    pub(super) tokens: u64,
    pub(super) apis: Vec<(String, Api)>,
}

pub(super) type Api = Arc<dyn Fn(&Request<Vec<u8>>) -> Response<Vec<u8>> + Send + Sync>;

/// A code that was given out, and what it stands for.
#[derive(Clone)]
pub(super) struct Pending {
    pub(super) server: Server,
    pub(super) redirect_uri: String,
    /// Of PKCE (RFC 7636 §4.2).
    pub(super) code_challenge: String,
    pub(super) scopes: Vec<String>,
    /// Of the ID token.
    pub(super) claims: Map<String, Value>,
}

impl State {
    /// Takes these authorization servers in, once.
    pub(super) fn serve(&mut self, settings: &Arc<ProviderSettings>, flows: Vec<&str>) {
        let flows: Vec<_> = if flows.is_empty() {
            vec![None]
        } else {
            flows.into_iter().map(Some).collect()
        };
        for flow in flows {
            let server = Server::of(settings, flow);
            let known = |old: &Server| {
                old.authorization == server.authorization
                    && old.settings.client_id == settings.client_id
            };
            if !self.servers.iter().any(known) {
                self.servers.push(server);
            }
        }
    }

    /// A value that was never given out before.
    pub(super) fn next(&mut self, what: &str) -> String {
        self.tokens += 1;
        format!("test-{what}-{}", self.tokens)
    }
}
