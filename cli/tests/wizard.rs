//! The questions of `new`, on a terminal.

#![cfg(unix)]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

#[path = "wizard/desk.rs"]
mod desk;
mod program;
mod pty;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use desk::{Desk, ID, questions};

#[test]
fn at_most_ten_questions_make_a_project_and_the_command_line_for_it() {
    assert!(questions().len() <= 10);
    let desk = Desk::new();
    let mut pty = desk.new_project(&[]);
    for (question, answer) in questions() {
        pty.answers(question, answer);
    }
    assert!(pty.ends().success(), "{}", pty.screen());
    assert!(pty.echoes());
    let screen = pty.screen();
    assert!(
        !screen.contains("hunter"),
        "the secret is not shown:\n{screen}"
    );
    let tree = desk.tree("demo");
    let env = &tree[Path::new(".env")];
    assert!(env.contains("B2C_CLIENT_SECRET=hunter2"), "{env}");
    let config = &tree[Path::new("b2c.toml")];
    for wanted in [
        "tenant = \"contoso\"",
        ID,
        "B2C_1_susi",
        "B2C_1_reset",
        "store = \"redis\"",
    ] {
        assert!(config.contains(wanted), "{wanted}: {config}");
    }
    assert!(tree.contains_key(Path::new("compose.yaml")));

    // The command line does the same, the secret from elsewhere.
    let line = screen
        .lines()
        .rev()
        .find(|line| line.contains("cargo b2c-init new demo"));
    let line = line.expect("a command line").trim();
    assert!(!line.contains("hunter"), "{line}");
    let words: Vec<&str> = line.split(' ').skip(2).collect();
    let again = Desk::new();
    let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program
        .args(words)
        .current_dir(again.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::null());
    let mut program = program.spawn().expect("it runs");
    let mut stdin = program.stdin.take().expect("a pipe");
    stdin.write_all(b"hunter2\n").expect("written");
    drop(stdin);
    assert!(program.wait().expect("it ends").success(), "{line}");
    assert_eq!(again.tree("demo"), tree);

    // And `update` knows what was answered.
    let mut check = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    check
        .args(["update", "--check", "-C"])
        .arg(desk.path().join("demo"));
    assert_eq!(check.output().expect("it runs").status.code(), Some(0));
}

#[test]
fn no_answer_is_the_default() {
    let desk = Desk::new();
    let mut pty = desk.new_project(&["demo"]);
    let skipped = ["Where to?", "client) id?", "user flows?", "client secret?"];
    for (question, _) in questions() {
        if !skipped.iter().any(|it| question.contains(it)) {
            pty.answers(question, "\r");
        }
    }
    assert!(pty.ends().success(), "{}", pty.screen());
    assert!(!pty.screen().contains("Where to?"), "an option said it");
    let by_wizard = desk.tree("demo");
    let other = Desk::new();
    let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program
        .args(["new", "demo", "--yes", "-q"])
        .current_dir(other.path());
    assert!(program.status().expect("it runs").success());
    assert_eq!(by_wizard, other.tree("demo"));
}

#[test]
fn ctrl_c_at_any_question_leaves_nothing_behind() {
    let all = questions();
    for stop in 0..all.len() {
        let desk = Desk::new();
        let mut pty = desk.new_project(&[]);
        for (question, answer) in &all[..stop] {
            pty.answers(question, answer);
        }
        // In the middle of an answer.
        pty.answers(all[stop].0, "dem\x03");
        let status = pty.ends();
        assert_eq!(
            status.code(),
            Some(130),
            "{}: {}",
            all[stop].0,
            pty.screen()
        );
        assert!(desk.is_empty(), "{}", all[stop].0);
        assert!(pty.echoes(), "{}: the terminal is as it was", all[stop].0);
        let screen = pty.screen();
        assert!(!screen.contains("\x1b[?25l"), "the cursor was never hidden");
        assert!(!screen.contains("hunter"), "{screen}");
    }
}

#[test]
fn a_terminal_that_goes_away_ends_the_questions() {
    let desk = Desk::new();
    let mut pty = desk.new_project(&[]);
    pty.answers("Where to?", "\x04");
    assert_eq!(pty.ends().code(), Some(130));
    assert!(desk.is_empty());
}

#[test]
fn an_answer_that_is_none_is_asked_for_again_with_the_reason() {
    let desk = Desk::new();
    fs::create_dir(desk.path().join("full")).expect("a directory");
    fs::write(desk.path().join("full/file"), "").expect("written");
    let mut pty = desk.new_project(&["--template", "web-app"]);
    for (question, bad, reason) in [
        ("Where to?", "full", "full is not empty"),
        ("", "2fast", "does not begin with a letter"),
        ("", "demo", ""),
        (
            "Who signs the users in?",
            "saml",
            "\"saml\" is none of them: b2c, external-id",
        ),
        ("", "9", "\"9\" is none of them"),
        ("", "1", ""),
        ("Your tenant?", "con toso", "\"con toso\" is no tenant"),
        ("", "contoso", ""),
        (
            "The application (client) id?",
            "shop",
            "\"shop\" is no application id",
        ),
        ("", ID, ""),
        ("The user flows?", "none", "the first one signs people in"),
        ("", "B2C_1_a b", "is no user flow"),
        ("", "B2C_1_a", ""),
        ("The client secret?", "", ""),
        (
            "Where are sessions kept?",
            "mysql",
            "\"mysql\" is none of them: memory",
        ),
        ("", "4", ""),
        (
            "Files to run and check it with?",
            "docker, nomad",
            "\"nomad\" is none of them",
        ),
        ("", "none", ""),
        ("Write it?", "maybe", "\"maybe\" is none of y, n and e"),
        ("", "y", ""),
    ] {
        pty.answers(question, &format!("{bad}\r"));
        pty.expect(reason);
    }
    assert!(pty.ends().success(), "{}", pty.screen());
    assert!(desk.tree("demo")[Path::new("b2c.toml")].contains("store = \"postgres\""));
}

#[test]
fn a_review_may_lead_to_no_or_to_the_questions_again() {
    let desk = Desk::new();
    let mut pty = desk.new_project(&ALL_BUT_THE_TENANT);
    pty.answers("Your tenant?", "contoso\r");
    pty.answers("client) id?", "\r");
    pty.answers("user flows?", "\r");
    pty.expect("b2c, contoso");
    pty.answers("Write it?", "e\r");
    pty.expect("Enter: contoso");
    pty.types("fabrikam\r");
    pty.answers("client) id?", "\r");
    pty.answers("user flows?", "\r");
    pty.expect("b2c, fabrikam");
    pty.answers("Write it?", "n\r");
    assert_eq!(pty.ends().code(), Some(130));
    assert!(desk.is_empty());
}

#[test]
fn a_tenant_that_is_taken_back_takes_what_is_of_it_with_it() {
    let id = "5b1a7c3e-0d42-4f6b-9a58-c7e21f90d384";
    let desk = Desk::new();
    let mut pty = desk.new_project(&ALL_BUT_THE_TENANT);
    pty.answers("Your tenant?", "contoso\r");
    pty.answers("client) id?", &format!("{id}\r"));
    pty.answers("user flows?", "B2C_1_mine\r");
    pty.answers("client secret?", "hunter2\r");
    pty.answers("Write it?", "e\r");
    pty.expect("Enter: contoso");
    pty.types("later\r");
    pty.answers("Write it?", "y\r");
    assert!(pty.ends().success(), "{}", pty.screen());
    for (path, text) in desk.tree("demo") {
        for gone in [id, "B2C_1_mine", "hunter2"] {
            assert!(!text.contains(gone), "{gone} in {}", path.display());
        }
    }
}

#[test]
fn lines_are_edited_and_odd_keys_do_nothing() {
    let desk = Desk::new();
    let mut pty = desk.new_project(&["--template", "web-app"]);
    pty.answers(
        "Where to?",
        "wrong\x15de\x1b[D\x1b[3~\x1bOA\x1b\x1b[B\x1b[[Amxä\x7f\x7fo\r",
    );
    pty.answers("Who signs the users in?", "\x03");
    assert_eq!(pty.ends().code(), Some(130));
    let screen = pty.screen();
    assert!(screen.contains("> demo"), "{screen}");
    assert!(!screen.contains("[A") && !screen.contains("^["), "{screen}");
    let (hint, _) = screen.split_once("Where to?").expect("a question");
    assert!(hint.contains("Ctrl-C leaves and writes nothing"), "{hint}");
}

#[test]
fn a_narrow_terminal_has_narrow_lines() {
    for columns in [20, 40] {
        let desk = Desk::new();
        let mut pty = desk.new_project_on(columns, &[], &[("NO_COLOR", "1")]);
        pty.answers("Where to?", "a-directory-with-a-rather-long-name\r");
        pty.expect("long-name");
        for (question, answer) in &questions()[1..] {
            let first = question.split(' ').next().expect("a word");
            pty.answers(first, answer);
        }
        assert!(pty.ends().success(), "{}", pty.screen());
        let screen = pty.screen();
        let asked = screen.split("Created").next().expect("the questions");
        for line in asked.split(['\r', '\n']) {
            let fits = line.chars().count() <= usize::from(columns);
            let is_one_word = line
                .trim_start_matches([' ', '>'])
                .split_whitespace()
                .count()
                <= 1;
            assert!(fits || is_one_word, "{columns}: {line:?}");
        }
        assert!(
            desk.path()
                .join("a-directory-with-a-rather-long-name/b2c.toml")
                .exists()
        );
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    for (environment, has_colours) in [
        (&[][..], true),
        (&[("NO_COLOR", "1")], false),
        (&[("TERM", "dumb")], false),
    ] {
        let desk = Desk::new();
        let options = ["demo", "--template", "web-app", "--kind", "b2c"];
        let mut pty = desk.new_project_on(80, &options, environment);
        pty.answers("Your tenant?", "\x03");
        let _ = pty.ends();
        assert_eq!(
            pty.screen().contains('\x1b'),
            has_colours,
            "{environment:?}"
        );
    }
}

#[test]
fn nobody_is_asked_who_wants_no_questions_or_is_not_there() {
    let desk = Desk::new();
    for arguments in [["one", "--yes"], ["two", "-q"], ["three", "--json"]] {
        let mut pty = desk.new_project(&arguments);
        assert!(pty.ends().success(), "{}", pty.screen());
        assert!(!pty.screen().contains('?'), "{}", pty.screen());
        assert!(desk.path().join(arguments[0]).exists());
    }
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        program.arg("new").args(arguments).current_dir(desk.path());
        program.stdin(Stdio::null()).output().expect("it runs")
    };
    assert!(run(&["four"]).status.success());
    let nowhere = run(&[]);
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(program::stderr(&nowhere).contains("which directory?"));
}

#[test]
fn every_question_has_an_option_and_secrets_have_none() {
    let desk = Desk::new();
    let run = |arguments: &[&str]| {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        program.arg("new").args(arguments).current_dir(desk.path());
        program.stdin(Stdio::null()).output().expect("it runs")
    };
    let made = run(&[
        "demo",
        "--tenant",
        "contoso",
        "--client-id",
        ID,
        "--susi-policy-id",
        "B2C_1_a",
    ]);
    assert!(made.status.success(), "{}", program::stderr(&made));
    assert!(desk.tree("demo")[Path::new("b2c.toml")].contains("sign_up_sign_in = \"B2C_1_a\""));
    let secret = run(&["other", "--client-secret", "hunter2"]);
    assert_eq!(secret.status.code(), Some(5));
    assert!(!program::stderr(&secret).contains("hunter2"));
    for mixed in [
        ["--issuer", "https://id.example"],
        ["--tenant", "<your tenant>"],
    ] {
        let refused = run(&["other", mixed[0], mixed[1]]);
        assert!(matches!(refused.status.code(), Some(1 | 2)), "{mixed:?}");
    }
    assert!(!desk.path().join("other").exists());
}

#[test]
fn questions_follow_from_answers() {
    let desk = Desk::new();
    let mut pty = desk.new_project(&["demo", "--template", "api"]);
    pty.answers("Who signs the users in?", "oidc\r");
    pty.answers("Your provider's issuer?", "http://id.example\r");
    pty.expect("is no issuer");
    pty.types("https://id.example\r");
    pty.answers("client) id?", "shop\r");
    pty.answers("Files to run and check it with?", "none\r");
    pty.expect("oidc, https://id.example");
    pty.answers("Write it?", "\r");
    assert!(pty.ends().success(), "{}", pty.screen());
    let screen = pty.screen();
    assert!(
        screen.contains("--issuer https://id.example --client-id shop"),
        "{screen}"
    );
    for skipped in ["sessions kept", "client secret?", "user flows?"] {
        assert!(!screen.contains(skipped), "{skipped}: {screen}");
    }
}

/// Options that leave the questions about the tenant.
const ALL_BUT_THE_TENANT: [&str; 9] = [
    "demo",
    "--template",
    "web-app",
    "--kind",
    "b2c",
    "--store",
    "cookie",
    "--deploy",
    "docker",
];

#[test]
fn the_key_esc_takes_nothing_of_the_next_one() {
    let desk = Desk::new();
    let mut pty = desk.new_project(&["--template", "web-app"]);
    pty.answers("Where to?", "\x1b");
    // It was taken for what it is.
    pty.expect("\r> ");
    pty.types("demo\r");
    pty.answers("Who signs the users in?", "\x03");
    assert_eq!(pty.ends().code(), Some(130));
    assert!(pty.screen().contains("> demo"), "{}", pty.screen());
}
