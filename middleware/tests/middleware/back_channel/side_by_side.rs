//! Logout tokens of several providers.

use axum::Router;
use axum::routing::get;
use b2c_emulator::{Client, Forgery, Tenant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;

use super::{ADA, about, forged, is_signed_in, sid, subject, tells, told_at};
use crate::support::{APP, OTHER_SECRET, Visitor, World};

const STAFF: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

/// Customers at B2C, staff at Entra ID, both of which name sessions in ID tokens.
async fn side_by_side() -> World {
    let world = World::with()
        .routes(Router::new().route("/sid", get(sid)))
        .registered_redirect_uri(&format!("{APP}/getAToken/customers"))
        .emulator(|builder| {
            let staff = Client::new(STAFF, OTHER_SECRET)
                .redirect_uri(format!("{APP}/getAToken/staff"))
                .backchannel_logout_uri("http://localhost:1/nobody");
            builder.add_tenant(Tenant::entra("fabrikam").client(staff))
        })
        .settings(|emulator| {
            let base = emulator.base_url();
            format!(
                r#"
                [app]
                base_url = "{APP}"
                [providers.customers]
                emulator = true
                authority = "{base}/{}/B2C_1_signupsignin1"
                client_id = "{}"
                client_secret = {{ env = "SECRET" }}
                [providers.staff]
                kind = "entra"
                emulator = true
                authority = "{base}/fabrikam.onmicrosoft.com"
                client_id = "{STAFF}"
                client_secret = {{ env = "OTHER_SECRET" }}
                "#,
                emulator.tenant(),
                emulator.client().client_id(),
            )
        });
    let world = world.build().await;
    told_at(&world, "http://localhost:1/nobody");
    world
}

async fn signed_in_at<'w>(world: &'w World, provider: &str) -> Visitor<'w> {
    let mut visitor = world.visitor();
    let page = visitor.opens(&format!("/login?provider={provider}")).await;
    let page = visitor.enters(&page, ADA, "Passw0rd!").await;
    assert!(page.body.starts_with("Hello, "), "{}", page.body);
    visitor
}

#[tokio::test]
async fn a_provider_ends_its_own_sessions_only() {
    let world = side_by_side().await;
    let mut customer = signed_in_at(&world, "customers").await;
    let mut staff = signed_in_at(&world, "staff").await;
    let sid = customer.opens("/sid").await.body;
    assert!(!sid.is_empty());
    let fabrikam = world.emulator.in_tenant("fabrikam").unwrap();

    // The session of one, named by the other; its user, too.
    let object_id = subject(&world);
    let token = Forgery::logout_token(ADA)
        .client(STAFF)
        .claim("sid", sid.clone())
        .claim("sub", object_id);
    let token = fabrikam.forge(&token).unwrap();
    assert_eq!(tells(&world, &token).await.status, StatusCode::OK);
    assert!(is_signed_in(&mut customer).await && is_signed_in(&mut staff).await);
    // A token of the one, made out to the registration at the other.
    let misled = about(ADA).claim("aud", STAFF);
    assert_eq!(
        tells(&world, &forged(&world, &misled)).await.status,
        StatusCode::BAD_REQUEST
    );
    let issuer = fabrikam.forge(&about(ADA).client(STAFF)).unwrap();
    let issuer = issuer_of(&issuer);
    let misled = about(ADA).claim("aud", STAFF).claim("iss", issuer);
    assert_eq!(
        tells(&world, &forged(&world, &misled)).await.status,
        StatusCode::BAD_REQUEST
    );
    assert!(is_signed_in(&mut staff).await);

    let token = fabrikam.forge(&about(ADA).client(STAFF)).unwrap();
    assert_eq!(tells(&world, &token).await.status, StatusCode::OK);
    assert!(!is_signed_in(&mut staff).await);
    assert!(is_signed_in(&mut customer).await);
    let token = Forgery::logout_token(ADA).claim("sid", sid);
    assert_eq!(
        tells(&world, &forged(&world, &token)).await.status,
        StatusCode::OK
    );
    assert!(!is_signed_in(&mut customer).await);
}

/// One tenant under two names, as for two user flows that each begin sessions of their own.
#[tokio::test]
async fn a_tenant_under_two_names_ends_the_sessions_of_both() {
    let world = World::with().settings(|emulator| {
        let authority = format!(
            "{}/{}/B2C_1_signupsignin1",
            emulator.base_url(),
            emulator.tenant()
        );
        let id = emulator.client().client_id();
        let table = |name: &str| {
            format!(
                r#"
                    [providers.{name}]
                    emulator = true
                    authority = "{authority}"
                    client_id = "{id}"
                    client_secret = {{ env = "SECRET" }}
                    "#
            )
        };
        let app = format!("[app]\nbase_url = \"{APP}\"\n");
        app + &table("web") + &table("shop")
    });
    let world = world.build().await;
    let client = world.emulator.client().clone();
    let client = ["web", "shop"].iter().fold(client, |client, name| {
        client.redirect_uri(format!("{APP}/getAToken/{name}"))
    });
    world.emulator.change_client(&client).unwrap();
    let mut web = signed_in_at(&world, "web").await;
    let mut shop = signed_in_at(&world, "shop").await;
    let told = tells(&world, &forged(&world, &about(ADA))).await;
    assert_eq!(told.status, StatusCode::OK);
    assert!(!is_signed_in(&mut web).await && !is_signed_in(&mut shop).await);
}

fn issuer_of(token: &str) -> String {
    let payload = URL_SAFE_NO_PAD
        .decode(token.split('.').nth(1).unwrap())
        .unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&payload).unwrap();
    claims["iss"].as_str().unwrap().to_owned()
}
