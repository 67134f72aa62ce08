//! `common`, `organizations` and `consumers`: authorities that stand for several tenants.

use b2c_emulator::{Client, Emulator, Tenant, TenantKind, User};
use serde_json::Value;

use crate::support::{Page, Sts, VERIFIER, claims, sts_error};

const CONTOSO: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
const WOODGROVE: &str = "ddddeeee-3333-ffff-4444-aaaa5555bbbb";
const APP: &str = "44445555-eeee-6666-ffff-7777aaaa8888";
const SINGLE: &str = "55556666-ffff-7777-aaaa-8888bbbb9999";
const SECRET: &str = "a secret for tests";
const REDIRECT: &str = "https://shop.example/";
const JOAN: &str = "joan@woodgrove.example";

/// Two tenants; `APP` of the first is open to the second, `SINGLE` is not.
async fn sts(segment: &str) -> Sts {
    let app = |id| Client::new(id, SECRET).redirect_uri(REDIRECT);
    let contoso = Tenant::entra("contoso")
        .id(CONTOSO)
        .client(app(APP).multi_tenant())
        .client(app(SINGLE));
    let woodgrove = Tenant::entra("woodgrove")
        .id(WOODGROVE)
        .user(User::new(JOAN, "Passw0rd!"));
    let builder = Emulator::builder()
        .add_tenant(contoso)
        .add_tenant(woodgrove);
    let mut sts = Sts::of(builder, TenantKind::Entra).await;
    segment.clone_into(&mut sts.segment);
    sts
}

async fn open(sts: &mut Sts, client_id: &str, more: &[(&str, &str)]) -> Page {
    let changes = [("client_id", client_id), ("redirect_uri", REDIRECT)];
    sts.open(&[&changes[..], more].concat()).await
}

async fn sign_in(sts: &mut Sts, client_id: &str, name: &str) -> Page {
    let page = open(sts, client_id, &[]).await;
    let fields = [("signInName", name), ("password", "Passw0rd!")];
    sts.visitor.submit(&page, &fields).await
}

async fn redeem(sts: &mut Sts, fields: &[(&str, &str)]) -> Page {
    let mut form = vec![
        ("client_id", APP),
        ("client_secret", SECRET),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ];
    form.extend_from_slice(fields);
    sts.token(&form).await
}

async fn tokens(sts: &mut Sts, code: &str) -> Value {
    let fields = [("grant_type", "authorization_code"), ("code", code)];
    let page = redeem(sts, &fields).await;
    assert_eq!(page.status, 200, "{}", page.body);
    page.json()
}

#[tokio::test]
async fn the_issuer_is_a_template_except_for_personal_accounts() {
    let mut sts = sts("common").await;
    let template = "{tenantid}";
    let personal = "9188040d-6c67-4c5b-b112-36a304b66dad";
    for (segment, tenant) in [
        ("common", template),
        ("organizations", template),
        ("consumers", personal),
    ] {
        segment.clone_into(&mut sts.segment);
        let document = sts.metadata().await;
        let base = sts.origin.clone();
        assert_eq!(document["issuer"], format!("{base}/{tenant}/v2.0"));
        assert_eq!(
            document["token_endpoint"],
            format!("{base}/{segment}/oauth2/v2.0/token")
        );
        assert_eq!(document["tenant_region_scope"], Value::Null);
        let keys = document["jwks_uri"].as_str().unwrap();
        let keys = sts.visitor.get(keys).await.json();
        assert_eq!(keys["keys"][0]["issuer"], format!("{base}/{tenant}/v2.0"));
    }
}

#[tokio::test]
async fn people_of_every_tenant_sign_in_and_get_tokens_of_their_own() {
    for segment in ["common", "organizations"] {
        for (name, tenant) in [("ada@emulator.example", CONTOSO), (JOAN, WOODGROVE)] {
            let mut sts = sts(segment).await;
            let code = sign_in(&mut sts, APP, name).await.code();
            let first = tokens(&mut sts, &code).await;
            // The refresh token is redeemed at the same place, or at the person's own tenant.
            let token = first["refresh_token"].as_str().unwrap().to_owned();
            for place in [segment, tenant] {
                place.clone_into(&mut sts.segment);
                let fields = [("grant_type", "refresh_token"), ("refresh_token", &*token)];
                let page = redeem(&mut sts, &fields).await;
                assert_eq!(page.status, 200, "{}", page.body);
                for answer in [&first, &page.json()] {
                    let id = claims(&answer["id_token"]);
                    assert_eq!(id["iss"], format!("{}/{tenant}/v2.0", sts.origin));
                    assert_eq!(id["tid"], tenant);
                    assert_eq!(id["preferred_username"], name);
                    assert_eq!(claims(&answer["access_token"])["tid"], tenant);
                }
            }
        }
    }
}

#[tokio::test]
async fn a_session_of_any_tenant_counts_at_common() {
    let mut sts = sts("common").await;
    sign_in(&mut sts, APP, JOAN).await.code();
    let code = open(&mut sts, APP, &[("prompt", "none")]).await.code();
    let id = claims(&tokens(&mut sts, &code).await["id_token"]);
    assert_eq!(id["tid"], WOODGROVE);
    // And at her own tenant, where the application is known.
    WOODGROVE.clone_into(&mut sts.segment);
    open(&mut sts, APP, &[("prompt", "none")]).await.code();
    // At the application's tenant she is nobody.
    CONTOSO.clone_into(&mut sts.segment);
    let page = open(&mut sts, APP, &[("prompt", "none")]).await;
    assert_eq!(page.error_code(), "AADSTS50058");
}

#[tokio::test]
async fn a_wrong_password_stays_on_the_page() {
    let mut sts = sts("common").await;
    let page = open(&mut sts, APP, &[]).await;
    let fields = [("signInName", JOAN), ("password", "wrong")];
    let page = sts.visitor.submit(&page, &fields).await;
    assert_eq!(page.status, 200);
    let fields = [("signInName", JOAN), ("password", "Passw0rd!")];
    sts.visitor.submit(&page, &fields).await.code();
}

#[tokio::test]
async fn an_application_of_one_tenant_is_told_so() {
    let mut sts = sts("common").await;
    for segment in ["common", "organizations"] {
        segment.clone_into(&mut sts.segment);
        let page = open(&mut sts, SINGLE, &[]).await;
        assert_eq!(page.error_code(), "AADSTS50194");
        assert_eq!(page.parameter("error").unwrap(), "invalid_request");
        let form = [("client_id", SINGLE), ("client_secret", SECRET)];
        assert_eq!(sts_error(&sts.token(&form).await).0, 50_194);
    }
    // The other tenant does not know it.
    WOODGROVE.clone_into(&mut sts.segment);
    let page = open(&mut sts, SINGLE, &[]).await;
    assert_eq!(page.status, 400);
    assert!(page.body.contains("AADSTS700016"), "{}", page.body);
}

#[tokio::test]
async fn an_account_of_another_tenant_is_refused_on_a_page() {
    let mut sts = sts(CONTOSO).await;
    let page = open(&mut sts, SINGLE, &[]).await;
    let wrong = [("signInName", JOAN), ("password", "wrong")];
    let page = sts.visitor.submit(&page, &wrong).await;
    // Nobody learns that there is such an account elsewhere.
    assert_eq!(page.status, 200);
    let fields = [("signInName", JOAN), ("password", "Passw0rd!")];
    let page = sts.visitor.submit(&page, &fields).await;
    assert_eq!(page.status, 400);
    for text in ["AADSTS50020", JOAN, WOODGROVE, SINGLE] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}

#[tokio::test]
async fn there_are_no_personal_accounts() {
    let mut sts = sts("consumers").await;
    let page = open(&mut sts, APP, &[]).await;
    assert_eq!(page.error_code(), "AADSTS90130");
    assert_eq!(page.parameter("error").unwrap(), "invalid_request");
}

#[tokio::test]
async fn an_application_that_is_opened_later_is_known_at_once() {
    let mut sts = sts(WOODGROVE).await;
    let contoso = sts.emulator.in_tenant(CONTOSO).unwrap();
    let mut exported = contoso.export().unwrap();
    let at = exported.find(SINGLE).unwrap();
    let switch = exported[at..].find("is_multi_tenant = false").unwrap() + at;
    exported.replace_range(switch.., &exported[switch..].replacen("false", "true", 1));
    contoso.import(&exported).unwrap();
    let code = sign_in(&mut sts, SINGLE, JOAN).await.code();
    assert!(!code.is_empty());
    // Nothing of it is written into the other tenant.
    let other = sts.emulator.in_tenant(WOODGROVE).unwrap();
    assert!(!other.export().unwrap().contains(SINGLE));
}
