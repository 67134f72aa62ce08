//! From a token to what it says: whose it is, which keys it is checked with, what it must say.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use super::cache::{Hash, Known, TokenCache};
use super::token::Bearer;
use crate::config::{AcceptedTokens, ApiConfig, Kind};
use crate::crypto::sha256;
use crate::http_client::HttpClient;
use crate::jwt::{Accepted, AccessTokenRules, InvalidToken, Issuer, Jwt, user_flow};
use crate::metrics::bearer_looked_up;
use crate::provider::{DirectoryError, Metadata, MetadataSource, Readiness};
use crate::secret::Secret;
use crate::time::{Clock, Timestamp};

/// Verifies the access tokens that the configuration accepts.
pub(super) struct Verifier {
    sources: Vec<Source>,
    cache: TokenCache<Metadata>,
    clock: Arc<dyn Clock>,
}

/// One authorization server whose tokens are accepted.
struct Source {
    /// The provider's.
    name: Arc<str>,
    accepted: Arc<AcceptedTokens>,
    metadata: MetadataSource,
}

/// Why a token is not accepted.
#[derive(Clone, Debug)]
pub(super) enum Unverified {
    Invalid(InvalidToken),
    /// It may be good, but its provider's keys are not known.
    Unavailable(DirectoryError),
}

impl Verifier {
    pub(super) fn new(
        config: ApiConfig,
        cached_tokens: usize,
        http: &Arc<dyn HttpClient>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let sources = config.accepted.into_iter().flat_map(|accepted| {
            let flows = &accepted.rules.user_flows;
            let metadata = MetadataSource::of(&accepted.provider, flows, http, &clock);
            let accepted = Arc::new(accepted);
            let name: Arc<str> = accepted.provider.name.as_str().into();
            metadata.into_iter().map(move |metadata| Source {
                name: Arc::clone(&name),
                accepted: Arc::clone(&accepted),
                metadata,
            })
        });
        Self {
            sources: sources.collect(),
            cache: TokenCache::new(cached_tokens),
            clock,
        }
    }

    /// The verdict if it takes no waiting, as for every token of a provider whose keys are known.
    pub(super) fn verify_now(&self, token: &str) -> Option<Result<Bearer, Unverified>> {
        let (hash, now) = (sha256(token.as_bytes()), self.now());
        let is_current =
            |source: usize, metadata: &_| self.sources[source].metadata.is_current(metadata);
        let known = self.cache.get(&hash, now, is_current);
        bearer_looked_up(known.is_some());
        if let Some(bearer) = known {
            return Some(Ok(bearer));
        }
        let jwt = match Jwt::parse(token) {
            Ok(jwt) => jwt,
            Err(reason) => return Some(Err(Unverified::Invalid(reason))),
        };
        let (mut verdict, mut unknown) = (self.not_accepted(&jwt), false);
        for (index, source) in self.candidates(&jwt) {
            let Some(metadata) = source.metadata.known() else {
                unknown = true;
                continue;
            };
            match self.check(&jwt, index, &metadata, now) {
                Some(Ok(accepted)) => {
                    let token = (token, jwt.claims, hash);
                    return Some(Ok(self.accept(token, index, metadata, now, accepted)));
                }
                Some(Err(InvalidToken::UnknownKey)) => return None,
                Some(Err(reason)) => verdict = reason,
                None => {}
            }
        }
        (!unknown).then_some(Err(Unverified::Invalid(verdict)))
    }

    /// The verdict, after asking the providers where that helps.
    pub(super) async fn verify(&self, token: &str) -> Result<Bearer, Unverified> {
        let (hash, now) = (sha256(token.as_bytes()), self.now());
        let jwt = Jwt::parse(token).map_err(Unverified::Invalid)?;
        let (mut refused, mut unavailable) = (None, None);
        let mut candidates: Vec<_> = self.candidates(&jwt).collect();
        // One provider that is away must not keep the tokens of the others waiting.
        candidates.sort_by_key(|(_, source)| source.metadata.known().is_none());
        for (index, source) in candidates {
            let metadata = match source.metadata.find().await {
                Ok(metadata) => metadata,
                Err(error) => {
                    unavailable = Some(error);
                    continue;
                }
            };
            let mut metadata = metadata;
            let mut checked = self.check(&jwt, index, &metadata, now);
            if matches!(checked, Some(Err(InvalidToken::UnknownKey))) {
                metadata = source.metadata.find_newer(&metadata).await;
                checked = self.check(&jwt, index, &metadata, now);
            }
            match checked {
                Some(Ok(accepted)) => {
                    let token = (token, jwt.claims, hash);
                    return Ok(self.accept(token, index, metadata, now, accepted));
                }
                Some(Err(reason)) => refused = Some(reason),
                None => {}
            }
        }
        Err(match (refused, unavailable) {
            // It is this one's, whoever else may be away.
            (Some(reason), _) => Unverified::Invalid(reason),
            (None, Some(error)) => Unverified::Unavailable(error),
            (None, None) => Unverified::Invalid(self.not_accepted(&jwt)),
        })
    }

    /// Whether the providers' keys are known, each by the first of its user flows.
    pub(super) fn readiness(&self) -> Readiness {
        let mut named = Vec::new();
        let sources = self.sources.iter();
        let each = sources.map(|source| (source.accepted.provider.name.as_str(), &source.metadata));
        Readiness::of_sources(each.filter(|(name, _)| {
            let first = !named.contains(name);
            named.push(*name);
            first
        }))
    }

    /// Begins to ask the providers, in the background, again and again until they answer. Does
    /// nothing outside of a tokio runtime: then the first token asks.
    pub(super) fn discover(self: &Arc<Self>) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else {
            return;
        };
        for index in 0..self.sources.len() {
            let verifier = Arc::downgrade(self);
            runtime.spawn(async move {
                let mut pause = FIRST_PAUSE;
                while let Some(verifier) = verifier.upgrade() {
                    if verifier.sources[index].metadata.find().await.is_ok() {
                        return;
                    }
                    drop(verifier);
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            });
        }
    }

    /// Checks a token as one of this source's; `None` if another one issued it.
    fn check(
        &self,
        jwt: &Jwt<'_>,
        index: usize,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Option<Result<Accepted, InvalidToken>> {
        let source = &self.sources[index];
        let issuer = source.issuer_of(jwt, metadata)?;
        Some(source.check(jwt, &issuer, metadata, now))
    }

    /// Remembers a token that has passed its checks.
    fn accept(
        &self,
        (token, claims, hash): (&str, Map<String, Value>, Hash),
        index: usize,
        metadata: Arc<Metadata>,
        now: Timestamp,
        accepted: Accepted,
    ) -> Bearer {
        let expires_at = accepted.expires_at;
        let source = &self.sources[index];
        let kind = source.accepted.provider.kind;
        let has_on_behalf_of = matches!(kind, Kind::Entra | Kind::ExternalId);
        let token = has_on_behalf_of.then(|| Secret::new(token));
        let provider = Arc::clone(&source.name);
        let bearer = Bearer::new(claims, provider, accepted, token);
        let known = Known::new(bearer.clone(), metadata, index, now, expires_at);
        self.cache.insert(hash, known);
        bearer
    }

    /// The sources that a token can be of, by the user flow it names.
    fn candidates<'s>(
        &'s self,
        jwt: &Jwt<'_>,
    ) -> impl Iterator<Item = (usize, &'s Source)> + use<'s> {
        let named = user_flow(|name| jwt.claims.get(name)).map(str::to_owned);
        let sources = self.sources.iter().enumerate();
        sources.filter(move |(_, source)| match source.metadata.user_flow() {
            None => true,
            Some(own) => named
                .as_ref()
                .is_some_and(|named| named.eq_ignore_ascii_case(own)),
        })
    }

    /// The verdict on a token that is of no source.
    fn not_accepted(&self, jwt: &Jwt<'_>) -> InvalidToken {
        if self.candidates(jwt).next().is_none() {
            InvalidToken::Claim("tfp")
        } else {
            InvalidToken::Claim("iss")
        }
    }

    pub(super) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }
}

impl Source {
    /// The issuer that the token names, if it is this one's.
    fn issuer_of<'m>(&self, jwt: &Jwt<'_>, metadata: &'m Metadata) -> Option<Cow<'m, Issuer>> {
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

    fn check(
        &self,
        jwt: &Jwt<'_>,
        issuer: &Issuer,
        metadata: &Metadata,
        now: Timestamp,
    ) -> Result<Accepted, InvalidToken> {
        let AcceptedTokens { provider, rules } = &*self.accepted;
        metadata.keys.verify(jwt, &provider.signing_algorithms)?;
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

/// Longer than the pause after a failed request, so that each attempt asks anew.
const FIRST_PAUSE: Duration = Duration::from_secs(3);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
