//! What `add` writes builds, and signs people in. Crates are really compiled here, with the
//! repository's build cache.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod existing;
#[cfg(unix)]
#[path = "added/journey.rs"]
mod journey;
#[cfg(unix)]
mod running;
#[cfg(unix)]
mod visitor;

use existing::{AXUM, Existing, said};

/// Adds with the wiring, checks, and takes it back.
fn is_wired_and_builds(existing: &Existing, name: &str, package: &[&str]) {
    let existing = existing.to_build(name);
    let before = existing.tree();
    let add = [&["add", "--wire", "--offline"], package].concat();
    let told = existing.says(&add);
    assert!(
        told.contains("main.rs") && !told.contains("by hand"),
        "{told}"
    );
    // What cargo makes of the lock file is part of the change.
    assert!(existing.read("Cargo.lock").contains("name = \"tower-b2c\""));
    let told = existing.says(&add);
    assert!(told.contains("Nothing to change."), "{told}");
    existing.says(&["undo"]);
    assert!(existing.tree() == before, "{name}: undo left something");
}

#[test]
fn a_crate_of_axum_is_wired_and_builds() {
    is_wired_and_builds(&Existing::axum(), "axum", &[]);
}

#[test]
fn a_crate_whose_router_a_function_makes_is_wired_and_builds() {
    for (name, made, declares, file) in [
        ("function", "router()", "", "src/main.rs"),
        ("module", "routes::router()", "mod routes;", "src/routes.rs"),
        ("library", "router()", "use wares::router;", "src/lib.rs"),
    ] {
        let shop = Existing::axum();
        let manifest = shop.read("Cargo.toml");
        if file == "src/lib.rs" {
            let library = "[lib]\nname = \"wares\"\n\n[workspace]";
            shop.write("Cargo.toml", manifest.replace("[workspace]", library));
        }
        let (main, handlers) = AXUM.split_once("\nasync fn home").expect("a handler");
        let main = main
            .replace(CHAIN, made)
            .replace("use axum::{Router, routing::get};", declares);
        assert!(main.contains(made), "{main}");
        let router = format!(
            "use axum::{{Router, routing::get}};\n\n\
             pub fn router() -> Router {{\n    {CHAIN}\n}}\n\nasync fn home{handlers}"
        );
        if file == "src/main.rs" {
            shop.write(file, format!("{main}\n{router}"));
        } else {
            shop.write("src/main.rs", &main);
            shop.write(file, &router);
        }
        let diff = shop.says(&["add", "--wire", "--no-check", "--diff"]);
        let wired = format!("+    let app = {made}.layer(auth::layer()?);");
        assert!(diff.contains(&wired), "{diff}");
        is_wired_and_builds(&shop, name, &[]);
    }
}

#[test]
fn where_main_returns_nothing_the_lines_compile_that_are_printed_and_those_that_are_written() {
    let shop = Existing::axum();
    let main = AXUM
        .replace(" -> Result<(), Box<dyn std::error::Error>>", "")
        .replace(".await?;", ".await.expect(\"served\");")
        .replace("    Ok(())\n", "");
    shop.write("src/main.rs", &main);
    is_wired_and_builds(&shop, "nothing-wired", &[]);

    let shop = shop.to_build("nothing-by-hand");
    let output = shop.run(&["add", "--offline", "--json"]);
    assert!(output.status.success(), "{}", said(&output));
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let lines = document["wiring"]["lines"].as_array().expect("lines");
    let [declares, layer, _] = &lines[..] else {
        panic!("{document:#}");
    };
    let [declares, layer] = [declares, layer].map(|line| line.as_str().expect("a text"));
    let by_hand = main
        .replace("use axum::{", &format!("{declares}\n\nuse axum::{{"))
        .replace(
            "    let listener",
            &format!("    {layer}\n    let listener"),
        );
    shop.write("src/main.rs", &by_hand);
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut check = std::process::Command::new(cargo);
    check.args(["check", "--offline"]).current_dir(shop.root());
    let checked = check.env("CARGO_TARGET_DIR", existing::target()).output();
    let checked = checked.expect("cargo runs");
    assert!(checked.status.success(), "{by_hand}\n{}", said(&checked));
}

#[test]
fn a_member_of_a_workspace_is_wired_and_builds() {
    is_wired_and_builds(&Existing::member(), "member", &["-p", "web"]);
}

#[test]
fn a_crate_of_tonic_is_wired_and_builds() {
    is_wired_and_builds(&Existing::tonic(), "tonic", &[]);
}

#[test]
fn a_crate_of_hyper_is_wired_and_builds() {
    is_wired_and_builds(&Existing::hyper(), "hyper", &[]);
}

#[test]
fn what_would_not_build_is_taken_back() {
    let shop = Existing::axum();
    // The name of the module, for something else.
    shop.write(
        "src/main.rs",
        AXUM.replace("use axum::{", "use axum as auth;\nuse axum::{"),
    );
    let shop = shop.to_build("taken");
    let said = shop.refuses(&["add", "--wire", "--offline"], 5);
    assert!(
        said.contains("shop-taken does not build with what would be added"),
        "{said}"
    );
    let said = shop.refuses(&["undo"], 5);
    assert!(said.contains("no change to undo"), "{said}");
    shop.says(&["add", "--wire", "--offline", "--module", "sign_in"]);
}

#[test]
fn what_does_not_build_is_left_alone() {
    let shop = Existing::axum();
    shop.write("src/main.rs", AXUM.replace("get(home)", "get(nobody)"));
    let shop = shop.to_build("broken");
    let said = shop.refuses(&["add", "--wire", "--offline"], 5);
    assert!(
        said.contains("shop-broken does not build as it is"),
        "{said}"
    );
    shop.says(&["add", "--no-check"]);
}

#[test]
fn a_service_of_tonic_starts_with_the_settings_it_got() {
    let greeter = Existing::tonic().to_build("tonic-runs");
    let output = greeter.run(&["add", "--wire", "--no-check"]);
    assert!(output.status.success(), "{}", said(&output));
    let settings = tower_b2c::Config::from_file(greeter.root().join("b2c.toml"));
    let api = settings.profile("emulator").load_api();
    tower_b2c::BearerLayer::new(api.expect("settings of an API")).expect("a layer");
    greeter.says(&["tenant", "set", "contoso"]);
}

/// How the router of [`AXUM`] is made.
const CHAIN: &str = "Router::new()\n        .route(\"/\", get(home)) // ö\n        .fallback(home)";
