//! Commands that change one project at the same time.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use std::process::{Child, Command, Stdio};

use cargo_b2c_init::{Prefer, Project, Secret, Tenant};
use program::Demo;

const ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";

/// What takes a client secret out of an environment variable of the profile's own.
fn tenant(profile: &str) -> Tenant {
    let secret = Secret::Env(format!("B2C_{profile}_CLIENT_SECRET"));
    let tenant = Tenant::new().tenant("contoso").client_id(ID);
    tenant.secret(secret).sign_up_sign_in("B2C_1_susi")
}

fn profiles(demo: &Demo) -> Vec<String> {
    let table: toml::Table = demo.read("b2c.toml").parse().expect("TOML");
    let profiles = table["profile"].as_table().expect("profiles");
    let mut names: Vec<_> = profiles.keys().cloned().collect();
    names.sort();
    names
}

#[test]
fn what_another_process_wrote_since_the_first_look_is_not_replaced() {
    let demo = Demo::new();
    let slow = Project::open(demo.root()).expect("a project");
    let add = |project: &Project, name: &str| {
        let change = project.set_tenant(name, &tenant(name), Prefer::Neither)?;
        change.changes().apply("tenant add")
    };
    let fast = Project::open(demo.root()).expect("a project");
    add(&fast, "fast").expect("added");
    // One project may be changed twice.
    add(&fast, "again").expect("added");
    let before = demo.tree();
    let error = add(&slow, "slow").expect_err("refused");
    assert_eq!(error.exit_code(), 5, "{error}");
    assert!(error.to_string().contains("changed while"), "{error}");
    assert_eq!(demo.tree(), before);

    let late = Project::open(demo.root()).expect("a project");
    add(&late, "slow").expect("added");
    let names = profiles(&demo);
    for name in ["fast", "again", "slow"] {
        assert!(names.iter().any(|known| known == name), "{names:?}");
    }
}

#[test]
fn of_many_at_once_those_that_end_well_are_all_there() {
    for round in 0..4 {
        let demo = Demo::new();
        let start = |number: u32| -> (String, Child) {
            let name = format!("c{number}");
            let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
            program.args(["b2c-init", "tenant", "add", &name, "--tenant", "contoso"]);
            program.args(["--client-id", ID, "--sign-up-sign-in", "B2C_1_susi"]);
            program.current_dir(demo.root()).env_remove("B2C_PROFILE");
            program.stdout(Stdio::null()).stderr(Stdio::null());
            (name, program.spawn().expect("the program runs"))
        };
        let children: Vec<_> = (0..6).map(start).collect();
        let mut added = Vec::new();
        for (name, mut child) in children {
            let status = child.wait().expect("the program ends");
            if status.success() {
                added.push(name);
            } else {
                assert_eq!(status.code(), Some(5), "round {round}: {name}");
            }
        }
        let there = profiles(&demo);
        let there: Vec<_> = there
            .into_iter()
            .filter(|name| name.starts_with('c'))
            .collect();
        assert!(
            !added.is_empty() && there == added,
            "round {round}: {there:?} {added:?}"
        );
        demo.succeeds(&["update", "--check"]);
    }
}
