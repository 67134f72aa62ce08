//! The admin API: sign-out, and every tenant alike.

use b2c_emulator::{AttributeType, Emulator, Tenant, UserFlow};
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

#[tokio::test]
async fn attributes_are_declared_and_withdrawn() {
    let asking = UserFlow::sign_up_sign_in("B2C_1_asking").attribute("City2");
    let builder = Emulator::builder()
        .attribute("City2", AttributeType::String)
        .user_flow(asking)
        .add_tenant(Tenant::external_id("woodgrove"));
    let mut desk = Desk::of(builder).await;
    let loyalty = json!({ "name": "extension_LoyaltyId", "type": "string" });
    let value = json!({ "extension_LoyaltyId": "A-1" });
    let ada = "/users/ada%40emulator.example";
    for tenant in ["", "?tenant=woodgrove"] {
        let path = format!("/attributes{tenant}");
        let ada = format!("{ada}{tenant}");
        let refused = desk.ask(Method::PATCH, &ada, &value).await;
        assert_eq!(refused.status, 422, "{}", refused.body);
        let made = desk.ask(Method::POST, &path, &loyalty).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert_eq!(
            made.json(),
            json!({ "name": "LoyaltyId", "type": "string" })
        );
        assert_eq!(desk.ask(Method::POST, &path, &loyalty).await.status, 409);
        let changed = desk.ask(Method::PATCH, &ada, &value).await;
        assert_eq!(changed.status, 200, "{}", changed.body);
        let listed = desk.get(&path).await;
        assert!(listed.as_array().unwrap().contains(&made.json()));
    }
    let tokens = desk.bench.tokens(&desk.bench.ask()).await;
    assert_eq!(claims(&tokens["id_token"])["extension_LoyaltyId"], "A-1");

    for bad in [
        json!({ "name": "a b", "type": "string" }),
        json!({ "name": "", "type": "string" }),
        json!({ "name": "A", "type": "text" }),
    ] {
        assert_eq!(
            desk.ask(Method::POST, "/attributes", &bad).await.status,
            422
        );
    }
    for (path, status) in [
        ("/attributes/LoyaltyId", 204),
        ("/attributes/LoyaltyId", 404),
        ("/attributes/City2", 422),
    ] {
        let answer = desk.ask(Method::DELETE, path, &Value::Null).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    let users = desk.get("/users").await;
    assert!(users[0].get("extension_LoyaltyId").is_none());
    let theirs = desk.get("/users?tenant=woodgrove").await;
    assert_eq!(theirs[0]["extension_LoyaltyId"], "A-1");
}

#[tokio::test]
async fn every_product_has_keys_that_rotate_together() {
    let builder = Emulator::builder().add_tenant(Tenant::entra("contoso"));
    let mut desk = Desk::of(builder).await;
    let mut kids = async |path: &str| -> Vec<String> {
        let keys = desk.get(path).await;
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.iter().map(|key| key["kid"].to_string()).collect()
    };
    let (ours, theirs) = (kids("/keys").await, kids("/keys?tenant=contoso").await);
    assert_ne!(ours, theirs);
    desk.bench.emulator.rotate_signing_key();
    for (path, old) in [("/keys", ours), ("/keys?tenant=contoso", theirs)] {
        let listed = desk.get(path).await["keys"].as_array().unwrap().len();
        assert_eq!(listed, 2, "{path}");
        assert_ne!(desk.get(path).await["keys"][0]["kid"].to_string(), old[0]);
    }
    let dropped = desk.ask(Method::DELETE, "/keys", &Value::Null).await;
    assert_eq!(dropped.status, 200);
    for path in ["/keys", "/keys?tenant=contoso"] {
        let listed = desk.get(path).await["keys"].as_array().unwrap().len();
        assert_eq!(listed, 1, "{path}");
    }
}
