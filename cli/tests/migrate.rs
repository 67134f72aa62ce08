//! `migrate --to external-id`: what is found, what is written, what is refused.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

#[path = "migrate/after.rs"]
mod after;
#[path = "migrate/deployment.rs"]
mod deployment;
#[allow(dead_code, reason = "no template goes on here")]
mod edits;
#[path = "migrate/kept.rs"]
mod kept;
#[path = "migrate/look.rs"]
mod look;
mod program;
#[cfg(unix)]
#[path = "migrate/read_only.rs"]
mod read_only;
#[path = "migrate/refused.rs"]
mod refused;
#[path = "migrate/shapes.rs"]
mod shapes;
#[path = "migrate/steps.rs"]
mod steps;
#[path = "migrate/two_moves.rs"]
mod two_moves;

use cargo_b2c_init::Template;
use program::Demo;
use serde_json::Value;

const OLD_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const NEW_ID: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const API: &str = "api://33334444-dddd-5555-eeee-6666ffff7777";

/// A project whose users sign in at B2C.
fn b2c() -> Demo {
    let demo = Demo::new();
    sign_in_at_b2c(&demo);
    demo
}

/// The same of another template.
fn b2c_of(template: Template) -> Demo {
    let demo = Demo::of(template);
    if demo.read("b2c.toml").contains("audiences = []") {
        demo.replace("b2c.toml", "audiences = []", "audiences = [\"a\"]");
    }
    if template == Template::Api {
        demo.succeeds(&["tenant", "set", "contoso", "--profile", "tenant"]);
    } else {
        sign_in_at_b2c(&demo);
    }
    demo
}

fn sign_in_at_b2c(demo: &Demo) {
    demo.succeeds(&[
        "tenant",
        "set",
        "contoso",
        "--profile",
        "tenant",
        "--client-id",
        OLD_ID,
    ]);
    demo.succeeds(&["tenant", "use", "tenant"]);
}

fn migrate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["migrate", "--to", "external-id"], more].concat()
}

const NEW: [&str; 4] = ["--tenant", "fabrikam", "--client-id", NEW_ID];

fn beside() -> Vec<&'static str> {
    migrate(&[&NEW[..], &["--side-by-side"]].concat())
}

fn settings(demo: &Demo) -> toml::Table {
    demo.read("b2c.toml").parse().expect("TOML")
}

/// `code severity place` of every finding.
fn findings(document: &Value) -> Vec<String> {
    let list = document["findings"].as_array().expect("findings").iter();
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line = |one: &Value| {
        let place = format!("{}:{}", word(&one["file"]), word(&one["line"]));
        format!("{} {} {place}", word(&one["code"]), word(&one["severity"]))
    };
    list.map(line).collect()
}

/// As [`b2c`], with an API that the app calls.
fn with_api() -> Demo {
    let demo = b2c();
    demo.replace(
        "b2c.toml",
        "# [[profile.tenant.downstream]]\n# name = \"demo\"",
        "# None yet.\n#",
    );
    let downstream = "\n[[profile.tenant.downstream]]\nname = \"demo\"\nbase_url = \"https://api.contoso.com\"\n\
                      resource = \"https://contoso.onmicrosoft.com/demo-api\"\nscopes = [\"demo.read\"]\n";
    demo.write(
        "b2c.toml",
        &format!("{}{downstream}", demo.read("b2c.toml")),
    );
    demo
}
