//! `doctor` looks at the files of a project: each mistake has its own finding.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod program;

use program::{Demo, stderr};
use serde_json::Value;

/// The codes of what is found without the network, and the exit code.
fn found(demo: &Demo) -> (Vec<String>, Option<i32>) {
    let output = demo.run(&["doctor", "--offline", "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("findings").iter();
    let codes = findings.filter_map(|finding| finding["code"].as_str().map(str::to_owned));
    // That the tenant is still to be filled in is so in every new project.
    let codes = codes.filter(|code| code != "B2C003");
    (codes.collect(), output.status.code())
}

#[test]
fn sessions_that_do_not_fit_into_cookies_are_foretold() {
    let demo = Demo::new();
    demo.replace("b2c.toml", "[session]\n", "[session]\nstore = \"cookie\"\n");
    assert_eq!(found(&demo), (vec![], Some(0)));
    let config = tower_b2c::Config::from_file(demo.root().join("b2c.toml")).load();
    let forecast = config
        .expect("settings")
        .session_forecasts()
        .remove(0)
        .bytes();
    for (most, codes) in [
        (forecast, vec![]),
        (forecast - 1, vec!["B2C020".to_owned()]),
    ] {
        demo.replace(
            "b2c.toml",
            "[session]\n",
            &format!("[session]\ncookie_max_bytes = {most}\n"),
        );
        assert_eq!(found(&demo), (codes, Some(0)), "{most}");
        demo.replace("b2c.toml", &format!("cookie_max_bytes = {most}\n"), "");
    }
}

#[test]
fn a_variable_that_every_profile_replaces_is_asked_for_by_nobody() {
    let demo = Demo::new();
    let of_all = "[provider]\nclient_secret = { env = \"OF_NO_PROFILE\" }\n\n[session]\n";
    demo.replace("b2c.toml", "[session]\n", of_all);
    assert_eq!(found(&demo), (vec![], Some(0)));
    // One profile refers to a file in its place, the other to nothing.
    demo.write("client-of-the-app", "of-the-file");
    demo.write(".gitignore", "/target\n.env\n/client-of-the-app\n");
    let secret = "client_secret = { env = \"B2C_CLIENT_SECRET\" }\n";
    let mounted = "client_secret = { file = \"client-of-the-app\" }\n";
    demo.replace("b2c.toml", secret, mounted);
    let (codes, _) = found(&demo);
    assert!(!codes.contains(&"B2C015".to_owned()), "{codes:?}");
    demo.replace("b2c.toml", mounted, "");
    let (codes, _) = found(&demo);
    assert!(codes.contains(&"B2C015".to_owned()), "{codes:?}");
}

#[test]
fn a_client_secret_that_ends_is_found_before_it_does() {
    let demo = Demo::new();
    let secret = "client_secret = { env = \"B2C_EMULATOR_CLIENT_SECRET\" }\n";
    let of_tenant = "client_secret = { env = \"B2C_CLIENT_SECRET\" }\n";
    // Whatever zone this machine is in, days are those of UTC.
    let day = |days: i64| {
        let now = std::time::SystemTime::now();
        let hours = std::time::Duration::from_secs(days.unsigned_abs() * 24 * 60 * 60);
        let then = if days < 0 { now - hours } else { now + hours };
        day_of(then)
    };
    for (days, in_use, elsewhere) in [
        (31, vec![], vec![]),
        (29, vec!["B2C017"], vec!["B2C017"]),
        (2, vec!["B2C017"], vec!["B2C017"]),
        (-2, vec!["B2C018"], vec!["B2C017"]),
        (-4000, vec!["B2C018"], vec!["B2C017"]),
    ] {
        for (place, expected) in [(secret, in_use), (of_tenant, elsewhere)] {
            // As a text and as a date.
            for quote in ["\"", ""] {
                let line = format!("client_secret_expires = {quote}{}{quote}\n", day(days));
                let text = demo.read("b2c.toml");
                demo.replace("b2c.toml", place, &format!("{place}{line}"));
                let exit = if expected.contains(&"B2C018") { 6 } else { 0 };
                let codes: Vec<_> = expected.iter().map(ToString::to_string).collect();
                assert_eq!(found(&demo), (codes, Some(exit)), "{line}");
                demo.write("b2c.toml", &text);
            }
        }
    }
    // What all profiles have is in use unless the profile has its own.
    let text = demo.read("b2c.toml");
    let common = format!("\n[provider]\nclient_secret_expires = \"{}\"\n", day(-1));
    demo.write("b2c.toml", &format!("{text}{common}"));
    assert_eq!(found(&demo), (vec!["B2C018".to_owned()], Some(6)));
    let own = format!("{secret}client_secret_expires = \"{}\"\n", day(31));
    demo.replace("b2c.toml", secret, &own);
    assert_eq!(found(&demo), (vec!["B2C017".to_owned()], Some(0)));
    demo.write("b2c.toml", &text);
    // What is no day is one mistake, of the configuration's.
    demo.replace(
        "b2c.toml",
        secret,
        &format!("{secret}client_secret_expires = \"soon\"\n"),
    );
    assert_eq!(found(&demo), (vec!["B2C001".to_owned()], Some(6)));
}

/// The day of an instant, as HTTP has it: `Fri, 15 May 2015 15:34:21 GMT`.
fn day_of(at: std::time::SystemTime) -> String {
    let text = httpdate::fmt_http_date(at);
    let parts: Vec<_> = text.split(' ').collect();
    let months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = months.find(parts[2]).expect("a month") / 3 + 1;
    format!("{}-{month:02}-{}", parts[3], parts[1])
}

#[test]
fn other_versions_of_the_layer_are_found() {
    let demo = Demo::new();
    let own = env!("CARGO_PKG_VERSION");
    let lock = |version: &str| {
        format!("version = 4\n\n[[package]]\nname = \"tower-b2c\"\nversion = \"{version}\"\n")
    };
    demo.write("Cargo.lock", &lock(own));
    assert_eq!(found(&demo), (vec![], Some(0)));
    demo.write("Cargo.lock", &lock("9.9.9"));
    assert_eq!(found(&demo), (vec!["B2C030".to_owned()], Some(0)));

    let manifest = demo.read("Cargo.toml");
    let without = manifest
        .lines()
        .filter(|line| !line.starts_with("tower-b2c"));
    demo.write("Cargo.toml", &without.collect::<Vec<_>>().join("\n"));
    assert!(found(&demo).0.contains(&"B2C031".to_owned()));
}

#[test]
fn a_lock_file_that_is_damaged_or_gone_is_found() {
    let demo = Demo::new();
    let lock = demo.read("b2c.lock");
    demo.write("b2c.lock", &format!("<<<<<<< ours\n{lock}"));
    assert_eq!(found(&demo), (vec!["B2C041".to_owned()], Some(6)));
    demo.write("b2c.lock", &lock.replace("version = 1", "version = 2"));
    assert_eq!(found(&demo), (vec!["B2C041".to_owned()], Some(6)));
    demo.remove("b2c.lock");
    assert_eq!(found(&demo), (vec!["B2C040".to_owned()], Some(0)));
}

#[test]
fn what_update_refuses_to_start_from_is_found() {
    let demo = Demo::new();
    let changed = |path: &str, from: &str, to: &str| {
        let text = demo.read(path);
        demo.replace(path, from, to);
        let output = demo.run(&["doctor", "--offline", "--json"]);
        assert_eq!(output.status.code(), Some(6), "{path}");
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let findings = document["findings"].as_array().expect("findings");
        let errors = findings.iter().filter(|found| found["severity"] == "error");
        let errors: Vec<_> = errors.collect();
        assert_eq!(errors.len(), 1, "{document}");
        let told = errors[0];
        assert_eq!(told["code"], "B2C041", "{told}");
        assert_eq!(told["place"], path, "{told}");
        // The same words as of a command that needs the file, which refuses.
        let update = demo.run(&["update"]);
        assert_eq!(update.status.code(), Some(5));
        let refused = stderr(&update);
        for said in [&told["found"], &told["fix"]] {
            let said = said.as_str().expect("a text");
            assert!(refused.contains(said), "{said}: {refused}");
        }
        demo.write(path, &text);
        told["found"].as_str().expect("a text").to_owned()
    };
    let line = changed(".b2c/base.txt", "\n ", "\n>>>>>>> theirs\n ");
    assert!(line.starts_with("line "), "{line}");
    let store = changed("b2c.lock", "store = \"memory\"", "store = \"etcd\"");
    assert!(store.contains("etcd"), "{store}");
    let template = changed("b2c.lock", "\"web-app\"", "\"spa\"");
    assert!(template.contains("spa"), "{template}");
    let (codes, exit) = found(&demo);
    assert_eq!((codes, exit), (vec![], Some(0)));
}

/// The settings of the emulator, for a provider of another kind in it.
fn beside(port: u16, kind: &str, tenant: &str, more: &str) -> Demo {
    let demo = Demo::new();
    let text = demo.read("b2c.toml");
    let (before, rest) = text
        .split_once("[profile.emulator.provider]")
        .expect("the profile");
    let (_, after) = rest.split_once("# --- Your").expect("the tenant's profile");
    let own = format!(
        "[profile.emulator.provider]\nkind = \"{kind}\"\nemulator = true\n\
         instance = \"http://localhost:{port}\"\ntenant = \"{tenant}\"\n\
         client_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\n\
         client_secret = {{ env = \"B2C_EMULATOR_CLIENT_SECRET\" }}\n{more}\n\n# --- Your"
    );
    demo.write("b2c.toml", &format!("{before}{own}{after}"));
    demo
}

/// Asks the emulator, and returns the codes of errors and warnings with everything that was said.
fn asked(demo: &Demo) -> (Vec<String>, String) {
    let output = demo.run(&["doctor", "--json"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("findings").iter();
    let serious = findings.filter(|finding| finding["severity"] != "note");
    let codes = serious.filter_map(|finding| finding["code"].as_str().map(str::to_owned));
    (codes.collect(), text)
}

async fn emulator(redirect_uri: &str) -> b2c_emulator::Emulator {
    use b2c_emulator::{Client, Emulator, Tenant};
    let client = || {
        let id = "00001111-aaaa-2222-bbbb-3333cccc4444";
        Client::new(id, "emulator-secret-not-for-production").redirect_uri(redirect_uri)
    };
    let emulator = Emulator::builder()
        .port(0)
        .add_tenant(Tenant::external_id("woodgrove").client(client()))
        .add_tenant(Tenant::entra("contoso").client(client()));
    emulator.start().await.expect("started")
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_without_user_flows_are_asked_in_their_own_way() {
    let right = emulator("http://localhost:5000/getAToken").await;
    let wrong = emulator("http://localhost:5000/elsewhere").await;
    for (kind, tenant) in [
        ("entra", "contoso.onmicrosoft.com"),
        ("external-id", "woodgrove.onmicrosoft.com"),
    ] {
        for more in ["", "response_mode = \"form_post\""] {
            let (codes, text) = asked(&beside(right.port(), kind, tenant, more));
            assert!(codes.is_empty(), "{kind} {more}: {text}");
        }
        let (codes, text) = asked(&beside(wrong.port(), kind, tenant, ""));
        assert!(codes.contains(&"B2C053".to_owned()), "{kind}: {text}");
    }
}

/// The findings of one code or several, as a person reads them, with the exit code.
fn said(demo: &Demo, codes: &[&str]) -> (Vec<String>, Option<i32>) {
    let output = demo.run(&["doctor", "--offline"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let lines = text.lines().filter(|line| {
        let code = line.split_whitespace().nth(1);
        code.is_some_and(|code| codes.contains(&code))
    });
    (lines.map(str::to_owned).collect(), output.status.code())
}

#[test]
fn a_new_project_is_told_once_what_is_still_to_be_filled_in() {
    let demo = Demo::new();
    let (lines, exit) = said(&demo, &["B2C003", "B2C015"]);
    let [line] = &lines[..] else {
        panic!("{lines:?}");
    };
    assert!(
        line.ends_with(
            ": profile \"tenant\": still to be filled in: provider.tenant, provider.client_id, \
             B2C_CLIENT_SECRET"
        ),
        "{line}"
    );
    assert_eq!(exit, Some(0));
    // A name that is nowhere is another matter, which --fix mends.
    demo.replace(".env", "B2C_CLIENT_SECRET=", "# ");
    let (lines, _) = said(&demo, &["B2C003", "B2C015"]);
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert!(!lines[0].contains("B2C_CLIENT_SECRET"), "{lines:?}");
    assert!(lines[1].contains("B2C_CLIENT_SECRET"), "{lines:?}");
}

#[test]
fn one_mistake_is_one_finding_with_its_line() {
    let demo = Demo::new();
    let text = demo.read("b2c.toml");
    let line_of = |needle: &str, text: &str| {
        let line = text.lines().position(|line| line.starts_with(needle));
        line.expect("a line") + 1
    };
    // A misspelt key.
    let misspelt = text.replacen("\nclient_id = \"0", "\nclientId = \"0", 1);
    demo.write("b2c.toml", &misspelt);
    let (codes, exit) = found(&demo);
    assert_eq!((codes, exit), (vec!["B2C001".to_owned()], Some(6)));
    let line = line_of("clientId", &misspelt);
    let (lines, _) = said(&demo, &["B2C001"]);
    assert_eq!(
        lines,
        [format!(
            "error B2C001  b2c.toml:{line}:1: profile.emulator.provider.clientId: there is no such \
             setting; did you mean `client_id`?"
        )]
    );
    // A secret in the file.
    let secret = "client_secret = { env = \"B2C_EMULATOR_CLIENT_SECRET\" }";
    let literal = text.replacen(secret, "client_secret = \"hunter2\"", 1);
    demo.write("b2c.toml", &literal);
    let (codes, exit) = found(&demo);
    assert_eq!((codes, exit), (vec!["B2C010".to_owned()], Some(6)));
    let line = line_of("client_secret = \"hunter2\"", &literal);
    let (lines, _) = said(&demo, &["B2C010"]);
    assert!(
        lines[0].contains(&format!(" b2c.toml:{line}:1: ")),
        "{lines:?}"
    );
    // What is no TOML at all.
    demo.write("b2c.toml", &text.replacen("[session]", "[session", 1));
    let (lines, exit) = said(&demo, &["B2C001"]);
    let line = line_of("[session]", &text);
    assert!(
        matches!(&lines[..], [only] if only.contains(&format!(" b2c.toml:{line}:")) && !only.contains("found")),
        "{lines:?}"
    );
    assert_eq!(exit, Some(6));
}

#[test]
fn a_secret_that_the_app_lacks_is_told_once_and_an_empty_cookie_key_is_mended() {
    for line in ["", "B2C_COOKIE_KEY=\n"] {
        let demo = Demo::new();
        let text = demo.read(".env");
        let kept = text.lines().filter(|line| !line.contains("COOKIE_KEY"));
        let kept: Vec<_> = kept.collect();
        demo.write(".env", &format!("{}\n{line}", kept.join("\n")));
        let (codes, exit) = found(&demo);
        assert_eq!((codes, exit), (vec!["B2C016".to_owned()], Some(6)));
        demo.succeeds(&["doctor", "--offline", "--fix"]);
        assert_eq!(found(&demo), (vec![], Some(0)), "{line:?}");
        let names = demo.read(".env").matches("B2C_COOKIE_KEY").count();
        assert_eq!(names, 1, "{line:?}");
    }
}

#[test]
fn a_store_that_the_app_is_not_built_with_is_found_and_mended() {
    let demo = Demo::new();
    let tables = "[session]\nstore = \"sqlite\"\nsqlite = { path = \"s.db\" }\n\
        redis = { url = { env = \"REDIS_URL\" } }\n";
    demo.replace("b2c.toml", "[session]\n", tables);
    let text = demo.read("b2c.toml") + "\n[profile.tenant.session]\nstore = \"redis\"\n";
    demo.write("b2c.toml", &text);
    demo.write(
        ".env",
        &(demo.read(".env") + "REDIS_URL=redis://localhost\n"),
    );
    let (codes, exit) = found(&demo);
    assert_eq!(codes, ["B2C032", "B2C033"]);
    assert_eq!(exit, Some(6));
    let (lines, _) = said(&demo, &["B2C032", "B2C033"]);
    assert!(
        lines[0].contains(": session.store: \"sqlite\""),
        "{lines:?}"
    );
    assert!(
        lines[1].contains(": profile.tenant.session.store: \"redis\""),
        "{lines:?}"
    );

    let before = demo.read("Cargo.toml");
    demo.succeeds(&["doctor", "--offline", "--fix"]);
    assert_eq!(found(&demo), (vec![], Some(0)));
    let after = demo.read("Cargo.toml");
    let changed = before.lines().zip(after.lines());
    let changed: Vec<_> = changed.filter(|(before, after)| before != after).collect();
    assert!(
        matches!(&changed[..], [(_, line)] if line.starts_with("tower-b2c = ")
            && line.contains("\"axum\", \"sqlite\", \"redis\"")),
        "{changed:?}"
    );
    demo.succeeds(&["undo"]);
    assert_eq!(demo.read("Cargo.toml"), before);
}

#[test]
fn features_are_found_wherever_cargo_finds_them() {
    let demo = Demo::new();
    let tables = "[session]\nstore = \"sqlite\"\nsqlite = { path = \"s.db\" }\n";
    demo.replace("b2c.toml", "[session]\n", tables);
    let workspace = |features: &str| {
        let text = format!(
            "[workspace]\nmembers = [\"demo\"]\n[workspace.dependencies]\n\
             tower-b2c = {{ version = \"0.1\", features = [{features}] }}\n\
             layer = {{ package = \"tower-b2c\", version = \"0.1\", features = [{features}] }}\n"
        );
        std::fs::write(demo.outside().join("Cargo.toml"), text).expect("written");
    };
    let package = "[package]\nname = \"demo\"\nversion = \"0.1.0\"\n";
    let without = (vec!["B2C032".to_owned()], Some(6));
    let with = (vec![], Some(0));
    for (manifest, shared, expected) in [
        ("[dependencies]\ntower-b2c.workspace = true", "", &without),
        (
            "[dependencies]\ntower-b2c.workspace = true",
            "\"sqlite\"",
            &with,
        ),
        (
            "[dependencies]\nlayer.workspace = true",
            "\"redis\"",
            &without,
        ),
        (
            "[dependencies]\nlayer.workspace = true",
            "\"sqlite\"",
            &with,
        ),
        (
            "[dependencies]\ntower-b2c = { workspace = true, features = [\"sqlite\"] }",
            "",
            &with,
        ),
        // Another version than the workspace's.
        (
            "[dependencies]\ntower-b2c = \"0.1\"",
            "\"sqlite\"",
            &without,
        ),
        (
            "[dependencies.auth]\npackage = \"tower-b2c\"\nversion = \"0.1\"\nfeatures = [\"sqlite\"]",
            "",
            &with,
        ),
        (
            "[target.'cfg(unix)'.dependencies]\ntower-b2c = { version = \"0.1\", features = [\"sqlite\"] }",
            "",
            &with,
        ),
        (
            "[features]\ndefault = [\"tower-b2c/sqlite\"]\n[dependencies]\ntower-b2c = \"0.1\"",
            "",
            &with,
        ),
    ] {
        workspace(shared);
        demo.write("Cargo.toml", &format!("{package}{manifest}\n"));
        assert_eq!(&found(&demo), expected, "{manifest}, {shared}");
    }
    // The workspace's features stay as they are; the member asks for one more.
    workspace("");
    demo.write(
        "Cargo.toml",
        &format!("{package}[dependencies]\nlayer.workspace = true\n"),
    );
    demo.succeeds(&["doctor", "--offline", "--fix"]);
    assert!(
        demo.read("Cargo.toml")
            .contains("layer.features = [\"sqlite\"]")
    );
}

#[test]
fn an_emulator_that_does_not_run_is_to_be_started() {
    let demo = Demo::new();
    let port = loopback::free_port();
    let text = demo
        .read("b2c.toml")
        .replace("localhost:8400", &format!("localhost:{port}"));
    demo.write("b2c.toml", &text);
    let output = demo.run(&["doctor", "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("findings").iter();
    let away: Vec<_> = findings.filter(|found| found["code"] == "B2C050").collect();
    assert_eq!(away.len(), 1, "one for all user flows: {document}");
    let fix = away[0]["fix"].as_str().expect("a fix");
    assert!(fix.ends_with("start it: cargo b2c-init run"), "{fix}");
    assert_eq!(output.status.code(), Some(7));
}
