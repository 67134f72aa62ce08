//! What comes of asking for a token.

use std::fmt;
use std::time::Duration;

use super::claims_challenge::ClaimsChallenge;
use crate::challenge::Challenge;
use crate::guard::BearerChallenge;

/// Why there is no access token.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TokenError {
    /// Only the user can help, by signing in: there is no refresh token, it has ended, or the
    /// scopes were never asked for. A browser that gets this error's [`Challenge`] comes back to
    /// the same page with the token.
    SignInRequired {
        /// The scopes to ask for, in full.
        scopes: Vec<String>,
        /// What the provider wants to be asked for (`claims`), such as a second factor.
        claims: Option<String>,
    },
    /// The user of the application that calls has to do something before anybody can act for them
    /// ([`AppTokens::on_behalf_of`](crate::AppTokens::on_behalf_of)). A caller that gets this error's
    /// [`bearer_challenge`](Self::bearer_challenge) knows what to ask its own provider for.
    CallerMustSignIn {
        /// What the caller's provider is to be asked for (`claims`); without it a new token will do.
        claims: Option<String>,
    },
    /// An API asks for claims that the app's own token does not have, even a new one, and there is no
    /// user who could be asked for them: an administrator has to change the policy for the app, or the
    /// API is to be called for a user.
    ClaimsNotMet {
        /// The API's name in the configuration.
        downstream: String,
        /// What it asks for, a JSON object.
        claims: String,
    },
    /// The provider was asked for these scopes and did not grant them: the app's registration
    /// lacks the permission, or a scope is misspelt. Signing in again would not help.
    NotGranted {
        /// The scopes in question, in full.
        scopes: Vec<String>,
    },
    /// No scopes were named. Only B2C has a token for that: the app's own, by its client id.
    NoScopes,
    /// The scopes are of several APIs, and at Microsoft's providers a token is for one: ask for each
    /// API's by itself.
    SeveralResources {
        /// The scopes, in full.
        scopes: Vec<String>,
    },
    /// The configuration has no `[[downstream]]` of this name, or none for users of this provider.
    UnknownDownstream {
        /// The name that was asked for.
        name: String,
        /// The provider whose user it was.
        provider: String,
    },
    /// The provider has no such tokens, whatever the registration says; asking would be in vain.
    Unsupported {
        /// Why, and what to do instead.
        reason: &'static str,
    },
    /// The provider or the session store is away, and no token at hand is good any more.
    Unavailable {
        /// When to try again, if the provider said so.
        retry_after: Option<Duration>,
    },
    /// The provider refused for a reason that the operator has to mend; the log has it.
    Refused {
        /// The provider's code, such as `AADB2C90081`.
        code: Option<String>,
    },
}

impl TokenError {
    /// What to return from a handler when an API goes on asking for claims that a new token does not
    /// have: [`SignInRequired`](Self::SignInRequired) with these scopes, written as for
    /// [`Session::access_token`](crate::Session::access_token), and the challenge for the provider.
    pub fn claims_required<S: Into<String>>(
        scopes: impl IntoIterator<Item = S>,
        challenge: &ClaimsChallenge,
    ) -> Self {
        Self::SignInRequired {
            scopes: scopes.into_iter().map(Into::into).collect(),
            claims: Some(challenge.as_json().to_owned()),
        }
    }

    /// The challenge to put into a response, where signing in helps.
    pub fn challenge(&self) -> Option<Challenge> {
        match self {
            Self::SignInRequired { scopes, claims } => {
                let challenge = Challenge::sign_in().with_scopes(scopes.clone());
                Some(match claims {
                    Some(claims) => challenge.with_claims(claims),
                    None => challenge,
                })
            }
            _ => None,
        }
    }
}

impl TokenError {
    /// The challenge for a caller with an access token, where its user can help.
    pub fn bearer_challenge(&self) -> Option<BearerChallenge> {
        let Self::CallerMustSignIn { claims } = self else {
            return None;
        };
        let challenge = claims.as_deref().and_then(ClaimsChallenge::from_json);
        Some(match challenge {
            Some(challenge) => BearerChallenge::insufficient_claims(&challenge),
            None => BearerChallenge::invalid_token(),
        })
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignInRequired { .. } => f.write_str("the user has to sign in again"),
            Self::CallerMustSignIn { .. } => {
                f.write_str("the user of the calling application has to sign in again there")
            }
            Self::ClaimsNotMet { downstream, .. } => write!(
                f,
                "the API \"{downstream}\" asks for claims that the app's own token does not get; check \
                 the policies for the app, or call the API for a user"
            ),
            Self::NotGranted { scopes } => write!(
                f,
                "the provider did not grant {}; check the API permissions of the app registration",
                scopes.join(" ")
            ),
            Self::NoScopes => f.write_str("no scopes were named to get a token for"),
            Self::SeveralResources { scopes } => write!(
                f,
                "a token is for one API, and {} are of several; ask for each API's by itself",
                scopes.join(" ")
            ),
            Self::UnknownDownstream { name, provider } => write!(
                f,
                "there is no [[downstream]] with name = \"{name}\" for users of the provider {provider}"
            ),
            Self::Unsupported { reason } => f.write_str(reason),
            Self::Unavailable { .. } => f.write_str("no token can be acquired at the moment"),
            Self::Refused { code } => {
                let code = code.as_deref().unwrap_or("an error without a code");
                write!(f, "the provider refused the token request: {code}")
            }
        }
    }
}

impl std::error::Error for TokenError {}
