//! The Azure CLI: where the token comes from, and the script that is for it. A program of its name
//! stands in for it, that sends what `az rest` would. The script is for a Unix shell, which is where the
//! program's stand-in runs, too.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use super::Bench;
use super::program::{stderr, stdout};
use super::stand_in;

impl Bench {
    /// A directory with an `az`, and with this tool under cargo's name.
    fn with_az(&self) -> PathBuf {
        let directory = self.demo.outside().join("bin");
        fs::create_dir_all(&directory).expect("a directory");
        let own = env!("CARGO_BIN_EXE_cargo-b2c-init");
        let cargo = format!("#!/bin/sh\nexec {own} \"$@\"\n");
        for (name, text) in [("az", AZ.to_owned()), ("cargo", cargo)] {
            let path = directory.join(name);
            stand_in::write(&path, &text);
        }
        directory
    }

    /// Runs a script in the project, with that `az`.
    fn runs(&self, script: &str) -> Output {
        let mut command = Command::new("sh");
        command.arg("-c").arg(script).stdin(Stdio::null());
        command.current_dir(self.demo.root());
        self.in_path(&mut command, &self.with_az());
        command.output().expect("it runs")
    }

    fn in_path(&self, command: &mut Command, first: &std::path::Path) {
        let rest = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{rest}", first.display()));
        command
            .env_remove("B2C_INIT_GRAPH_TOKEN")
            .env("AZ_TOKEN", self.token());
        command.env("AZ_LOG", self.demo.outside().join("az.log"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_asked_of_az_for_the_tenant() {
    if !has_python() {
        return;
    }
    let bench = Bench::new().await;
    let bin = bench.with_az();
    let mut command = bench.command(&[]);
    bench.in_path(&mut command, &bin);
    let output = command.output().expect("it runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let log = fs::read_to_string(bench.demo.outside().join("az.log")).expect("called");
    assert!(
        log.contains("get-access-token --resource-type ms-graph --tenant b2cemulator"),
        "{log}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_registers_the_same_without_a_secret_in_it() {
    let bench = Bench::new().await;
    let text = bench.demo.read("b2c.toml")
        + "\n[[profile.tenant.downstream]]\nname = \"orders\"\nbase_url = \"https://orders.example\"\n\
           resource = \"https://b2cemulator.onmicrosoft.com/orders\"\nscopes = [\"orders.read\"]\n";
    bench.demo.write("b2c.toml", &text);
    let output = bench.register(&["--print"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(bench.emulator.requests().is_empty(), "nobody was asked");
    let script = stdout(&output);
    assert!(!script.contains(bench.token()));
    let path = bench.demo.outside().join("register.sh");
    fs::write(&path, &script).expect("written");
    let checked = Command::new("sh")
        .arg("-n")
        .arg(&path)
        .status()
        .expect("sh");
    assert!(checked.success());
    if !has_python() {
        return;
    }
    let bin = bench.with_az();
    let run = || {
        let mut command = Command::new("sh");
        command
            .arg(&path)
            .current_dir(bench.demo.root())
            .stdin(Stdio::null());
        bench.in_path(&mut command, &bin);
        command.output().expect("it runs")
    };
    let output = run();
    assert!(output.status.success(), "{}\n{script}", stderr(&output));
    let shown = stdout(&output) + &stderr(&output);
    assert!(!shown.contains(&bench.secret()), "{shown}");
    bench
        .signs_in("B2C_1_susi", "http://localhost:5000/getAToken")
        .await;
    let day = bench.setting("client_secret_expires");
    assert!(day.starts_with("20") && day.len() == 10, "{day}");
    assert_eq!(
        bench.json(&[])["made"],
        serde_json::json!([]),
        "register finds it as it should be"
    );
    let again = run();
    assert_eq!(again.status.code(), Some(1), "{}", stderr(&again));
    let script = script.replace("'b2cemulator", "'fabrikam");
    fs::write(&path, script).expect("written");
    let elsewhere = run();
    assert_eq!(elsewhere.status.code(), Some(1));
    let said = stderr(&elsewhere);
    assert!(said.contains("az is not signed in to fabrikam"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_makes_nothing_of_others_and_replaces_the_id_that_is_there() {
    let bench = Bench::new().await;
    let old = "22223333-cccc-4444-dddd-5555eeee6666";
    let text = bench.demo.read("b2c.toml");
    let text = text.replace("<application (client) id>", old)
        + "\n[[profile.tenant.downstream]]\nname = \"graph\"\nbase_url = \"https://graph.microsoft.com\"\n\
           resource = \"https://graph.microsoft.com\"\nscopes = [\"User.Read\", \"Mail.Read\"]\n\
           \n[[profile.tenant.downstream]]\nname = \"other\"\nbase_url = \"https://other.example\"\n\
           resource = \"https://fabrikam.onmicrosoft.com/other\"\nscopes = [\"read\"]\n";
    bench.demo.write("b2c.toml", &text);
    let output = bench.register(&["--print"]);
    let (script, said) = (stdout(&output), stderr(&output));
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("added by hand, under API permissions: Mail.Read"),
        "{said}"
    );
    assert!(
        said.contains("the API https://fabrikam.onmicrosoft.com/other is not"),
        "{said}"
    );
    let made = script.matches("make \"$graph/v1.0/applications\"").count();
    assert_eq!(made, 1, "the app alone is registered: {script}");
    // By the id that it has everywhere.
    assert!(
        script.contains("e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
        "{script}"
    );
    assert!(
        script.contains("openid offline_access User.Read\""),
        "{script}"
    );
    assert!(!script.contains("fabrikam"), "{script}");
    if !has_python() {
        return;
    }
    let output = bench.runs(&script);
    assert!(output.status.success(), "{}\n{script}", stderr(&output));
    assert_ne!(bench.setting("client_id"), old);
    bench
        .signs_in("B2C_1_susi", "http://localhost:5000/getAToken")
        .await;
    let again = bench.json(&[]);
    assert_eq!(
        again["made"],
        serde_json::json!([]),
        "register finds it as it should be"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_the_project_says_is_run_by_the_script() {
    if !has_python() {
        return;
    }
    let bench = Bench::new().await;
    let uri = "https://b2cemulator.onmicrosoft.com/o'x$(touch pwned)`touch pwned`\\n touch pwned #";
    let text = bench.demo.read("b2c.toml").replace(
        "B2C_1_passwordreset1\"\n\n# A web API",
        "B2C_1_\\\"$(touch pwned)'`touch pwned`\"\n\n# A web API",
    ) + &format!(
        "\n[[profile.tenant.downstream]]\nname = \"orders\"\nbase_url = \"https://orders.example\"\n\
         resource = \"{uri}\"\nscopes = [\"a$(touch${{IFS}}pwned)\"]\n"
    );
    bench.demo.write("b2c.toml", &text);
    let name = "Ada's \"$(touch pwned)`touch pwned`\" $api_0 $HOME\ntouch pwned\n#";
    let script = stdout(&bench.register(&["--print", "--name", name]));
    let output = bench.runs(&script);
    assert!(!bench.demo.root().join("pwned").exists(), "{script}");
    // Everything is there under the very names; the user flow has one that Graph refuses.
    let said = stderr(&output);
    assert!(said.contains("Bad Request"), "{said}\n{script}");
    let again = bench.json(&["--name", name, "--no-user-flows"]);
    assert_eq!(again["made"], serde_json::json!([]), "{again}\n{script}");
}

/// What stands in for `az` is written in Python.
fn has_python() -> bool {
    let present = Command::new("python3").arg("--version").output().is_ok();
    assert!(
        present || std::env::var_os("CI").is_none_or(|ci| ci != "true"),
        "python3 is missing"
    );
    present
}

const AZ: &str = r#"#!/usr/bin/env python3
import json, os, sys, urllib.parse, urllib.request
arguments = sys.argv[1:]
with open(os.environ["AZ_LOG"], "a") as log:
    log.write(" ".join(arguments) + "\n")
if arguments[:2] == ["account", "get-access-token"]:
    print(os.environ["AZ_TOKEN"])
    sys.exit()
if arguments[:2] == ["account", "show"]:
    print("0e9d8c7b-6a5f-4e3d-a2c1-b0f1e2d3c4b5\tvanity.example")
    sys.exit()
options = dict(zip(arguments[1::2], arguments[2::2]))
url = urllib.parse.quote(options["--url"], safe=":/?=&$'(),%")
body = options.get("--body")
request = urllib.request.Request(url, method=options["--method"].upper(), data=body and body.encode())
request.add_header("Authorization", "Bearer " + os.environ["AZ_TOKEN"])
request.add_header("Content-Type", "application/json")
try:
    value = json.load(urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request))
except urllib.error.HTTPError as error:
    sys.exit("Bad Request: " + error.read().decode())
if url.endswith("/organization"):
    print(*(domain["name"] for domain in value["value"][0]["verifiedDomains"]), sep="\n")
    sys.exit()
for key in options["--query"].replace("[0]", ".0").split("."):
    if isinstance(value, list):
        value = value[0] if value else None
    else:
        value = value.get(key) if value else None
if value is not None:
    print(value)
"#;
