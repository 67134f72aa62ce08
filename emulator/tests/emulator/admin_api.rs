//! The admin API: operations for those who know its token.

use b2c_emulator::{Algorithm, Client, Emulator, Forgery, OperationError, User};
use reqwest::{Method, Url};
use serde_json::{Value, json};

use crate::support::{Bench, Desk, Visitor, claims, header_of};

#[tokio::test]
async fn nobody_without_the_token_is_let_in() {
    let mut desk = Desk::new().await;
    for path in ["/", "/users", "/openapi.json", "/state", "/nowhere"] {
        let page = desk.admin.get(path).await;
        assert_eq!(page.status, 401, "{path}");
        for wrong in ["Bearer x", "Bearer ", "Basic eDp4", "Negotiate x", "Bearer"] {
            let headers = [("authorization", wrong)];
            let request = desk.admin.request(Method::GET, path, &headers, Vec::new());
            assert_eq!(request.await.status, 401, "{path} {wrong}");
        }
    }
    let token = desk.bench.emulator.admin_token().unwrap();
    let oauth = Visitor::new(desk.bench.emulator.base_url())
        .request(
            Method::GET,
            "/users",
            &[("authorization", token)],
            Vec::new(),
        )
        .await;
    assert_eq!(
        oauth.status, 404,
        "the API is not on the origin of applications"
    );
}

#[tokio::test]
async fn a_browser_may_look_and_change_nothing() {
    let mut desk = Desk::new().await;
    desk.bench.sign_in(&desk.bench.ask()).await;
    let mut url = Url::parse(&desk.bench.emulator.admin_url().unwrap()).unwrap();
    url.set_password(desk.bench.emulator.admin_token()).unwrap();
    url.set_username("admin").unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = http.get(url.clone()).send().await.unwrap();
    assert_eq!(page.status(), 200);
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'"));
    let html = page.text().await.unwrap();
    assert!(html.contains("<caption id=\"requests\">Requests</caption>"));
    assert!(html.contains("showed a page"));

    url.set_path("/state");
    let refused = http.delete(url).send().await.unwrap();
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn users_come_and_change_and_go() {
    let mut desk = Desk::new().await;
    let new = json!({ "sign_in_name": "mary@emulator.example", "password": "Passw0rd!" });
    let added = desk.ask(Method::POST, "/users", &new).await;
    assert_eq!(added.status, 201, "{}", added.body);
    let id = added.json()["object_id"].as_str().unwrap().to_owned();
    assert_eq!(desk.ask(Method::POST, "/users", &new).await.status, 409);

    let change = json!({ "display_name": "Mary Jackson" });
    let path = "/users/mary%40emulator.example";
    let changed = desk.ask(Method::PATCH, path, &change).await;
    assert_eq!(changed.json()["display_name"], "Mary Jackson");
    let typo = json!({ "displayname": "x" });
    let refused = desk.ask(Method::PATCH, path, &typo).await;
    assert_eq!(refused.status, 422);
    assert!(refused.body.contains("unknown field `displayname`"));

    assert_eq!(desk.get("/users").await.as_array().unwrap().len(), 3);
    let path = format!("/users/{id}");
    assert_eq!(
        desk.ask(Method::DELETE, &path, &Value::Null).await.status,
        204
    );
    assert_eq!(
        desk.ask(Method::DELETE, &path, &Value::Null).await.status,
        404
    );
}

#[tokio::test]
async fn clients_come_and_change_and_go() {
    let mut desk = Desk::new().await;
    let new = json!({ "client_id": "shop", "client_secret": "s", "redirect_uris": ["http://localhost:1/a"] });
    assert_eq!(desk.ask(Method::POST, "/clients", &new).await.status, 201);
    let ask = desk.bench.ask();
    let ask = ask
        .with("client_id", "shop")
        .with("redirect_uri", "http://localhost:1/b");
    let page = desk.bench.open(&ask).await;
    assert_eq!(page.error_code(), "AADB2C90006");
    let change = json!({ "redirect_uris": ["http://localhost:1/b"] });
    let changed = desk.ask(Method::PATCH, "/clients/shop", &change).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(desk.bench.open(&ask).await.status, 200);
    let gone = desk
        .ask(Method::DELETE, "/clients/shop", &Value::Null)
        .await;
    assert_eq!(gone.status, 204);
    let page = desk.bench.open(&ask).await;
    assert!(page.body.contains("AADB2C90018"));
}

#[tokio::test]
async fn tokens_are_forged() {
    let mut desk = Desk::new().await;
    let order = json!({
        "type": "access", "user": "grace@emulator.example",
        "claims": { "role": "admin", "iss": "https://elsewhere.example/" }, "without": ["scp"],
    });
    let token = desk.ask(Method::POST, "/tokens", &order).await.json()["token"].clone();
    let forged = claims(&token);
    assert_eq!(forged["role"], "admin");
    assert_eq!(forged["name"], "Grace Hopper");
    assert_eq!(forged["iss"], "https://elsewhere.example/");
    assert_eq!(forged["b2c_emulator"], true);
    assert!(forged.get("scp").is_none());
    for (order, status) in [
        (json!({ "user": "nobody" }), 404),
        (json!({ "alg": "RS512" }), 422),
        (json!({ "claim": {} }), 422),
    ] {
        let page = desk.ask(Method::POST, "/tokens", &order).await;
        assert_eq!(page.status, status, "{}", page.body);
    }
}

#[tokio::test]
async fn forged_tokens_are_accepted_only_when_they_are_good() {
    let mut bench = Bench::new().await;
    let ada = || Forgery::access_token("ada@emulator.example");
    let emulator = &bench.emulator;
    let good = emulator.forge(&ada()).unwrap();
    let bad = [
        ada().expired(),
        ada().bad_signature(),
        ada().without_kid(),
        ada().kid("other"),
        ada().claim("aud", "other"),
        ada().algorithm(Algorithm::None),
        ada().algorithm(Algorithm::Hs256),
        ada().algorithm(Algorithm::Es256),
    ]
    .map(|forgery| emulator.forge(&forgery).unwrap());
    let few = emulator.forge(&ada().scopes(["demo.write"])).unwrap();
    let nobody = emulator.forge(&Forgery::id_token("nobody@emulator.example"));
    assert_eq!(nobody, Err(OperationError::NotFound("user")));
    assert_eq!(bench.me(&good).await.status, 200);
    assert_eq!(bench.me(&few).await.status, 403);
    for token in bad {
        let header = header_of(&Value::from(token.clone()));
        assert_eq!(bench.me(&token).await.status, 401, "{header}");
    }
}

#[tokio::test]
async fn the_clock_obeys() {
    let mut desk = Desk::new().await;
    for (change, key, value) in [
        (json!({ "freeze_at": 1_768_470_639 }), "now", 1_768_470_639),
        (json!({ "advance": 61 }), "frozen_at", 1_768_470_700),
        (json!({ "offset": -5 }), "offset", -5),
    ] {
        let clock = desk.ask(Method::PUT, "/clock", &change).await.json();
        assert_eq!(clock[key], value);
    }
    for wrong in [json!({ "advance": -1 }), json!({ "back": 1 }), json!({})] {
        assert_eq!(desk.ask(Method::PUT, "/clock", &wrong).await.status, 422);
    }
    assert!(desk.get("/clock").await.get("frozen_at").is_none());
}

#[tokio::test]
async fn keys_roll_over_with_and_without_grace() {
    let mut desk = Desk::new().await;
    let first = desk.get("/keys").await["keys"][0]["kid"].clone();
    let keys = desk.ask(Method::POST, "/keys", &Value::Null).await.json();
    assert_eq!(keys["keys"][1]["kid"], first);
    desk.ask(Method::DELETE, "/keys", &Value::Null).await;
    let hard = json!({ "without_grace": true });
    let keys = desk.ask(Method::POST, "/keys", &hard).await.json();
    assert_eq!(keys["keys"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn misbehaviours_are_ordered_and_ended() {
    let mut desk = Desk::new().await;
    let order = json!({ "name": "status-503", "endpoint": "token", "next": 3, "probability": 1.0 });
    let ordered = desk.ask(Method::POST, "/misbehaviours", &order).await;
    assert_eq!(ordered.status, 201, "{}", ordered.body);
    assert_eq!(desk.bench.redeem("x").await.status, 503);
    let active = desk.get("/misbehaviours").await;
    assert_eq!(active[0]["next"], 2);
    let path = format!("/misbehaviours/{}", active[0]["id"]);
    assert_eq!(
        desk.ask(Method::DELETE, &path, &Value::Null).await.status,
        204
    );
    assert_eq!(
        desk.ask(Method::DELETE, &path, &Value::Null).await.status,
        404
    );
    assert_eq!(desk.bench.redeem("x").await.status, 400);
    for wrong in [
        json!({ "name": "sulk" }),
        json!({ "name": "html", "probability": 2 }),
        json!({ "name": "html", "endpoint": "there" }),
    ] {
        let page = desk.ask(Method::POST, "/misbehaviours", &wrong).await;
        assert_eq!(page.status, 422);
    }
    let names = desk.get("/misbehaviour-names").await;
    assert!(
        names
            .as_array()
            .unwrap()
            .contains(&json!("oidcc-client-test-invalid-iss"))
    );
}

#[tokio::test]
async fn the_audit_trail_gives_reasons() {
    let mut desk = Desk::new().await;
    let code = desk.bench.sign_in(&desk.bench.ask()).await.code();
    desk.bench.redeem(&code).await;
    desk.bench.redeem(&code).await;
    let trail = desk.get("/audit").await;
    let outcomes: Vec<_> = trail
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| {
            (
                entry["endpoint"].as_str().unwrap(),
                entry["outcome"].clone(),
            )
        })
        .collect();
    assert_eq!(
        outcomes,
        [
            ("authorize", json!("accepted")),
            ("token", json!("accepted")),
            ("token", json!({ "refused": "AADB2C90080" })),
        ]
    );
    assert_eq!(trail[1]["reason"], "issued tokens");
    let reason = trail[2]["reason"].as_str().unwrap();
    assert!(reason.starts_with("AADB2C90080: The provided grant has expired."));
    assert!(!trail.to_string().contains(&code));
    assert!(desk.get("/requests").await.as_array().unwrap().len() > 3);
}

#[tokio::test]
async fn a_reset_undoes_everything() {
    let emulator = Emulator::builder()
        .client(Client::new("shop", "s"))
        .start()
        .await
        .unwrap();
    let before = emulator.export();
    emulator
        .add_user(User::new("x@emulator.example", "Passw0rd!"))
        .unwrap();
    emulator.delete_user("ada@emulator.example").unwrap();
    emulator.delete_client("SHOP").unwrap();
    emulator.freeze_clock_at(5);
    emulator.rotate_signing_key_without_grace();
    assert_ne!(emulator.export(), before);
    emulator.reset();
    assert_eq!(emulator.export(), before);
    assert_eq!(emulator.users().len(), 2);
}
