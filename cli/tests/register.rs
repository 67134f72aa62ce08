//! `register`: what it makes in a tenant, and what becomes of it when something goes wrong.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

#[cfg(unix)]
#[path = "register/azure.rs"]
mod azure;
#[path = "register/bench.rs"]
mod bench;
#[cfg(unix)]
#[path = "register/interrupted.rs"]
mod interrupted;
#[path = "register/known.rs"]
mod known;
mod program;
#[cfg(unix)]
mod stand_in;
#[path = "register/trouble.rs"]
mod trouble;

use bench::Bench;
use program::stderr;

#[tokio::test(flavor = "multi_thread")]
async fn an_app_is_registered_and_signs_people_in() {
    let bench = Bench::new().await;
    let said = bench.succeeds(&[]);
    assert!(said.contains("made    application demo"), "{said}");
    assert!(said.contains("made    user flow B2C_1_susi"), "{said}");
    assert!(
        said.contains("is there user flow B2C_1_profileediting1"),
        "{said}"
    );
    assert!(!said.contains(&bench.secret()), "no secret is told");
    bench
        .signs_in("B2C_1_susi", "http://localhost:5000/getAToken")
        .await;
    // Graph gives a secret two years unless it is told otherwise; health and doctor warn before.
    let day = bench.setting("client_secret_expires");
    let made = bench.json(&["--new-secret"])["made"].clone();
    assert_eq!(made, serde_json::json!(["client secret"]));
    let parts: Vec<i32> = day.split('-').flat_map(str::parse).collect();
    let [year, month, number] = parts[..] else {
        panic!("{day}");
    };
    let month = u8::try_from(month).ok().and_then(|it| it.try_into().ok());
    let number = u8::try_from(number).expect("a day");
    let ends = time::Date::from_calendar_date(year, month.expect("a month"), number);
    let left = ends.expect("a day") - time::OffsetDateTime::now_utc().date();
    // Midnight may come in between, and one of the years may be a leap year.
    assert!((729..=732).contains(&left.whole_days()), "{day}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(bench.demo.root().join(".env")).expect("there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
    }
    for (path, bytes) in bench.demo.tree() {
        let has = String::from_utf8_lossy(&bytes).contains(&bench.secret());
        assert_eq!(has, path.ends_with(".env"), "{}", path.display());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_makes_nothing() {
    let bench = Bench::new().await;
    bench.succeeds(&[]);
    let (tree, made) = (bench.demo.tree(), bench.changes().len());
    let again = bench.json(&[]);
    assert_eq!(again["made"], serde_json::json!([]));
    assert_eq!(again["requests"], serde_json::json!([]));
    assert_eq!(bench.changes().len(), made);
    assert!(bench.demo.tree() == tree, "nothing was written");

    // By its tag, though the profile has lost the id, if somebody says that it is this one.
    let id = bench.setting("client_id");
    bench
        .demo
        .replace("b2c.toml", &id, "<application (client) id>");
    let refused = bench.register(&[]);
    assert_eq!(refused.status.code(), Some(5));
    let said = stderr(&refused);
    assert!(said.contains(&id) && said.contains("--adopt"), "{said}");
    bench.succeeds(&["--adopt"]);
    assert_eq!(
        (bench.setting("client_id"), bench.changes().len()),
        (id, made)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn only_differences_are_sent_and_nothing_is_taken_away() {
    let bench = Bench::new().await;
    bench.succeeds(&[]);
    let before = bench.changes().len();
    bench.demo.succeeds(&[
        "tenant",
        "add",
        "prod",
        "--tenant",
        "b2cemulator",
        "--base-url",
        "https://shop.example",
        "--client-id",
        "22223333-cccc-4444-dddd-5555eeee6666",
        "--sign-up-sign-in",
        "B2C_1_susi",
    ]);
    bench.succeeds(&["--profile", "tenant"]);
    let changes = bench.changes();
    assert_eq!(changes.len(), before + 1, "{changes:?}");
    assert!(
        changes[before].starts_with("PATCH /v1.0/applications/"),
        "{changes:?}"
    );
    let clients = bench.emulator.clients();
    let id = bench.setting("client_id");
    let client = clients
        .iter()
        .find(|it| it.client_id() == id)
        .expect("registered");
    let uris = [
        "http://localhost:5000/getAToken",
        "https://shop.example/getAToken",
    ];
    assert_eq!(client.redirect_uris(), uris);

    // Gone from the project, not from the tenant: somebody may use it.
    bench.demo.succeeds(&["undo"]);
    bench.succeeds(&["--profile", "tenant"]);
    assert_eq!(bench.changes().len(), before + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_that_the_app_calls_is_registered_with_its_scopes() {
    let bench = Bench::new().await;
    let text = bench.demo.read("b2c.toml")
        + "\n[[profile.tenant.downstream]]\nname = \"orders\"\nbase_url = \"https://orders.example\"\n\
           resource = \"https://b2cemulator.onmicrosoft.com/orders\"\nscopes = [\"orders.read\"]\n\
           \n[[profile.tenant.downstream]]\nname = \"sale\"\nbase_url = \"https://sale.example\"\n\
           resource = \"https://b2cemulator.onmicrosoft.com/orders/\"\nscopes = [\"orders.read\", \"sale\"]\n\
           \n[[profile.tenant.downstream]]\nname = \"other\"\nbase_url = \"https://other.example\"\n\
           resource = \"https://elsewhere.onmicrosoft.com/other\"\nscopes = [\"other.read\"]\n";
    bench.demo.write("b2c.toml", &text);
    let shown = bench.json(&["-n"]);
    let requests = shown["requests"].as_array().expect("requests");
    let application = requests.iter().find(|it| it["body"]["web"].is_object());
    let accesses = application.expect("the app")["body"]["requiredResourceAccess"].clone();
    assert_eq!(
        accesses.as_array().map(Vec::len),
        Some(2),
        "two of one resource are one: {accesses}"
    );
    assert_eq!(
        accesses[1]["resourceAccess"].as_array().map(Vec::len),
        Some(2)
    );
    let said = bench.succeeds(&[]);
    let grants = bench.changes();
    let grants = grants.iter().filter(|it| it.contains("PermissionGrants"));
    assert_eq!(grants.count(), 2, "Graph's and the API's");
    assert!(
        said.contains("API https://b2cemulator.onmicrosoft.com/orders"),
        "{said}"
    );
    assert!(
        said.contains("https://elsewhere.onmicrosoft.com/other is not registered"),
        "{said}"
    );
    let seed = bench.emulator.export();
    assert!(seed.contains("orders.read"), "{seed}");

    let wider = text.replace("[\"orders.read\"]", "[\"orders.read\", \"orders.write\"]");
    let wider = wider.replace("<application (client) id>", &bench.setting("client_id"));
    bench.demo.write("b2c.toml", &wider);
    let before = bench.changes().len();
    bench.succeeds(&[]);
    let later = bench.changes().split_off(before);
    assert_eq!(
        later.len(),
        3,
        "the API's scopes, the app's permissions, the consent: {later:?}"
    );
    assert!(later.iter().all(|it| it.starts_with("PATCH")), "{later:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hybrid_sign_ins_and_https_bring_their_settings() {
    let bench = Bench::new().await;
    bench.demo.replace(
        "b2c.toml",
        "tenant = \"b2cemulator\"",
        "tenant = \"b2cemulator\"\nresponse_type = \"code id_token\"",
    );
    bench
        .demo
        .succeeds(&["tenant", "set", "--base-url", "https://shop.example"]);
    let requests = bench.json(&["--dry-run"])["requests"].clone();
    let web = &requests[0]["body"]["web"];
    assert_eq!(web["implicitGrantSettings"]["enableIdTokenIssuance"], true);
    assert_eq!(
        web["logoutUrl"],
        "https://shop.example/front-channel-logout"
    );
    assert_eq!(
        requests[0]["body"]["signInAudience"],
        "AzureADandPersonalMicrosoftAccount"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_shows_everything_and_sends_nothing() {
    let bench = Bench::new().await;
    let tree = bench.demo.tree();
    let said = bench.succeeds(&["--dry-run"]);
    for request in [
        "/v1.0/applications",
        "addPassword",
        "servicePrincipals",
        "b2cUserFlows",
    ] {
        assert!(said.contains(request), "{request}: {said}");
    }
    let shown = bench.json(&["-n"])["requests"]
        .as_array()
        .expect("requests")
        .len();
    assert!(bench.changes().is_empty());
    assert!(bench.demo.tree() == tree, "nothing was written");
    bench.succeeds(&[]);
    assert_eq!(
        bench.changes().len(),
        shown,
        "what was shown is what is sent"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn external_id_and_entra_get_an_application() {
    let bench = Bench::of("woodgrove", "external-id").await;
    let said = bench.succeeds(&["--user-flow", "second"]);
    assert!(said.contains("link to the user flow second"), "{said}");
    let tenant = bench.emulator.in_tenant("woodgrove").expect("there");
    assert!(
        tenant
            .export()
            .expect("a seed")
            .contains("user_flow = \"second\"")
    );
    assert_eq!(
        bench.json(&["--user-flow", "second"])["made"],
        serde_json::json!([])
    );
    let none = bench.register(&["--user-flow", "third"]);
    assert_eq!(none.status.code(), Some(2), "{}", stderr(&none));

    let bench = Bench::of("contoso", "entra").await;
    let requests = bench.json(&["--dry-run"])["requests"].clone();
    assert_eq!(
        requests[0]["body"]["web"]["redirectUris"],
        serde_json::json!(["http://localhost:5000/", "http://localhost:5000/getAToken"]),
        "sign-outs come back, too"
    );
    bench.succeeds(&[]);
    let clients = bench
        .emulator
        .in_tenant("contoso")
        .expect("there")
        .clients();
    let id = bench.setting("client_id");
    let clients = clients.expect("clients");
    let client = clients
        .iter()
        .find(|it| it.client_id() == id)
        .expect("registered");
    assert_eq!(client.client_secret(), bench.secret());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_secret_comes_only_when_it_is_asked_for() {
    let bench = Bench::new().await;
    bench.succeeds(&["--no-secret"]);
    assert_eq!(bench.secret(), "");
    bench.succeeds(&[]);
    let first = bench.secret();
    bench.succeeds(&[]);
    assert_eq!(bench.secret(), first);
    let said = bench.succeeds(&["--new-secret"]);
    assert!(
        said.contains("a client secret named b2c-init:demo:tenant already"),
        "{said}"
    );
    assert!(!bench.secret().is_empty() && bench.secret() != first);
}

#[tokio::test(flavor = "multi_thread")]
async fn undo_takes_the_files_back_and_says_what_stays_in_the_tenant() {
    let bench = Bench::new().await;
    let before = bench.demo.tree();
    bench.succeeds(&[]);
    let id = bench.setting("client_id");
    let output = bench.demo.run(&["undo"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(
        stderr(&output).contains(&format!("az ad app delete --id {id}")),
        "{}",
        stderr(&output)
    );
    assert!(bench.demo.tree() == before, "as it was");
    bench.succeeds(&["--adopt"]);
    assert_eq!(bench.setting("client_id"), id, "found again");
}
