//! What is only shown, and what is refused.

use super::program::{Demo, stderr, stdout};
use super::{NEW, NEW_ID, b2c, beside, migrate};

#[test]
fn nothing_is_written_where_it_is_only_shown_or_refused() {
    let demo = b2c();
    let before = demo.tree();
    let shown = demo.run(&[beside(), vec!["--diff"]].concat());
    assert!(stdout(&shown).contains("+[profile.tenant.providers.external-id]"));
    demo.succeeds(&[beside(), vec!["-n", "--mark", "--report", "a.md"]].concat());
    let id = ["--client-id", NEW_ID];
    for (more, exit, said) in [
        (vec!["--tenant", "fabrikam"], 2, "--tenant and --client-id"),
        (id.to_vec(), 2, "--tenant and --client-id"),
        (vec!["--side-by-side"], 2, "takes the new tenant"),
        (vec!["--percent", "10"], 2, "--side-by-side"),
        (vec!["--finish"], 5, "nowhere else yet"),
        (vec!["--finish", "--side-by-side"], 2, "cannot be used with"),
        (vec!["--profile", "nobody"], 2, "no profile \"nobody\""),
        (
            [&NEW[..], &["--percent", "101", "--side-by-side"]].concat(),
            2,
            "101",
        ),
        (
            [&NEW[..], &["--client-secret", "s3cret"]].concat(),
            5,
            "list of processes",
        ),
        ([&NEW[..], &["--resource", "demo"]].concat(), 2, "NAME=URI"),
        (vec!["--report", "../a.md"], 5, "out of the project"),
        (
            vec!["--tenant", "fab rikam", "--client-id", NEW_ID],
            2,
            "provider.tenant",
        ),
        (
            vec!["--tenant", "fabrikam", "--client-id", "x"],
            2,
            "provider.client_id",
        ),
    ] {
        let output = demo.run(&migrate(&more));
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(exit), "{more:?}: {told}");
        assert!(told.contains(said), "{more:?}: {told}");
        assert!(!told.contains("s3cret"));
    }
    let elsewhere = demo.run(&["migrate", "--to", "entra"]);
    assert_eq!(elsewhere.status.code(), Some(2));
    assert_eq!(demo.tree(), before);
}

#[test]
fn other_kinds_and_broken_files_are_told_apart() {
    let cases: [(&str, i32, &str); 6] = [
        (
            "[app]\nbase_url = \"http://localhost:5000\"\n",
            5,
            "no provider",
        ),
        (
            "[provider]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\n",
            5,
            "of kind oidc",
        ),
        ("[provider]\nkind = \n", 1, "b2c.toml:2:"),
        (
            "[provider]\ntenant = \"a\"\n[profile.tenant.provider]\ntenant = \"b\"\n",
            5,
            "a part in [profile.tenant]",
        ),
        (
            "[providers.a]\ntenant = \"a\"\n[providers.b]\ntenant = \"b\"\n",
            5,
            "several providers",
        ),
        (
            "[provider]\nkind = \"external-id\"\ntenant = \"a\"\n",
            5,
            "already",
        ),
    ];
    for (text, exit, said) in cases {
        let demo = Demo::new();
        demo.write("b2c.toml", text);
        let before = demo.tree();
        let output = demo.run(&migrate(&NEW));
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(exit), "{text}: {told}");
        assert!(told.contains(said), "{text}: {told}");
        assert_eq!(demo.tree(), before);
    }
    let nowhere = tempfile::tempdir().expect("a directory");
    let output = Demo::new().run(&migrate(&["-C", &nowhere.path().to_string_lossy()]));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}
