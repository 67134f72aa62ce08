//! `add` gives a crate that is there what it lacks, and touches nothing else. That what it writes
//! builds and signs people in is shown by `added`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

#[cfg(unix)]
#[path = "add/cargo.rs"]
mod cargo;
mod existing;
#[path = "add/left_alone.rs"]
mod left_alone;
#[path = "add/secrets.rs"]
mod secrets;
#[cfg(unix)]
mod stand_in;

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
