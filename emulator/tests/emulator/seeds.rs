//! Seeds: what an emulator is told, and what it tells.

use std::fs;

use b2c_emulator::{Emulator, User};
use proptest::prelude::*;

use crate::support::{Bench, PATIENCE};

const SEED: &str = r#"
[[users]]
object_id = "cccccccc-2222-3333-4444-dddddddddddd"
sign_in_name = "ada@emulator.example"
password = "Passw0rd!"
display_name = "Ada of the seed"

[[misbehaviours]]
name = "oidcc-client-test-invalid-iss"
user_flow = "B2C_1_signupsignin1"
next = 1
"#;

async fn refusal(seed: &str) -> String {
    let refused = Emulator::builder().seed(seed).start().await;
    refused.unwrap_err().to_string()
}

#[tokio::test]
async fn a_seed_replaces_what_it_names_and_nothing_else() {
    let bench = Bench::of(Emulator::builder().seed(SEED)).await;
    let users = bench.emulator.users();
    assert_eq!(users.len(), 1);
    assert_eq!(users[0].display_name(), "Ada of the seed");
    assert_eq!(bench.emulator.tenant(), "b2cemulator.onmicrosoft.com");
    assert_eq!(bench.emulator.clients().len(), 1);
}

#[tokio::test]
async fn mistakes_are_named() {
    for (seed, parts) in [
        (
            "[[users]]\nsign_in_nam = 'x'",
            &["line 2", "unknown field `sign_in_nam`", "expected"][..],
        ),
        (
            "[[users]]\nsign_in_name = 5",
            &["sign_in_name = 5", "expected a string"],
        ),
        ("nonsense = 1", &["unknown field `nonsense`", "`users`"]),
        (
            "[[users]]\nsign_in_name = 'a'\npassword = 'b'\n[[users]]\nsign_in_name = 'A'\npassword = 'b'",
            &["users[1].sign_in_name", "'A' twice"],
        ),
        (
            "[[misbehaviours]]\nname = 'sulk'",
            &["misbehaviours[0].name", "'sulk'"],
        ),
        ("clients = []", &["clients", "at least one"]),
        ("[", &["line 1"]),
    ] {
        let message = refusal(seed).await;
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in {message}");
        }
    }
}

#[tokio::test]
async fn a_file_is_followed_and_a_broken_one_changes_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("seed.toml");
    fs::write(&path, SEED).unwrap();
    let emulator = Emulator::builder().seed_file(&path).start().await.unwrap();
    let name = |emulator: &Emulator| emulator.users()[0].display_name().to_owned();
    assert_eq!(name(&emulator), "Ada of the seed");

    fs::write(&path, SEED.replace("of the seed", "again")).unwrap();
    let is_again = |emulator: &Emulator| name(emulator) == "Ada again";
    assert!(emulator.wait_until(PATIENCE, is_again).await);
    fs::write(&path, "users = 5").unwrap();
    let is_broken = |emulator: &Emulator| emulator.seed_problem().is_some();
    assert!(emulator.wait_until(PATIENCE, is_broken).await);
    let problem = emulator.seed_problem().unwrap().to_string();
    assert!(
        problem.contains("seed.toml") && problem.contains("users"),
        "{problem}"
    );
    assert_eq!(name(&emulator), "Ada again");
    fs::write(&path, SEED).unwrap();
    let is_mended = |emulator: &Emulator| !is_broken(emulator);
    assert!(emulator.wait_until(PATIENCE, is_mended).await);
    assert_eq!(name(&emulator), "Ada of the seed");
}

#[tokio::test]
async fn a_state_file_outlives_the_emulator() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state.toml");
    let start = || Emulator::builder().state_file(&path).start();
    let emulator = start().await.unwrap();
    let mary = User::new("mary@emulator.example", "Passw0rd!");
    let mary = emulator.add_user(mary).unwrap();
    emulator.shutdown().await;
    let emulator = start().await.unwrap();
    let users = emulator.users();
    assert_eq!(users.last().unwrap().object_id(), mary.object_id());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// An export loses nothing: importing it elsewhere and exporting again gives the same.
    #[test]
    fn an_export_loses_nothing(
        names in proptest::collection::vec("\\PC{1,12}", 1..4),
        texts in proptest::collection::vec("\\PC{0,16}|[\"'\\\\\\r\\n\\t#\\[\\]=]{0,8}", 4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let one = Emulator::builder().start().await.unwrap();
            for (index, name) in names.iter().enumerate() {
                let user = User::new(format!("{index}{name}"), &texts[0])
                    .display_name(&texts[1])
                    .given_name(&texts[2])
                    .city(&texts[3]);
                one.add_user(user).unwrap();
            }
            let exported = one.export();
            let other = Emulator::builder().start().await.unwrap();
            other.import(&exported).unwrap();
            assert_eq!(other.export(), exported);
        });
    }
}
