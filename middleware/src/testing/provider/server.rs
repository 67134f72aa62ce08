//! One authorization server of the configuration, in B2C one user flow: where it is asked for what.

use std::sync::Arc;

use http::Uri;
use serde_json::{Value, json};
use url::Url;

use crate::config::{Kind, ProviderSettings, USER_FLOW};
use crate::jwt::TENANT_ID;
use crate::testing::issue::{is_multi_tenant, issuer};

/// What requests to it look like.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub(super) settings: Arc<ProviderSettings>,
    pub(super) user_flow: Option<String>,
    metadata: String,
    pub(super) authorization: String,
    token: String,
    keys: String,
    userinfo: String,
    end_session: Option<String>,
}

/// What a request is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Asked {
    Metadata,
    Keys,
    Token,
    Userinfo,
}

impl Server {
    pub(super) fn of(settings: &Arc<ProviderSettings>, user_flow: Option<&str>) -> Self {
        let metadata = settings.authority.metadata_url(user_flow);
        let place = Place::of(settings, &metadata);
        let written = settings.endpoints.as_ref();
        let of_flow = |text: &String| text.replace(USER_FLOW, user_flow.unwrap_or_default());
        let at = |written: Option<&String>, own: &str| {
            written.map_or_else(|| place.endpoint(own), of_flow)
        };
        Self {
            authorization: at(written.map(|all| &all.authorization_endpoint), "authorize"),
            token: at(written.map(|all| &all.token_endpoint), "token"),
            keys: at(written.map(|all| &all.jwks_uri), "keys"),
            userinfo: at(
                written.and_then(|all| all.userinfo_endpoint.as_ref()),
                "userinfo",
            ),
            end_session: match written {
                Some(all) => all.end_session_endpoint.as_ref().map(of_flow),
                None => Some(place.endpoint("logout")),
            },
            settings: Arc::clone(settings),
            user_flow: user_flow.map(str::to_owned),
            metadata,
        }
    }

    /// What a request to this address asks of it; `None` if it is for somebody else.
    pub(super) fn asked(&self, uri: &Uri) -> Option<Asked> {
        let all = [
            (&self.metadata, Asked::Metadata),
            (&self.keys, Asked::Keys),
            (&self.token, Asked::Token),
            (&self.userinfo, Asked::Userinfo),
        ];
        let url = Url::parse(&uri.to_string()).ok()?;
        let found = all.into_iter().find(|(own, _)| self.is_same(&url, own));
        found.map(|(_, asked)| asked)
    }

    /// Whether a browser that goes there goes to its pages.
    pub(super) fn is_authorization(&self, location: &Url) -> bool {
        let mut endpoint = location.clone();
        let own = Url::parse(&self.authorization).ok();
        let policy = own.as_ref().and_then(Url::query).map(str::to_owned);
        let begins = policy.as_ref().is_none_or(|policy| {
            let query = location.query().unwrap_or_default();
            query.starts_with(policy.as_str())
        });
        endpoint.set_query(policy.as_deref());
        begins && own.is_some_and(|own| own == endpoint)
    }

    /// The discovery document (OpenID Connect Discovery §3).
    pub(super) fn document(&self) -> Value {
        let settings = &*self.settings;
        let mut issuer = issuer(settings, self.user_flow.as_deref());
        if is_multi_tenant(settings) && settings.issuer.is_none() {
            issuer = format!("{}{TENANT_ID}/v2.0", settings.authority.instance);
        }
        json!({
            "issuer": issuer,
            "authorization_endpoint": self.authorization,
            "token_endpoint": self.token,
            "jwks_uri": self.keys,
            "userinfo_endpoint": self.userinfo,
            "end_session_endpoint": self.end_session,
        })
    }

    /// Whether this is the address, reached by the back channel or not.
    fn is_same(&self, url: &Url, own: &str) -> bool {
        let Ok(own) = Url::parse(own) else {
            return false;
        };
        let behind = self.settings.back_channel.as_ref();
        (url.path(), url.query()) == (own.path(), own.query())
            && (url.origin() == own.origin()
                || behind.is_some_and(|behind| behind.origin() == url.origin()))
    }
}

/// What all endpoints of a provider begin with, and end with.
struct Place {
    base: String,
    /// Whether they are laid out as Microsoft's.
    microsoft: bool,
    /// B2C's older form has the user flow here: `?p=…`.
    query: String,
}

impl Place {
    fn of(settings: &ProviderSettings, metadata: &str) -> Self {
        let (address, query) = metadata.split_once('?').unwrap_or((metadata, ""));
        let base = address.strip_suffix(WELL_KNOWN).unwrap_or(address);
        let base = base.strip_suffix("/v2.0").unwrap_or(base);
        Self {
            base: base.to_owned(),
            microsoft: settings.kind != Kind::Oidc,
            query: if query.is_empty() {
                String::new()
            } else {
                format!("?{query}")
            },
        }
    }

    fn endpoint(&self, name: &str) -> String {
        let Self { base, query, .. } = self;
        match name {
            "keys" if self.microsoft => format!("{base}/discovery/v2.0/keys{query}"),
            name if self.microsoft => format!("{base}/oauth2/v2.0/{name}{query}"),
            name => format!("{base}/{name}"),
        }
    }
}

const WELL_KNOWN: &str = "/.well-known/openid-configuration";
