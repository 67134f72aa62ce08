//! Proof Key for Code Exchange.

use crate::support::{Bench, SIGN_IN, VERIFIER, changed};

#[tokio::test]
async fn the_verifier_must_match_the_challenge() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    let good = bench.redemption(&code);
    let other = VERIFIER.replace('d', "e");
    for (verifier, text) in [
        (
            Some(other.as_str()),
            "AADB2C90182: The supplied code_verifier does not match associated code_challenge",
        ),
        (
            Some("too-short"),
            "AADB2C90183: The supplied code_verifier is invalid",
        ),
        (
            Some(&"x".repeat(129)),
            "AADB2C90183: The supplied code_verifier is invalid",
        ),
        (
            Some("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX é"),
            "AADB2C90183: The supplied code_verifier is invalid",
        ),
        (None, "AADB2C90183: The supplied code_verifier is invalid"),
    ] {
        let form = changed(&good, "code_verifier", verifier);
        let (error, line) = bench.token(SIGN_IN, &form).await.token_error();
        assert_eq!((error.as_str(), line.as_str()), ("invalid_grant", text));
    }
    assert_eq!(bench.token(SIGN_IN, &good).await.status, 200);
}

#[tokio::test]
async fn plain_is_the_default_method() {
    let mut bench = Bench::new().await;
    let ask = bench
        .ask()
        .without("code_challenge_method")
        .with("code_challenge", VERIFIER);
    let code = bench.sign_in(&ask).await.code();
    assert_eq!(bench.redeem(&code).await.status, 200);
}

#[tokio::test]
async fn without_a_challenge_a_verifier_is_suspicious() {
    let mut bench = Bench::new().await;
    let ask = bench
        .ask()
        .without("code_challenge_method")
        .without("code_challenge");
    let code = bench.sign_in(&ask).await.code();
    let (_, line) = bench.redeem(&code).await.token_error();
    assert!(line.starts_with("AADB2C90183:"), "{line}");
    let form = changed(&bench.redemption(&code), "code_verifier", None);
    assert_eq!(bench.token(SIGN_IN, &form).await.status, 200);
}
