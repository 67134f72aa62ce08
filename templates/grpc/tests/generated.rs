//! Whether the generated code is that of the `.proto` file. `UPDATE_GENERATED=1 cargo test` writes it.

use std::path::Path;

#[test]
fn the_generated_code_is_current() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    // A compiler of .proto files that is a library: nobody needs protoc.
    let files = protox::compile(["notes.proto"], [folder.join("proto")]).unwrap();
    let kept = folder.join("src/generated");
    let temporary = tempfile::tempdir().unwrap();
    let update = std::env::var_os("UPDATE_GENERATED").is_some();
    let out = if update {
        kept.as_path()
    } else {
        temporary.path()
    };
    tonic_prost_build::configure()
        .out_dir(out)
        .compile_fds(files)
        .unwrap();
    let read = |folder: &Path| std::fs::read_to_string(folder.join("notes.v1.rs")).unwrap();
    assert!(
        read(out) == read(&kept),
        "src/generated is out of date; UPDATE_GENERATED=1 cargo test writes it"
    );
}
