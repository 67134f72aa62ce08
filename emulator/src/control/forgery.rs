use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::jwt::Algorithm;

/// A token that nobody has been issued, made by [`Emulator::forge`](crate::Emulator::forge).
///
/// It starts out as the token that a user would get now, and gets worse with each method.
///
/// ```
/// use b2c_emulator::{Algorithm, Forgery};
///
/// let forgery = Forgery::id_token("ada@emulator.example")
///     .claim("iss", "https://elsewhere.example/")
///     .without("nonce")
///     .expired()
///     .algorithm(Algorithm::None);
/// ```
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Forgery {
    /// `id`, `access` or `logout`.
    #[serde(rename = "type")]
    pub(crate) kind: Kind,
    /// Sign-in name or object id.
    pub(crate) user: Option<String>,
    pub(crate) user_flow: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) nonce: Option<String>,
    pub(crate) claims: Map<String, Value>,
    pub(crate) without: Vec<String>,
    /// Seconds from now; less than zero for a token that has expired.
    pub(crate) expires_in: Option<i64>,
    pub(crate) alg: Algorithm,
    pub(crate) kid: Option<String>,
    pub(crate) without_kid: bool,
    pub(crate) bad_signature: bool,
}

/// The kind of a token.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    #[default]
    Id,
    Access,
    Logout,
}

impl Forgery {
    /// An ID token about a user, found by sign-in name or object id.
    pub fn id_token(user: impl Into<String>) -> Self {
        Self {
            user: Some(user.into()),
            ..Self::default()
        }
    }

    /// An access token for the sample API, with every scope of it.
    pub fn access_token(user: impl Into<String>) -> Self {
        Self {
            kind: Kind::Access,
            ..Self::id_token(user)
        }
    }

    /// A logout token about a user, as [`Client::backchannel_logout_uri`](crate::Client) is sent
    /// one; its `sid` is nobody's unless [`claim`](Self::claim) sets one.
    ///
    /// ```
    /// use b2c_emulator::Forgery;
    ///
    /// let forgery = Forgery::logout_token("ada@emulator.example").without("events");
    /// ```
    pub fn logout_token(user: impl Into<String>) -> Self {
        Self {
            kind: Kind::Logout,
            ..Self::id_token(user)
        }
    }

    /// Sets the user flow. Default: the first one.
    pub fn user_flow(mut self, name: impl Into<String>) -> Self {
        self.user_flow = Some(name.into());
        self
    }

    /// Sets the application. Default: the first one.
    pub fn client(mut self, client_id: impl Into<String>) -> Self {
        self.client_id = Some(client_id.into());
        self
    }

    /// Sets the scopes of an access token. Default: all of the API's.
    pub fn scopes<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.scopes = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the nonce. Default: none.
    pub fn nonce(mut self, nonce: impl Into<String>) -> Self {
        self.nonce = Some(nonce.into());
        self
    }

    /// Adds a claim or replaces it, after everything else.
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }

    /// Leaves a claim out.
    pub fn without(mut self, name: impl Into<String>) -> Self {
        self.without.push(name.into());
        self
    }

    /// Lets the token have expired an hour ago.
    pub fn expired(self) -> Self {
        self.expires_in(-3600)
    }

    /// Sets how many seconds it is valid yet; less than zero for one that has expired.
    pub fn expires_in(mut self, seconds: i64) -> Self {
        self.expires_in = Some(seconds);
        self
    }

    /// Sets the algorithm. Default: [`Algorithm::Rs256`].
    pub fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.alg = algorithm;
        self
    }

    /// Names a key. Default: the one that signs.
    pub fn kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = Some(kid.into());
        self
    }

    /// Names no key.
    pub fn without_kid(mut self) -> Self {
        self.without_kid = true;
        self
    }

    /// Spoils the signature.
    pub fn bad_signature(mut self) -> Self {
        self.bad_signature = true;
        self
    }
}
