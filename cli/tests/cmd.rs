//! Transcripts of commands: help, output, exit code. One file in `cmd/` for each command.
//!
//! `TRYCMD=overwrite cargo test -p cargo-b2c-init --test cmd` writes them anew. A transcript with
//! folders of its name runs in a copy of the one (`undo.in/`), which afterwards has to hold what is in
//! the other (`undo.out/`). Without the other it would run in the one itself, and write into the sources.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

#[test]
fn commands_say_what_the_transcripts_say() {
    let cases = trycmd::TestCases::new();
    let version = cases.insert_var("[VERSION]", env!("CARGO_PKG_VERSION"));
    version.expect("a name in brackets");
    cases
        .register_bin(
            "cargo",
            std::path::Path::new(env!("CARGO_BIN_EXE_cargo-b2c-init")),
        )
        .env("COLUMNS", "100")
        .case("tests/cmd/*.trycmd")
        // Its console blocks, but for those that go on until Ctrl-C.
        .case("README.md");
}

#[test]
fn every_transcript_with_a_folder_runs_in_a_copy_of_it() {
    let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cmd");
    let entries = std::fs::read_dir(cases).expect("a directory");
    let folders = entries.map(|entry| entry.expect("an entry").path());
    let folders: Vec<_> = folders
        .filter(|path| path.extension().is_some_and(|extension| extension == "in"))
        .collect();
    assert!(!folders.is_empty());
    for folder in folders {
        let after = folder.with_extension("out");
        assert!(after.is_dir(), "there is no {}", after.display());
    }
}
