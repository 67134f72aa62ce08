//! What is taken for a client secret, and into which line of `.env` it goes.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use program::{Demo, run_from, stderr, stdout};

const SET: &[&str] = &["tenant", "set", "contoso", "--client-secret-stdin"];

#[test]
fn what_is_more_than_one_line_is_no_secret() {
    let demo = Demo::new();
    let before = demo.tree();
    for input in [
        "one\ntwo\n",
        "one\r\ntwo",
        "nul\0",
        "bell\u{7}x",
        "a\tb",
        "c1\u{85}x",
    ] {
        let output = demo.run_with(SET, input);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{input:?}: {told}");
        assert!(told.contains("one line"), "{input:?}: {told}");
        assert!(!told.contains("two"), "{told}");
        assert!(demo.tree() == before, "nothing was written");
    }
    let new = ["new", "other", "--yes", "--client-secret-stdin"];
    let output = run_from(demo.outside(), &new, "one\ntwo\n");
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(!demo.outside().join("other").exists());
    assert!(demo.run_with(SET, " hunter2~8Q \r\n").status.success());
    assert!(demo.read(".env").contains("B2C_CLIENT_SECRET=hunter2~8Q\n"));
}

#[test]
fn a_secret_is_taken_whole_or_not_at_all() {
    let demo = Demo::new();
    let before = demo.tree();
    let output = demo.run_with(SET, &"x".repeat(64 * 1024 + 1));
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("over 64 KiB"), "{told}");
    assert!(demo.tree() == before, "nothing was written");
    assert!(
        demo.run_with(SET, "\u{feff}hunter2~8Q\r\n")
            .status
            .success()
    );
    assert!(demo.read(".env").contains("B2C_CLIENT_SECRET=hunter2~8Q\n"));
}

#[test]
fn a_name_is_one_that_an_environment_can_have() {
    let demo = Demo::new();
    let before = demo.tree();
    for name in ["bad name", "1ST", "", "a=b", "a-b", "ä", "x\n"] {
        let migrate = ["migrate", "--to", "external-id", "--tenant", "fabrikam"];
        for command in [
            &["tenant", "set", "contoso"][..],
            &["tenant", "add", "p"],
            &migrate,
        ] {
            let output = demo.run(&[command, &["--client-secret-env", name]].concat());
            assert_eq!(
                output.status.code(),
                Some(2),
                "{name:?}: {}",
                stderr(&output)
            );
        }
    }
    assert!(demo.tree() == before, "nothing was written");
    demo.succeeds(&["tenant", "set", "--client-secret-env", "_my_SECRET2"]);
}

#[test]
fn the_variable_of_another_setting_is_left_to_it() {
    let demo = Demo::new();
    demo.run_with(SET, "of-tenant");
    let id = "00001111-aaaa-2222-bbbb-3333cccc4444";
    let options = [
        "--tenant",
        "contoso",
        "--client-id",
        id,
        "--sign-up-sign-in",
        "B2C_1_susi",
    ];
    let add = [&["tenant", "add", "prod"][..], &options].concat();
    demo.succeeds(&add);
    let before = demo.tree();
    let prod = ["tenant", "set", "--profile", "prod", "--client-secret-env"];
    let (key, secret) = (["B2C_COOKIE_KEY"], ["B2C_CLIENT_SECRET"]);
    let stdin = ["--client-secret-stdin"];
    for (arguments, other) in [
        ([&prod[..], &key, &stdin].concat(), "session.cookie_key"),
        ([&prod[..], &key].concat(), "session.cookie_key"),
        (
            [&prod[..], &secret, &stdin].concat(),
            "profile.tenant.provider.client_secret",
        ),
    ] {
        let output = demo.run_with(&arguments, "hunter2");
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(5), "{arguments:?}: {told}");
        assert!(told.contains(other), "{arguments:?}: {told}");
        assert!(!(told + &stdout(&output)).contains("hunter2"));
        assert!(demo.tree() == before, "nothing was written");
    }
    // Two profiles may have one registration; and its own is a profile's to replace.
    demo.succeeds(&[&prod[..], &secret].concat());
    let output = demo.run_with(&[&prod[..], &secret, &stdin].concat(), "hunter2");
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(demo.read(".env").contains("B2C_CLIENT_SECRET=hunter2\n"));
}

#[test]
fn a_value_over_two_lines_is_replaced_whole() {
    let demo = Demo::new();
    let env = demo.read(".env");
    let empty = "B2C_CLIENT_SECRET=\n";
    let env = if env.contains(empty) {
        env.replace(empty, "")
    } else {
        env
    };
    demo.write(
        ".env",
        &format!("B2C_CLIENT_SECRET=\"old\nrest\"\n{env}LAST=1\n"),
    );
    let output = demo.run_with(SET, "hunter2");
    assert!(output.status.success(), "{}", stderr(&output));
    let text = demo.read(".env");
    assert!(!text.contains("rest"), "{text}");
    let lines = dotenvy::from_path_iter(demo.root().join(".env")).expect("readable");
    let lines: Vec<_> = lines.map(|line| line.expect("a line")).collect();
    let has = |name: &str, value: &str| lines.contains(&(name.to_owned(), value.to_owned()));
    assert!(
        has("B2C_CLIENT_SECRET", "hunter2") && has("LAST", "1"),
        "{text}"
    );
}
