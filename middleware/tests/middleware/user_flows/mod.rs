//! Named user flows, steps up, and what sign-ins are asked for besides.

mod links;
mod named;
mod step_up;

use std::time::Duration;

use axum::Router;
use axum::routing::get;
use b2c_emulator::{ClaimSource, Emulator, EmulatorBuilder, UserFlow};
use tower_b2c::{
    Challenge, Prompt, RequireAcrLayer, RequireFreshSignInLayer, RequireUserFlowLayer, Session,
};

use crate::support::{Visitor, World, own_tenant};

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
            "/switch",
            get(|session: Session| async move {
                match session.claims().name() {
                    Some("Grace Hopper") => Ok("switched"),
                    _ => Err(Challenge::sign_in().with_prompt(Prompt::SelectAccount)),
                }
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

fn flows(emulator: EmulatorBuilder) -> EmulatorBuilder {
    let custom = |name: &str| {
        let campaign = ClaimSource::Resolver("{OAUTH-KV:campaign}".into());
        UserFlow::sign_up_sign_in(name).output_claim("campaign", campaign)
    };
    emulator
        .user_flow(custom("B2C_1A_invite"))
        .user_flow(custom("B2C_1A_StepUp"))
}

async fn world() -> World {
    World::with()
        .emulator(flows)
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
