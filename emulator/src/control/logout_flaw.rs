/// What can be wrong with a logout token ([OpenID Connect Back-Channel Logout 1.0, sections 2.4 and
/// 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum LogoutTokenFlaw {
    /// It is not signed at all (`alg: none`).
    AlgNone,
    /// It is signed by `HS256` with the public key as the secret.
    WrongAlgorithm,
    /// The signature does not match.
    BadSignature,
    /// It names another issuer.
    WrongIssuer,
    /// It is meant for another audience.
    WrongAudience,
    /// It has no `events`.
    NoEvent,
    /// `events` names another event.
    WrongEvent,
    /// It has a `nonce`, as ID tokens do.
    WithNonce,
    /// It has neither `sub` nor `sid`.
    NoSubjectNorSession,
    /// It is about a session that nobody has, and names no user.
    OtherSession,
    /// It expired an hour ago.
    Expired,
    /// It has no `iat`.
    MissingIssuedAt,
    /// It has no `jti`.
    MissingId,
    /// Its `typ` is that of an access token.
    WrongType,
    /// It comes twice.
    Twice,
}

/// What can be wrong with a front-channel call ([OpenID Connect Front-Channel Logout 1.0, section
/// 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum FrontChannelFlaw {
    /// It has no `iss`, and says `sid` alone.
    MissingIssuer,
    /// It has no `sid`, and says `iss` alone.
    MissingSession,
    /// It names another issuer.
    WrongIssuer,
    /// It names a session that nobody has.
    WrongSession,
}
