//! Named user flows, steps up, and what sign-ins are asked for besides.

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use b2c_emulator::{ClaimSource, Emulator, Endpoint, Misbehaviour, TenantKind, UserFlow};
use http::StatusCode;
use tower_b2c::{
    Challenge, Prompt, RequireAcrLayer, RequireFreshSignInLayer, RequireUserFlowLayer, Session,
};

use crate::providers::{GUID, world as world_of};
use crate::support::{Log, Page, Visitor, World, own_tenant};

const MINUTES: Duration = Duration::from_secs(60);

/// Two flows of the app's own, of which a link may name one to a stranger.
fn settings(emulator: &Emulator) -> String {
    let more = r#"
        [provider.authorize]
        ui_locales = "de"
        campaign = "always"
        [provider.authorize.stepup]
        campaign = "step"
        [provider.user_flows]
        invite = "B2C_1A_invite"
        stepup = "B2C_1A_StepUp"
    "#;
    let lists = r#"
        [provider]
        allow_user_flows = ["invite"]
        allow_parameters = ["login_hint", "ui_locales", "campaign"]
    "#;
    own_tenant(emulator)
        .replace("[provider]", lists)
        .replace("[provider.user_flows]", more)
        .replace("reset_password = \"B2C_1_passwordreset1\"", "")
}

fn routes() -> Router {
    let fresh = RequireFreshSignInLayer::within(5 * MINUTES);
    let whoami = |session: Session| async move {
        let claims = session.claims();
        let claim = |name| claims.get(name).and_then(|value| value.as_str());
        format!(
            "{} by {}, step {}, campaign {}",
            claim("name").unwrap_or("?"),
            session.user_flow().unwrap_or("?"),
            session.passed_user_flow_at("stepup").is_some(),
            claim("campaign").unwrap_or("none"),
        )
    };
    Router::new()
        .route("/vault", get(whoami))
        .route_layer(RequireUserFlowLayer::named("stepup"))
        .merge(
            Router::new()
                .route("/fresh", get(whoami))
                .route_layer(fresh),
        )
        .merge(
            Router::new()
                .route("/gold", get(whoami))
                .route_layer(RequireAcrLayer::any_of(["b2c_1a_stepup"])),
        )
        .merge(
            Router::new()
                .route("/platinum", get(whoami))
                .route_layer(RequireAcrLayer::any_of(["platinum"])),
        )
        .merge(
            Router::new()
                .route("/nowhere", get(whoami))
                .route_layer(RequireUserFlowLayer::named("missing")),
        )
        .route("/whoami", get(whoami))
        .route(
            "/hinted",
            get(|| async {
                Challenge::sign_in()
                    .with_login_hint("grace@emulator.example")
                    .with_domain_hint("google.com")
                    .with_ui_locales("fr")
                    .with_prompt(Prompt::Login)
                    .with_parameter("campaign", "own")
                    .with_parameter("STATE", "evil")
                    .with_parameter("redirect_uri", "https://evil.example")
                    .with_parameter("max_age", "many")
            }),
        )
        .route(
            "/silent",
            get(|session: Option<Session>| async move {
                match session {
                    Some(_) => Ok("signed in"),
                    None => Err(Challenge::sign_in().with_prompt(Prompt::None)),
                }
            }),
        )
}

async fn world() -> World {
    let custom = |name: &str| {
        let campaign = ClaimSource::Resolver("{OAUTH-KV:campaign}".into());
        UserFlow::sign_up_sign_in(name).output_claim("campaign", campaign)
    };
    World::with()
        .emulator(move |emulator| {
            emulator
                .user_flow(custom("B2C_1A_invite"))
                .user_flow(custom("B2C_1A_StepUp"))
        })
        .settings(settings)
        .routes(routes())
        .build()
        .await
}

/// The parameters of the last authorization request that the browser was sent to.
fn asked(visitor: &Visitor<'_>, name: &str) -> Option<String> {
    let mut urls = visitor.history.iter().rev();
    let url = urls.find(|url| url.contains("/oauth2/v2.0/authorize"))?;
    let url = url::Url::parse(url).unwrap();
    let mut pairs = url.query_pairs().filter(|(key, _)| key == name);
    let value = pairs.next().map(|(_, value)| value.into_owned());
    assert!(pairs.next().is_none(), "{name} twice in {url}");
    value
}

fn flow(visitor: &Visitor<'_>) -> String {
    let mut urls = visitor.history.iter().rev();
    let url = urls
        .find(|url| url.contains("/oauth2/v2.0/authorize"))
        .unwrap();
    url.split('/').nth(4).unwrap().to_lowercase()
}

#[tokio::test]
async fn a_signed_in_user_steps_up_once_and_keeps_what_the_sign_in_gave() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    let before = visitor.cookies().clone();

    let page = visitor.opens("/vault").await;
    assert_eq!(page.app_path(), Some("/vault"), "{}", page.body);
    assert_eq!(flow(&visitor), "b2c_1a_stepup");
    assert_eq!(asked(&visitor, "scope").as_deref(), Some("openid"));
    assert_eq!(
        page.body,
        "Ada Lovelace by B2C_1_signupsignin1, step true, campaign step"
    );
    let session = |jar: &std::collections::BTreeMap<String, String>| {
        let cookie = jar.iter().find(|(name, _)| name.contains("session"));
        cookie.map(|(_, value)| value.clone())
    };
    assert_ne!(session(&before), session(visitor.cookies()), "a new ticket");

    // The second time nobody is asked, and the tokens are those of the sign-in.
    assert_eq!(visitor.asks("/vault").await.status, StatusCode::OK);
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    world.wait(58 * MINUTES);
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
    assert_eq!(world.grants("refresh_token"), 1);
    assert_eq!(visitor.asks("/vault").await.status, StatusCode::OK);

    // The ticket from before is dead.
    let mut thief = world.visitor();
    thief.cookies().clone_from(&before);
    assert!(thief.asks("/").await.body.contains("stranger"));
}

#[tokio::test]
async fn an_anonymous_user_signs_in_with_the_flow_that_the_page_wants() {
    let world = world().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/vault").await;
    assert_eq!(page.app_path(), Some("/vault"));
    assert_eq!(
        page.body,
        "Ada Lovelace by B2C_1A_StepUp, step true, campaign step"
    );
    assert!(visitor.opens("/api").await.body.starts_with("200 "));
}

#[tokio::test]
async fn a_step_up_that_comes_back_after_a_sign_out_is_a_sign_in() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let request = visitor.asks("/vault").await;
    let callback = visitor.is_answered(&request).await;
    visitor.signs_out().await;
    let page = visitor.opens(&callback).await;
    assert_eq!(page.app_path(), None, "asked for credentials");
    assert_eq!(flow(&visitor), "b2c_1a_stepup");
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn what_a_link_sends_along_fits_into_a_cookie() {
    let world = world().await;
    let mut visitor = world.visitor();
    let (long, path) = ("%22".repeat(340), "a".repeat(1000));
    let link = format!("/login?login_hint={long}&campaign={long}&return_to=/{path}");
    let page = visitor.asks(&link).await;
    let hint = page.location().contains("login_hint=%22%22");
    assert!(hint, "it is sent all the same");
    for cookie in page.headers.get_all(http::header::SET_COOKIE) {
        assert!(cookie.len() < 4096, "{} bytes", cookie.len());
    }
}

#[tokio::test]
async fn another_account_cannot_step_up_for_the_signed_in_one() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    visitor.forgets_the_provider();
    let page = visitor.opens("/vault").await;
    let page = visitor
        .enters(&page, "grace@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("another account"), "{}", page.body);
    let page = visitor.opens("/whoami").await;
    assert!(page.body.contains("Ada Lovelace") && page.body.contains("step false"));
}

#[tokio::test]
async fn a_flow_that_nobody_configured_is_told_to_the_operator() {
    let world = world().await;
    let page = world.visitor().opens("/nowhere").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("not set up correctly"), "{}", page.body);
}

#[tokio::test]
async fn a_fresh_sign_in_is_asked_for_when_the_last_one_is_too_old() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(visitor.asks("/fresh").await.status, StatusCode::OK);

    world.wait(10 * MINUTES);
    let page = visitor.opens("/fresh").await;
    assert_eq!(asked(&visitor, "max_age").as_deref(), Some("300"));
    assert_eq!(page.app_path(), None, "single sign-on does not count");
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.app_path(), Some("/fresh"));
    assert_eq!(visitor.asks("/fresh").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_provider_that_overlooks_max_age_is_asked_more_plainly_and_then_given_up() {
    let world = world().await;
    let mut visitor = world.visitor();
    // By its word, every sign-in was ten minutes ago.
    let long_ago = Misbehaviour::ClockSkew(-600);
    world.emulator.misbehave(Endpoint::Token, long_ago);
    let page = visitor.signs_in("/fresh").await;
    assert_eq!(asked(&visitor, "prompt").as_deref(), Some("login"));
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("give your password again"),
        "{}",
        page.body
    );
}

#[tokio::test]
async fn a_provider_that_does_not_tell_when_the_user_signed_in_is_not_believed() {
    let world = world_of(TenantKind::Entra, |emulator| {
        let base = emulator.base_url();
        format!("kind = \"entra\"\nemulator = true\nauthority = \"{base}/{GUID}\"")
    });
    let world = world.routes(routes()).build().await;
    let (log, _guard) = Log::open(tracing::Level::ERROR);
    let page = world.visitor().signs_in("/fresh").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{}", page.body);
    let text = log.take();
    assert!(text.contains("optional claim auth_time"), "{text}");
}

#[tokio::test]
async fn a_step_up_outlives_another_sign_in_of_the_same_user_and_no_other() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/vault").await;
    visitor.opens("/write").await;
    let page = visitor.opens("/whoami").await;
    assert!(page.body.contains("step true"), "{}", page.body);

    visitor.forgets_the_provider();
    let page = visitor.opens("/hinted").await;
    visitor
        .enters(&page, "grace@emulator.example", "Passw0rd!")
        .await;
    let page = visitor.opens("/whoami").await;
    assert!(page.body.contains("Grace Hopper"), "{}", page.body);
    assert!(page.body.contains("step false"), "{}", page.body);
}

#[tokio::test]
async fn the_class_of_an_authentication_is_asked_for_and_checked() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    // The sign-in flow has no such class; the page says so, and nothing goes in circles.
    let page = visitor.opens("/platinum").await;
    assert_eq!(asked(&visitor, "acr_values").as_deref(), Some("platinum"));
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(page.body.contains("stronger sign-in"), "{}", page.body);
    assert_eq!(visitor.asks("/whoami").await.status, StatusCode::OK);

    // A custom policy names itself as the class.
    visitor.opens("/vault").await;
    assert_eq!(visitor.asks("/gold").await.status, StatusCode::OK);
}

#[tokio::test]
async fn links_may_ask_for_what_the_settings_allow() {
    let world = world().await;
    let opens = async |query: &str| {
        let mut visitor = world.visitor();
        visitor.opens(&format!("/login?{query}")).await;
        let names = ["login_hint", "ui_locales", "campaign", "prompt", "max_age"];
        let values = names.map(|name| asked(&visitor, name).unwrap_or_default());
        (flow(&visitor), values.join("|"))
    };
    let plain = "b2c_1_signupsignin1".to_owned();
    let cases = [
        ("", plain.as_str(), "|de|always||"),
        ("user_flow=invite", "b2c_1a_invite", "|de|always||"),
        ("user_flow=B2C_1A_Invite", "b2c_1a_invite", "|de|always||"),
        ("user_flow=stepup", &plain, "|de|always||"),
        ("user_flow=edit_profile", &plain, "|de|always||"),
        ("user_flow=B2C_1A_else/../x", &plain, "|de|always||"),
        (
            "login_hint=a%40b.c&ui_locales=fr",
            &plain,
            "a@b.c|fr|always||",
        ),
        ("campaign=x&prompt=login&max_age=1", &plain, "|de|x||"),
        ("login_hint=a%0d%0ab", &plain, "|de|always||"),
    ];
    for (query, flow, values) in cases {
        let seen = opens(query).await;
        assert_eq!(seen, (flow.to_owned(), values.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn links_to_other_flows_send_along_what_is_allowed() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    visitor
        .opens("/edit-profile?ui_locales=fr&prompt=login&user_flow=stepup&max_age=1")
        .await;
    assert_eq!(flow(&visitor), "b2c_1_profileediting1");
    assert_eq!(asked(&visitor, "ui_locales").as_deref(), Some("fr"));
    assert_eq!(asked(&visitor, "prompt"), None);
    assert_eq!(asked(&visitor, "max_age"), None);
}

#[tokio::test]
async fn the_protocols_parameters_come_from_the_layer_alone() {
    let world = world().await;
    let names = [
        "state",
        "nonce",
        "redirect_uri",
        "response_type",
        "response_mode",
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "scope",
    ];
    for name in names {
        for spelling in [name.to_owned(), name.to_uppercase()] {
            let mut visitor = world.visitor();
            visitor.opens(&format!("/login?{spelling}=evil")).await;
            let values = names.map(|name| asked(&visitor, name).unwrap());
            assert!(
                values.iter().all(|value| !value.contains("evil")),
                "{spelling}"
            );
        }
    }
    let mut visitor = world.visitor();
    visitor.opens("/hinted").await;
    let values = names.map(|name| asked(&visitor, name).unwrap());
    assert!(values.iter().all(|value| !value.contains("evil")));
    let hints = [
        "login_hint",
        "domain_hint",
        "ui_locales",
        "prompt",
        "campaign",
        "max_age",
    ];
    let hints = hints.map(|name| asked(&visitor, name).unwrap_or_default());
    assert_eq!(
        hints,
        [
            "grace@emulator.example",
            "google.com",
            "fr",
            "login",
            "own",
            ""
        ]
    );
}

#[tokio::test]
async fn a_signed_in_user_can_be_asked_for_more_by_any_link() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let page = visitor
        .opens("/login?user_flow=stepup&return_to=/vault")
        .await;
    assert_eq!(page.app_path(), Some("/vault"));
    assert!(page.body.contains("step true"));
    // Nothing more to do.
    let page = visitor
        .asks("/login?user_flow=stepup&return_to=/vault")
        .await;
    assert_eq!(page.location(), "/vault");
}

#[tokio::test]
async fn scripts_are_told_which_link_satisfies_the_page() {
    let world = world().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let answer = visitor
        .sends_with(
            http::Method::GET,
            "/vault",
            &[("accept", "application/json")],
        )
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(body["user_flow"], "stepup");
    let link = body["sign_in"].as_str().unwrap().to_owned();
    assert!(link.contains("user_flow=stepup"), "{link}");
    let page: Page = visitor.opens(&format!("{link}&return_to=/vault")).await;
    assert_eq!(page.app_path(), Some("/vault"));
}

#[tokio::test]
async fn a_silent_sign_in_that_needs_the_user_becomes_an_ordinary_one() {
    let world = world().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/silent").await;
    assert_eq!(asked(&visitor, "prompt"), None, "the second request asks");
    let asked_silently = visitor
        .history
        .iter()
        .any(|url| url.contains("prompt=none"));
    assert!(asked_silently);
    let page = visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.body, "signed in");
}

#[tokio::test]
async fn an_embedded_reset_needs_nothing_of_the_app() {
    let flow = UserFlow::sign_up_sign_in("B2C_1_signupsignin1").embedded_password_reset();
    let world = World::with()
        .emulator(|emulator| emulator.user_flow(flow))
        .settings(settings)
        .build()
        .await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let page = visitor.follows(&page, "forgotPassword").await;
    let page = visitor.resets_password(&page).await;
    assert_eq!(page.app_path(), Some("/private"), "{}", page.body);
    assert_eq!(page.body, "ada@emulator.example of B2C_1_signupsignin1");
}

#[tokio::test]
async fn a_forgotten_password_without_a_reset_flow_gets_a_kind_page() {
    let world = world().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let page = visitor.follows(&page, "forgotPassword").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        page.body.contains("cannot be reset from here"),
        "{}",
        page.body
    );
    assert!(page.body.contains("Try again"), "{}", page.body);
}
