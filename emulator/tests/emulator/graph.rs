//! Microsoft Graph's stand-in: what is registered there is known where people sign in.

use b2c_emulator::{Emulator, Endpoint, Misbehaviour, Scope, Tenant, UserFlow};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Desk, Page};

const CALLBACK: &str = "http://localhost:5000/getAToken";

/// Somebody who registers applications in a tenant.
struct Registrar {
    desk: Desk,
    tenant: &'static str,
}

impl Registrar {
    async fn new() -> Self {
        Self {
            desk: Desk::new().await,
            tenant: "b2cemulator",
        }
    }

    async fn ask(&mut self, method: Method, path: &str, body: &Value) -> Page {
        let path = format!("/graph/{}{path}", self.tenant);
        self.desk.ask(method, &path, body).await
    }

    async fn creates(&mut self, path: &str, body: &Value) -> Value {
        let page = self.ask(Method::POST, path, body).await;
        assert_eq!(page.status, 201, "{path}: {}", page.body);
        page.json()
    }

    async fn finds(&mut self, path: &str) -> Value {
        let page = self.ask(Method::GET, path, &Value::Null).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
        page.json()["value"].clone()
    }

    async fn refused(&mut self, method: Method, path: &str, body: &Value) -> (u16, String) {
        let page = self.ask(method, path, body).await;
        let code = page.json()["error"]["code"].as_str().map(str::to_owned);
        (page.status, code.unwrap_or_default())
    }

    async fn registers(&mut self) -> Value {
        self.creates("/v1.0/applications", &application()).await
    }
}

fn application() -> Value {
    json!({
        "displayName": "shop",
        "signInAudience": "AzureADandPersonalMicrosoftAccount",
        "api": { "requestedAccessTokenVersion": 2 },
        "web": { "redirectUris": [CALLBACK] },
        "tags": ["shop-of-ada"],
    })
}

#[tokio::test]
async fn a_registered_application_signs_people_in() {
    let mut graph = Registrar::new().await;
    let shop = graph.registers().await;
    let (id, app_id) = (
        shop["id"].as_str().unwrap(),
        shop["appId"].as_str().unwrap(),
    );
    let path = format!("/v1.0/applications/{id}/addPassword");
    let secret = graph.ask(Method::POST, &path, &json!({})).await.json();
    let secret = secret["secretText"].as_str().unwrap();
    let seen = graph.finds("/v1.0/applications").await;
    assert!(!seen.to_string().contains(secret), "told only once");

    // Without consent there is no ID token, and no scope of the API.
    let ask = graph.desk.bench.ask().with("client_id", app_id);
    let plain = ask.clone().with("scope", "openid");
    let page = graph.desk.bench.open(&plain).await;
    assert_eq!(page.error_code(), "AADB2C90107");

    let body = json!({ "appId": app_id });
    let principal = graph.creates("/v1.0/servicePrincipals", &body).await;
    for (app, scope) in [
        (
            "00000003-0000-0000-c000-000000000000",
            "openid offline_access",
        ),
        ("11112222-bbbb-3333-cccc-4444dddd5555", "demo.read"),
    ] {
        let path = format!("/v1.0/servicePrincipals?$filter=appId%20eq%20'{app}'");
        let resource = graph.finds(&path).await[0]["id"].clone();
        let grant = json!({
            "clientId": principal["id"], "consentType": "AllPrincipals",
            "resourceId": resource, "scope": scope,
        });
        graph.creates("/v1.0/oauth2PermissionGrants", &grant).await;
        let again = graph.refused(Method::POST, "/v1.0/oauth2PermissionGrants", &grant);
        assert_eq!(again.await.0, 409);
    }

    let bench = &mut graph.desk.bench;
    let code = bench.sign_in(&ask).await.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", app_id),
        ("client_secret", secret),
        ("redirect_uri", CALLBACK),
        ("code", &code),
        ("code_verifier", crate::support::VERIFIER),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let answer = bench.token(crate::support::SIGN_IN, &form).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(bench.me(&token).await.status, 200);
}

#[tokio::test]
async fn a_registration_changes_and_goes() {
    let mut graph = Registrar::new().await;
    let shop = graph.registers().await;
    let path = format!("/v1.0/applications/{}", shop["id"].as_str().unwrap());
    let other = "https://shop.example/signed-in";
    let change = json!({ "web": { "redirectUris": [CALLBACK, other] } });
    assert_eq!(graph.ask(Method::PATCH, &path, &change).await.status, 204);
    let found = graph
        .finds("/v1.0/applications?$filter=tags/any(t:t%20eq%20'shop-of-ada')")
        .await;
    assert_eq!(found[0]["web"]["redirectUris"][1], other);
    assert_eq!(found[0]["displayName"], "shop", "what is not named stays");
    let clients = graph.desk.bench.emulator.clients();
    let known = clients.iter().find(|it| it.client_id() == shop["appId"]);
    assert_eq!(known.unwrap().redirect_uris()[1], other);

    let gone = graph.ask(Method::DELETE, &path, &Value::Null).await;
    assert_eq!(gone.status, 204);
    let clients = graph.desk.bench.emulator.clients();
    assert!(!clients.iter().any(|it| it.client_id() == shop["appId"]));
}

#[tokio::test]
async fn what_graph_refuses_is_refused() {
    let mut graph = Registrar::new().await;
    for (member, value) in [
        ("displayName", json!("")),
        ("dispalyName", json!("shop")),
        ("api", json!({})),
        ("passwordCredentials", json!([{ "secretText": "x" }])),
        ("web", json!({ "redirectUris": ["http://shop.example/a"] })),
        ("web", json!({ "redirectUris": ["https://*.example/a"] })),
        (
            "web",
            json!({ "redirectUris": [format!("https://a.example/{}", "x".repeat(256))] }),
        ),
        ("web", json!({ "logoutUrl": "http://shop.example/out" })),
        ("identifierUris", json!(["https://elsewhere.example/api"])),
        (
            "api",
            json!({ "requestedAccessTokenVersion": 2, "oauth2PermissionScopes": [{ "value": "a" }] }),
        ),
    ] {
        let mut bad = application();
        bad[member] = value.clone();
        let answer = graph
            .refused(Method::POST, "/v1.0/applications", &bad)
            .await;
        assert_eq!(answer, (400, "Request_BadRequest".to_owned()), "{value}");
    }
    let mut taken = application();
    taken["identifierUris"] = json!(["https://b2cemulator.onmicrosoft.com/demo-api"]);
    let answer = graph
        .refused(Method::POST, "/v1.0/applications", &taken)
        .await;
    assert_eq!(answer.0, 409);
    let body = json!({ "appId": "00001111-aaaa-2222-bbbb-3333cccc9999" });
    let answer = graph
        .refused(Method::POST, "/v1.0/servicePrincipals", &body)
        .await;
    assert_eq!(answer, (400, "NoBackingApplicationObject".to_owned()));
    let answer = graph
        .refused(Method::GET, "/v1.0/applications/x", &Value::Null)
        .await;
    assert_eq!(answer, (404, "Request_ResourceNotFound".to_owned()));
    let path = "/v1.0/applications?$filter=appId%20ne%20'x'";
    assert_eq!(graph.refused(Method::GET, path, &Value::Null).await.0, 400);
    assert_eq!(
        graph
            .refused(Method::GET, "/v1.0/users", &Value::Null)
            .await
            .0,
        400
    );
}

#[tokio::test]
async fn user_flows_come_into_being() {
    let mut graph = Registrar::new().await;
    let wanted =
        json!({ "id": "susi", "userFlowType": "signUpOrSignIn", "userFlowTypeVersion": 3 });
    let made = graph.creates("/beta/identity/b2cUserFlows", &wanted).await;
    assert_eq!(made["id"], "B2C_1_susi");
    let ask = graph.desk.bench.ask().at("B2C_1_susi");
    assert_eq!(graph.desk.bench.open(&ask).await.status, 200);
    let path = "/beta/identity/b2cUserFlows";
    assert_eq!(graph.refused(Method::POST, path, &wanted).await.0, 409);
    let only_beta = graph.refused(Method::GET, "/v1.0/identity/b2cUserFlows", &Value::Null);
    assert_eq!(only_beta.await.0, 400);
}

#[tokio::test]
async fn an_application_of_external_id_is_linked_to_a_flow() {
    let woodgrove = Tenant::external_id("woodgrove").user_flow(UserFlow::sign_up_sign_in("second"));
    let mut graph = Registrar {
        desk: Desk::of(Emulator::builder().add_tenant(woodgrove)).await,
        tenant: "woodgrove",
    };
    let mut wanted = application();
    wanted["signInAudience"] = "AzureADMyOrg".into();
    let shop = graph.creates("/v1.0/applications", &wanted).await;
    let path = "/v1.0/identity/authenticationEventsFlows?$filter=displayName%20eq%20'second'";
    let flow = graph.finds(path).await[0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!(
        "/v1.0/identity/authenticationEventsFlows/{flow}/conditions/applications/includeApplications"
    );
    let body = json!({ "appId": shop["appId"] });
    graph.creates(&path, &body).await;
    assert_eq!(graph.finds(&path).await[0]["appId"], shop["appId"]);
    assert_eq!(
        graph.refused(Method::POST, &path, &body).await.0,
        400,
        "one flow each"
    );
    let export = graph
        .desk
        .bench
        .emulator
        .in_tenant("woodgrove")
        .unwrap()
        .export();
    assert!(export.unwrap().contains("user_flow = \"second\""));
}

#[tokio::test]
async fn trouble_comes_as_ordered_and_is_recorded() {
    let mut graph = Registrar::new().await;
    let shop = graph.registers().await;
    let path = format!("/v1.0/applications/{}", shop["id"].as_str().unwrap());
    let order = |misbehaviour| {
        (
            Scope::everything().endpoint(Endpoint::Graph).next(1),
            misbehaviour,
        )
    };
    for (name, status) in [
        ("replication-delay", 404),
        ("retry-after-429-7", 429),
        ("status-403", 403),
    ] {
        let (scope, bad) = order(Misbehaviour::named(name).unwrap());
        graph.desk.bench.emulator.misbehave_for(scope, bad);
        let page = graph.ask(Method::GET, &path, &Value::Null).await;
        assert_eq!(page.status, status, "{name}");
        if status == 429 {
            assert_eq!(page.header("retry-after"), "7");
        }
        assert_eq!(
            graph.ask(Method::GET, &path, &Value::Null).await.status,
            200
        );
    }
    let requests = graph.desk.bench.emulator.requests();
    let asked = requests
        .iter()
        .filter(|it| it.endpoint() == Some(Endpoint::Graph));
    assert_eq!(asked.count(), 7);
}

#[tokio::test]
async fn nobody_without_the_token_registers_anything() {
    let graph = Registrar::new().await;
    let emulator = &graph.desk.bench.emulator;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!(
        "{}/v1.0/applications",
        emulator.graph_url("b2cemulator").unwrap()
    );
    for request in [http.get(&url), http.get(&url).bearer_auth("x")] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        let document: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
        assert_eq!(document["error"]["code"], "InvalidAuthenticationToken");
    }
    let token = emulator.admin_token().unwrap();
    let main = format!(
        "{}/graph/b2cemulator/v1.0/applications",
        emulator.base_url()
    );
    let answer = http.get(main).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), 404, "not where applications are");
    let reset = http.delete(format!("{}/state", emulator.admin_url().unwrap()));
    assert_eq!(reset.bearer_auth(token).send().await.unwrap().status(), 204);
}
