//! Back-channel sign-out, an extra that neither B2C nor Entra has.

use b2c_emulator::{Client, Emulator, Forgery, Misbehaviour, OperationError, Scope, Tenant};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::support::{Ask, Bench, Inbox, SIGN_IN, Visitor, claims, genuine, header_of};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// A bench whose application wants logout tokens.
async fn bench(uri: &str) -> Bench {
    let client = Client::new("told", "secret")
        .redirect_uri("http://localhost:5000/told")
        .backchannel_logout_uri(uri);
    Bench::of(Emulator::builder().client(client)).await
}

fn ask(bench: &Bench) -> Ask {
    bench
        .ask()
        .with("client_id", "told")
        .with("redirect_uri", "http://localhost:5000/told")
}

/// Signs in and returns the claims of the ID token.
async fn sign_in(bench: &mut Bench) -> Value {
    let code = bench.sign_in(&ask(bench)).await.code();
    let form: Vec<(String, String)> = bench
        .redemption(&code)
        .into_iter()
        .map(|(name, value)| match name.as_str() {
            "client_id" => (name, "told".to_owned()),
            "client_secret" => (name, "secret".to_owned()),
            "redirect_uri" => (name, "http://localhost:5000/told".to_owned()),
            _ => (name, value),
        })
        .collect();
    let tokens = bench.token(SIGN_IN, &form).await.json();
    claims(&tokens["id_token"])
}

async fn sign_out(bench: &mut Bench) {
    let tenant = bench.emulator.tenant();
    let home = "https%3A%2F%2Fapp.example%2F";
    let path =
        format!("/{tenant}/{SIGN_IN}/oauth2/v2.0/logout?post_logout_redirect_uri={home}&state=s");
    let page = bench.visitor.get(&path).await;
    assert_eq!(page.location(), "https://app.example/?state=s");
}

/// Signs in and out while one misbehaviour is active, and returns the logout tokens.
async fn told(bench: &mut Bench, inbox: &Inbox, name: &str) -> Vec<Value> {
    bench.emulator.behave();
    let bad = Misbehaviour::named(name).unwrap();
    bench.emulator.misbehave_for(Scope::everything(), bad);
    bench.visitor = Visitor::of(&bench.emulator);
    sign_in(bench).await;
    sign_out(bench).await;
    inbox.take()
}

#[tokio::test]
async fn the_application_is_told_before_the_browser_is_sent_back() {
    let inbox = Inbox::answering(200).await;
    let mut bench = bench(inbox.uri()).await;
    let id_token = sign_in(&mut bench).await;
    let before = bench.emulator.now();
    sign_out(&mut bench).await;
    let tokens = inbox.take();
    assert_eq!(tokens.len(), 1);
    let token = &tokens[0];
    assert_eq!(header_of(token)["typ"], "logout+jwt");
    assert!(genuine(&mut bench, token).await);
    let told = claims(token);
    for name in ["iss", "sub", "aud", "sid"] {
        assert_eq!(told[name], id_token[name], "{name}");
        assert!(told[name].is_string(), "{name}");
    }
    let now = bench.emulator.now();
    assert_eq!(
        told["exp"].as_i64(),
        Some(told["iat"].as_i64().unwrap() + 120)
    );
    assert!((before..=now).contains(&told["iat"].as_i64().unwrap()));
    assert!(told["jti"].as_str().unwrap().len() >= 22);
    assert_eq!(told["events"], json!({ EVENT: {} }));
    assert!(told.get("nonce").is_none());

    let notices = bench.emulator.logout_notices();
    assert_eq!(notices.len(), 1);
    assert_eq!(notices[0].client_id(), "told");
    assert_eq!(notices[0].uri(), inbox.uri());
    assert_eq!(notices[0].status(), Some(200));
    assert_eq!(Some(notices[0].logout_token()), token.as_str());
    // There is no session any more, and nobody to tell.
    sign_out(&mut bench).await;
    assert!(inbox.take().is_empty());
}

#[tokio::test]
async fn applications_that_did_not_ask_hear_and_see_nothing() {
    let inbox = Inbox::answering(200).await;
    let mut bench = bench(inbox.uri()).await;
    let tokens = bench.tokens(&bench.ask()).await;
    assert!(claims(&tokens["id_token"]).get("sid").is_none());
    sign_out(&mut bench).await;
    assert!(inbox.take().is_empty());
    assert!(bench.emulator.logout_notices().is_empty());
}

#[tokio::test]
async fn one_sid_for_the_session_of_one_browser() {
    let inbox = Inbox::answering(200).await;
    let mut bench = bench(inbox.uri()).await;
    let first = sign_in(&mut bench).await["sid"].clone();
    let again = bench.open(&ask(&bench)).await;
    assert_eq!(again.status, 302, "signed in already");
    let other_browser = Visitor::of(&bench.emulator);
    let cookies = std::mem::replace(&mut bench.visitor, other_browser);
    let second = sign_in(&mut bench).await["sid"].clone();
    assert_ne!(first, second);
    bench.visitor = cookies;
    sign_out(&mut bench).await;
    assert_eq!(claims(&inbox.take()[0])["sid"], first);
}

#[tokio::test]
async fn logout_tokens_are_bad_in_every_way() {
    let inbox = Inbox::answering(400).await;
    let mut bench = bench(inbox.uri()).await;
    let suite = "oidcc-client-test-rp-backchannel-rpinitlogout-";
    let healthy = {
        sign_in(&mut bench).await;
        sign_out(&mut bench).await;
        claims(&inbox.take()[0])
    };
    for (flaw, algorithm, is_genuine) in [
        ("alg-none", "none", false),
        ("wrong-alg", "HS256", false),
        ("wrong-iss", "RS256", true),
        ("wrong-aud", "RS256", true),
        ("no-event", "RS256", true),
        ("wrong-event", "RS256", true),
        ("with-nonce", "RS256", true),
    ] {
        let tokens = told(&mut bench, &inbox, &format!("{suite}{flaw}")).await;
        let (token, told) = (&tokens[0], claims(&tokens[0]));
        assert_eq!(header_of(token)["alg"], algorithm, "{flaw}");
        assert_eq!(genuine(&mut bench, token).await, is_genuine, "{flaw}");
        assert_eq!(told["iss"] != healthy["iss"], flaw == "wrong-iss");
        assert_eq!(told["aud"] != healthy["aud"], flaw == "wrong-aud");
        assert_eq!(told.get("events").is_none(), flaw == "no-event");
        assert_eq!(told.get("nonce").is_some(), flaw == "with-nonce");
        let other_event = told
            .get("events")
            .is_some_and(|it| *it != healthy["events"]);
        assert_eq!(other_event, flaw == "wrong-event");
    }
    let statuses = bench.emulator.logout_notices();
    assert!(statuses.iter().all(|notice| notice.status() == Some(400)));
}

#[tokio::test]
async fn logout_tokens_have_flaws_that_the_suite_does_not_try() {
    let inbox = Inbox::answering(200).await;
    let mut bench = bench(inbox.uri()).await;
    for (flaw, missing) in [
        ("logout-token-no-sub-no-sid", &["sub", "sid"][..]),
        ("logout-token-other-sid", &["sub"]),
        ("logout-token-missing-iat", &["iat"]),
        ("logout-token-missing-jti", &["jti"]),
        ("logout-token-expired", &[]),
    ] {
        let tokens = told(&mut bench, &inbox, flaw).await;
        let told = claims(&tokens[0]);
        for name in ["iss", "aud", "sub", "sid", "iat", "exp", "jti", "events"] {
            let is_missing = told.get(name).is_none();
            assert_eq!(is_missing, missing.contains(&name), "{flaw} {name}");
        }
        let has_expired = told["exp"].as_i64().unwrap() < bench.emulator.now();
        assert_eq!(has_expired, flaw == "logout-token-expired");
    }
    let tokens = told(&mut bench, &inbox, "logout-token-bad-signature").await;
    assert!(!genuine(&mut bench, &tokens[0]).await);
    let tokens = told(&mut bench, &inbox, "logout-token-wrong-typ").await;
    assert_eq!(header_of(&tokens[0])["typ"], "at+jwt");
    let tokens = told(&mut bench, &inbox, "logout-token-twice").await;
    assert_eq!(tokens.len(), 2);
    assert_eq!(tokens[0], tokens[1]);
}

#[tokio::test]
async fn an_application_that_cannot_be_told_does_not_hinder_the_sign_out() {
    for (uri, problem) in [
        ("http://127.0.0.1:1/", "could not be reached"),
        ("https://app.example/", "plain http"),
        ("nowhere", "plain http"),
    ] {
        let mut bench = bench(uri).await;
        sign_in(&mut bench).await;
        sign_out(&mut bench).await;
        let notices = bench.emulator.logout_notices();
        assert_eq!(notices[0].status(), None);
        let said = notices[0].problem().unwrap();
        assert!(said.contains(problem), "{said}");
    }
}

#[tokio::test]
async fn metadata_says_so_where_an_application_has_it() {
    let mut bench = bench("http://localhost:5000/back").await;
    let told = bench.metadata(SIGN_IN).await;
    assert_eq!(told["backchannel_logout_supported"], true);
    assert_eq!(told["backchannel_logout_session_supported"], true);
    assert!(told.get("frontchannel_logout_supported").is_none());
}

#[tokio::test]
async fn a_logout_token_is_forged_for_any_tenant() {
    let tenants = Emulator::builder().add_tenant(Tenant::entra("contoso"));
    let bench = Bench::of(tenants).await;
    let forgery = Forgery::logout_token("ada@emulator.example").claim("sid", "s-1");
    let contoso = bench.emulator.in_tenant("contoso").unwrap();
    let ours: Value = bench.emulator.forge(&forgery).unwrap().into();
    let theirs: Value = contoso.forge(&forgery).unwrap().into();
    assert_eq!(header_of(&theirs)["typ"], "logout+jwt");
    assert_eq!(claims(&ours)["sid"], "s-1");
    assert_ne!(claims(&ours)["iss"], claims(&theirs)["iss"]);
    // The user is known to applications of Entra by the subject of their ID tokens.
    let id_token = contoso.forge(&Forgery::id_token("ada@emulator.example"));
    let id_token = claims(&id_token.unwrap().into());
    assert_eq!(id_token["ver"], "2.0");
    assert_eq!(claims(&theirs)["sub"], id_token["sub"]);
    assert_eq!(claims(&theirs)["iss"], id_token["iss"]);
}

#[tokio::test]
async fn an_administrator_ends_the_sessions_of_a_user_in_every_browser() {
    let inbox = Inbox::answering(200).await;
    let mut bench = bench(inbox.uri()).await;
    let first = sign_in(&mut bench).await["sid"].clone();
    bench.visitor = Visitor::of(&bench.emulator);
    let second = sign_in(&mut bench).await["sid"].clone();
    assert_eq!(
        bench.emulator.sign_out("grace@emulator.example").await,
        Ok(0)
    );
    assert!(inbox.take().is_empty());

    assert_eq!(bench.emulator.sign_out("ada@emulator.example").await, Ok(2));
    let mut told: Vec<Value> = inbox
        .take()
        .iter()
        .map(|it| claims(it)["sid"].clone())
        .collect();
    let mut expected = vec![first, second];
    told.sort_by_key(ToString::to_string);
    expected.sort_by_key(ToString::to_string);
    assert_eq!(told, expected);
    let page = bench.open(&ask(&bench).with("prompt", "none")).await;
    assert_eq!(page.error_code(), "AADB2C90077");
    let nobody = bench.emulator.sign_out("nobody@emulator.example").await;
    assert_eq!(nobody, Err(OperationError::NotFound("user")));
}

#[tokio::test]
async fn a_server_that_leaves_the_connection_open_is_not_waited_for() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/", listener.local_addr().unwrap());
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        std::future::pending::<()>().await;
    });
    let mut bench = bench(&uri).await;
    sign_in(&mut bench).await;
    sign_out(&mut bench).await;
    assert_eq!(bench.emulator.logout_notices()[0].status(), Some(200));
    server.abort();
}

#[tokio::test]
async fn a_registration_that_is_replaced_forgets_where_logout_tokens_went() {
    let inbox = Inbox::answering(200).await;
    let mut bench = bench(inbox.uri()).await;
    let plain = Client::new("told", "secret").redirect_uri("http://localhost:5000/told");
    bench.emulator.change_client(&plain).unwrap();
    assert!(sign_in(&mut bench).await.get("sid").is_none());
    sign_out(&mut bench).await;
    assert!(inbox.take().is_empty());
}
