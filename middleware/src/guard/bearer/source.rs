//! One authorization server whose tokens are accepted, and what it takes to be one of them.

use std::borrow::Cow;
use std::sync::Arc;

use super::hash::TokenHash;
use crate::config::{AcceptedTokens, Kind};
use crate::jwt::{Accepted, AccessTokenRules, InvalidToken, Issuer, Jwt};
use crate::provider::{Metadata, MetadataSource};
use crate::session::Claims;
use crate::time::Timestamp;

/// One authorization server whose tokens are accepted.
pub(super) struct Source {
    /// The provider's.
    pub(super) name: Arc<str>,
    pub(super) accepted: Arc<AcceptedTokens>,
    pub(super) metadata: MetadataSource,
}

/// A token with its claims in the form that a `Bearer` keeps.
pub(super) type AccessJwt<'t> = Jwt<'t, Claims>;

impl Source {
    /// Checks a token as one of this source's; `None` if another one issued it.
    pub(super) fn check(
        &self,
        jwt: &AccessJwt<'_>,
        hash: &TokenHash,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Option<Result<Accepted, InvalidToken>> {
        let issuer = self.issuer_of(jwt, metadata)?;
        Some(self.check_issued(jwt, hash, &issuer, metadata, now))
    }

    /// The issuer that the token names, if it is this one's.
    fn issuer_of<'m>(
        &self,
        jwt: &AccessJwt<'_>,
        metadata: &'m Metadata,
    ) -> Option<Cow<'m, Issuer>> {
        let accepted = &*self.accepted;
        if metadata.issuer.is_of(&jwt.claims) {
            return Some(Cow::Borrowed(&metadata.issuer));
        }
        if !accepted.rules.v1_tokens || accepted.provider.kind != Kind::Entra {
            return None;
        }
        let host = accepted.provider.authority.instance.host_str();
        let v1 = metadata.issuer.v1(security_token_service(host))?;
        v1.is_of(&jwt.claims).then_some(Cow::Owned(v1))
    }

    fn check_issued(
        &self,
        jwt: &AccessJwt<'_>,
        hash: &TokenHash,
        issuer: &Issuer,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Accepted, InvalidToken> {
        let AcceptedTokens { provider, rules } = &*self.accepted;
        let algorithms = &provider.signing_algorithms;
        metadata.keys.verify_hashed(jwt, &hash.signed, algorithms)?;
        AccessTokenRules {
            issuer,
            audiences: &rules.audiences,
            clients: rules.clients.as_deref(),
            user_flow: self.metadata.user_flow(),
            require_at_jwt: rules.require_at_jwt,
            accept_emulator: provider.emulator,
            now,
        }
        .check(jwt)
    }
}

/// The issuer of version 1.0, which is another one in China. Source: Microsoft Learn, "National
/// clouds".
fn security_token_service(host: Option<&str>) -> &'static str {
    match host {
        Some("login.partner.microsoftonline.cn" | "login.chinacloudapi.cn") => {
            "https://sts.chinacloudapi.cn"
        }
        _ => "https://sts.windows.net",
    }
}
