use std::{future::Future, time::Duration};

use e2e::{OidcProvider, Requirement};
use libtest_mimic::{Failed, Trial};

use super::{answers, bound_tokens, errors, proofs, refresh, sign_out};

/// One trial for each feature.
pub(crate) fn tests() -> Vec<Trial> {
    let needs = OidcProvider::needs();
    let trial = |name: &str, run: fn() -> Result<(), Failed>| {
        Requirement::test(&needs, &format!("oidc_provider::{name}"), run)
    };
    vec![
        trial("signs_in_with_pkce", || run(answers::pkce())),
        trial("answers_by_form_post", || run(answers::form_post())),
        trial("answers_code_and_id_token_by_form_post", || {
            run(answers::hybrid())
        }),
        trial("signs_id_tokens_with_other_algorithms", || {
            run(answers::algorithms())
        }),
        trial("rotates_refresh_tokens", || run(refresh::rotation())),
        trial("adds_claims_from_userinfo", || run(answers::userinfo())),
        trial("takes_pushed_authorization_requests", || {
            run(answers::pushed())
        }),
        trial("takes_private_key_jwt", || run(proofs::private_key_jwt())),
        trial("takes_client_secret_basic", || {
            run(proofs::client_secret_basic())
        }),
        trial("takes_a_public_client", || run(proofs::public_client())),
        trial("issues_tokens_that_are_bound_to_a_key", || {
            run(bound_tokens::dpop())
        }),
        trial("names_itself_in_answers", || run(answers::iss())),
        trial("tells_of_a_cancelled_sign_in", || run(errors::cancelled())),
        trial("tells_that_it_has_to_ask", || run(errors::login_required())),
        trial(
            "sends_home_after_a_sign_out",
            || run(sign_out::by_the_app()),
        ),
        trial("tells_of_a_sign_out_by_the_back_channel", || {
            run(sign_out::by_the_provider())
        }),
    ]
}

/// Runs one; each is bounded.
fn run(trial: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async { tokio::time::timeout(LONGEST, trial).await })?
}

const LONGEST: Duration = Duration::from_secs(60);
