//! The modules, and what the layer has to do in each.

use std::sync::OnceLock;

use libtest_mimic::Failed;

use crate::{hybrid, id_tokens, provider_metadata, refresh, sign_out, third_party, userinfo};

/// One module of the suite.
pub struct Module {
    pub name: &'static str,
    pub plan: &'static str,
    pub how: How,
    verdict: OnceLock<Result<&'static str, String>>,
}

/// Whether a module tries something that the layer has.
#[derive(Clone, Copy)]
pub enum How {
    /// Run by this journey, which ends in what the sentence says.
    Reproduced(Journey),
    /// Why not.
    DoesNotApply(&'static str),
}

/// A journey and what it shows the layer to do, if it succeeds.
#[derive(Clone, Copy)]
pub struct Journey {
    pub run: fn(&str) -> Result<(), Failed>,
    pub shows: &'static str,
}

impl Module {
    const fn new(name: &'static str, plan: &'static str, how: How) -> Self {
        Self {
            name,
            plan,
            how,
            verdict: OnceLock::new(),
        }
    }

    /// Runs the module, once; tells what the layer was seen doing.
    pub fn verdict(&self) -> Result<&'static str, Failed> {
        let verdict = self.verdict.get_or_init(|| match self.how {
            How::Reproduced(journey) => (journey.run)(self.name)
                .map(|()| journey.shows)
                .map_err(|failed| failed.message().unwrap_or("it failed").to_owned()),
            How::DoesNotApply(why) => Ok(why),
        });
        verdict.clone().map_err(Failed::from)
    }
}

const fn module(
    name: &'static str,
    plan: &'static str,
    shows: &'static str,
    run: fn(&str) -> Result<(), Failed>,
) -> Module {
    Module::new(name, plan, How::Reproduced(Journey { run, shows }))
}

const fn without(name: &'static str, plan: &'static str, why: &'static str) -> Module {
    Module::new(name, plan, How::DoesNotApply(why))
}

/// All of them, in the suite's order.
pub static MODULES: [Module; 57] = [
    module("oidcc-client-test", "B", "signs in", id_tokens::accepted),
    module(
        "oidcc-client-test-invalid-iss",
        "B",
        "refuses the ID token",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-missing-sub",
        "B",
        "refuses the ID token",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-invalid-aud",
        "B",
        "refuses the ID token",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-missing-aud",
        "x",
        "refuses the ID token",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-missing-iat",
        "B",
        "refuses the ID token",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-kid-absent-single-jwks",
        "B",
        "verifies with the only key",
        id_tokens::accepted,
    ),
    module(
        "oidcc-client-test-kid-absent-multiple-jwks",
        "B",
        "refuses the ID token: no key is named, and there are several",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-idtoken-sig-rs256",
        "B",
        "verifies RS256",
        id_tokens::accepted,
    ),
    module(
        "oidcc-client-test-idtoken-sig-none",
        "B, C",
        "refuses the ID token: `none` is no algorithm here",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-invalid-sig-rs256",
        "B",
        "refuses the ID token",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-invalid-sig-es256",
        "x",
        "refuses the ID token, also where ES256 is accepted",
        id_tokens::refused_though_es256_is_accepted,
    ),
    module(
        "oidcc-client-test-invalid-sig-hs256",
        "x",
        "refuses the ID token: symmetric algorithms do not exist here",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-userinfo-bearer-header",
        "B",
        "sends the access token in the header",
        userinfo::accepted,
    ),
    without(
        "oidcc-client-test-userinfo-bearer-body",
        "B",
        "the token goes into the header (RFC 6750 §2.1), and the suite asks for one of the two",
    ),
    module(
        "oidcc-client-test-userinfo-invalid-sub",
        "B",
        "refuses the sign-in: userinfo is about somebody else",
        userinfo::refused,
    ),
    module(
        "oidcc-client-test-nonce-invalid",
        "B",
        "refuses the ID token",
        id_tokens::refused,
    ),
    module(
        "oidcc-client-test-nonce-unless-code-flow",
        "H",
        "sends a nonce in every authorization request",
        id_tokens::nonce_is_sent,
    ),
    module(
        "oidcc-client-test-scope-userinfo-claims",
        "B",
        "has the claims of `profile` and `email`",
        userinfo::brings_claims,
    ),
    module(
        "oidcc-client-test-client-secret-basic",
        "B",
        "authenticates by HTTP Basic where the provider is configured so",
        userinfo::secret_in_the_header,
    ),
    module(
        "oidcc-client-test-discovery-openid-config",
        "C",
        "finds the endpoints by the issuer",
        provider_metadata::found_by_issuer,
    ),
    module(
        "oidcc-client-test-discovery-jwks-uri-keys",
        "C",
        "reads `jwks_uri` from the metadata, wherever it leads",
        provider_metadata::followed,
    ),
    module(
        "oidcc-client-test-discovery-issuer-mismatch",
        "C",
        "refuses the metadata before anybody is sent there",
        provider_metadata::refused,
    ),
    module(
        "oidcc-client-test-signing-key-rotation",
        "C",
        "asks for the keys again when one is unknown",
        provider_metadata::keys_change_between_sign_ins,
    ),
    module(
        "oidcc-client-test-signing-key-rotation-just-before-signing",
        "C",
        "asks for the keys again when one is unknown",
        id_tokens::accepted,
    ),
    without(
        "oidcc-client-test-discovery-webfinger-acct",
        "D",
        "providers are configured, not discovered from what a user types",
    ),
    without(
        "oidcc-client-test-discovery-webfinger-url",
        "D",
        "providers are configured, not discovered from what a user types",
    ),
    without(
        "oidcc-client-test-dynamic-registration",
        "D",
        "apps are registered by their operators; B2C and Entra know no other way",
    ),
    without(
        "oidcc-client-test-request-uri-signed-rs256",
        "D",
        "no request objects; pushed authorization requests (RFC 9126) protect the request instead",
    ),
    without(
        "oidcc-client-test-request-uri-signed-none",
        "D",
        "no request objects; pushed authorization requests (RFC 9126) protect the request instead",
    ),
    without(
        "oidcc-client-test-userinfo-signed",
        "D",
        "userinfo comes over TLS from the provider itself; the layer asks for JSON",
    ),
    module(
        "oidcc-client-test-invalid-chash",
        "H",
        "refuses the ID token",
        hybrid::refused,
    ),
    module(
        "oidcc-client-test-missing-chash",
        "H",
        "refuses the ID token",
        hybrid::refused,
    ),
    module(
        "oidcc-client-test-invalid-athash",
        "H",
        "refuses the ID token",
        hybrid::access_token_is_another,
    ),
    without(
        "oidcc-client-test-missing-athash",
        "H",
        "no access token is asked of the authorization endpoint; beside the token endpoint's, `at_hash` is optional (OpenID Connect Core §3.1.3.6)",
    ),
    module(
        "oidcc-client-test-form-post-error",
        "F",
        "shows the error on a page",
        hybrid::error_comes_in_a_form,
    ),
    module(
        "oidcc-client-test-aggregated-claims",
        "x",
        "keeps the reference and takes nothing over from it",
        userinfo::claims_of_others_are_not_its_own,
    ),
    module(
        "oidcc-client-test-distributed-claims",
        "x",
        "keeps the reference and takes nothing over from it",
        userinfo::claims_of_others_are_not_its_own,
    ),
    without(
        "oidcc-client-test-mtls-endpoint-aliases",
        "x",
        "the layer authenticates by secret or by key, not by TLS certificate",
    ),
    module(
        "oidcc-client-test-3rd-party-init-login",
        "x",
        "signs in at the provider that `iss` names, and ends at `target_link_uri` if that is its own",
        third_party::starts_it,
    ),
    module(
        "oidcc-client-test-refresh-token",
        "R",
        "refreshes, and accepts the new ID token",
        refresh::accepted,
    ),
    module(
        "oidcc-client-test-refresh-token-invalid-issuer",
        "R",
        "refuses the refreshed ID token and hands no token out",
        refresh::refused,
    ),
    module(
        "oidcc-client-test-refresh-token-invalid-sub",
        "R",
        "refuses the refreshed ID token and hands no token out",
        refresh::refused,
    ),
    module(
        "oidcc-client-test-rp-init-logout",
        "L",
        "sends `post_logout_redirect_uri` and `state`, and comes home",
        sign_out::comes_home,
    ),
    module(
        "oidcc-client-test-rp-init-logout-other-state",
        "L",
        "says that the answer is not its own; the session here has ended already",
        sign_out::answer_is_not_its_own,
    ),
    module(
        "oidcc-client-test-rp-init-logout-no-state",
        "L",
        "comes home; the session here has ended before the provider was asked",
        sign_out::comes_home_all_the_same,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout",
        "L",
        "ends the session",
        sign_out::back_channel_ends_it,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout-alg-none",
        "L",
        "refuses the logout token; the session stays",
        sign_out::back_channel_is_refused,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout-no-event",
        "L",
        "refuses the logout token; the session stays",
        sign_out::back_channel_is_refused,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout-with-nonce",
        "L",
        "refuses the logout token; the session stays",
        sign_out::back_channel_is_refused,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-alg",
        "L",
        "refuses the logout token; the session stays",
        sign_out::back_channel_is_refused,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-aud",
        "L",
        "refuses the logout token; the session stays",
        sign_out::back_channel_is_refused,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-event",
        "L",
        "refuses the logout token; the session stays",
        sign_out::back_channel_is_refused,
    ),
    module(
        "oidcc-client-test-rp-backchannel-rpinitlogout-wrong-iss",
        "L",
        "refuses the logout token; the session stays",
        sign_out::back_channel_is_refused,
    ),
    module(
        "oidcc-client-test-rp-frontchannel-opinitlogout",
        "L",
        "ends the session by `iss` and `sid`, without a cookie",
        sign_out::front_channel_ends_it,
    ),
    module(
        "oidcc-client-test-rp-frontchannel-rpinitlogout",
        "L",
        "ends the session, and comes home",
        sign_out::front_channel_after_our_own,
    ),
    without(
        "oidcc-client-test-rp-session-management",
        "L",
        "browsers that block third-party cookies made an end of `check_session_iframe`",
    ),
];
