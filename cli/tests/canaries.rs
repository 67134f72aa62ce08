//! Secrets that stand where they do not belong, and that no command shows.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use program::{Demo, stderr, stdout};

const ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
/// What is in every secret here.
const CANARY: &str = "canary";

/// A project in whose settings secrets stand themselves, where references belong.
fn careless() -> Demo {
    let demo = Demo::new();
    demo.succeeds(&["tenant", "set", "contoso", "--client-id", ID]);
    let mut text = demo.read("b2c.toml");
    let reference = "client_secret = { env = \"B2C_CLIENT_SECRET\" }";
    let literal = "client_secret = \"canary-one\"\nsecond_client_secret = \"canary-two\"";
    assert!(text.contains(reference), "{text}");
    text = text.replace(reference, literal);
    text.push_str(
        "
[profile.tenant.session]
cookie_keys = [\"canary-three-canary-three-canary-three\"]
store = \"redis\"

[profile.tenant.session.redis]
url = \"redis://app:canary-four@localhost\"
password = \"canary-five\"
entra = { client_secret = \"canary-six\", client_key = '''canary-seven''' }

[profile.tenant.api]
dpop_nonce_secret = { value = \"canary-eight\" }

[[profile.other.provider]]
tenant = \"contoso\"
client_secret = \"canary-nine\"

[profile.more.provider]
kind = \"b2c\"
client_secret = [{ value = \"canary-ten\" }]
# client_secret = \"canary-eleven\"
",
    );
    demo.write("b2c.toml", &text);
    let env = demo.read(".env") + "OTHER=canary-twelve\n";
    demo.write(".env", &env);
    let example = demo.read(".env.example");
    let example = example.replace("B2C_CLIENT_SECRET=", "B2C_CLIENT_SECRET=canary-thirteen");
    demo.write(".env.example", &example);
    demo
}

#[test]
fn no_command_shows_a_secret_that_stands_in_the_settings() {
    let ways: &[&[&str]] = &[&[], &["--json"]];
    let set = ["tenant", "set", "--profile", "tenant"];
    let secret = ["--client-secret-env", "B2C_OTHER_SECRET"];
    let new = ["--prefer", "new"];
    let commands: Vec<Vec<&str>> = vec![
        [&set[..], &secret].concat(),
        [&set[..], &secret, &new, &["--diff"]].concat(),
        [&set[..], &secret, &["--prefer", "mine"]].concat(),
        [&set[..], &secret, &new].concat(),
        [&set[..], &["fabrikam", "--diff"]].concat(),
        vec!["tenant", "set", "--profile", "other", "fabrikam"],
        vec![
            "tenant",
            "set",
            "--profile",
            "other",
            "fabrikam",
            "--prefer",
            "new",
        ],
        vec![
            "tenant",
            "add",
            "third",
            "--tenant",
            "contoso",
            "--client-id",
            ID,
            "--sign-up-sign-in",
            "B2C_1_susi",
        ],
        vec!["tenant", "use", "tenant"],
        vec!["tenant", "use", "other"],
        vec!["tenant", "list"],
        vec!["doctor", "--offline"],
        vec!["diff"],
        vec!["diff", "--drift"],
        vec!["update", "--diff"],
        vec!["update", "--check"],
        vec!["update", "--prefer", "new", "--diff"],
        vec!["register", "--print", "--profile", "tenant"],
        vec![
            "migrate",
            "--to",
            "external-id",
            "--profile",
            "tenant",
            "-n",
            "--diff",
        ],
        vec![
            "migrate",
            "--to",
            "external-id",
            "--profile",
            "tenant",
            "--side-by-side",
            "--tenant",
            "fabrikam",
            "--client-id",
            ID,
            "--diff",
        ],
        vec!["import", "b2c.toml"],
        vec!["import", ".env"],
        vec!["eject"],
        vec!["undo", "--diff"],
    ];
    for command in commands {
        for way in ways {
            let demo = careless();
            let arguments = [&command[..], way].concat();
            let output = demo.run(&arguments);
            let shown = stdout(&output) + &stderr(&output);
            assert!(!shown.contains(CANARY), "{arguments:?}: {shown}");
            assert_ne!(output.status.code(), Some(2), "{arguments:?}: {shown}");
        }
    }
}

#[test]
fn a_conflict_over_a_secret_is_told_without_it() {
    let demo = careless();
    let set = [
        "tenant",
        "set",
        "--profile",
        "tenant",
        "--client-secret-env",
        "FOO",
    ];
    let output = demo.run(&set);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(3), "{told}");
    assert!(
        told.contains("provider.client_secret is \"•••\", would become"),
        "{told}"
    );
    assert!(told.contains("{ env = \"FOO\" }"), "{told}");

    let told = stdout(&demo.run(&["doctor", "--offline"]));
    for key in [
        "second_client_secret",
        "entra.client_key",
        "session.redis.password",
    ] {
        assert!(told.contains(key), "{key}: {told}");
    }
}

#[test]
fn drift_shows_nothing_of_settings_that_are_no_toml() {
    let demo = careless();
    demo.replace("b2c.toml", "[", "cookie_keys: canary-six\n[");
    let output = demo.run(&["diff", "--drift"]);
    let shown = stdout(&output) + &stderr(&output);
    assert!(shown.contains("b2c.toml"), "{shown}");
    assert!(!shown.contains(CANARY), "{shown}");
}
