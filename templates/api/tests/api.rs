//! What callers get from this API, offline: the tokens are the embedded emulator's.

mod support;

use b2c_emulator::Forgery;
use serde_json::json;

use support::{ADA, GRACE, Site};

#[tokio::test]
async fn whether_it_answers_is_for_everyone() {
    let site = Site::start().await;
    site.becomes_ready().await;
    for probe in ["/health/live", "/health/ready"] {
        let answer = site.get(probe).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json(), json!({ "status": "ok" }));
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{policy}");
    }
}

#[tokio::test]
async fn without_a_token_clients_are_told_where_to_get_one() {
    let site = Site::start().await;
    let answer = site.get("/notes").send().await;

    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("content-type"), "application/problem+json");
    let metadata = site.url("/.well-known/oauth-protected-resource");
    let challenge = answer.header("www-authenticate");
    assert!(challenge.contains(&metadata), "{challenge}");

    let metadata = site.get("/.well-known/oauth-protected-resource");
    let metadata = metadata.send().await.json();
    assert_eq!(metadata["resource"], site.url(""));
    assert_eq!(metadata["scopes_supported"][0], "demo.read");
    let server = metadata["authorization_servers"][0].as_str();
    assert!(server.is_some_and(|url| url.starts_with(site.provider())));
}

#[tokio::test]
async fn each_person_has_notes_of_their_own() {
    let site = Site::start().await;
    let (ada, grace) = (site.token(ADA), site.token(GRACE));

    let body = json!({ "text": "The engine weaves algebraic patterns" });
    let written = site.post("/notes", &body).token(&ada).send().await;
    assert_eq!(written.status, 201);
    let note = written.json();

    let list = site.get("/notes").token(&ada).send().await;
    assert_eq!(list.json(), json!([note]));
    let list = site.get("/notes").token(&grace).send().await;
    assert_eq!(list.json(), json!([]));

    let path = format!("/notes/{}", note["id"]);
    let foreign = site.delete(&path).token(&grace).send().await;
    assert_eq!(foreign.status, 404);
    let own = site.delete(&path).token(&ada).send().await;
    assert_eq!(own.status, 204);
    let list = site.get("/notes").token(&ada).send().await;
    assert_eq!(list.json(), json!([]));
}

#[tokio::test]
async fn reading_is_not_writing() {
    let site = Site::start().await;
    let reader = site.forge(&Forgery::access_token(ADA).scopes(["demo.read"]));

    let list = site.get("/notes").token(&reader).send().await;
    assert_eq!(list.status, 200);
    let body = json!({ "text": "x" });
    let refused = site.post("/notes", &body).token(&reader).send().await;
    assert_eq!(refused.status, 403);
    let challenge = refused.header("www-authenticate");
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
    assert!(challenge.contains("demo.write"), "{challenge}");
}

#[tokio::test]
async fn administering_takes_a_role() {
    let site = Site::start().await;
    let refused = site.get("/admin/notes").token(&site.token(ADA));
    assert_eq!(refused.send().await.status, 403);

    let roles = json!(["Notes.Admin"]);
    let admin = site.forge(&Forgery::access_token(GRACE).claim("roles", roles));
    let answer = site.get("/admin/notes").token(&admin).send().await;
    assert_eq!(answer.json(), json!({ "notes": 0 }));
}

#[tokio::test]
async fn tokens_that_are_not_for_this_api_are_refused() {
    let site = Site::start().await;
    let good = || Forgery::access_token(ADA);
    for (what, forgery) in [
        ("an ID token", Forgery::id_token(ADA)),
        ("an expired one", good().expires_in(-600)),
        ("one with a bad signature", good().bad_signature()),
        ("one for another API", good().claim("aud", "another")),
        (
            "one of another issuer",
            good().claim("iss", "https://evil.example"),
        ),
    ] {
        let token = site.forge(&forgery);
        let answer = site.get("/notes").token(&token).send().await;
        assert_eq!(answer.status, 401, "{what}");
        let challenge = answer.header("www-authenticate");
        assert!(challenge.contains("invalid_token"), "{what}: {challenge}");
    }
}

#[tokio::test]
async fn mistakes_are_answered_with_problem_details() {
    let site = Site::start().await;
    let token = site.token(ADA);
    let long = json!({ "text": "x".repeat(20_000) });
    for (request, status) in [
        (site.post("/notes", &json!({ "text": 1 })), 422),
        (site.post("/notes", &json!({ "text": "  " })), 422),
        (site.post("/notes", &json!({ "text": "x", "y": 1 })), 422),
        (site.post("/notes", &long), 413),
        (site.delete("/notes"), 405),
        (site.delete("/notes/first"), 404),
        (site.get("/nowhere"), 404),
    ] {
        let answer = request.token(&token).send().await;
        assert_eq!(answer.status, status, "{}", answer.body);
        assert_eq!(answer.header("content-type"), "application/problem+json");
        assert_eq!(answer.json()["status"], status);
    }
}

#[tokio::test]
async fn while_the_providers_keys_are_not_known_callers_are_to_try_later() {
    let site = Site::without_provider().await;
    let answer = site.get("/notes").token(&site.token(ADA)).send().await;

    assert_eq!(answer.status, 503);
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(site.get("/health/ready").send().await.status, 503);
    assert_eq!(site.get("/health/live").send().await.status, 200);
}

#[tokio::test]
async fn what_b2c_toml_does_not_accept_any_more_is_refused_without_a_restart() {
    let site = Site::start().await;
    let token = site.token(ADA);
    let notes = async || site.get("/notes").token(&token).send().await.status;
    assert_eq!(notes().await, 200);
    site.changes("audiences = [\"11112222", "audiences = [\"99992222");
    assert_eq!(notes().await, 401);
    site.changes("audiences = [\"99992222", "audiences = [\"11112222");
    assert_eq!(notes().await, 200);
}
