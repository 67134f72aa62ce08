//! Errors that a registration or a user flow's properties lead to.

use std::time::Duration;

use b2c_emulator::{Client, Emulator, EmulatorBuilder, IdentityProvider, User, UserFlow};

use crate::support::{Ask, Bench, RESET, SIGN_IN, VERIFIER, assert_page, assert_redirect, changed};

const APP: &str = "http://localhost:5000/getAToken";

/// An emulator with one more application, and a request by it.
async fn bench_with(client: Client) -> (Bench, Ask) {
    let (id, uri) = (
        client.client_id().to_owned(),
        client.redirect_uris().first().cloned().unwrap_or_default(),
    );
    let bench = Bench::of(Emulator::builder().client(client)).await;
    let ask = bench
        .ask()
        .with("client_id", &id)
        .with("redirect_uri", &uri);
    (bench, ask)
}

fn fields(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

#[tokio::test]
async fn a_policy_can_be_pinned_to_an_application() {
    let flow = UserFlow::sign_up_sign_in("B2C_1A_pinned").pinned_to("shop");
    let shop = Client::new("shop", "secret").redirect_uri(APP);
    let mut bench = Bench::of(Emulator::builder().user_flow(flow).client(shop)).await;
    let ask = bench.ask().at("B2C_1A_pinned");
    let own = bench.emulator.client().client_id().to_owned();
    let text = assert_redirect(
        &bench.open(&ask).await,
        APP,
        "invalid_request",
        "AADB2C90011",
    );
    assert_eq!(
        text,
        format!(
            "The client id '{own}' provided in the request does not match client id 'shop' \
             registered in policy."
        )
    );
    let good = ask.with("client_id", "SHOP");
    assert_eq!(bench.open(&good).await.status, 200);
}

#[tokio::test]
async fn version_1_words_refused_scopes_in_the_older_way() {
    let reader = Client::new("reader", "secret")
        .redirect_uri(APP)
        .granted_scopes(["demo.read"]);
    let (mut bench, ask) = bench_with(reader).await;
    let write = bench.emulator.api_scope("demo.write");
    for (scope, code, text) in [
        (
            "openid foo",
            "AADB2C90012",
            "The scope 'foo' provided in request is not supported.".to_owned(),
        ),
        (
            write.as_str(),
            "AADB2C90056",
            format!("The scope '{write}' contains a resource not authorized by the application."),
        ),
    ] {
        let path = ask.clone().with("scope", scope).path();
        let page = bench
            .visitor
            .get(&path.replace("/oauth2/v2.0/", "/oauth2/"))
            .await;
        assert_eq!(assert_redirect(&page, APP, "invalid_request", code), text);
    }
    let path = ask.path().replace("/oauth2/v2.0/", "/oauth2/");
    let page = bench.visitor.get(&path).await;
    let ada = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let code = bench.visitor.submit(&page, &ada).await.code();
    let path = format!("/{}/{SIGN_IN}/oauth2/token", bench.emulator.tenant());
    for (scope, start) in [("foo", "AADB2C90012: "), (write.as_str(), "AADB2C90056: ")] {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "reader"),
            ("client_secret", "secret"),
            ("redirect_uri", APP),
            ("code", &code),
            ("code_verifier", VERIFIER),
            ("scope", scope),
        ];
        let (error, text) = bench.visitor.post(&path, &form).await.token_error();
        assert_eq!(error, "invalid_scope");
        assert!(text.starts_with(start), "{text}");
    }
}

#[tokio::test]
async fn an_application_of_entra_is_not_b2cs() {
    let (mut bench, ask) = bench_with(
        Client::new("foreign", "secret")
            .redirect_uri(APP)
            .entra_only(),
    )
    .await;
    let message = "The provided application with ID 'foreign' is not valid against this service. \
                   Please use an application created via the B2C portal and try again.";
    assert_eq!(assert_page(&bench.open(&ask).await, "AADB2C90068"), message);
    let form = fields(&[
        ("grant_type", "client_credentials"),
        ("client_id", "foreign"),
        ("client_secret", "secret"),
    ]);
    let (error, text) = bench.token(SIGN_IN, &form).await.token_error();
    assert_eq!(error, "unauthorized_client");
    assert_eq!(text, format!("AADB2C90068: {message}"));
}

#[tokio::test]
async fn openid_is_a_permission() {
    let (mut bench, ask) = bench_with(
        Client::new("api-only", "secret")
            .redirect_uri(APP)
            .without_openid(),
    )
    .await;
    let text = assert_redirect(
        &bench.open(&ask).await,
        APP,
        "invalid_request",
        "AADB2C90107",
    );
    assert_eq!(
        text,
        "The application with ID 'api-only' cannot get an ID token either because the openid \
         scope was not provided in the request or the application is not authorized for it."
    );
    // Without an ID token there is nothing to refuse.
    let read = bench.emulator.api_scope("demo.read");
    let code = bench.sign_in(&ask.with("scope", &read)).await.code();
    let form = changed(&bench.redemption(&code), "client_id", Some("api-only"));
    let form = changed(&form, "client_secret", Some("secret"));
    let wants = changed(&form, "scope", Some("openid"));
    let (error, text) = bench.token(SIGN_IN, &wants).await.token_error();
    assert_eq!(error, "invalid_request");
    assert!(text.starts_with("AADB2C90107: "), "{text}");
    assert_eq!(bench.token(SIGN_IN, &form).await.status, 200);
}

#[tokio::test]
async fn public_clients_can_be_forbidden() {
    let app = Client::public("installed")
        .native_redirect_uri("myapp://signed-in")
        .allow_passwords()
        .forbid_public_clients();
    let builder = Emulator::builder()
        .client(app)
        .user_flow(UserFlow::resource_owner("B2C_1_ropc"));
    let mut bench = Bench::of(builder).await;
    let ask = bench
        .ask()
        .with("client_id", "installed")
        .with("redirect_uri", "myapp://signed-in");
    let code = bench.sign_in(&ask).await.code();
    let form = changed(&bench.redemption(&code), "client_id", Some("installed"));
    let form = changed(&form, "client_secret", None);
    let form = changed(&form, "redirect_uri", Some("myapp://signed-in"));
    let refused = (
        "unauthorized_client".to_owned(),
        "AADB2C90058: The provided application is not configured to allow public clients."
            .to_owned(),
    );
    assert_eq!(bench.token(SIGN_IN, &form).await.token_error(), refused);
    let form = changed(&passwords(), "client_id", Some("installed"));
    assert_eq!(
        bench.token("B2C_1_ropc", &form).await.token_error(),
        refused
    );
}

fn passwords() -> Vec<(String, String)> {
    fields(&[
        ("grant_type", "password"),
        ("client_id", "legacy"),
        ("username", "ada@emulator.example"),
        ("password", "Passw0rd!"),
        ("scope", "openid legacy"),
    ])
}

#[tokio::test]
async fn a_password_policy_needs_its_input_claims() {
    let flow = |name, inputs: &[&'static str]| {
        UserFlow::resource_owner(name).password_inputs(inputs.iter().copied())
    };
    let builder = Emulator::builder()
        .client(Client::public("legacy").allow_passwords())
        .user_flow(flow("B2C_1A_none", &[]))
        .user_flow(flow("B2C_1A_one", &["username"]))
        .user_flow(flow(
            "B2C_1A_type",
            &["username", "password", "grant_type=code"],
        ))
        .user_flow(flow(
            "B2C_1A_good",
            &["username", "password", "grant_type=password"],
        ));
    let mut bench = Bench::of(builder).await;
    for (policy, code, rest) in [
        (
            "B2C_1A_none",
            99015,
            "is missing all InputClaims required for resource owner password credential flow.",
        ),
        (
            "B2C_1A_one",
            99016,
            "is missing the 'password' InputClaim required for resource owner password credential flow.",
        ),
        (
            "B2C_1A_type",
            99017,
            "has a 'grant_type' InputClaim with a DefaultValue of 'code' instead of the required 'password' for resource owner password credential flow.",
        ),
    ] {
        let (error, text) = bench.token(policy, &passwords()).await.token_error();
        assert_eq!(error, "invalid_request");
        let profile = "Profile 'ResourceOwnerPasswordCredentials-OAUTH2'";
        assert_eq!(
            text,
            format!(
                "AADB2C{code}: {profile} in policy '{policy}' in tenant 'b2cemulator.onmicrosoft.com' {rest}"
            )
        );
    }
    assert_eq!(bench.token("B2C_1A_good", &passwords()).await.status, 200);
}

#[tokio::test]
async fn only_bearer_tokens_are_issued() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    let form = bench.redemption(&code);
    let pop = changed(&form, "token_type", Some("pop"));
    let (error, text) = bench.token(SIGN_IN, &pop).await.token_error();
    assert_eq!(error, "unsupported_grant_type");
    assert_eq!(
        text,
        "AADB2C99013: The supplied grant_type [authorization_code] and token_type [pop] \
         combination is not supported."
    );
    let bearer = changed(&form, "token_type", Some("Bearer"));
    assert_eq!(bench.token(SIGN_IN, &bearer).await.status, 200);
}

#[tokio::test]
async fn a_second_factor_may_need_a_registered_telephone() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN)
        .mfa()
        .registered_phones_only();
    let joan = User::new("joan@emulator.example", "Passw0rd!").phone_number("+1 555 0100");
    let mut bench = Bench::of(Emulator::builder().user_flow(flow).user(joan)).await;
    let page = bench.sign_in(&bench.ask()).await;
    assert_eq!(
        assert_redirect(&page, APP, "server_error", "AADB2C90145"),
        "No unverified phone numbers have been found and policy does not allow a user entered \
         number."
    );
    let page = bench.open(&bench.ask()).await;
    let joan = [
        ("signInName", "joan@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let page = bench.visitor.submit(&page, &joan).await;
    assert!(page.text_of("phoneCode").is_some());
}

fn social(flow: UserFlow) -> EmulatorBuilder {
    Emulator::builder().user_flow(flow.identity_provider(IdentityProvider::google()))
}

#[tokio::test]
async fn addresses_can_be_unique() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN).unique_emails();
    let mut bench = Bench::of(social(flow)).await;
    let ask = bench.ask().with("domain_hint", "google.com");
    let page = bench.open(&ask).await;
    let ada = [("email", "ADA@emulator.example"), ("displayName", "Ada")];
    let answer = bench.visitor.submit(&page, &ada).await;
    assert_eq!(
        assert_redirect(&answer, APP, "server_error", "AADB2C99001"),
        "This user already exists, and profile 'AAD-UserWriteUsingAlternativeSecurityId' does not \
         allow the same user to be created again."
    );
    let mut bench = Bench::of(social(UserFlow::sign_up_sign_in(SIGN_IN))).await;
    let page = bench.open(&ask).await;
    bench.visitor.submit(&page, &ada).await.code();
}

/// Resets Ada's password at a user flow of its own.
async fn reset(bench: &mut Bench) {
    let page = bench.open(&bench.ask().at(RESET)).await;
    let page = bench
        .visitor
        .submit(&page, &[("email", "ada@emulator.example")])
        .await;
    let code = page.text_of("mailboxCode").unwrap();
    let page = bench
        .visitor
        .submit(&page, &[("verificationCode", &code)])
        .await;
    let new = [
        ("newPassword", "N3w-Passw0rd"),
        ("reenterPassword", "N3w-Passw0rd"),
    ];
    bench.visitor.submit(&page, &new).await.code();
}

#[tokio::test]
async fn a_password_reset_can_revoke_older_tokens() {
    for revokes in [false, true] {
        let flow = UserFlow::password_reset(RESET);
        let flow = if revokes {
            flow.revoke_on_password_reset()
        } else {
            flow
        };
        let mut bench = Bench::of(Emulator::builder().user_flow(flow)).await;
        let tokens = bench.tokens(&bench.ask()).await;
        bench.emulator.advance_clock(Duration::from_secs(5));
        reset(&mut bench).await;
        let token = tokens["refresh_token"].as_str().unwrap();
        let page = bench.refresh(token).await;
        if revokes {
            let (error, text) = page.token_error();
            assert_eq!(error, "invalid_grant");
            assert!(text.starts_with("AADB2C90129"), "{text}");
        } else {
            assert_eq!(page.status, 200);
        }
    }
}

#[tokio::test]
async fn an_export_keeps_every_setting() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN)
        .pinned_to("foreign")
        .registered_phones_only()
        .unique_emails()
        .revoke_on_password_reset();
    let passwords = UserFlow::resource_owner("B2C_1_ropc").password_inputs(["username"]);
    let foreign = Client::new("foreign", "secret")
        .redirect_uri(APP)
        .entra_only()
        .forbid_public_clients()
        .without_openid();
    let joan = User::new("joan@emulator.example", "Passw0rd!").phone_number("+1 555 0100");
    let builder = Emulator::builder()
        .user_flow(flow)
        .user_flow(passwords)
        .client(foreign)
        .user(joan);
    let one = Bench::of(builder).await;
    let exported = one.emulator.export();
    for setting in [
        "pinned_client = \"foreign\"",
        "registered_phones_only = true",
        "unique_emails = true",
        "revoke_on_password_reset = true",
        "password_inputs = [\"username\"]",
        "is_for_entra_only = true",
        "forbids_public_clients = true",
        "lacks_openid = true",
        "phone_number = \"+1 555 0100\"",
    ] {
        assert!(exported.contains(setting), "{setting}: {exported}");
    }
    let other = Bench::new().await;
    other.emulator.import(&exported).unwrap();
    assert_eq!(other.emulator.export(), exported);
}
