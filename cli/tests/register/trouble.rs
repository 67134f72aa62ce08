//! What goes wrong, and what is left of it.

use std::fs;
use std::process::Command;

use b2c_emulator::{Client, Endpoint, Misbehaviour, Scope};

use super::Bench;
use super::program::{stderr, stdout};

pub(super) fn order(bench: &Bench, name: &str, next: u32) {
    let scope = Scope::everything().endpoint(Endpoint::Graph).next(next);
    let bad = Misbehaviour::named(name).expect("a name");
    bench.emulator.misbehave_for(scope, bad);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_graph_and_a_late_one_are_waited_for() {
    let bench = Bench::new().await;
    order(&bench, "retry-after-429-1", 2);
    order(&bench, "replication-delay", 2);
    let said = bench.succeeds(&[]);
    assert!(said.contains("is busy; once more in 1 s"), "{said}");
    bench
        .signs_in("B2C_1_susi", "http://localhost:5000/getAToken")
        .await;
    let requests = bench.emulator.requests();
    let count = |status| {
        requests
            .iter()
            .filter(|it| it.status() == Some(status))
            .count()
    };
    assert_eq!(count(429), 2);
    assert_eq!(count(404) + count(400), 2);
    assert_eq!(
        bench.json(&[])["made"],
        serde_json::json!([]),
        "nothing twice"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_named() {
    let bench = Bench::new().await;
    let before = bench.demo.tree();
    order(&bench, "status-403", 9);
    let output = bench.register(&["--yes"]);
    assert_eq!(output.status.code(), Some(5));
    let said = stderr(&output);
    assert!(
        said.contains("needs the permission Application.ReadWrite.All"),
        "{said}"
    );
    assert!(bench.demo.tree() == before && bench.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_may_be_for_another_tenant_needs_somebodys_word() {
    let bench = Bench::new().await;
    order(&bench, "status-403", 1);
    let output = bench.register(&[]);
    assert_eq!(output.status.code(), Some(5));
    let said = stderr(&output);
    assert!(
        said.contains("does not tell whether the token is for the tenant b2cemulator")
            && said.contains("--yes"),
        "{said}"
    );
    assert!(bench.changes().is_empty());
    order(&bench, "status-403", 1);
    let said = bench.succeeds(&["--yes"]);
    assert!(
        said.contains("it is taken for that of b2cemulator"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_token_is_refused_and_not_repeated() {
    let bench = Bench::new().await;
    let output = bench
        .command(&[])
        .env("B2C_INIT_GRAPH_TOKEN", "e30.hunter2.x")
        .output();
    let output = output.expect("it runs");
    assert_eq!(output.status.code(), Some(5));
    let said = stdout(&output) + &stderr(&output);
    assert!(
        said.contains("InvalidAuthenticationToken") && !said.contains("hunter2"),
        "{said}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_made_before_a_failure_is_kept_and_gone_on_with() {
    let bench = Bench::new().await;
    // A name that Graph refuses, after everything else is done.
    bench.demo.replace(
        "b2c.toml",
        "B2C_1_passwordreset1\"\n\n# A web API",
        "B2C_1_pass word\"\n\n# A web API",
    );
    let output = bench.register(&[]);
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(
        said.contains("in the tenant by now: application demo"),
        "{said}"
    );
    assert!(said.contains("run the command again"), "{said}");
    let (id, secret) = (bench.setting("client_id"), bench.secret());
    assert!(!secret.is_empty(), "told only once, and not lost");

    bench
        .demo
        .replace("b2c.toml", "B2C_1_pass word", "B2C_1_passwordreset1");
    bench.succeeds(&[]);
    assert_eq!((bench.setting("client_id"), bench.secret()), (id, secret));
    let made = bench.changes();
    let applications = made.iter().filter(|it| *it == "POST /v1.0/applications");
    assert_eq!(applications.count(), 1, "{made:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_there_is_a_way_to_one() {
    let bench = Bench::new().await;
    let empty = bench.demo.outside().join("empty");
    fs::create_dir(&empty).expect("a directory");
    let mut command = bench.command(&[]);
    command
        .env_remove("B2C_INIT_GRAPH_TOKEN")
        .env("PATH", &empty);
    let output = command.output().expect("it runs");
    assert_eq!(output.status.code(), Some(5));
    let said = stderr(&output);
    assert!(
        said.contains("B2C_INIT_GRAPH_TOKEN is not set, and there is no `az`"),
        "{said}"
    );
    assert!(said.contains("az login --tenant b2cemulator"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers() {
    let bench = Bench::new().await;
    let url = format!("http://127.0.0.1:{}", loopback::free_port());
    let mut command = bench.command(&[]);
    let output = command
        .args(["--graph-url", &url])
        .output()
        .expect("it runs");
    // The last of two is not taken by clap; by the environment it is.
    assert_eq!(output.status.code(), Some(2));
    let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program.arg("register").current_dir(bench.demo.root());
    program
        .env("B2C_INIT_GRAPH_URL", &url)
        .env("B2C_INIT_GRAPH_TOKEN", "x");
    let output = program.output().expect("it runs");
    assert_eq!(output.status.code(), Some(7), "{}", stderr(&output));
    program.env("B2C_INIT_GRAPH_URL", "http://graph.example");
    let output = program.output().expect("it runs");
    assert_eq!(output.status.code(), Some(2), "no token over http");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_another_tenant_is_refused() {
    let bench = Bench::new().await;
    bench.demo.succeeds(&["tenant", "set", "fabrikam"]);
    let output = bench.register(&[]);
    assert_eq!(output.status.code(), Some(5));
    let said = stderr(&output);
    assert!(
        said.contains("is for the tenant b2cemulator.onmicrosoft.com"),
        "{said}"
    );
    assert!(
        said.contains("az login --tenant fabrikam.onmicrosoft.com"),
        "{said}"
    );
    assert!(bench.changes().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_elses_application_is_left_alone() {
    let bench = Bench::new().await;
    let other = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "x");
    bench.emulator.add_client(other).expect("added");
    let name = "client 22223333-cccc-4444-dddd-5555eeee6666";
    let output = bench.register(&["--name", name]);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        stderr(&output).contains("perhaps another one"),
        "{}",
        stderr(&output)
    );
    assert!(bench.changes().is_empty());

    let gone = "99993333-cccc-4444-dddd-5555eeee6666";
    bench.demo.succeeds(&["tenant", "set", "--client-id", gone]);
    let output = bench.register(&[]);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        stderr(&output).contains("has no application"),
        "{}",
        stderr(&output)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_git_would_see_stops_everything_before_it_begins() {
    let bench = Bench::new().await;
    bench.demo.git(&["init", "-q"]);
    bench.demo.write(".gitignore", "/target\n");
    let before = bench.demo.tree();
    let output = bench.register(&[]);
    assert_eq!(output.status.code(), Some(5));
    assert!(bench.emulator.requests().is_empty(), "nobody was asked");
    assert!(bench.demo.tree() == before);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_registered_is_said() {
    let bench = Bench::new().await;
    let original = bench.demo.read("b2c.toml");
    for (from, to, said) in [
        (
            "tenant = \"b2cemulator\"",
            "tenant = \"<your tenant>\"",
            "names no tenant yet",
        ),
        (
            "kind = \"b2c\"\n# The first",
            "kind = \"oidc\"\nissuer = \"https://id.example\"\n# The first",
            "kind oidc",
        ),
    ] {
        bench.demo.write("b2c.toml", &original);
        bench.demo.replace("b2c.toml", from, to);
        let output = bench.register(&[]);
        assert!(matches!(output.status.code(), Some(1 | 2)), "{output:?}");
        assert!(stderr(&output).contains(said), "{}", stderr(&output));
    }
    let output = bench.demo.run(&["register", "--profile", "nowhere"]);
    assert_eq!(output.status.code(), Some(2));
}
