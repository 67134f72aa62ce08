//! How requests are refused: RFC 6750, RFC 9728, gRPC.

use b2c_emulator::Forgery;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::{ADA, AUDIENCE, Api};

#[tokio::test]
async fn without_a_token_there_is_no_error_code() {
    let api = Api::new().await;
    for headers in [&[][..], &[("authorization", b"Basic YTpi".as_slice())]] {
        let answer = api.sends("/", headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.challenge(), "Bearer realm=\"api\"");
        assert_eq!(answer.reason(), "token_missing");
        let kind = &answer.headers[header::CONTENT_TYPE];
        assert_eq!(kind, "application/problem+json");
        assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    }
    // A token is looked for in the header alone (RFC 9700 §4.3.2).
    let in_query = format!("/?access_token={}", api.token());
    assert_eq!(api.sends(&in_query, &[]).await.reason(), "token_missing");
}

#[tokio::test]
async fn a_header_that_is_doubtful_authenticates_nobody() {
    let api = Api::new().await;
    let token = api.token();
    let bearer = |text: &str| format!("Bearer {text}").into_bytes();
    let good = bearer(&token);
    let (huge, tab) = (bearer(&"a".repeat(100 * 1024)), format!("Bearer\t{token}"));
    let mut foreign = good.clone();
    foreign.push(0xe9);
    let two = [&good[..], b", ", &good[..]].concat();
    let inner_tab = [
        b"Bearer ",
        &token.as_bytes()[..20],
        b"\t",
        &token.as_bytes()[20..],
    ]
    .concat();
    let cases: [Vec<&[u8]>; 9] = [
        vec![&good, &good],
        vec![b"Basic YTpi", &good],
        vec![&huge],
        vec![tab.as_bytes()],
        vec![&foreign],
        vec![b"Bearer "],
        vec![&two],
        vec![&inner_tab],
        vec![b"Bearer \xff\xfe"],
    ];
    for values in cases {
        let headers: Vec<_> = values
            .iter()
            .map(|value| ("authorization", *value))
            .collect();
        let answer = api.sends("/", &headers).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        let expected = "Bearer realm=\"api\", error=\"invalid_request\", \
                        error_description=\"The Authorization header is malformed\"";
        assert_eq!(answer.challenge(), expected);
        assert_eq!(answer.reason(), "invalid_request");
    }
    let grpc = ("content-type", b"application/grpc".as_slice());
    let answer = api.sends("/", &[grpc, ("authorization", &foreign)]).await;
    assert_eq!(answer.headers["grpc-status"], "16");
    let lower = format!("bearer {token}");
    let answer = api.sends("/", &[("authorization", lower.as_bytes())]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn guards_tell_the_scopes_that_are_needed() {
    let api = Api::new().await;
    let read = api.forge(&Forgery::access_token(ADA).scopes(["demo.read"]));
    for (path, status) in [
        ("/read", StatusCode::OK),
        ("/either", StatusCode::OK),
        ("/read-or-job", StatusCode::OK),
        ("/both", StatusCode::FORBIDDEN),
        ("/nobody", StatusCode::FORBIDDEN),
        ("/job", StatusCode::FORBIDDEN),
        ("/admin", StatusCode::FORBIDDEN),
    ] {
        let answer = api.gets(path, &read).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.body);
    }
    let answer = api.gets("/both", &read).await;
    let expected = "Bearer realm=\"api\", error=\"insufficient_scope\", \
                    error_description=\"The access token does not permit this\", \
                    scope=\"demo.read demo.write\"";
    assert_eq!(answer.challenge(), expected);
    let problem: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(problem["scope"], "demo.read demo.write");
    assert_eq!(problem["reason"], "insufficient_scope");
}

#[tokio::test]
async fn handlers_ask_for_scopes_themselves() {
    let api = Api::with("", tower_b2c::BearerLayerBuilder::optional).await;
    let of = |scope: &str| api.forge(&Forgery::access_token(ADA).scopes([scope]));
    let answer = api.gets("/write", &of("demo.write")).await;
    assert_eq!(answer.body, "written");
    let answer = api.gets("/write", &of("demo.read")).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.challenge().ends_with("scope=\"demo.write\""));
    let answer = api.sends("/write", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.reason(), "token_missing");
}

#[tokio::test]
async fn scopes_and_roles_do_not_stand_for_each_other() {
    let api = Api::new().await;
    let app_only = Forgery::access_token(ADA)
        .without("scp")
        .claim("roles", json!(["Demo.Job", "demo.read", "Admin"]));
    let delegated = Forgery::access_token(ADA)
        .scopes(["Demo.Job", "Admin"])
        .claim("roles", json!(["Demo.Job", "demo.read", "Admin"]));
    for (path, of_app, of_user) in [
        ("/job", StatusCode::OK, StatusCode::FORBIDDEN),
        ("/read-or-job", StatusCode::OK, StatusCode::FORBIDDEN),
        ("/admin", StatusCode::FORBIDDEN, StatusCode::OK),
        ("/read", StatusCode::FORBIDDEN, StatusCode::FORBIDDEN),
    ] {
        let answer = api.gets(path, &api.forge(&app_only)).await;
        assert_eq!(answer.status, of_app, "{path}");
        let answer = api.gets(path, &api.forge(&delegated)).await;
        assert_eq!(answer.status, of_user, "{path}");
    }
}

#[tokio::test]
async fn a_token_can_be_optional_but_not_bad() {
    let api = Api::with("", tower_b2c::BearerLayerBuilder::optional).await;
    assert_eq!(api.sends("/", &[]).await.body, "nobody");
    assert!(api.gets("/", &api.token()).await.body.starts_with("Ada"));
    let forged = api.forge(&Forgery::access_token(ADA).bad_signature());
    let answer = api.gets("/", &forged).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);

    let answer = api.sends("/read", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    let expected = "Bearer realm=\"api\", scope=\"demo.read\"";
    assert_eq!(answer.challenge(), expected);
}

#[tokio::test]
async fn the_api_describes_itself() {
    let lines = "base_url = \"https://api.example.com/v1\"\nscopes = [\"demo.read\"]";
    let api = Api::with(lines, |builder| builder).await;
    let path = "/.well-known/oauth-protected-resource/v1";
    let answer = api.sends(path, &[]).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let (base, tenant) = (api.emulator.base_url(), api.emulator.tenant());
    let server = format!("{base}/{tenant}/B2C_1_signupsignin1/v2.0");
    let document: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(
        document,
        json!({
            "resource": "https://api.example.com/v1",
            "authorization_servers": [server],
            "scopes_supported": ["demo.read"],
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": ["ES256", "ES384", "EdDSA", "PS256", "RS256"],
        })
    );
    // Where it says, there is the server's metadata.
    let metadata = format!("{server}/.well-known/openid-configuration");
    let found = reqwest::get(metadata).await.unwrap();
    assert_eq!(found.status(), 200);

    let refused = api.sends("/", &[]).await;
    let expected = "Bearer realm=\"api\", resource_metadata=\
                    \"https://api.example.com/.well-known/oauth-protected-resource/v1\"";
    assert_eq!(refused.challenge(), expected);
    // Without a URL of its own the API has no metadata to tell.
    let api = Api::new().await;
    let answer = api
        .sends("/.well-known/oauth-protected-resource", &[])
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn grpc_clients_get_their_statuses() {
    let api = Api::new().await;
    let read = api.forge(&Forgery::access_token(ADA).scopes(["demo.read"]));
    let forged = api.forge(&Forgery::access_token(ADA).claim("aud", "other"));
    let cases = [
        ("/", None, "16"),
        ("/", Some(&forged), "16"),
        ("/both", Some(&read), "7"),
    ];
    for (path, token, status) in cases {
        for kind in ["application/grpc", "application/grpc-web+proto"] {
            let authorization = token.map(|token| format!("Bearer {token}"));
            let mut headers = vec![("content-type", kind.as_bytes())];
            if let Some(authorization) = &authorization {
                headers.push(("authorization", authorization.as_bytes()));
            }
            let answer = api.sends(path, &headers).await;
            assert_eq!(answer.status, StatusCode::OK);
            assert_eq!(answer.headers["grpc-status"], status, "{path} {kind}");
            assert!(answer.headers.contains_key("grpc-status-details-bin"));
            assert!(answer.body.is_empty());
        }
    }
}

#[tokio::test]
async fn configuration_mistakes_are_told() {
    let found = |text: &str| {
        let config = tower_b2c::Config::from_text(text).environment::<&str, &str>([]);
        config.load_api().unwrap_err().to_string()
    };
    let provider = "[provider]\ntenant = \"contoso\"\n\
                    user_flows = { sign_up_sign_in = \"B2C_1_susi\" }\n";
    for (lines, expected) in [
        ("", "api.audiences: found nothing"),
        ("[api]\naudiences = [\"\"]", "api.audiences"),
        (
            "[api]\naudiences = [\"a\"]\nclients = []",
            "api.clients: found an empty list",
        ),
        (
            "[api]\naudiences = [\"a\"]\nuser_flows = [\"susi\"]",
            "api.user_flows: found \"susi\"",
        ),
        (
            "[api]\naudiences = [\"a\"]\nv1_tokens = true",
            "api.v1_tokens: found true",
        ),
        (
            "[api]\naudiences = [\"a\"]\nscopes = [\"a b\"]",
            "api.scopes: found \"a b\"",
        ),
        (
            "[api]\naudiences = [\"a\"]\nbase_url = \"http://api.example\"",
            "api.base_url",
        ),
        ("[api]\naudiences = [\"a\"]\nissuer = \"x\"", "api.issuer"),
        (
            "[api.providers.other]\naudiences = [\"a\"]",
            "api.providers.other: found \"other\"",
        ),
        (
            "[apis]\n[api]\naudiences = [\"a\"]",
            "apis: there is no such setting; did you mean `api`?",
        ),
    ] {
        let told = found(&format!("{provider}{lines}"));
        assert!(told.contains(expected), "{lines}: {told}");
    }
    // An API needs no registration, and one that is there plays no part.
    let app = "[app]\nbase_url = \"not looked at\"\n[provider]\ntenant = \"contoso\"\n\
               client_id = \"<your id>\"\nclient_secret = { env = \"NOWHERE\" }\n\
               user_flows = { sign_up_sign_in = \"B2C_1_susi\" }\n";
    let text = format!("{app}[api]\naudiences = [\"{AUDIENCE}\"]");
    let config = tower_b2c::Config::from_text(text).environment::<&str, &str>([]);
    assert!(config.load_api().is_ok());
}
