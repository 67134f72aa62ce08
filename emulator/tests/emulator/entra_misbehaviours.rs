//! Misbehaviours of External ID and Entra ID.

use b2c_emulator::{Emulator, Endpoint, Misbehaviour, Scope, Tenant, TenantKind};
use serde_json::Value;

use crate::support::{Page, Sts, claims, header_of, sts_error};

const KEYS: &str = "discovery/v2.0/keys";

async fn sts() -> Sts {
    let builder = Emulator::builder().add_tenant(Tenant::entra("contoso"));
    Sts::of(builder, TenantKind::Entra).await
}

fn misbehave(sts: &Sts, name: &str) {
    sts.emulator.behave();
    let bad = Misbehaviour::named(name).unwrap();
    sts.emulator.misbehave_for(Scope::tenant("contoso"), bad);
}

async fn refresh(sts: &mut Sts, tokens: &Value) -> Page {
    let token = tokens["refresh_token"].as_str().unwrap();
    let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
    sts.ask(&fields).await
}

async fn kids(sts: &mut Sts) -> Vec<Value> {
    let url = sts.url(KEYS);
    let keys = sts.visitor.get(&url).await.json();
    let keys = keys["keys"].as_array().unwrap().clone();
    keys.into_iter().map(|key| key["kid"].clone()).collect()
}

#[tokio::test]
async fn keys_change_at_the_worst_moment() {
    let mut sts = sts().await;
    let tokens = sts.tokens(&[]).await;
    let old = kids(&mut sts).await;
    misbehave(&sts, "oidcc-client-test-signing-key-rotation");
    let same = refresh(&mut sts, &tokens).await.json();
    assert_eq!(header_of(&same["id_token"])["kid"], old[0]);
    let new = kids(&mut sts).await;
    assert_eq!(new[1], old[0]);

    misbehave(
        &sts,
        "oidcc-client-test-signing-key-rotation-just-before-signing",
    );
    let newest = refresh(&mut sts, &tokens).await.json();
    let kid = header_of(&newest["id_token"])["kid"].clone();
    assert!(!new.contains(&kid));
    assert_eq!(kids(&mut sts).await[0], kid);
}

#[tokio::test]
async fn what_is_good_is_refused() {
    let mut sts = sts().await;
    let tokens = sts.tokens(&[]).await;
    for (name, code) in [("grant-revoked", 50_173), ("wrong-secret", 7_000_215)] {
        misbehave(&sts, name);
        let page = refresh(&mut sts, &tokens).await;
        assert_eq!(sts_error(&page).0, code, "{name}");
    }
}

#[tokio::test]
async fn members_are_missing() {
    let mut sts = sts().await;
    let tokens = sts.tokens(&[]).await;
    for (name, missing) in [
        ("no-id-token", &["id_token"][..]),
        ("no-expires-in", &["expires_in", "ext_expires_in"]),
        (
            "no-access-token",
            &["access_token", "expires_in", "ext_expires_in"],
        ),
    ] {
        misbehave(&sts, name);
        let answer = refresh(&mut sts, &tokens).await.json();
        for member in ["id_token", "access_token", "expires_in", "ext_expires_in"] {
            let is_missing = answer.get(member).is_none();
            assert_eq!(is_missing, missing.contains(&member), "{name} {member}");
        }
    }
}

#[tokio::test]
async fn the_tokens_of_a_refresh_lie() {
    let mut sts = sts().await;
    let tokens = sts.tokens(&[]).await;
    let healthy = claims(&tokens["id_token"]);
    for (module, claim) in [
        ("refresh-token-invalid-issuer", "iss"),
        ("refresh-token-invalid-sub", "sub"),
        ("refresh-token-invalid-aud", "aud"),
        ("invalid-iss", "iss"),
        ("invalid-aud", "aud"),
        ("missing-sub", "sub"),
    ] {
        misbehave(&sts, &format!("oidcc-client-test-{module}"));
        let lying = claims(&refresh(&mut sts, &tokens).await.json()["id_token"]);
        for name in ["iss", "sub", "aud"] {
            let differs = lying.get(name) != healthy.get(name);
            assert_eq!(differs, name == claim, "{module} {name}");
        }
    }
    sts.emulator.behave();
    let bad = Misbehaviour::Status(503);
    sts.emulator.misbehave(Endpoint::Token, bad);
    assert_eq!(refresh(&mut sts, &tokens).await.status, 503);
}
