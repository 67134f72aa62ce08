use b2c_emulator::{
    Emulator, EmulatorBuilder, Endpoint, IssuerForm, Misbehaviour, Scope, StartError, Tenant,
    TenantKind, Tls, User, UserFlow,
};
use reqwest::Method;
use serde_json::Value;

use crate::support::{Ask, Bench, SIGN_IN, Visitor, claims};

const FABRIKAM: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";

fn two_tenants() -> EmulatorBuilder {
    Emulator::builder().add_tenant(
        Tenant::b2c("fabrikam")
            .id(FABRIKAM)
            .custom_domain("login.fabrikam.example")
            .verified_domain("identity.fabrikam.example")
            .user(User::new("joan@fabrikam.example", "Passw0rd!").display_name("Joan")),
    )
}

/// The origin of a host that leads to this machine.
fn origin(bench: &Bench, host: &str) -> String {
    let (scheme, _) = bench.emulator.base_url().split_once(':').unwrap();
    format!("{scheme}://{host}:{}", bench.emulator.port())
}

async fn metadata(bench: &Bench, origin: &str, path: &str) -> Value {
    let mut visitor = Visitor::at(origin, &bench.emulator);
    let url = format!("{origin}/{path}/v2.0/.well-known/openid-configuration");
    let page = visitor.get(&url).await;
    assert_eq!(page.status, 200, "{url}: {}", page.body);
    page.json()
}

async fn status(bench: &Bench, origin: &str, path: &str) -> u16 {
    let url = format!("{origin}/{path}/v2.0/.well-known/openid-configuration");
    Visitor::at(origin, &bench.emulator).get(&url).await.status
}

#[tokio::test]
async fn every_tenant_is_reachable_by_its_path() {
    let bench = Bench::of(two_tenants()).await;
    let base = bench.emulator.base_url().to_owned();
    let ours = metadata(
        &bench,
        &base,
        &format!("b2cemulator.onmicrosoft.com/{SIGN_IN}"),
    )
    .await;
    assert_eq!(
        ours["issuer"],
        format!("{base}/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0/")
    );
    for name in [
        "fabrikam.onmicrosoft.com",
        FABRIKAM,
        "login.fabrikam.example",
    ] {
        let theirs = metadata(&bench, &base, &format!("{name}/{SIGN_IN}")).await;
        assert_eq!(theirs["issuer"], format!("{base}/{FABRIKAM}/v2.0/"));
    }
    assert_eq!(
        status(&bench, &base, &format!("contoso.onmicrosoft.com/{SIGN_IN}")).await,
        404
    );
}

#[tokio::test]
async fn hosts_lead_to_their_tenants() {
    let bench = Bench::of(two_tenants().tls(Tls::ephemeral())).await;
    for host in ["fabrikam.b2clogin.com", "login.fabrikam.example"] {
        let origin = origin(&bench, host);
        for name in [
            "fabrikam.onmicrosoft.com",
            FABRIKAM,
            "identity.fabrikam.example",
            "tfp/fabrikam.onmicrosoft.com",
        ] {
            let document = metadata(&bench, &origin, &format!("{name}/b2c_1_signupsignin1")).await;
            assert_eq!(document["issuer"], format!("{origin}/{FABRIKAM}/v2.0/"));
            assert_eq!(
                document["token_endpoint"],
                format!("{origin}/{name}/b2c_1_signupsignin1/oauth2/v2.0/token")
            );
        }
        let foreign = format!("b2cemulator.onmicrosoft.com/{SIGN_IN}");
        assert_eq!(status(&bench, &origin, &foreign).await, 404, "{host}");
    }
    let unknown = origin(&bench, "contoso.b2clogin.com");
    let path = format!("fabrikam.onmicrosoft.com/{SIGN_IN}");
    assert_eq!(status(&bench, &unknown, &path).await, 404);
}

#[tokio::test]
async fn a_sign_in_at_a_host_of_the_tenant() {
    let mut bench = Bench::of(two_tenants().tls(Tls::ephemeral())).await;
    let origin = origin(&bench, "fabrikam.b2clogin.com");
    bench.visitor = Visitor::at(&origin, &bench.emulator);
    let ask = Ask::new(&bench.emulator)
        .of_tenant("fabrikam.onmicrosoft.com")
        .with(
            "scope",
            "openid https://fabrikam.onmicrosoft.com/demo-api/demo.read",
        );
    let page = bench.open(&ask).await;
    assert!(page.body.contains("joan@fabrikam.example"));
    let joan = [
        ("signInName", "joan@fabrikam.example"),
        ("password", "Passw0rd!"),
    ];
    let code = bench.visitor.submit(&page, &joan).await.code();

    let path = format!("/fabrikam.onmicrosoft.com/{SIGN_IN}/oauth2/v2.0/token");
    let form = bench.redemption(&code);
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let tokens = bench.visitor.post(&path, &form).await.json();
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["iss"], format!("{origin}/{FABRIKAM}/v2.0/"));
    assert_eq!(claims["name"], "Joan");
    let me = bench.me(tokens["access_token"].as_str().unwrap()).await;
    assert_eq!(me.status, 200, "{}", me.body);
}

#[tokio::test]
async fn tenants_share_nothing_but_the_port() {
    let mut bench = Bench::of(two_tenants()).await;
    let code = bench.sign_in(&bench.ask()).await.code();
    // The session of one tenant means nothing to the other.
    let ask = bench.ask().of_tenant("fabrikam.onmicrosoft.com");
    let ask = ask.with("scope", "openid");
    assert_eq!(bench.open(&ask).await.status, 200);
    // Neither do its codes.
    let path = format!("/fabrikam.onmicrosoft.com/{SIGN_IN}/oauth2/v2.0/token");
    let form = bench.redemption(&code);
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let (error, _) = bench.visitor.post(&path, &form).await.token_error();
    assert_eq!(error, "invalid_grant");
}

#[tokio::test]
async fn a_tenant_without_seed_has_what_it_was_given() {
    let tenant = Tenant::b2c("fabrikam")
        .unseeded()
        .user(User::new("joan@fabrikam.example", "Passw0rd!"))
        .user_flow(UserFlow::sign_up_sign_in("B2C_1_susi"))
        .issuer_form(IssuerForm::Tfp);
    let bench = Bench::of(Emulator::builder().default_tenant(tenant)).await;
    assert_eq!(bench.emulator.tenant(), "fabrikam.onmicrosoft.com");
    assert_eq!(bench.emulator.users().len(), 1);
    let url = bench.emulator.metadata_url("B2C_1_susi").unwrap();
    assert!(bench.emulator.metadata_url(SIGN_IN).is_none());
    let document = Visitor::of(&bench.emulator).get(&url).await.json();
    let base = bench.emulator.base_url();
    let id = bench.emulator.tenant_id();
    assert_eq!(
        document["issuer"],
        format!("{base}/tfp/{id}/b2c_1_susi/v2.0/")
    );
}

#[tokio::test]
async fn the_sample_api_knows_both_forms_of_the_issuer() {
    for form in [IssuerForm::Default, IssuerForm::Tfp] {
        let tenant = Tenant::b2c("b2cemulator").issuer_form(form);
        let mut bench = Bench::of(Emulator::builder().default_tenant(tenant)).await;
        let tokens = bench.tokens(&bench.ask()).await;
        let issuer = claims(&tokens["access_token"])["iss"].clone();
        assert_eq!(
            issuer.as_str().unwrap().contains("/tfp/"),
            form == IssuerForm::Tfp
        );
        let me = bench.me(tokens["access_token"].as_str().unwrap()).await;
        assert_eq!(me.status, 200, "{}", me.body);
    }
}

#[tokio::test]
async fn tenants_are_listed_with_their_hosts() {
    let builder = two_tenants()
        .add_tenant(Tenant::external_id("woodgrove").id("cccc"))
        .add_tenant(Tenant::entra("contoso"));
    assert_eq!(
        builder.host_names().unwrap(),
        [
            "b2cemulator.b2clogin.com",
            "cccc.ciamlogin.com",
            "fabrikam.b2clogin.com",
            "login.fabrikam.example",
            "login.microsoftonline.com",
            "woodgrove.ciamlogin.com",
        ]
    );
    let emulator = builder.start().await.unwrap();
    let kinds: Vec<TenantKind> = emulator.tenants().map(Tenant::kind).collect();
    assert_eq!(
        kinds,
        [
            TenantKind::B2c,
            TenantKind::B2c,
            TenantKind::ExternalId,
            TenantKind::Entra
        ]
    );
    // A GUID that nobody chose is the same at every start.
    let id = |emulator: &Emulator| emulator.tenants().last().unwrap().id().to_owned();
    let again = Emulator::builder().add_tenant(Tenant::entra("contoso"));
    assert_eq!(id(&emulator), id(&again.start().await.unwrap()));
}

#[tokio::test]
async fn the_start_page_shows_every_tenant() {
    let builder = two_tenants().add_tenant(Tenant::external_id("woodgrove").id("cccc"));
    let mut bench = Bench::of(builder).await;
    let page = bench.visitor.get("/").await;
    for text in [
        "fabrikam.onmicrosoft.com/b2c_1_signupsignin1/v2.0/.well-known",
        "Entra External ID",
        "/cccc/v2.0/.well-known/openid-configuration",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
}

#[tokio::test]
async fn names_must_be_domains_and_unique() {
    let refused = [
        Tenant::b2c("fab rikam"),
        Tenant::b2c(""),
        Tenant::b2c("fabrikam").custom_domain("login/fabrikam"),
    ];
    for tenant in refused {
        let error = Emulator::builder().add_tenant(tenant).start().await;
        assert!(matches!(error, Err(StartError::InvalidTenant { .. })));
    }
    let twice = two_tenants().add_tenant(Tenant::b2c("fabrikam"));
    let error = twice.start().await;
    assert!(matches!(error, Err(StartError::DuplicateTenant { .. })));
}

#[tokio::test]
async fn strange_hosts_lead_nowhere() {
    let builder = two_tenants()
        .add_tenant(Tenant::external_id("woodgrove"))
        .add_tenant(Tenant::entra("contoso"));
    let mut bench = Bench::of(builder).await;
    for host in [
        "evil.example",
        "b2clogin.com",
        ".b2clogin.com",
        "fabrikam.b2clogin.com.evil.example",
        "fabrikam.b2clogin.com:x",
        "contoso.ciamlogin.com",
        "login.microsoftonline.com.evil.example",
        "[::1",
        ":",
    ] {
        for path in [
            "/",
            "/fabrikam.onmicrosoft.com/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration",
            "/v2.0/.well-known/openid-configuration",
            "/common/discovery/instance",
        ] {
            let page = bench
                .visitor
                .request(Method::GET, path, &[("host", host)], Vec::new())
                .await;
            assert_eq!(page.status, 404, "{host} {path}");
        }
    }
    for path in [
        "/common",
        "/common/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration",
        "/contoso.onmicrosoft.com/nowhere/api/unified",
        "/contoso.onmicrosoft.com/signin/oauth2/v2.0/token",
        "/b2cemulator.onmicrosoft.com/oauth2/v2.0/token",
    ] {
        assert_eq!(bench.visitor.get(path).await.status, 404, "{path}");
    }
    let lost = "/contoso.onmicrosoft.com/signin/api/unified?tx=x";
    let page = bench.visitor.get(lost).await;
    assert!(page.body.contains("AADSTS165000"), "{}", page.body);
}

#[tokio::test]
async fn a_misbehaviour_spares_other_tenants() {
    let mut bench = Bench::of(two_tenants()).await;
    let ours = bench.emulator.metadata_url(SIGN_IN).unwrap();
    let theirs = ours.replace("b2cemulator.", "fabrikam.");
    let mut is_broken = async |url: &str| bench.visitor.get(url).await.status == 503;
    let outage = Misbehaviour::Status(503);
    for name in ["fabrikam", "Fabrikam.onmicrosoft.com", FABRIKAM] {
        bench
            .emulator
            .misbehave_for(Scope::tenant(name), outage.clone());
        assert!(
            is_broken(&theirs).await && !is_broken(&ours).await,
            "{name}"
        );
        bench.emulator.behave();
    }
    let fabrikam = bench.emulator.in_tenant("fabrikam").unwrap();
    fabrikam.misbehave(Endpoint::Metadata, outage.clone());
    assert!(is_broken(&theirs).await && !is_broken(&ours).await);
    // Ended in the tenant alone.
    bench.emulator.misbehave(Endpoint::Metadata, outage);
    fabrikam.behave().unwrap();
    assert!(is_broken(&theirs).await && is_broken(&ours).await);
    bench.emulator.behave();
    assert!(!is_broken(&theirs).await);
    // An order for one request is used up by the tenant that it is for.
    let scope = Scope::everything().endpoint(Endpoint::Metadata).next(1);
    fabrikam.misbehave_for(scope, Misbehaviour::Html);
    bench.visitor.get(&ours).await.json();
    assert!(
        bench
            .visitor
            .get(&theirs)
            .await
            .body
            .starts_with("<!doctype")
    );
    bench.visitor.get(&theirs).await.json();
}
