//! Every kind of provider, alone and side by side.

use b2c_emulator::{Client, Emulator, EmulatorBuilder, Tenant, TenantBuilder, TenantKind};
use http::{Method, StatusCode};

use crate::support::{APP, OTHER_SECRET, Page, World, WorldBuilder};

pub(crate) const GUID: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
pub(crate) const CLIENT: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

/// A tenant with an application that comes back to `path`.
pub(crate) fn tenant(kind: TenantKind, path: &str) -> TenantBuilder {
    let builder = match kind {
        TenantKind::ExternalId => Tenant::external_id("fabrikam"),
        _ => Tenant::entra("fabrikam"),
    };
    builder.id(GUID).client(client(path))
}

/// An application that comes back to `path`.
pub(crate) fn client(path: &str) -> Client {
    Client::new(CLIENT, OTHER_SECRET)
        .redirect_uri(format!("{APP}{path}"))
        .multi_tenant()
}

/// A world whose one provider is this tenant, with these lines in `[provider]`.
pub(crate) fn world(
    kind: TenantKind,
    provider: impl FnOnce(&Emulator) -> String + 'static,
) -> WorldBuilder {
    World::with()
        .emulator(move |builder| builder.add_tenant(tenant(kind, "/getAToken")))
        .settings(move |emulator| {
            format!(
                r#"
                [app]
                base_url = "{APP}"
                [provider]
                client_id = "{CLIENT}"
                client_secret = {{ env = "OTHER_SECRET" }}
                {}
                "#,
                provider(emulator)
            )
        })
}

async fn signs_in(world: &World) -> Page {
    world.visitor().signs_in("/private").await
}

#[tokio::test]
async fn external_id_signs_in_without_user_flows() {
    for authority in ["fabrikam.onmicrosoft.com", GUID] {
        let world = world(TenantKind::ExternalId, move |emulator| {
            let base = emulator.base_url();
            format!("kind = \"external-id\"\nemulator = true\nauthority = \"{base}/{authority}\"")
        });
        let world = world.build().await;
        let page = signs_in(&world).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.ends_with("of no user flow"), "{}", page.body);
        // There is no flow to edit a profile with, so there is no such page.
        let mut visitor = world.visitor();
        visitor.signs_in("/private").await;
        let edit = visitor.opens("/edit-profile").await;
        assert_eq!(edit.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn entra_signs_in_the_accounts_of_one_tenant() {
    let world = world(TenantKind::Entra, |emulator| {
        let base = emulator.base_url();
        format!("kind = \"entra\"\nemulator = true\ninstance = \"{base}\"\ntenant = \"{GUID}\"")
    });
    let page = signs_in(&world.build().await).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
}

#[tokio::test]
async fn a_multi_tenant_authority_admits_the_tenants_on_the_list() {
    let other = "bbbbcccc-1111-dddd-2222-eeee3333ffff";
    for (authority, allowed, status) in [
        ("common", GUID, StatusCode::OK),
        ("organizations", GUID, StatusCode::OK),
        ("common", "*", StatusCode::OK),
        ("common", other, StatusCode::BAD_GATEWAY),
    ] {
        let world = world(TenantKind::Entra, move |emulator| {
            let base = emulator.base_url();
            format!(
                "kind = \"entra\"\nemulator = true\ninstance = \"{base}\"\n\
                 tenant = \"{authority}\"\nallowed_tenants = [\"{allowed}\"]"
            )
        });
        let page = signs_in(&world.build().await).await;
        assert_eq!(page.status, status, "{authority} {allowed}: {}", page.body);
    }
}

#[tokio::test]
async fn any_openid_provider_is_known_by_its_issuer() {
    let world = world(TenantKind::Entra, |emulator| {
        let base = emulator.base_url();
        format!("kind = \"oidc\"\nemulator = true\nissuer = \"{base}/{GUID}/v2.0\"")
    });
    let page = signs_in(&world.build().await).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
}

#[tokio::test]
async fn a_metadata_document_speaks_for_its_own_host_only() {
    let refused = |lines: String| async move {
        let world = world(TenantKind::Entra, move |emulator| {
            lines.replace("BASE", emulator.base_url())
        });
        let page = world.build().await.visitor().opens("/private").await;
        assert_eq!(
            page.status,
            StatusCode::SERVICE_UNAVAILABLE,
            "{}",
            page.body
        );
    };
    // Another issuer than the one that was written down.
    refused(format!(
        "kind = \"entra\"\nemulator = true\ninstance = \"BASE\"\ntenant = \"{GUID}\"\n\
         issuer = \"https://login.microsoftonline.com/{GUID}/v2.0\""
    ))
    .await;
    // The document of `common` at an issuer of its own.
    refused("kind = \"oidc\"\nemulator = true\nissuer = \"BASE/common/v2.0\"".to_owned()).await;
    // Asked at one address, it speaks of another.
    refused(format!(
        "kind = \"entra\"\nemulator = true\ninstance = \"http://127.0.0.1:1\"\ntenant = \"{GUID}\"\n\
         metadata_url = \"BASE/{GUID}/v2.0/.well-known/openid-configuration\""
    ))
    .await;
}

#[tokio::test]
async fn a_server_may_reach_the_provider_at_another_address_than_browsers() {
    // The browser knows `localhost`, the server `127.0.0.1`: two origins of one emulator.
    let world = world(TenantKind::Entra, |emulator| {
        let base = emulator.base_url();
        let port = emulator.port();
        format!(
            "kind = \"entra\"\nemulator = true\ninstance = \"{base}\"\ntenant = \"{GUID}\"\n\
             back_channel = \"http://127.0.0.1:{port}\""
        )
    });
    let world = world.build().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    let base = world.emulator.base_url().to_owned();
    let left = visitor.history.iter().filter(|url| !url.starts_with(APP));
    let mut left = left.collect::<Vec<_>>();
    left.retain(|url| !url.starts_with(&base));
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn endpoints_that_are_written_down_are_not_asked_for() {
    let world = world(TenantKind::Entra, |emulator| {
        let base = format!("{}/{GUID}", emulator.base_url());
        format!(
            "kind = \"entra\"\nemulator = true\ninstance = \"{}\"\ntenant = \"{GUID}\"\n\
             [provider.metadata]\nissuer = \"{base}/v2.0\"\n\
             authorization_endpoint = \"{base}/oauth2/v2.0/authorize\"\n\
             token_endpoint = \"{base}/oauth2/v2.0/token\"\n\
             jwks_uri = \"{base}/discovery/v2.0/keys\"\n",
            emulator.base_url()
        )
    });
    let world = world.build().await;
    assert_eq!(signs_in(&world).await.status, StatusCode::OK);
    let requests = world.emulator.requests();
    let asked = requests
        .iter()
        .any(|request| request.path().contains(".well-known"));
    assert!(!asked);
}

/// Customers at B2C, staff at Entra ID.
pub(crate) fn side_by_side(default: &str) -> WorldBuilder {
    let default = default.to_owned();
    let add = |builder: EmulatorBuilder| {
        let staff = tenant(TenantKind::Entra, "/getAToken/staff");
        builder.add_tenant(staff)
    };
    World::with()
        .registered_redirect_uri(&format!("{APP}/getAToken/customers"))
        .emulator(add)
        .settings(move |emulator| customers_and_staff(emulator, &default))
}

/// The configuration of [`side_by_side`]: customers first.
pub(crate) fn customers_and_staff(emulator: &Emulator, default: &str) -> String {
    let base = emulator.base_url();
    let client_id = emulator.client().client_id();
    format!(
        r#"
        [app]
        base_url = "{APP}"
        {default}
        [providers.customers]
        emulator = true
        label = "Customers"
        authority = "{base}/{0}/B2C_1_signupsignin1"
        client_id = "{client_id}"
        client_secret = {{ env = "SECRET" }}
        [providers.customers.user_flows]
        edit_profile = "B2C_1_profileediting1"
        [providers.staff]
        kind = "entra"
        emulator = true
        label = "Staff & friends"
        authority = "{base}/{GUID}"
        client_id = "{CLIENT}"
        client_secret = {{ env = "OTHER_SECRET" }}
        [[downstream]]
        name = "demo"
        base_url = "{base}/api"
        resource = "https://{0}/demo-api"
        scopes = ["demo.read"]
        provider = "customers"
        "#,
        emulator.tenant()
    )
}

#[tokio::test]
async fn users_choose_among_several_providers() {
    let world = side_by_side("").build().await;
    let mut visitor = world.visitor();
    let choice = visitor.opens("/private").await;
    assert_eq!(choice.status, StatusCode::OK);
    assert!(choice.body.contains("Customers"), "{}", choice.body);
    assert!(
        choice.body.contains("Staff &amp; friends"),
        "{}",
        choice.body
    );
    assert!(choice.headers.contains_key("content-security-policy"));

    let customers = "/login?provider=customers&amp;return_to=%2Fprivate";
    assert!(choice.body.contains(customers), "{}", choice.body);
    let page = visitor.opens(&customers.replace("&amp;", "&")).await;
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.app_path(), Some("/private"));
    assert!(page.body.contains("B2C_1_signupsignin1"), "{}", page.body);

    // Another provider is another sign-in; the same one is none.
    assert_eq!(
        visitor.opens("/login?provider=customers").await.status,
        StatusCode::OK
    );
    let staff = visitor
        .opens("/login?provider=staff&return_to=/private")
        .await;
    let page = visitor
        .enters(&staff, "ada@emulator.example", "Passw0rd!")
        .await;
    assert!(page.body.ends_with("of no user flow"), "{}", page.body);
}

#[tokio::test]
async fn scripts_are_told_where_to_choose() {
    let world = side_by_side("").build().await;
    let answer = world
        .visitor()
        .sends_with(Method::GET, "/private", &[])
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert!(answer.body.contains("/login\""), "{}", answer.body);
}

#[tokio::test]
async fn the_default_provider_is_chosen_for_who_did_not() {
    let world = side_by_side("default_provider = \"staff\"").build().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert!(page.body.ends_with("of no user flow"), "{}", page.body);
}

#[tokio::test]
async fn an_answer_at_another_providers_redirect_uri_is_none() {
    let world = side_by_side("").build().await;
    let mut visitor = world.visitor();
    let page = visitor
        .opens("/login?provider=customers&return_to=/private")
        .await;
    let values = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let values = values.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = visitor.fills(&page, "signInName", &values.into()).await;
    let mixed_up = answer.replace("/getAToken/customers", "/getAToken/staff");
    assert_ne!(answer, mixed_up);
    let page = visitor.asks(&mixed_up).await;
    // It belongs to no sign-in there: one that does begins at the provider of that path.
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(
        page.location().contains(&format!("/{GUID}/")),
        "{}",
        page.location()
    );
    assert!(
        !visitor
            .cookies()
            .keys()
            .any(|name| name.contains("session"))
    );
}
