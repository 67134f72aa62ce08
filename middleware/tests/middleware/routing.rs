//! Users on the move from one provider to another: B2C is the default, External ID is where they go.

use axum::Router;
use axum::routing::get;
use b2c_emulator::TenantKind;
use http::{Method, StatusCode};
use tower_b2c::{B2cLayerBuilder, Challenge, Config, Session, TokenError};

use crate::providers::{CLIENT, GUID, tenant};
use crate::support::{APP, OTHER_SECRET, Page, Visitor, World, WorldBuilder};

const ROUTE: &str = "b2c-route-5000";
pub(crate) const NEW: &str = "/getAToken/external-id";

/// Both providers, with these lines in `[routing]`.
pub(crate) fn on_the_move(routing: &str) -> WorldBuilder {
    let routing = routing.to_owned();
    World::with()
        .emulator(|builder| {
            let after = format!("{APP}/");
            builder.add_tenant(tenant(TenantKind::ExternalId, NEW).redirect_uri(after))
        })
        .settings(move |emulator| {
            let base = emulator.base_url();
            let client_id = emulator.client().client_id();
            let tenant = emulator.tenant();
            format!(
                r#"
                [app]
                base_url = "{APP}"
                default_provider = "default"
                [providers.default]
                emulator = true
                redirect_path = "/getAToken"
                instance = "{base}"
                tenant = "{tenant}"
                client_id = "{client_id}"
                client_secret = {{ env = "SECRET" }}
                [providers.default.user_flows]
                sign_up_sign_in = "B2C_1_signupsignin1"
                edit_profile = "B2C_1_profileediting1"
                [providers.external-id]
                kind = "external-id"
                emulator = true
                authority = "{base}/{GUID}"
                client_id = "{CLIENT}"
                client_secret = {{ env = "OTHER_SECRET" }}
                [[downstream]]
                name = "demo"
                base_url = "{base}/api"
                resource = "https://{tenant}/demo-api"
                scopes = ["demo.read"]
                provider = "default"
                [[downstream]]
                name = "demo"
                base_url = "{base}/api"
                resource = "api://{CLIENT}"
                scopes = ["demo.read"]
                provider = "external-id"
                [routing]
                to = "external-id"
                {routing}
                "#
            )
        })
}

/// Where the browser is sent from a page that needs a sign-in, or by a link to one.
async fn goes_to(visitor: &mut Visitor<'_>, path: &str) -> &'static str {
    let page = visitor.asks(path).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
    provider_of(&page)
}

fn provider_of(page: &Page) -> &'static str {
    let location = page.location();
    if location.contains(&format!("client_id={CLIENT}")) {
        "external-id"
    } else {
        assert!(
            location.to_ascii_lowercase().contains("b2c_1_"),
            "{location}"
        );
        "default"
    }
}

pub(crate) async fn signs_in(visitor: &mut Visitor<'_>, path: &str) -> Page {
    let page = visitor.opens(path).await;
    visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await
}

#[tokio::test]
async fn a_share_of_the_browsers_goes_to_the_new_provider_and_always_the_same_ones() {
    let world = on_the_move("percent = 50").build().await;
    let mut seen = [0, 0];
    for _ in 0..64 {
        let mut visitor = world.visitor();
        let first = goes_to(&mut visitor, "/private").await;
        for path in ["/login", "/private", "/login?return_to=/other/private"] {
            assert_eq!(goes_to(&mut visitor, path).await, first);
        }
        seen[usize::from(first == "default")] += 1;
    }
    // All on one side has a chance of one in 2⁶³.
    assert!(seen.iter().all(|count| *count > 0), "{seen:?}");
}

#[tokio::test]
async fn a_larger_share_has_the_smaller_in_it() {
    for (percent, expected) in [
        (0, ["default", "default"]),
        (31, ["external-id", "default"]),
        (32, ["external-id", "external-id"]),
        (100, ["external-id", "external-id"]),
    ] {
        let world = on_the_move(&format!("percent = {percent}")).build().await;
        for (number, expected) in ["30", "31"].into_iter().zip(expected) {
            let mut visitor = world.visitor();
            let cookie = (ROUTE.to_owned(), number.to_owned());
            visitor.cookies().extend([cookie]);
            assert_eq!(
                goes_to(&mut visitor, "/login").await,
                expected,
                "{percent} {number}"
            );
            assert_eq!(visitor.cookies()[ROUTE], number);
        }
    }
}

#[tokio::test]
async fn a_cookie_of_nonsense_is_as_none() {
    let world = on_the_move("percent = 100").build().await;
    for nonsense in ["100", "-moved", "\"\"", "7-moved-x", &"9".repeat(3000)] {
        let mut visitor = world.visitor();
        let cookie = (ROUTE.to_owned(), nonsense.to_owned());
        visitor.cookies().extend([cookie]);
        assert_eq!(goes_to(&mut visitor, "/login").await, "external-id");
        let drawn: u8 = visitor.cookies()[ROUTE].parse().unwrap();
        assert!(drawn < 100);
    }
}

#[tokio::test]
async fn an_address_that_is_named_goes_to_the_new_provider() {
    let rule = "emails = [\"Ada@contoso.com\"]\nemail_domains = [\"fabrikam.com\"]";
    let challenge =
        |hint: &'static str| get(move || async move { Challenge::sign_in().with_login_hint(hint) });
    let routes = Router::new()
        .route("/bob", challenge("bob@contoso.com"))
        .route("/ada", challenge("ada@contoso.com"));
    let world = on_the_move(rule).routes(routes).build().await;
    for (path, expected) in [
        ("/login?login_hint=ada%40contoso.com", "external-id"),
        ("/login?login_hint=bob%40Fabrikam.com", "external-id"),
        ("/login?login_hint=bob%40contoso.com", "default"),
        ("/login?login_hint=bob%40mail.fabrikam.com", "default"),
        ("/login?login_hint=fabrikam.com", "default"),
        ("/ada", "external-id"),
        ("/bob", "default"),
        ("/login", "default"),
        // Whoever names a provider means it.
        (
            "/login?login_hint=ada%40contoso.com&provider=default",
            "default",
        ),
        ("/login?provider=external-id", "external-id"),
    ] {
        let found = goes_to(&mut world.visitor(), path).await;
        assert_eq!(found, expected, "{path}");
    }
    // No share, no number.
    let mut visitor = world.visitor();
    visitor.asks("/login").await;
    assert!(!visitor.cookies().contains_key(ROUTE));
}

#[tokio::test]
async fn who_has_moved_signs_in_at_the_new_provider_from_then_on() {
    let world = on_the_move("percent = 0").build().await;
    let mut visitor = world.visitor();
    assert_eq!(goes_to(&mut visitor, "/login").await, "default");
    let page = signs_in(&mut visitor, "/login?provider=external-id").await;
    assert!(page.body.starts_with("Hello, Ada"), "{}", page.body);
    let left = visitor.signs_out().await;
    assert!(left.body.contains("stranger"), "{}", left.body);
    assert_eq!(goes_to(&mut visitor, "/private").await, "external-id");

    // Who goes back is not sent away again.
    signs_in(&mut visitor, "/login?provider=default").await;
    visitor.signs_out().await;
    assert_eq!(goes_to(&mut visitor, "/private").await, "default");
}

#[tokio::test]
async fn sessions_of_the_old_provider_go_on_until_they_end() {
    let tokens = |session: Session| async move {
        let by_name = session.token_for("demo").await?;
        let by_scope = session.access_token(&["demo.read"]).await?;
        assert_eq!(by_name.secret(), by_scope.secret());
        Ok::<_, TokenError>(session.provider().to_owned())
    };
    let routes = Router::new().route("/token", get(tokens));
    let world = on_the_move("percent = 100").routes(routes).build().await;
    let mut visitor = world.visitor();
    signs_in(&mut visitor, "/login?provider=default").await;

    // A link to the sign-in does not take them elsewhere, nor does a token that they need.
    for path in ["/login", "/private", "/token"] {
        let page = visitor.opens(path).await;
        assert_eq!(page.status, StatusCode::OK, "{path}: {}", page.body);
    }
    assert_eq!(visitor.opens("/token").await.body, "default");
    assert_eq!(goes_to(&mut visitor, "/edit-profile").await, "default");

    // The sign-out is theirs, and the next sign-in the new provider's.
    let before = visitor.history.len();
    visitor.signs_out().await;
    let at = |part: &str, visitor: &Visitor<'_>| {
        let urls = visitor.history[before..].iter();
        urls.filter(|url| url.to_ascii_lowercase().contains(part))
            .count()
    };
    assert_eq!(at("b2c_1_signupsignin1/oauth2/v2.0/logout", &visitor), 1);
    assert_eq!(goes_to(&mut visitor, "/private").await, "external-id");
}

#[tokio::test]
async fn one_name_is_the_api_of_each_provider() {
    let routes = Router::new().route(
        "/me",
        get(|session: Session| async move {
            let me: Result<serde_json::Value, _> =
                session.downstream("demo").unwrap().get_json("/me").await;
            me.map(|me| format!("{} {}", session.provider(), me["sub"].is_string()))
        }),
    );
    let world = on_the_move("").routes(routes).build().await;
    for provider in ["default", "external-id"] {
        let mut visitor = world.visitor();
        signs_in(&mut visitor, &format!("/login?provider={provider}")).await;
        let page = visitor.opens("/me").await;
        assert_eq!(page.body, format!("{provider} true"));
    }
    // A link that was written for the old API leads to the new one's scope.
    let tenant = world.emulator.tenant();
    let scope = format!("https%3A%2F%2F{tenant}%2Fdemo-api%2Fdemo.read");
    let link = format!("/login?provider=external-id&scope={scope}");
    let page = world.visitor().asks(&link).await;
    let location = page.location();
    assert!(
        location.contains(&format!("api%3A%2F%2F{CLIENT}%2Fdemo.read")),
        "{location}"
    );
    assert!(!location.contains("demo-api"), "{location}");
}

#[tokio::test]
async fn the_apps_own_rule_comes_first() {
    let choose = |builder: B2cLayerBuilder| {
        builder.choose_provider(|sign_in| {
            if sign_in.return_to().starts_with("/other") {
                return Some("nobody".to_owned());
            }
            assert_ne!(sign_in.cookie("beta"), Some("panics"));
            let beta = sign_in.cookie("beta")? == "yes";
            let query = sign_in.uri().query().unwrap_or_default();
            (beta && !query.contains("stay")).then(|| "external-id".to_owned())
        })
    };
    let world = on_the_move("percent = 0").parts(choose).build().await;
    let mut visitor = world.visitor();
    assert_eq!(goes_to(&mut visitor, "/login").await, "default");
    let cookie = ("beta".to_owned(), "yes".to_owned());
    visitor.cookies().extend([cookie]);
    assert_eq!(goes_to(&mut visitor, "/login").await, "external-id");
    assert_eq!(goes_to(&mut visitor, "/private?stay").await, "default");
    // A provider that there is none of is none.
    assert_eq!(goes_to(&mut visitor, "/other/private").await, "default");
    // Neither is a panic.
    let cookie = ("beta".to_owned(), "panics".to_owned());
    visitor.cookies().extend([cookie]);
    assert_eq!(goes_to(&mut visitor, "/login").await, "default");

    // A script is told the link, and the rule decides when somebody follows it.
    let told = visitor.sends_with(Method::GET, "/private", &[]).await;
    assert_eq!(told.status, StatusCode::UNAUTHORIZED);
    assert!(!told.body.contains("provider="), "{}", told.body);
}

#[test]
fn mistakes_in_the_rule_are_told() {
    let problems = |app: &str, routing: &str| {
        let text = format!(
            r#"
            [app]
            base_url = "{APP}"
            {app}
            [providers.old]
            tenant = "contoso"
            client_id = "{CLIENT}"
            client_secret = {{ env = "S" }}
            user_flows = {{ sign_up_sign_in = "B2C_1_susi" }}
            [providers.new]
            kind = "external-id"
            tenant = "fabrikam"
            client_id = "{CLIENT}"
            client_secret = {{ env = "S" }}
            [routing]
            {routing}
            "#
        );
        let loaded = Config::from_text(text)
            .environment([("S", OTHER_SECRET)])
            .load();
        let problems = loaded.map_or_else(|error| error.problems().to_vec(), |_| Vec::new());
        let keys = problems.into_iter().map(|problem| problem.key);
        keys.collect::<Vec<_>>()
    };
    let old = "default_provider = \"old\"";
    assert!(problems(old, "to = \"new\"").is_empty());
    let all = "to = \"new\"\npercent = 100\nemails = [\"a@b\"]\nemail_domains = [\"b\"]";
    assert!(problems(old, all).is_empty());
    assert_eq!(problems(old, "to = \"other\""), ["routing.to"]);
    assert_eq!(problems(old, "percent = 1"), ["routing.to"]);
    assert_eq!(problems("", "to = \"new\""), ["app.default_provider"]);
    assert_eq!(problems(old, "to = \"old\""), ["app.default_provider"]);
    for percent in ["101", "-1", "\"1\"", "0.5"] {
        let routing = format!("to = \"new\"\npercent = {percent}");
        assert_eq!(problems(old, &routing), ["routing.percent"], "{percent}");
    }
    for emails in ["[\"b\"]", "[\"@b\"]", "[\"a@\"]", "[\"a b@c d\"]", "[1]"] {
        let routing = format!("to = \"new\"\nemails = {emails}");
        assert_eq!(problems(old, &routing), ["routing.emails"], "{emails}");
    }
    for domains in ["[\"a@b\"]", "[\"@b\"]", "[\"\"]"] {
        let routing = format!("to = \"new\"\nemail_domains = {domains}");
        assert_eq!(
            problems(old, &routing),
            ["routing.email_domains"],
            "{domains}"
        );
    }
    assert_eq!(problems(old, "to = \"new\"\nshare = 1"), ["routing.share"]);
}
