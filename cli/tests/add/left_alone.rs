//! What `add` does not touch: crates and programs that it cannot add to, or not beyond doubt.

use super::existing::{AXUM, AXUM_MANIFEST, Existing};

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
