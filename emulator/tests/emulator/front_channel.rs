//! Front-channel sign-out with `iss` and `sid`: at Entra, and at B2C as an extra.

use b2c_emulator::{Client, Emulator, Misbehaviour, Scope, Tenant, TenantKind};
use url::Url;

use crate::support::{Bench, Page, SIGN_IN, Sts, claims, unescaped};

async fn bench(asks_for_session: bool) -> Bench {
    let default = Emulator::builder().start().await.unwrap().client().clone();
    let client = Client::new(default.client_id(), default.client_secret())
        .redirect_uri(&default.redirect_uris()[0])
        .front_channel_logout_url("https://app.example/front?a=b");
    let client = if asks_for_session {
        client.frontchannel_logout_session_required()
    } else {
        client
    };
    Bench::of(Emulator::builder().client(client)).await
}

/// Signs out and returns the page with the frames.
async fn sign_out(bench: &mut Bench) -> Page {
    let path = format!("/{}/{SIGN_IN}/oauth2/v2.0/logout", bench.emulator.tenant());
    let page = bench.visitor.get(&path).await;
    assert_eq!(page.status, 200);
    page
}

/// What the frame calls.
fn call(page: &Page) -> Option<Url> {
    let (_, rest) = page.body.split_once("<iframe")?;
    let (_, rest) = rest.split_once("src=\"")?;
    let (url, _) = rest.split_once('"')?;
    Some(Url::parse(&unescaped(url)).unwrap())
}

fn parameter(url: &Url, name: &str) -> Option<String> {
    let mut pairs = url.query_pairs();
    pairs
        .find(|(other, _)| other == name)
        .map(|(_, value)| value.into_owned())
}

#[tokio::test]
async fn a_user_flow_calls_where_the_registration_asks_for_the_session() {
    let mut bench = bench(true).await;
    let id_token = claims(&bench.tokens(&bench.ask()).await["id_token"]);
    let page = sign_out(&mut bench).await;
    let url = call(&page).unwrap();
    assert!(url.as_str().starts_with("https://app.example/front?a=b&"));
    assert_eq!(parameter(&url, "iss").as_deref(), id_token["iss"].as_str());
    assert_eq!(parameter(&url, "sid").as_deref(), id_token["sid"].as_str());
    let policy = page.header("content-security-policy");
    assert!(
        policy.ends_with("frame-src https://app.example"),
        "{policy}"
    );
}

#[tokio::test]
async fn a_sign_out_of_the_application_calls_it_and_goes_home() {
    let mut bench = bench(true).await;
    bench.tokens(&bench.ask()).await;
    let home = "post_logout_redirect_uri=https%3A%2F%2Fapp.example%2Fbye&state=s";
    let tenant = bench.emulator.tenant();
    let path = format!("/{tenant}/{SIGN_IN}/oauth2/v2.0/logout?{home}");
    let page = bench.visitor.get(&path).await;
    assert!(call(&page).is_some());
    let continued = page.attribute("continue", "href");
    assert_eq!(
        continued.as_deref(),
        Some("https://app.example/bye?state=s")
    );
}

#[tokio::test]
async fn a_user_flow_of_b2c_calls_nobody_else() {
    let mut bench = bench(false).await;
    let id_token = claims(&bench.tokens(&bench.ask()).await["id_token"]);
    assert!(id_token.get("sid").is_none());
    assert!(call(&sign_out(&mut bench).await).is_none());
}

#[tokio::test]
async fn the_parameters_are_missing_or_wrong() {
    let mut bench = bench(true).await;
    for flaw in [
        "front-channel-missing-iss",
        "front-channel-missing-sid",
        "front-channel-wrong-iss",
        "front-channel-wrong-sid",
    ] {
        bench.emulator.behave();
        let bad = Misbehaviour::named(flaw).unwrap();
        bench.emulator.misbehave_for(Scope::everything(), bad);
        let id_token = claims(&bench.tokens(&bench.ask()).await["id_token"]);
        let url = call(&sign_out(&mut bench).await).unwrap();
        for name in ["iss", "sid"] {
            let right = id_token[name].as_str().map(ToOwned::to_owned);
            let found = parameter(&url, name);
            assert_eq!(
                found.is_none(),
                flaw == format!("front-channel-missing-{name}")
            );
            assert_eq!(found == right, !flaw.ends_with(name), "{flaw} {name}");
        }
    }
}

#[tokio::test]
async fn entra_names_the_session_without_being_asked() {
    for (tenant, kind) in [
        (Tenant::external_id("woodgrove"), TenantKind::ExternalId),
        (Tenant::entra("contoso"), TenantKind::Entra),
    ] {
        let client = Client::new("app", "secret")
            .redirect_uri("http://localhost:5000/a")
            .front_channel_logout_url("https://app.example/front");
        let tenant = tenant.unseeded().client(client);
        let tenant = tenant.user(b2c_emulator::User::new("ada@emulator.example", "Passw0rd!"));
        let mut sts = Sts::of(Emulator::builder().add_tenant(tenant), kind).await;
        let id_token = claims(&sts.tokens(&[]).await["id_token"]);
        let url = sts.url("oauth2/v2.0/logout");
        let url = call(&sts.visitor.get(&url).await).unwrap();
        assert_eq!(parameter(&url, "iss").as_deref(), id_token["iss"].as_str());
        assert!(parameter(&url, "sid").is_some_and(|sid| !sid.is_empty()));
        // The optional claim is there for those who ask.
        assert!(id_token.get("sid").is_none());
    }
}
