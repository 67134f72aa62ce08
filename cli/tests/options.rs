//! What `b2c.toml` needs of a tenant can be said by options alone, and what they cannot mean is refused.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use cargo_b2c_init::{Kind, Template};
use program::{Demo, stderr, stdout};
use toml::Table;

const ID: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const OTHER: &str = "44445555-dddd-6666-eeee-7777ffff8888";

fn own(demo: &Demo, path: &str, profile: &str) -> Table {
    let table: Table = demo.read(path).parse().expect("TOML");
    table["profile"][profile].as_table().expect("one").clone()
}

fn list(table: &Table, path: [&str; 2]) -> Vec<String> {
    let list = table[path[0]].get(path[1]).and_then(toml::Value::as_array);
    let texts = list.into_iter().flatten();
    texts
        .map(|text| text.as_str().expect("a text").to_owned())
        .collect()
}

fn refused(demo: &Demo, arguments: &[&str], because: &str) {
    ends_with(demo, arguments, 2, because);
}

fn ends_with(demo: &Demo, arguments: &[&str], code: i32, because: &str) {
    let before = demo.tree();
    let output = demo.run(arguments);
    assert_eq!(
        output.status.code(),
        Some(code),
        "{arguments:?}: {}",
        stderr(&output)
    );
    assert!(stderr(&output).contains(because), "{}", stderr(&output));
    assert_eq!(demo.tree(), before);
}

const TENANTS: [&str; 2] = ["provider", "allowed_tenants"];
const AUDIENCES: [&str; 2] = ["api", "audiences"];

#[test]
fn several_tenants_of_entra_id_are_named_by_options() {
    let demo = Demo::with(|project| project.kind(Kind::Entra));
    let set = ["tenant", "set", "common", "--client-id", ID];
    refused(&demo, &set, "--allowed-tenant GUID");
    refused(
        &demo,
        &[&set[..], &["--allowed-tenant", "contoso"]].concat(),
        "--allowed-tenant",
    );
    refused(
        &demo,
        &[
            &set[..],
            &["--allowed-tenant", "*", "--allowed-tenant", OTHER],
        ]
        .concat(),
        "allowed_tenants",
    );
    let two = ["--allowed-tenant", ID, "--allowed-tenant", OTHER];
    demo.succeeds(&[&set[..], &two].concat());
    assert_eq!(
        list(&own(&demo, "b2c.toml", "tenant"), TENANTS),
        [ID, OTHER]
    );
    demo.succeeds(&["tenant", "use", "tenant"]);
    demo.succeeds(&["update", "--check"]);
    demo.succeeds(&["tenant", "set", "--allowed-tenant", "*"]);
    assert_eq!(list(&own(&demo, "b2c.toml", "tenant"), TENANTS), ["*"]);
    // One tenant alone has no list.
    demo.succeeds(&["tenant", "set", "contoso"]);
    assert!(list(&own(&demo, "b2c.toml", "tenant"), TENANTS).is_empty());
    demo.succeeds(&["update", "--check"]);

    let new = [
        "new",
        "many",
        "--kind",
        "entra",
        "--tenant",
        "organizations",
    ];
    refused(&demo, &new, "--allowed-tenant GUID");
    demo.succeeds(&[&new[..], &["--client-id", ID, "--allowed-tenant", OTHER]].concat());
    assert_eq!(
        list(&own(&demo, "many/b2c.toml", "tenant"), TENANTS),
        [OTHER]
    );
}

#[test]
fn an_api_is_complete_with_its_client_id() {
    let demo = Demo::new();
    let new = [
        "new",
        "api",
        "--template",
        "api",
        "--tenant",
        "contoso",
        "--client-id",
        ID,
    ];
    demo.succeeds(&new);
    assert_eq!(list(&own(&demo, "api/b2c.toml", "tenant"), AUDIENCES), [ID]);
    demo.succeeds(&["tenant", "use", "tenant", "-C", "api"]);
    demo.succeeds(&["update", "--check", "-C", "api"]);
    // The audience follows the id, and another one stays.
    demo.succeeds(&["tenant", "set", "-C", "api", "--client-id", OTHER]);
    assert_eq!(
        list(&own(&demo, "api/b2c.toml", "tenant"), AUDIENCES),
        [OTHER]
    );
    demo.succeeds(&["update", "--check", "-C", "api"]);
    let two = ["--audience", "api://a", "--audience", ID];
    let set = ["tenant", "set", "-C", "api", "--prefer", "new"];
    demo.succeeds(&[&set[..], &two].concat());
    demo.succeeds(&["tenant", "set", "-C", "api", "--client-id", ID]);
    assert_eq!(
        list(&own(&demo, "api/b2c.toml", "tenant"), AUDIENCES),
        ["api://a", ID]
    );
    let add = ["tenant", "add", "prod", "-C", "api", "--tenant", "fabrikam"];
    demo.succeeds(
        &[
            &add[..],
            &["--client-id", ID, "--sign-up-sign-in", "B2C_1_a"],
        ]
        .concat(),
    );
    assert_eq!(list(&own(&demo, "api/b2c.toml", "prod"), AUDIENCES), [ID]);
    demo.succeeds(&["tenant", "use", "prod", "-C", "api"]);
}

#[test]
fn nobody_guesses_what_other_providers_call_an_api() {
    let demo = Demo::new();
    let new = ["new", "api", "--template", "api", "--kind", "oidc"];
    let whom = ["--issuer", "https://id.example.com", "--client-id", "shop"];
    demo.succeeds(&[&new[..], &whom].concat());
    assert!(list(&own(&demo, "api/b2c.toml", "tenant"), AUDIENCES).is_empty());
    ends_with(
        &demo,
        &["tenant", "use", "tenant", "-C", "api"],
        1,
        "--audience ID",
    );
    let audience = "https://api.example.com";
    demo.succeeds(&["tenant", "set", "-C", "api", "--audience", audience]);
    assert_eq!(
        list(&own(&demo, "api/b2c.toml", "tenant"), AUDIENCES),
        [audience]
    );
    demo.succeeds(&["tenant", "use", "tenant", "-C", "api"]);
}

#[test]
fn audiences_are_for_what_takes_access_tokens() {
    let demo = Demo::new();
    refused(&demo, &["tenant", "set", "--audience", ID], "[api]");
    let new = ["new", "web", "--template", "web-app", "--audience", ID];
    refused(&demo, &new, "templates api and grpc");
    let grpc = Demo::of(Template::Grpc);
    grpc.succeeds(&["tenant", "set", "--audience", ID]);
    assert_eq!(list(&own(&grpc, "b2c.toml", "tenant"), AUDIENCES), [ID]);
}

#[test]
fn new_has_the_options_of_tenant_set() {
    let demo = Demo::new();
    let new = ["new", "web", "--tenant-id", ID, "--aad-b2c-instance"];
    demo.succeeds(
        &[
            &new[..],
            &["https://login.contoso.com/", "--client-id", OTHER],
        ]
        .concat(),
    );
    let provider = own(&demo, "web/b2c.toml", "tenant")["provider"].clone();
    assert_eq!(provider["tenant"].as_str(), Some(ID));
    assert_eq!(
        provider["instance"].as_str(),
        Some("https://login.contoso.com")
    );
    refused(
        &demo,
        &["new", "x", "--tenant-id", "contoso"],
        "--tenant-id",
    );
    refused(
        &demo,
        &["tenant", "set", "--tenant-id", "contoso"],
        "--tenant-id",
    );
}

#[test]
fn new_shows_a_diff_of_what_it_would_write() {
    let demo = Demo::new();
    let before = demo.tree();
    let shown = stdout(&demo.run(&["new", "web", "--diff"]));
    assert!(
        shown.contains("+++ b/src/main.rs") && shown.contains("+[package]"),
        "{shown}"
    );
    assert!(
        shown.contains("# create .env: secrets are not shown"),
        "{shown}"
    );
    assert!(!shown.contains("B2C_COOKIE_KEY=ey") && demo.tree() == before);
    assert!(demo.json(&["new", "web", "--diff", "--json"])["diff"].is_string());
}

#[test]
fn what_is_missing_is_told_by_its_options() {
    let demo = Demo::new();
    let all = "--tenant NAME --client-id ID --sign-up-sign-in FLOW";
    refused(&demo, &["tenant", "add", "q"], all);
    refused(
        &demo,
        &["tenant", "set", "--client-id", "shop"],
        "--client-id ID",
    );
    refused(&demo, &["tenant", "use", "nosuch"], "no profile \"nosuch\"");
    refused(
        &demo,
        &["tenant", "set", "--profile", "nosuch"],
        "no profile \"nosuch\"",
    );
    refused(
        &demo,
        &["tenant", "set", "--issuer", "https://id.example.com"],
        "--issuer",
    );
}

#[test]
fn a_mistake_in_the_command_line_is_a_document_where_one_is_asked_for() {
    let demo = Demo::new();
    for (arguments, command, said) in [
        (
            &["tenant", "set", "--nope", "--json"][..],
            "tenant set",
            "--nope",
        ),
        (&["--json", "migrate", "--to", "x"], "migrate", "'x'"),
        (&["tenant", "--json"], "tenant", "subcommand"),
        (&["nope", "--json"], "", "'nope'"),
        (&["new", "--json", "--port", "0"], "new", "0"),
    ] {
        let output = demo.run(arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let text = stdout(&output);
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(document["command"], command, "{text}");
        assert_eq!(document["exit"], 2, "{text}");
        let message = document["error"]["message"].as_str().expect("a message");
        assert!(message.contains(said), "{text}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
    // To people, and where nothing is wrong, it is as ever.
    let output = demo.run(&["tenant", "set", "--nope"]);
    assert_eq!(stdout(&output), "");
    assert!(stderr(&output).contains("Usage:"), "{}", stderr(&output));
    let help = demo.run(&["tenant", "set", "--json", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(stdout(&help).contains("Usage:"), "{}", stdout(&help));
}
