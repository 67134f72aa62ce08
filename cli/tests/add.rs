//! `add` gives a crate that is there what it lacks, and touches nothing else. That what it writes
//! builds and signs people in is shown by `added` of the package e2e.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod existing;

use existing::{AXUM, AXUM_MANIFEST, Existing};

#[test]
fn a_crate_gets_what_it_lacks_and_keeps_what_it_has() {
    let shop = Existing::axum();
    let said = shop.says(&["add", "--no-check"]);
    let manifest = shop.read("Cargo.toml");
    let line = manifest.lines().find(|line| line.starts_with("tower-b2c"));
    let line = line.expect("the dependency");
    assert!(line.contains("features = [\"axum\"]"), "{line}");
    assert_eq!(manifest.replace(&format!("{line}\n"), ""), AXUM_MANIFEST);
    assert_eq!(shop.read("src/main.rs"), AXUM);
    // The port that stands in the program.
    assert!(
        shop.read("b2c.toml")
            .contains("base_url = \"http://localhost:3210\"")
    );
    assert!(shop.read(".gitignore").lines().any(|line| line == "/.env"));
    for line in [
        "mod auth;",
        "let app = app.layer(auth::layer()?)",
        "tower_b2c::Session",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert!(said.contains("In src/main.rs, by hand:"), "{said}");
}

#[test]
fn what_is_wired_in_is_the_only_change_of_a_program() {
    let shop = Existing::axum();
    shop.says(&["add", "--no-check", "--wire"]);
    let expected = AXUM
        .replace("use axum::{", "mod auth;\n\nuse axum::{")
        .replace(
            ".fallback(home);",
            ".fallback(home)\n        .layer(auth::layer()?);",
        );
    assert_eq!(shop.read("src/main.rs"), expected);
}

#[test]
fn a_second_time_there_is_nothing_to_do() {
    for wire in [&["add", "--no-check"][..], &["add", "--no-check", "--wire"]] {
        let shop = Existing::axum();
        shop.says(wire);
        let before = shop.tree();
        let said = shop.says(wire);
        assert!(said.contains("Nothing to change."), "{said}");
        assert!(shop.tree() == before);
    }
    // What was left out at first can be had later.
    let shop = Existing::axum();
    shop.says(&["add", "--no-check"]);
    let said = shop.says(&["add", "--no-check", "--wire"]);
    assert!(said.contains("edit    src/main.rs"), "{said}");
    assert!(!said.contains("b2c.toml"), "{said}");
}

#[test]
fn undo_restores_every_byte() {
    for existing in [
        Existing::axum(),
        Existing::member(),
        Existing::tonic(),
        Existing::hyper(),
    ] {
        let before = existing.tree();
        let package: &[&str] = if existing.has("web") {
            &["-p", "web"]
        } else {
            &[]
        };
        let output = existing.run(&[&["add", "--no-check", "--wire"], package].concat());
        assert!(output.status.success(), "{}", existing::said(&output));
        assert!(existing.tree() != before);
        existing.says(&["undo"]);
        assert!(existing.tree() == before);
    }
}

#[test]
fn a_member_inherits_where_its_workspace_does_that() {
    let workspace = Existing::member();
    workspace.says(&["add", "--no-check", "-p", "web"]);
    let member = workspace.read("web/Cargo.toml");
    assert!(
        member.ends_with(
            "[dependencies]\naxum.workspace = true\ntokio = { workspace = true }\n\
         tower-b2c = { workspace = true, features = [\"axum\"] }\n"
        ),
        "{member}"
    );
    let shared = workspace.read("Cargo.toml");
    assert!(shared.contains("# theirs\naxum = { version"), "{shared}");
    let line = shared.lines().find(|line| line.starts_with("tower-b2c"));
    assert!(
        line.is_some_and(|line| !line.contains("features")),
        "{shared}"
    );
    assert!(workspace.has("web/b2c.toml") && !workspace.has("b2c.toml"));

    // One that names versions itself gets one itself.
    let workspace = Existing::member();
    let own = workspace
        .read("web/Cargo.toml")
        .replace("axum.workspace = true", "axum = \"0.8\"");
    workspace.write(
        "web/Cargo.toml",
        own.replace("{ workspace = true }", "\"1\""),
    );
    let shared = workspace.read("Cargo.toml");
    workspace.says(&["add", "--no-check", "-C", "web"]);
    assert_eq!(workspace.read("Cargo.toml"), shared);
    assert!(workspace.read("web/Cargo.toml").contains("tower-b2c = { "));
}

#[test]
fn line_endings_stay() {
    let shop = Existing::axum();
    shop.write("src/main.rs", AXUM.replace('\n', "\r\n"));
    shop.write("Cargo.toml", AXUM_MANIFEST.replace('\n', "\r\n"));
    shop.says(&["add", "--no-check", "--wire"]);
    for file in ["src/main.rs", "Cargo.toml"] {
        let text = shop.read(file);
        assert_eq!(
            text.matches("\r\n").count(),
            text.matches('\n').count(),
            "{file}"
        );
        assert!(
            text.contains("auth") || text.contains("tower-b2c"),
            "{file}"
        );
    }
}

#[test]
fn a_tenant_is_set_as_for_tenant_set() {
    let shop = Existing::axum();
    shop.says(&[
        "add",
        "--no-check",
        "--kind",
        "external-id",
        "--tenant",
        "fabrikam",
        "--client-id",
        "11110000-aaaa-2222-bbbb-3333cccc4444",
    ]);
    let settings = shop.read("b2c.toml");
    assert!(
        settings.contains("active_profile = \"tenant\""),
        "{settings}"
    );
    assert!(settings.contains("tenant = \"fabrikam\""), "{settings}");
    let own = settings
        .split_once("[profile.tenant.provider]")
        .expect("the profile")
        .1;
    assert!(
        own.contains("kind = \"external-id\"") && !own.contains("user_flows"),
        "{own}"
    );
    // And what is set can be set anew.
    shop.says(&["tenant", "set", "--tenant", "contoso"]);
    assert!(shop.read("b2c.toml").contains("tenant = \"contoso\""));
    let said = shop.says(&["update", "--check"]);
    assert!(said.contains("Nothing to change."), "{said}");

    let shop = Existing::axum();
    shop.says(&["add", "--no-check", "--emulator", "--tenant", "contoso"]);
    assert!(
        shop.read("b2c.toml")
            .contains("active_profile = \"emulator\"")
    );
    // It is not dropped where there are settings already.
    let before = shop.read("b2c.toml");
    let output = shop.run(&["add", "--no-check", "--tenant", "fabrikam"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(String::from_utf8_lossy(&output.stderr).contains("tenant set"));
    assert_eq!(shop.read("b2c.toml"), before);
}

#[test]
fn secrets_never_get_where_git_looks() {
    let shop = Existing::axum();
    shop.git(&["init", "-q"]);
    shop.write(".gitignore", "/target");
    shop.says(&["add", "--no-check"]);
    assert_eq!(shop.read(".gitignore"), "/target\n/.env\n");

    let shop = Existing::axum();
    shop.git(&["init", "-q"]);
    shop.write(".env", "MINE=1\n");
    shop.git(&["add", ".env"]);
    let said = shop.refuses(&["add", "--no-check"], 5);
    assert!(said.contains("git rm --cached .env"), "{said}");

    let said = Existing::axum().refuses(&["add", "--no-check", "--client-secret", "x"], 5);
    assert!(said.contains("--client-secret-stdin"), "{said}");
}

#[cfg(unix)]
#[test]
fn secrets_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let shop = Existing::axum();
    shop.write(".env", "MINE=1\n");
    shop.says(&["add", "--no-check"]);
    let mode = std::fs::metadata(shop.root().join(".env"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let text = shop.read(".env");
    assert!(text.starts_with("MINE=1\n"), "{text}");
    assert!(text.contains("B2C_COOKIE_KEY="), "{text}");
    let diff = Existing::axum().says(&["add", "--no-check", "--diff"]);
    assert!(diff.contains("pub(crate) fn layer()"), "{diff}");
    let base: Vec<_> = diff
        .lines()
        .filter(|line| line.contains(".b2c/base.txt"))
        .collect();
    assert!(
        matches!(&base[..], [only] if only.starts_with("# create .b2c/base.txt: ")),
        "{base:?}"
    );
    let once = diff.matches("pub(crate) fn layer()").count();
    assert_eq!(once, 1, "a copy of each file is not shown beside it");
    let mut keys = diff.split("B2C_COOKIE_KEY=").skip(1);
    assert!(keys.all(|rest| rest.starts_with('\n')), "{diff}");
}

#[test]
fn what_cannot_be_added_to_is_told_and_left() {
    let shop = Existing::axum();
    shop.write("Cargo.toml", AXUM_MANIFEST.replace("0.8.9", "0.7.9"));
    let said = shop.refuses(&["add", "--no-check"], 5);
    assert!(
        said.contains("axum 0.7") && said.contains("axum 0.8"),
        "{said}"
    );

    let shop = Existing::axum();
    shop.write("src/main.rs", "fn main() {\n    let = 1;\n}\n");
    let said = shop.refuses(&["add", "--no-check"], 5);
    assert!(said.contains("src/main.rs:2:9: "), "{said}");

    let workspace = Existing::member();
    let said = workspace.refuses(&["add", "--no-check"], 2);
    assert!(said.contains("-p other or -p web"), "{said}");
    let said = workspace.refuses(&["add", "--no-check", "-p", "other"], 5);
    assert!(said.contains("other is a library"), "{said}");
    let said = workspace.refuses(&["add", "--no-check", "-p", "nobody"], 2);
    assert!(said.contains("no package \"nobody\""), "{said}");

    let shop = Existing::axum();
    shop.write("src/bin/second.rs", "fn main() {}\n");
    let said = shop.refuses(&["add", "--no-check"], 2);
    assert!(
        said.contains("--bin second") && said.contains("--bin shop"),
        "{said}"
    );

    let shop = Existing::axum();
    shop.write("src/auth.rs", "//! Mine.\n");
    let said = shop.refuses(&["add", "--no-check"], 5);
    assert!(said.contains("--module sign_in"), "{said}");
    let said = shop.says(&["add", "--no-check", "--module", "sign_in", "--wire"]);
    assert!(shop.read("src/main.rs").contains("sign_in::layer()?"));
    assert!(said.contains("src/sign_in.rs has an example"), "{said}");

    let shop = Existing::axum();
    shop.write(
        "Cargo.toml",
        AXUM_MANIFEST.replace("axum =", "tonic = \"0.14\"\naxum ="),
    );
    let said = shop.refuses(&["add", "--no-check"], 2);
    assert!(said.contains("--server axum or --server tonic"), "{said}");

    let said = Existing::with(&[]).refuses(&["add", "--no-check"], 5);
    assert!(said.contains("Cargo.toml"), "{said}");
}

#[test]
fn one_of_several_programs_gets_the_layer() {
    let shop = Existing::axum();
    shop.write("src/bin/second.rs", AXUM);
    shop.says(&["add", "--no-check", "--wire", "--bin", "second"]);
    assert_eq!(shop.read("src/main.rs"), AXUM);
    // Beside it, cargo would take the module for a program.
    assert!(shop.has("src/auth.rs") && !shop.has("src/bin/auth.rs"));
    let program = shop.read("src/bin/second.rs");
    assert!(
        program.contains("#[path = \"../auth.rs\"]\nmod auth;\n"),
        "{program}"
    );
}

#[test]
fn what_comes_next_is_a_command_without_a_comment() {
    for (existing, expected) in [
        (Existing::tonic(), "next: in another one: cargo run\n"),
        (Existing::axum(), "next: cargo b2c-init run --open\n"),
    ] {
        let said = existing.says(&["add", "--no-check"]);
        assert!(said.contains(expected), "{said}");
        let undo = "next: to take all of it back: cargo b2c-init undo\n";
        assert!(said.ends_with(undo), "{said}");
        let mut next = said.lines().filter(|line| line.starts_with("next: "));
        assert!(next.all(|line| !line.contains('#')), "{said}");
    }
}

#[test]
fn where_the_router_is_in_doubt_the_program_is_left_alone() {
    let shop = Existing::axum();
    let text = AXUM
        .replace("let app =", "let mut app =")
        .replace("axum::serve(", "app = app.clone();\n    axum::serve(");
    shop.write("src/main.rs", &text);
    let said = shop.says(&["add", "--no-check", "--wire"]);
    assert!(
        said.contains("not wired in: src/main.rs:15: `app` is not bound once"),
        "{said}"
    );
    assert!(said.contains("mod auth;"), "{said}");
    assert_eq!(shop.read("src/main.rs"), text);
}

#[test]
fn what_people_wired_in_elsewhere_is_wired() {
    let shop = Existing::axum();
    let main = AXUM
        .replace(
            "use axum::{Router, routing::get};",
            "mod auth;\nmod routes;",
        )
        .replace("let app = Router::new()", "let app = routes::router()");
    shop.write("src/main.rs", &main);
    let router = |made: &str| format!("pub fn router() -> axum::Router {{ {made} }}\n");
    shop.write(
        "src/routes.rs",
        router("axum::Router::new().layer(crate::auth::layer().unwrap())"),
    );
    shop.says(&["add", "--no-check", "--wire"]);
    assert_eq!(shop.read("src/main.rs"), main);
    let said = shop.says(&["add", "--no-check", "--wire"]);
    assert!(said.contains("Nothing to change."), "{said}");

    // Without it, the call of main gets it.
    shop.write("src/routes.rs", router("axum::Router::new()"));
    shop.says(&["add", "--no-check", "--wire"]);
    let wired = main.replace(
        ".fallback(home);",
        ".fallback(home)\n        .layer(auth::layer()?);",
    );
    assert_eq!(shop.read("src/main.rs"), wired);
}

#[cfg(unix)]
#[test]
fn links_out_of_the_crate_are_not_followed() {
    let shop = Existing::axum();
    let elsewhere = tempfile::tempdir().expect("a directory");
    std::fs::write(elsewhere.path().join("lock"), "").expect("written");
    std::os::unix::fs::symlink(elsewhere.path().join("lock"), shop.root().join("b2c.lock"))
        .expect("linked");
    let said = shop.refuses(&["add", "--no-check"], 5);
    assert!(said.contains("leads out of the project"), "{said}");
}

#[test]
fn a_generated_app_and_one_of_ones_own_making_are_left_alone() {
    let shop = Existing::axum();
    shop.says(&["new", "demo"]);
    let said = shop.refuses(&["add", "--no-check", "-C", "demo"], 5);
    assert!(said.contains("cargo b2c-init new"), "{said}");

    let own = AXUM_MANIFEST.replace("axum =", "tower-b2c = \"0.1\"\naxum =");
    shop.write("Cargo.toml", own);
    shop.write("b2c.toml", "");
    let said = shop.refuses(&["add", "--no-check"], 5);
    assert!(said.contains("uses tower-b2c already"), "{said}");
}

/// A cargo that answers `metadata`, and does this for `check`.
#[cfg(unix)]
fn with_cargo(shop: &Existing, check: &str) -> std::process::Output {
    use std::os::unix::fs::PermissionsExt;
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tools = tempfile::tempdir().expect("a directory");
    let path = tools.path().join("cargo");
    let script = format!("#!/bin/sh\n[ \"$1\" = metadata ] && exec {cargo} \"$@\"\n{check}\n");
    std::fs::write(&path, script).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("executable");
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program
        .args(["b2c-init", "add", "--wire"])
        .current_dir(shop.root());
    program.env("CARGO", &path).output().expect("it runs")
}

#[cfg(unix)]
#[test]
fn a_build_that_is_interrupted_leaves_everything_as_it_was() {
    // A build takes a while, in which the interrupt gets to where it is heard.
    let interrupt = "kill -INT $PPID; sleep 1";
    for check in [
        interrupt.to_owned(),
        format!("[ -f b2c.toml ] || exit 0\ntouch Cargo.lock\n{interrupt}"),
    ] {
        let shop = Existing::axum();
        let before = shop.tree();
        let output = with_cargo(&shop, &check);
        assert_eq!(
            output.status.code(),
            Some(130),
            "{}",
            existing::said(&output)
        );
        assert!(shop.tree() == before, "{check}");
    }
}

#[cfg(unix)]
#[test]
fn what_cargo_makes_of_its_lock_file_is_undone_with_the_rest() {
    let shop = Existing::axum();
    shop.write("Cargo.lock", "version = 4\n");
    let before = shop.tree();
    let output = with_cargo(
        &shop,
        "[ -f b2c.toml ] && echo '# more' >> Cargo.lock; exit 0",
    );
    assert!(output.status.success(), "{}", existing::said(&output));
    assert_eq!(shop.read("Cargo.lock"), "version = 4\n# more\n");
    shop.says(&["undo"]);
    assert!(shop.tree() == before);

    let output = with_cargo(
        &shop,
        "[ -f b2c.toml ] || exit 0; echo '# more' >> Cargo.lock; exit 1",
    );
    assert_eq!(output.status.code(), Some(5), "{}", existing::said(&output));
    assert!(shop.tree() == before);
}

#[test]
fn what_only_a_template_has_is_refused_with_the_reason() {
    let shop = Existing::axum();
    shop.says(&["add", "--no-check"]);
    for command in [
        &["update", "--deploy", "docker"][..],
        &["update", "--ci", "github", "--check"],
        &["eject"],
    ] {
        let said = shop.refuses(command, 5);
        assert!(said.contains("`cargo b2c-init add`"), "{command:?}: {said}");
    }
    let said = shop.says(&["update"]);
    assert!(said.contains("Nothing to change."), "{said}");
}

#[test]
fn a_port_that_nobody_says_is_not_taken_in_silence() {
    let bind = "\"127.0.0.1:3210\"";
    let of_environment = "format!(\"0.0.0.0:{}\", std::env::var(\"PORT\")?)";
    let two = "(if cfg!(test) { \"127.0.0.1:3210\" } else { \"0.0.0.0:80\" })";
    for (program, options, expected, warned) in [
        (bind, &[][..], 3210, false),
        (of_environment, &[], 5000, true),
        (two, &[], 5000, true),
        (two, &["--port", "80"], 80, false),
        (of_environment, &["--port", "8080"], 8080, false),
    ] {
        let shop = Existing::axum();
        shop.write("src/main.rs", AXUM.replace(bind, program));
        let add = [&["add", "--no-check"], options].concat();
        let said = shop.says(&add);
        assert_eq!(said.contains("--port PORT"), warned, "{program}: {said}");
        let url = format!("base_url = \"http://localhost:{expected}\"");
        assert!(shop.read("b2c.toml").contains(&url), "{program}");
        // What is there says which one it is.
        let again = shop.says(&["add", "--no-check"]);
        assert!(!again.contains("--port PORT"), "{again}");
    }
    // A service of tonic has no address that browsers come back to.
    let greeter = Existing::tonic();
    let text = greeter
        .read("src/main.rs")
        .replace("[::1]:50051", "elsewhere");
    greeter.write("src/main.rs", text);
    let said = greeter.says(&["add", "--no-check"]);
    assert!(!said.contains("--port PORT"), "{said}");
}
