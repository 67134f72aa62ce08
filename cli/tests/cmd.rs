//! Transcripts of commands: help, output, exit code. One file in `cmd/` for each command.
//!
//! `TRYCMD=overwrite cargo test -p cargo-b2c-init --test cmd` writes them anew. A transcript with
//! folders of its name runs in a copy of the one (`undo.in/`), which afterwards has to hold what is in
//! the other (`undo.out/`).

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
