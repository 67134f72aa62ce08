//! The admin API: sign-out, and every tenant alike.

use b2c_emulator::{Emulator, Tenant};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Desk, Inbox, claims};

#[tokio::test]
async fn a_registration_says_where_logout_tokens_go() {
    let inbox = Inbox::answering(200).await;
    let mut desk = Desk::new().await;
    let client_id = desk.bench.emulator.client().client_id().to_owned();
    let change = json!({ "backchannel_logout_uri": inbox.uri() });
    let path = format!("/clients/{client_id}");
    let changed = desk.ask(Method::PATCH, &path, &change).await;
    assert_eq!(changed.json()["backchannel_logout_uri"], inbox.uri());
    let state = desk.ask(Method::GET, "/state", &Value::Null).await.body;
    assert!(state.contains(&format!("backchannel_logout_uri = \"{}\"", inbox.uri())));

    desk.bench.tokens(&desk.bench.ask()).await;
    let path = format!(
        "/{}/B2C_1_signupsignin1/oauth2/v2.0/logout",
        desk.bench.emulator.tenant()
    );
    desk.bench.visitor.get(&path).await;
    let notices = desk.get("/logout-notices").await;
    assert_eq!(notices[0]["client_id"], client_id);
    assert_eq!(notices[0]["status"], 200);
    assert_eq!(notices[0]["logout_token"], inbox.take()[0]);

    let nobody = desk.ask(Method::DELETE, "/sessions/nobody", &Value::Null);
    assert_eq!(nobody.await.status, 404);
    desk.bench.tokens(&desk.bench.ask()).await;
    let path = "/sessions/ada%40emulator.example";
    let ended = desk.ask(Method::DELETE, path, &Value::Null).await;
    assert_eq!(ended.status, 204);
    let again = desk.bench.ask().with("prompt", "none");
    assert_eq!(desk.bench.open(&again).await.error_code(), "AADB2C90077");
}

#[tokio::test]
async fn tokens_are_forged_for_any_tenant() {
    let builder = Emulator::builder().add_tenant(Tenant::entra("contoso"));
    let mut desk = Desk::of(builder).await;
    let order = json!({ "user": "ada@emulator.example" });
    let mut issuers = Vec::new();
    for path in ["/tokens", "/tokens?tenant=contoso"] {
        let made = desk.ask(Method::POST, path, &order).await;
        assert_eq!(made.status, 201, "{}", made.body);
        issuers.push(claims(&made.json()["token"])["iss"].clone());
    }
    assert_ne!(issuers[0], issuers[1]);
    let nowhere = desk.ask(Method::POST, "/tokens?tenant=nowhere", &order);
    assert_eq!(nowhere.await.status, 404);
}

#[tokio::test]
async fn misbehaviours_are_ordered_for_any_tenant() {
    let builder = Emulator::builder().add_tenant(Tenant::entra("contoso"));
    let mut desk = Desk::of(builder).await;
    let order = json!({ "name": "status-503" });
    let path = "/misbehaviours?tenant=contoso";
    let made = desk.ask(Method::POST, path, &order).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.json()["tenant"], "contoso");
    let ours = json!({ "name": "html", "tenant": "b2cemulator" });
    assert_eq!(
        desk.ask(Method::POST, "/misbehaviours", &ours).await.status,
        201
    );
    assert_eq!(
        desk.get("/misbehaviours").await.as_array().unwrap().len(),
        2
    );
    let theirs = desk.get(path).await;
    assert_eq!(theirs.as_array().unwrap().len(), 1);
    assert_eq!(theirs[0]["name"], "status-503");

    let url = format!(
        "{}/contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration",
        desk.bench.emulator.base_url()
    );
    assert_eq!(desk.bench.visitor.get(&url).await.status, 503);
    // A seed keeps it, and names tenants that there are.
    let state = desk.ask(Method::GET, "/state", &Value::Null).await.body;
    assert!(state.contains("tenant = \"contoso\""), "{state}");
    desk.bench.emulator.import(&state).unwrap();
    assert_eq!(desk.bench.visitor.get(&url).await.status, 503);
    let typo = state.replace("tenant = \"contoso\"", "tenant = \"kontoso\"");
    let problem = desk.bench.emulator.import(&typo).unwrap_err().to_string();
    assert!(problem.contains(".tenant: found 'kontoso'"), "{problem}");

    let ended = desk.ask(Method::DELETE, path, &Value::Null).await;
    assert_eq!(ended.status, 204);
    assert_eq!(desk.bench.visitor.get(&url).await.status, 200);
    assert_eq!(
        desk.get("/misbehaviours").await.as_array().unwrap().len(),
        1
    );
    let nowhere = desk.ask(Method::POST, "/misbehaviours?tenant=nowhere", &order);
    assert_eq!(nowhere.await.status, 404);
}
