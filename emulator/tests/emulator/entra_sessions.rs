//! The sessions of External ID and Entra ID.

use b2c_emulator::{Emulator, Tenant, TenantKind, UserFlow};

use crate::support::Sts;

async fn two_tenants() -> Sts {
    let builder = Emulator::builder()
        .add_tenant(Tenant::entra("contoso"))
        .add_tenant(Tenant::entra("woodgrove"));
    Sts::of(builder, TenantKind::Entra).await
}

#[tokio::test]
async fn cookies_have_entras_names() {
    let mut sts = two_tenants().await;
    sts.sign_in(&[]).await;
    let names: Vec<&str> = sts.visitor.cookies.keys().map(String::as_str).collect();
    assert_eq!(names, ["ESTSAUTH", "ESTSAUTHLIGHT", "esctx"]);
}

#[tokio::test]
async fn a_session_that_outlives_the_browser_has_a_cookie_of_its_own() {
    let flow = UserFlow::sign_up_sign_in("SignUpSignIn").keep_me_signed_in(30);
    let customers = Tenant::external_id("fabrikam").user_flow(flow);
    let builder = Emulator::builder().add_tenant(customers);
    let mut sts = Sts::of(builder, TenantKind::ExternalId).await;
    let page = sts.open(&[]).await;
    let ada = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
        ("rememberMe", "true"),
    ];
    sts.visitor.submit(&page, &ada).await;
    // A browser that was closed has lost the other one.
    assert!(sts.visitor.cookies.remove("ESTSAUTH").is_some());
    assert!(sts.visitor.cookies.contains_key("ESTSAUTHPERSISTENT"));
    assert!(!sts.open(&[("prompt", "none")]).await.code().is_empty());
}

#[tokio::test]
async fn one_browser_is_signed_in_at_several_tenants() {
    let mut sts = two_tenants().await;
    sts.sign_in(&[]).await;
    "woodgrove.onmicrosoft.com".clone_into(&mut sts.segment);
    // What one tenant knows says nothing at another one.
    let page = sts.open(&[("prompt", "none")]).await;
    assert_eq!(page.error_code(), "AADSTS50058");
    sts.sign_in(&[]).await;
    for segment in ["woodgrove.onmicrosoft.com", "contoso.onmicrosoft.com"] {
        segment.clone_into(&mut sts.segment);
        let page = sts.open(&[("prompt", "none")]).await;
        assert!(!page.code().is_empty(), "{segment}: {}", page.body);
    }
    // A sign-out is one of the whole browser.
    let url = sts.url("oauth2/v2.0/logout");
    sts.visitor.get(&url).await;
    assert!(
        !sts.visitor
            .cookies
            .keys()
            .any(|name| name.starts_with("ESTSAUTH"))
    );
    let page = sts.open(&[("prompt", "none")]).await;
    assert_eq!(page.error_code(), "AADSTS50058");
}
