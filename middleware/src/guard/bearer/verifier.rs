//! From a token to what it says: whose it is, which keys it is checked with, what it must say.

use std::sync::Arc;
use std::time::Duration;

use super::cache::{Known, TokenCache};
use super::hash::TokenHash;
use super::source::{AccessJwt, Source};
use super::token::Bearer;
use crate::config::{AcceptedTokens, ApiConfig, Kind};
use crate::http_client::HttpClient;
use crate::jwt::{Accepted, InvalidToken, Jwt, user_flow};
use crate::metrics::bearer_looked_up;
use crate::provider::{DirectoryError, Metadata, MetadataSource, Readiness, Roster, Watched};
use crate::secret::Secret;
use crate::session::Claims;
use crate::time::{Clock, Timestamp};

/// Verifies the access tokens that the configuration accepts.
pub(super) struct Verifier {
    sources: Vec<Source>,
    cache: TokenCache<Metadata>,
    cached_tokens: usize,
    roster: Roster,
    http: Arc<dyn HttpClient>,
    clock: Arc<dyn Clock>,
}

/// Why a token is not accepted.
#[derive(Clone, Debug)]
pub(super) enum Unverified {
    Invalid(InvalidToken),
    /// It may be good, but its provider's keys are not known.
    Unavailable(DirectoryError),
}

/// Which source a good token is of, what it was checked with, and what it is good for.
type Judged = (usize, Arc<Metadata>, Accepted);

impl Verifier {
    pub(super) fn new(
        config: &ApiConfig,
        cached_tokens: usize,
        http: Arc<dyn HttpClient>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let sources = sources(config, |accepted| {
            let flows = &accepted.rules.user_flows;
            MetadataSource::of(&accepted.provider, flows, &http, &clock)
        });
        Self {
            roster: Roster::new(providers(&sources).map(MetadataSource::watched)),
            sources,
            cache: TokenCache::new(cached_tokens),
            cached_tokens,
            http,
            clock,
        }
    }

    /// One for another configuration: of the keys of a provider that stays, all that is known. No token is
    /// remembered, for each was judged by rules that count no more. Who waits for the providers to be ready
    /// hears of the new ones by [`announce`](Self::announce).
    pub(super) fn renewed(&self, config: &ApiConfig) -> Self {
        let sources = sources(config, |accepted| {
            let flows = &accepted.rules.user_flows;
            let mut known = self.sources.iter();
            let known = known.find(|one| one.accepted.provider.is_same_issuer(&accepted.provider));
            match known {
                Some(known) => known.metadata.renewed(flows),
                None => MetadataSource::of(&accepted.provider, flows, &self.http, &self.clock),
            }
        });
        Self {
            sources,
            cache: TokenCache::new(self.cached_tokens),
            cached_tokens: self.cached_tokens,
            roster: self.roster.clone(),
            http: Arc::clone(&self.http),
            clock: Arc::clone(&self.clock),
        }
    }

    /// These providers count from now on.
    pub(super) fn announce(&self) {
        let watched = providers(&self.sources).map(MetadataSource::watched);
        self.roster.exchange(watched);
    }

    /// The verdict if it takes no waiting, as for every token of a provider whose keys are known.
    pub(super) fn verify_now(&self, token: &str) -> Option<Result<Bearer, Unverified>> {
        let (hash, now) = (TokenHash::of(token), self.now());
        let is_current =
            |source: usize, metadata: &_| self.sources[source].metadata.is_current(metadata);
        let known = self.cache.get(&hash.whole, now, is_current);
        bearer_looked_up(known.is_some());
        if let Some(bearer) = known {
            return Some(Ok(bearer));
        }
        let jwt = match Jwt::with_claims(token) {
            Ok(jwt) => jwt,
            Err(reason) => return Some(Err(Unverified::Invalid(reason))),
        };
        match self.judge_now(&jwt, &hash, now)? {
            Ok(judged) => Some(Ok(self.accept(token, jwt.claims, &hash, now, judged))),
            Err(reason) => Some(Err(Unverified::Invalid(reason))),
        }
    }

    /// What the keys that are known say; `None` if others may be needed.
    fn judge_now(
        &self,
        jwt: &AccessJwt<'_>,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Option<Result<Judged, InvalidToken>> {
        let (mut verdict, mut unknown) = (None, false);
        for (index, source) in self.candidates(jwt) {
            let Some(metadata) = source.metadata.known() else {
                unknown = true;
                continue;
            };
            match source.check(jwt, hash, &metadata, now) {
                Some(Ok(accepted)) => return Some(Ok((index, metadata, accepted))),
                Some(Err(InvalidToken::UnknownKey)) => return None,
                Some(Err(reason)) => verdict = Some(reason),
                None => {}
            }
        }
        (!unknown).then(|| Err(verdict.unwrap_or_else(|| self.not_accepted(jwt))))
    }

    /// The verdict, after asking the providers where that helps.
    pub(super) async fn verify(&self, token: &str) -> Result<Bearer, Unverified> {
        let (hash, now) = (TokenHash::of(token), self.now());
        let jwt = Jwt::with_claims(token).map_err(Unverified::Invalid)?;
        let judged = self.judge(&jwt, &hash, now).await?;
        Ok(self.accept(token, jwt.claims, &hash, now, judged))
    }

    async fn judge(
        &self,
        jwt: &AccessJwt<'_>,
        hash: &TokenHash,
        now: Timestamp,
    ) -> Result<Judged, Unverified> {
        let (mut refused, mut unavailable) = (None, None);
        let mut candidates: Vec<_> = self.candidates(jwt).collect();
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
            let mut checked = source.check(jwt, hash, &metadata, now);
            if matches!(checked, Some(Err(InvalidToken::UnknownKey))) {
                metadata = source.metadata.find_newer(&metadata).await;
                checked = source.check(jwt, hash, &metadata, now);
            }
            match checked {
                Some(Ok(accepted)) => return Ok((index, metadata, accepted)),
                Some(Err(reason)) => refused = Some(reason),
                None => {}
            }
        }
        Err(match (refused, unavailable) {
            // It is this one's, whoever else may be away.
            (Some(reason), _) => Unverified::Invalid(reason),
            (None, Some(error)) => Unverified::Unavailable(error),
            (None, None) => Unverified::Invalid(self.not_accepted(jwt)),
        })
    }

    /// Whether the providers' keys are known, each by the first of its user flows.
    pub(super) fn readiness(&self) -> Readiness {
        self.roster.readiness()
    }

    /// The providers, each by the first of its user flows.
    pub(super) fn watched(&self) -> Vec<Watched> {
        providers(&self.sources)
            .map(MetadataSource::watched)
            .collect()
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

    /// Remembers a token that has passed its checks.
    fn accept(
        &self,
        token: &str,
        claims: Claims,
        hash: &TokenHash,
        now: Timestamp,
        (index, metadata, accepted): Judged,
    ) -> Bearer {
        let expires_at = accepted.expires_at;
        let source = &self.sources[index];
        let kind = source.accepted.provider.kind;
        let has_on_behalf_of = matches!(kind, Kind::Entra | Kind::ExternalId);
        let token = has_on_behalf_of.then(|| Secret::new(token));
        let provider = Arc::clone(&source.name);
        let bearer = Bearer::new(claims, provider, accepted, token);
        let known = Known::new(bearer.clone(), metadata, index, now, expires_at);
        self.cache.insert(hash.whole, known);
        bearer
    }

    /// The sources that a token can be of, by the user flow it names.
    fn candidates<'s>(
        &'s self,
        jwt: &'s AccessJwt<'_>,
    ) -> impl Iterator<Item = (usize, &'s Source)> {
        let named = user_flow(|name| jwt.claims.get(name));
        let sources = self.sources.iter().enumerate();
        sources.filter(move |(_, source)| match source.metadata.user_flow() {
            None => true,
            Some(own) => named.is_some_and(|named| named.eq_ignore_ascii_case(own)),
        })
    }

    /// The verdict on a token that is of no source.
    fn not_accepted(&self, jwt: &AccessJwt<'_>) -> InvalidToken {
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

/// The authorization servers of a configuration, with the metadata that `find` brings for each.
fn sources(
    config: &ApiConfig,
    find: impl Fn(&AcceptedTokens) -> Vec<MetadataSource>,
) -> Vec<Source> {
    let sources = config.accepted.iter().flat_map(|accepted| {
        let metadata = find(accepted);
        let accepted = Arc::new(accepted.clone());
        let name: Arc<str> = accepted.provider.name.as_str().into();
        metadata.into_iter().map(move |metadata| Source {
            name: Arc::clone(&name),
            accepted: Arc::clone(&accepted),
            metadata,
        })
    });
    sources.collect()
}

/// Of each provider the metadata of the first of its user flows.
fn providers(sources: &[Source]) -> impl Iterator<Item = &MetadataSource> {
    let mut named: Vec<&str> = Vec::new();
    let each = sources.iter().filter(move |source| {
        let is_first = !named.contains(&&*source.name);
        named.push(&source.name);
        is_first
    });
    each.map(|source| &source.metadata)
}

/// Longer than the pause after a failed request, so that each attempt asks anew.
const FIRST_PAUSE: Duration = Duration::from_secs(3);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
