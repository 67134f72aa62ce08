/// Something that a client needs of a provider, and that a witness can try.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Feature {
    /// As in the scripts' reports.
    pub(crate) name: &'static str,
    /// For people.
    pub(crate) title: &'static str,
    /// What the emulator assumes because Microsoft's sources are silent or contradict each other.
    pub(crate) assumed: &'static str,
}

impl Feature {
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        FEATURES.iter().find(|feature| feature.name == name)
    }
}

const fn feature(name: &'static str, title: &'static str, assumed: &'static str) -> Feature {
    Feature {
        name,
        title,
        assumed,
    }
}

/// Every feature, in the order of the matrix.
pub(crate) const FEATURES: &[Feature] = &[
    feature(
        "discovery",
        "B2C: metadata, `https://localhost:PORT/{tenant}/{policy}`",
        "response headers; `token_endpoint_auth_methods_supported` differs between captures",
    ),
    feature(
        "discovery-unknown",
        "B2C: metadata of an unknown user flow is refused",
        "404 is known, its body is not",
    ),
    feature(
        "host",
        "B2C: sign-in at `https://{tenant}.b2clogin.com`",
        "",
    ),
    feature(
        "code-flow",
        "B2C: authorization code flow, ID token accepted",
        "`tfp` as the user flow is named; no `idp` for local accounts",
    ),
    feature(
        "signature",
        "B2C: ID token verified with the published keys",
        "",
    ),
    feature(
        "key-rollover",
        "B2C: sign-in after the signing key changed",
        "how long the old key stays listed",
    ),
    feature(
        "state",
        "B2C: `state` comes back; another one is refused",
        "",
    ),
    feature(
        "nonce",
        "B2C: `nonce` is in the ID token; another one is refused",
        "whether a pure code request may leave it out; here it may",
    ),
    feature("max-age", "B2C: `max_age` is answered with `auth_time`", ""),
    feature(
        "pkce",
        "B2C: PKCE with S256; a wrong verifier is `AADB2C90182`",
        "",
    ),
    feature("form-post", "B2C: `response_mode=form_post`", ""),
    feature(
        "basic",
        "B2C: client secret as HTTP Basic",
        "advertised by B2C, documented nowhere",
    ),
    feature(
        "account",
        "B2C: `client_info` makes `oid-policy.tenant` of an account",
        "",
    ),
    feature(
        "scope-echo",
        "B2C: the token response lists the scopes that were asked for",
        "",
    ),
    feature("api-token", "B2C: access token that an API accepts", ""),
    feature(
        "no-resource",
        "B2C: no `access_token` without a resource scope",
        "",
    ),
    feature(
        "refresh",
        "B2C: refresh with a refresh token",
        "whether a rotated refresh token dies; here it lives on unless told otherwise",
    ),
    feature(
        "refresh-policy",
        "B2C: a refresh token at another user flow is `AADB2C90088`",
        "",
    ),
    feature("sso", "B2C: a second sign-in does not ask again", ""),
    feature(
        "profile-edit",
        "B2C: profile editing as a user flow of its own",
        "",
    ),
    feature("cancel", "B2C: Cancel is `AADB2C90091` on the redirect", ""),
    feature(
        "forgot-password",
        "B2C: \"Forgot your password?\" is `AADB2C90118` on the redirect",
        "",
    ),
    feature(
        "prompt-none",
        "B2C: `prompt=none` without a session is `AADB2C90077`",
        "",
    ),
    feature(
        "wrong-password",
        "B2C: a wrong password stays on the page",
        "",
    ),
    feature(
        "wrong-secret",
        "B2C: a wrong client secret is `AADB2C90081`",
        "",
    ),
    feature(
        "code-policy",
        "B2C: a code at another user flow is `AADB2C90088`",
        "",
    ),
    feature(
        "code-twice",
        "B2C: a code for the second time is `AADB2C90080`",
        "no source for the code of this error",
    ),
    feature(
        "client-credentials",
        "B2C: client credentials with `/.default`",
        "",
    ),
    feature(
        "password",
        "B2C: resource owner password; a wrong one is `AADB2C90225`",
        "",
    ),
    feature(
        "hybrid",
        "B2C: `code id_token` with `form_post`, `c_hash` verified",
        "",
    ),
    feature(
        "sign-out",
        "B2C: sign-out, and back to the application",
        "Microsoft says https; plain http is accepted for this machine",
    ),
    feature(
        "custom-policy",
        "B2C: sign-in at a custom policy, `B2C_1A_…`: `acr` and a claim from the query",
        "",
    ),
    feature(
        "second-factor",
        "B2C: sign-in with a second factor",
        "the page; what reaches the application is the same",
    ),
    feature(
        "ciam-discovery",
        "External ID: metadata by host, domain and GUID",
        "no complete capture; assembled from Entra's and from fragments",
    ),
    feature(
        "ciam-code-flow",
        "External ID: authorization code flow, issuer `{GUID}.ciamlogin.com`",
        "",
    ),
    feature(
        "ciam-refresh",
        "External ID: refresh with a refresh token",
        "",
    ),
    feature(
        "ciam-client-credentials",
        "External ID: client credentials",
        "",
    ),
    feature(
        "ciam-wrong-secret",
        "External ID: a wrong client secret is `AADSTS7000215`",
        "",
    ),
    feature(
        "ciam-certificate",
        "External ID: client certificate (`private_key_jwt`)",
        "whether an assertion without `jti` or used again is taken; here it is",
    ),
    feature(
        "ciam-sso",
        "External ID: a second sign-in does not ask again",
        "what is in `ESTSAUTH`",
    ),
    feature(
        "ciam-cancel",
        "External ID: Cancel is `access_denied` on the redirect",
        "the code; here it is `AADSTS65004`",
    ),
    feature(
        "ciam-password-reset",
        "External ID: a forgotten password is reset in the page",
        "",
    ),
    feature(
        "ciam-revoked",
        "External ID: a revoked refresh token is `AADSTS50173`",
        "",
    ),
    feature(
        "entra-code-flow",
        "Entra ID, single tenant: authorization code flow",
        "",
    ),
    feature(
        "entra-refresh",
        "Entra ID: refresh with a refresh token",
        "",
    ),
    feature(
        "entra-prompt-none",
        "Entra ID: `prompt=none` without a session is `AADSTS50058`",
        "",
    ),
    feature(
        "entra-code-twice",
        "Entra ID: a code for the second time is `AADSTS54005`",
        "",
    ),
    feature(
        "entra-client-credentials",
        "Entra ID: client credentials with `/.default`, app roles in the token",
        "",
    ),
    feature(
        "entra-certificate",
        "Entra ID: client certificate for codes and client credentials (`private_key_jwt`)",
        "",
    ),
    feature(
        "entra-wrong-certificate",
        "Entra ID: a certificate that is not registered is `AADSTS700027`",
        "",
    ),
    feature(
        "entra-federated",
        "Entra ID: federated credential (workload identity) in place of a secret",
        "Entra fetches the issuer's keys; here they are registered",
    ),
    feature("entra-obo", "Entra ID: On-Behalf-Of", ""),
    feature(
        "entra-common",
        "Entra ID: sign-in at `common`, tokens of the person's own tenant",
        "",
    ),
    feature(
        "entra-common-single",
        "Entra ID: `common` refuses a single-tenant application, `AADSTS50194`",
        "",
    ),
];
