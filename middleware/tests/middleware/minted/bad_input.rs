//! What no provider could have said is no session and no token.

use tower_b2c::testing::{MintError, Provider, SignInBuilder, access_token, session, sign_in};
use tower_b2c::{BearerLayer, Config};

use super::App;

async fn refused(builder: SignInBuilder) -> MintError {
    builder
        .cookie()
        .await
        .expect_err("a session that cannot be")
}

#[tokio::test]
async fn unknown_names_are_told_with_the_known_ones() {
    let app = App::new();
    let error = refused(sign_in(&app.layer).user_flow("B2C_1_nobody")).await;
    assert!(matches!(error, MintError::UnknownUserFlow { .. }));
    let text = error.to_string();
    assert!(
        text.contains("B2C_1_nobody") && text.contains("B2C_1_signupsignin1"),
        "{text}"
    );
    // Nobody signs in with it.
    let edit = refused(sign_in(&app.layer).user_flow("B2C_1_profileediting1")).await;
    assert!(matches!(edit, MintError::UnknownUserFlow { .. }));
    let step = sign_in(&app.layer).passed("nowhere", std::time::Duration::ZERO);
    assert!(matches!(
        refused(step).await,
        MintError::UnknownUserFlow { .. }
    ));
    let error = refused(sign_in(&app.layer).provider("elsewhere")).await;
    assert!(matches!(error, MintError::UnknownProvider { .. }));
    assert!(error.to_string().contains("\"default\""), "{error}");
    assert!(matches!(refused(session()).await, MintError::NoLayer));
    for name in ["not a flow", "../up", ""] {
        let error = session().user_flow(name).session().await.unwrap_err();
        assert!(matches!(error, MintError::Config(_)), "{name:?}: {error}");
    }
}

#[tokio::test]
async fn claims_that_contradict_are_refused() {
    let app = App::new();
    for name in [
        "iss",
        "aud",
        "sub",
        "exp",
        "iat",
        "auth_time",
        "tfp",
        "nonce",
        "at_hash",
    ] {
        let error = refused(sign_in(&app.layer).claim(name, "x")).await;
        assert!(
            matches!(error, MintError::ReservedClaim { .. }),
            "{name}: {error}"
        );
    }
    let twice = sign_in(&app.layer)
        .claim("name", "Ada")
        .claim("name", "Grace");
    let error = refused(twice).await;
    assert!(matches!(&error, MintError::DuplicateClaim { name } if name == "name"));
    assert!(!error.to_string().contains("Grace"), "{error}");
    let nobody = refused(sign_in(&app.layer).subject("")).await;
    assert!(matches!(nobody, MintError::EmptySubject));
}

#[tokio::test]
async fn huge_claims_are_a_matter_of_the_store() {
    let huge = "x".repeat(64 * 1024);
    let app = App::new();
    let cookie = sign_in(&app.layer)
        .claim("name", huge.clone())
        .cookie()
        .await
        .unwrap();
    assert!(app.reads("/", &cookie).await.len() > huge.len());

    let app = App::with(|file| file.set("session.store", "cookie"));
    let error = refused(sign_in(&app.layer).claim("name", huge)).await;
    assert!(matches!(error, MintError::TooLarge(_)), "{error}");
    assert!(
        error.to_string().contains("session.cookie_max_bytes"),
        "{error}"
    );
    // What a refresh brings back is left out, as ever.
    let token = "t".repeat(64 * 1024);
    let ada = sign_in(&app.layer).claim("name", "Ada").refresh_token("r");
    let cookie = ada.token(&["demo.read"], token).cookie().await.unwrap();
    assert!(app.reads("/", &cookie).await.starts_with("Ada"));
}

#[tokio::test]
async fn a_user_has_no_more_sessions_than_they_may() {
    let full = |file: tower_b2c::ConfigFile| {
        file.set("session.max_per_user", 2)
            .set("session.when_full", "refuse")
    };
    let app = App::with(full);
    for _ in 0..2 {
        sign_in(&app.layer).cookie().await.unwrap();
    }
    let error = refused(sign_in(&app.layer)).await;
    assert!(matches!(error, MintError::TooManySessions));
    sign_in(&app.layer).subject("grace").cookie().await.unwrap();
}

#[tokio::test]
async fn several_providers_want_a_choice() {
    let two = r#"
        [app]
        base_url = "http://localhost:5000"
        [providers.work]
        kind = "entra"
        tenant = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
        client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
        client_secret = { env = "SECRET" }
        [providers.home]
        tenant = "contoso"
        client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
        client_secret = { env = "SECRET" }
        user_flows = { sign_up_sign_in = "B2C_1_susi" }
    "#;
    let app = App::of(Config::from_text(two));
    let error = refused(sign_in(&app.layer)).await;
    assert!(matches!(error, MintError::NoProvider { .. }));
    assert!(error.to_string().contains("\"home\", \"work\""), "{error}");
    let at_work = sign_in(&app.layer).provider("work").claim("name", "Ada");
    assert_eq!(
        app.reads("/", &at_work.clone().cookie().await.unwrap())
            .await,
        "Ada by no flow"
    );
    let error = refused(at_work.user_flow("B2C_1_susi")).await;
    assert!(error.to_string().ends_with("it has none"), "{error}");
}

#[tokio::test]
async fn tokens_need_an_api_that_takes_them() {
    assert!(matches!(
        access_token().authorization(),
        Err(MintError::NoApi)
    ));
    let lonely = Provider::new().access_token();
    assert!(matches!(lonely.authorization(), Err(MintError::NoApi)));

    let api = Config::from_text(super::bearers::SETTINGS)
        .load_api()
        .unwrap();
    let provider = Provider::new();
    BearerLayer::builder(api)
        .offline(&provider)
        .build()
        .unwrap();
    let error = provider
        .access_token()
        .provider("work")
        .token()
        .unwrap_err();
    assert!(matches!(error, MintError::UnknownProvider { .. }));
    let error = provider
        .access_token()
        .user_flow("B2C_1_nobody")
        .token()
        .unwrap_err();
    assert!(error.to_string().contains("B2C_1_susi"), "{error}");
}

#[tokio::test]
async fn nothing_of_a_session_is_printed() {
    let app = App::new();
    let ada = sign_in(&app.layer)
        .claim("name", "canary-name")
        .token(&["a"], "canary-token");
    let ada = ada
        .refresh_token("canary-refresh")
        .subject("canary-subject");
    let printed = format!("{ada:?} {:?}", ada.clone().session().await.unwrap());
    let cookie = ada.cookie().await.unwrap();
    let printed = format!("{printed} {cookie:?} {:?} {:?}", app.provider, app.layer);
    assert!(
        !printed.contains("canary-token") && !printed.contains("canary-refresh"),
        "{printed}"
    );
    let token = access_token().subject("canary").bearer().unwrap();
    assert!(!format!("{token:?}").contains("canary"));
}
