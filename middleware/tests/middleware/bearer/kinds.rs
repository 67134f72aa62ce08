//! Good tokens of every kind of provider, alone and side by side.

use b2c_emulator::{Client, Emulator, Forgery, Tenant, TenantKind};
use http::StatusCode;
use serde_json::json;

use super::own_provider::{Kind, OwnProvider};
use super::{ADA, AUDIENCE, Api, own_tenant};

const GUID: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
const OTHER_GUID: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";

/// An API whose tokens come from a second tenant, with these lines in its `[provider]` and `[api]`.
async fn api_of(kind: TenantKind, provider: &'static str, lines: &'static str) -> Api {
    Api::build(
        move |builder| {
            let tenant = match kind {
                TenantKind::ExternalId => Tenant::external_id("fabrikam"),
                _ => Tenant::entra("fabrikam"),
            };
            builder.add_tenant(tenant.id(GUID).client(Client::new("spa", "secret")))
        },
        move |emulator| {
            let provider = provider.replace("BASE", emulator.base_url());
            format!(
                "[provider]\nemulator = true\n{provider}\n[api]\naudiences = [\"{AUDIENCE}\"]\n{lines}"
            )
        },
        |builder| builder,
    )
    .await
}

fn forge(api: &Api, forgery: &Forgery) -> String {
    let tenant = api.emulator.in_tenant(GUID).unwrap();
    tenant.forge(forgery).unwrap()
}

#[tokio::test]
async fn b2c_tokens_of_the_sign_in_flow_pass() {
    let api = Api::new().await;
    let answer = api.gets("/", &api.token()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let client_id = api.emulator.client().client_id();
    let expected = format!("Ada Lovelace of default through {client_id}: demo.read demo.write");
    assert_eq!(answer.body, expected);
}

#[tokio::test]
async fn user_flows_are_listed_by_their_name_or_the_configurations() {
    let edit = Forgery::access_token(ADA).user_flow("B2C_1_profileediting1");
    let reset = Forgery::access_token(ADA).user_flow("B2C_1_passwordreset1");
    let api = Api::new().await;
    for other in [&edit, &reset] {
        let answer = api.gets("/", &api.forge(other)).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    }
    let listed = "user_flows = [\"sign_up_sign_in\", \"b2c_1_PROFILEEDITING1\"]";
    let api = Api::with(listed, |builder| builder).await;
    for (forgery, status) in [
        (Forgery::access_token(ADA), StatusCode::OK),
        (edit, StatusCode::OK),
        (reset, StatusCode::UNAUTHORIZED),
    ] {
        let answer = api.gets("/", &api.forge(&forgery)).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn external_id_and_entra_tokens_pass() {
    for (kind, provider) in [
        (
            TenantKind::ExternalId,
            "kind = \"external-id\"\nauthority = \"BASE/fabrikam.onmicrosoft.com\"",
        ),
        (
            TenantKind::Entra,
            "kind = \"entra\"\ninstance = \"BASE\"\ntenant = \"ccccdddd-2222-eeee-3333-ffff4444aaaa\"",
        ),
        (
            TenantKind::Entra,
            "kind = \"entra\"\ninstance = \"BASE\"\ntenant = \"common\"\nallowed_tenants = [\"*\"]",
        ),
    ] {
        let api = api_of(kind, provider, "").await;
        let answer = api
            .gets("/", &forge(&api, &Forgery::access_token(ADA)))
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{provider}: {}", answer.body);
        assert!(answer.body.starts_with("Ada"), "{}", answer.body);
        // The emulator's own tenant is another issuer.
        let answer = api.gets("/", &api.token()).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{provider}");
    }
}

#[tokio::test]
async fn tenants_that_are_not_listed_are_refused() {
    let provider = "kind = \"entra\"\ninstance = \"BASE\"\ntenant = \"common\"\n\
                    allowed_tenants = [\"bbbbcccc-1111-dddd-2222-eeee3333ffff\"]";
    let api = api_of(TenantKind::Entra, provider, "").await;
    let token = forge(&api, &Forgery::access_token(ADA));
    let answer = api.gets("/", &token).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
}

#[tokio::test]
async fn tokens_of_version_1_pass_where_they_are_accepted() {
    let v1 = |tenant: &str| {
        Forgery::access_token(ADA)
            .claim("ver", "1.0")
            .claim("iss", format!("https://sts.windows.net/{tenant}/"))
            .claim("aud", "api://demo")
            .without("azp")
            .claim("appid", "job")
    };
    let lines = "v1_tokens = true\n[api.providers.default]\naudiences = [\"api://demo\"]\n\
                 clients = [\"job\"]";
    let single =
        "kind = \"entra\"\ninstance = \"BASE\"\ntenant = \"ccccdddd-2222-eeee-3333-ffff4444aaaa\"";
    let several = "kind = \"entra\"\ninstance = \"BASE\"\ntenant = \"organizations\"\n\
                   allowed_tenants = [\"ccccdddd-2222-eeee-3333-ffff4444aaaa\"]";
    for provider in [single, several] {
        let api = api_of(TenantKind::Entra, provider, lines).await;
        let answer = api.gets("/", &forge(&api, &v1(GUID))).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        assert!(answer.body.contains("through job"), "{}", answer.body);
        for bad in [v1(OTHER_GUID), v1(OTHER_GUID).claim("tid", OTHER_GUID)] {
            let answer = api.gets("/", &forge(&api, &bad)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
        }
    }
    let without = "[api.providers.default]\naudiences = [\"api://demo\"]";
    let api = api_of(TenantKind::Entra, single, without).await;
    let answer = api.gets("/", &forge(&api, &v1(GUID))).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
}

#[tokio::test]
async fn any_openid_provider_issues_tokens_of_rfc_9068() {
    for (kind, algorithm) in [
        (Kind::Es256, "ES256"),
        (Kind::Ps256, "PS256"),
        (Kind::Rs256, "RS256"),
    ] {
        let provider = OwnProvider::new(kind);
        let api = provider.api(&format!("signing_algorithms = [\"{algorithm}\"]"), "");
        let answer = api.gets(&provider.token("at+jwt", |_| {})).await;
        assert_eq!(answer.status, StatusCode::OK, "{algorithm} {}", answer.body);
        assert_eq!(answer.body, "ada of default through job: demo.read");
        // What the list does not have is refused, however good the signature.
        let others = ["RS256", "ES256", "PS256"].map(|name| format!("\"{name}\""));
        let others = others
            .join(", ")
            .replace(&format!("\"{algorithm}\""), "\"EdDSA\"");
        let api = provider.api(&format!("signing_algorithms = [{others}]"), "");
        let answer = api.gets(&provider.token("at+jwt", |_| {})).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{algorithm}");
    }
}

#[tokio::test]
async fn the_type_is_required_where_the_rfc_is_followed() {
    let provider = OwnProvider::new(Kind::Es256);
    let es256 = "signing_algorithms = [\"ES256\"]";
    let strict = provider.api(es256, "");
    let lenient = provider.api(es256, "require_at_jwt = false");
    for (typ, strictly, leniently) in [
        ("at+jwt", StatusCode::OK, StatusCode::OK),
        ("application/at+jwt", StatusCode::OK, StatusCode::OK),
        ("JWT", StatusCode::UNAUTHORIZED, StatusCode::OK),
        (
            "logout+jwt",
            StatusCode::UNAUTHORIZED,
            StatusCode::UNAUTHORIZED,
        ),
    ] {
        let token = provider.token(typ, |_| {});
        assert_eq!(strict.gets(&token).await.status, strictly, "{typ}");
        assert_eq!(lenient.gets(&token).await.status, leniently, "{typ}");
    }
}

#[tokio::test]
async fn several_providers_stand_side_by_side() {
    let api = Api::build(
        |builder| {
            let tenant = Tenant::entra("fabrikam").id(GUID);
            builder.add_tenant(tenant.client(Client::new("job", "secret")))
        },
        |emulator: &Emulator| {
            let (base, tenant) = (emulator.base_url(), emulator.tenant());
            format!(
                r#"
                [providers.customers]
                emulator = true
                authority = "{base}/{tenant}/B2C_1_signupsignin1"
                [providers.staff]
                kind = "entra"
                emulator = true
                instance = "{base}"
                tenant = "{GUID}"
                [providers.away]
                kind = "oidc"
                issuer = "http://localhost:9"
                [api]
                audiences = ["{AUDIENCE}"]
                [api.providers.customers]
                [api.providers.staff]
                audiences = ["api://staff"]
                clients = ["job"]
                [api.providers.away]
                "#
            )
        },
        |builder| builder,
    )
    .await;
    let customer = api.gets("/", &api.token()).await;
    assert_eq!(customer.status, StatusCode::OK, "{}", customer.body);
    assert!(customer.body.contains("of customers"), "{}", customer.body);

    let staff = Forgery::access_token(ADA).client("job");
    let staff = staff.claim("aud", "api://staff");
    let staff = api.gets("/", &forge(&api, &staff)).await;
    assert_eq!(staff.status, StatusCode::OK, "{}", staff.body);
    assert!(staff.body.contains("of staff"), "{}", staff.body);

    // Each one's rules are its own.
    let customers_audience = forge(&api, &Forgery::access_token(ADA));
    let staffs_audience = api.forge(&Forgery::access_token(ADA).claim("aud", "api://staff"));
    for token in [customers_audience, staffs_audience] {
        let answer = api.gets("/", &token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    }
}

#[tokio::test]
async fn only_listed_applications_may_call() {
    let own = "00001111-aaaa-2222-bbbb-3333cccc4444";
    for (listed, status) in [(own, StatusCode::OK), ("job", StatusCode::UNAUTHORIZED)] {
        let lines = format!("clients = [\"{listed}\"]");
        let api = Api::with(&lines, |builder| builder).await;
        let answer = api.gets("/", &api.token()).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}

#[tokio::test]
async fn emulator_tokens_need_the_emulator_setting() {
    let api = Api::build(
        |builder| builder,
        |emulator| own_tenant(emulator, "").replace("emulator = true", "emulator = false"),
        |builder| builder,
    )
    .await;
    let answer = api.gets("/", &api.token()).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
}

#[tokio::test]
async fn the_key_of_one_tenant_signs_its_own_tokens_only() {
    let of = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
    for (listed, own, others) in [
        (of(GUID), StatusCode::OK, StatusCode::UNAUTHORIZED),
        (of("{tenantid}"), StatusCode::OK, StatusCode::OK),
    ] {
        let provider = OwnProvider::listing(Kind::Rs256, json!({ "issuer": listed }));
        let api = provider.api("", "");
        for (tenant, status) in [(GUID, own), (OTHER_GUID, others)] {
            let token = provider.token("at+jwt", |claims| claims["tid"] = tenant.into());
            assert_eq!(api.gets(&token).await.status, status, "{listed} {tenant}");
        }
    }
}
