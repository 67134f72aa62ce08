//! A person's path, from a sample in Python to an app that runs: what they have is imported into a new
//! app, which they edit, give a tenant for tests, bring up to date, have looked at, and run.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod existing;
mod running;
mod visitor;

use std::fs;
use std::path::Path;

use existing::{Existing, said, target};
use running::Running;
use visitor::Visitor;

#[tokio::test]
async fn a_sample_in_python_becomes_an_app_that_runs() {
    // The directory stays, so that what is built in it can be built on.
    let desk = Existing::with(&[("Cargo.toml", ""), ("shop/.keep", "")]).to_build("person");
    for file in ["Cargo.toml", "Cargo.lock", "shop/.keep"] {
        fs::remove_file(desk.root().join(file)).expect("removed");
    }
    let sample = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sample = sample.join("tests/cmd/import.in/python-2022/app_config.py");
    desk.write("app_config_b2c.py", fs::read(sample).expect("the sample"));
    let [port, emulator_port] = [(); 2].map(|()| loopback::free_port());
    let ports = [
        "--port",
        &port.to_string(),
        "--emulator-port",
        &emulator_port.to_string(),
    ];

    desk.says(&[&["new", "shop", "--name", "apples"], &ports[..]].concat());
    let told = desk.says(&["import", "app_config_b2c.py", "--into", "shop"]);
    assert!(told.contains("app_config_b2c.py:1"), "{told}");
    assert!(!told.contains("a-secret-of-nobody"), "{told}");
    let settings = desk.read("shop/b2c.toml");
    assert!(
        settings.contains("tenant = \"contoso.onmicrosoft.com\""),
        "{settings}"
    );
    assert!(desk.read("shop/.env").contains("a-secret-of-nobody"));

    // Their own words on the page, a comment in the settings.
    let home = desk.read("shop/templates/home.html");
    let (head, rest) = home.split_once("<section").expect("a section");
    desk.write(
        "shop/templates/home.html",
        format!("{head}<p>Fresh apples</p>\n<section{rest}"),
    );
    let own = desk
        .read("shop/b2c.toml")
        .replace("[session]\n", "# Ours.\n[session]\n");
    desk.write("shop/b2c.toml", own);

    desk.says(&[
        "tenant",
        "add",
        "staging",
        "-C",
        "shop",
        "--tenant",
        "contosostaging",
        "--client-id",
        "22220000-aaaa-2222-bbbb-3333cccc4444",
        "--sign-up-sign-in",
        "B2C_1_susi",
    ]);
    let profiles = desk.says(&["tenant", "list", "-C", "shop"]);
    for profile in [
        "* emulator",
        "staging",
        "contosostaging",
        "contoso.onmicrosoft.com",
    ] {
        assert!(profiles.contains(profile), "{profiles}");
    }

    // The template goes on: what was ejected is that of the next version.
    desk.says(&["eject", "*b2c.toml.jinja", "-C", "shop", "-q"]);
    let ejected = existing::find(&desk.root().join("shop/.b2c/templates"), "b2c.toml.jinja");
    let next = fs::read_to_string(&ejected).expect("readable");
    let next = next.replacen(
        "# idle_minutes = 60",
        "# New: how long without a request.\n# idle_minutes = 60",
        1,
    );
    fs::write(&ejected, next).expect("written");
    desk.says(&["update", "-C", "shop"]);
    let settings = desk.read("shop/b2c.toml");
    for kept in [
        "# Ours.",
        "# New: how long",
        "contosostaging",
        "tenant = \"contoso.onmicrosoft.com\"",
    ] {
        assert!(settings.contains(kept), "{kept}: {settings}");
    }
    assert!(
        desk.read("shop/templates/home.html")
            .contains("Fresh apples")
    );

    let doctor = desk.run(&["doctor", "--offline", "-C", "shop"]);
    assert_eq!(doctor.status.code(), Some(0), "{}", said(&doctor));

    let _run = Running::start(&desk.root().join("shop"), &target());

    let mut ada = Visitor::new();
    let site = format!("http://localhost:{port}");
    let page = ada.get(&site).await;
    assert!(page.body.contains("Fresh apples"), "{}", page.body);
    let form = ada.get(&format!("{site}/login")).await;
    assert_eq!(form.url.port(), Some(emulator_port), "{}", form.body);
    let page = ada.signs_in(form).await;
    assert_eq!(
        (page.status, page.url.port()),
        (200, Some(port)),
        "{}",
        page.body
    );
    assert!(page.body.contains("Ada"), "{}", page.body);
}
