//! docs/failure-modes.md is held against the tests that there are.

use std::fmt::Write as _;
use std::path::Path;

#[test]
fn each_failure_mode_names_tests_that_exist() {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let document = std::fs::read_to_string(crate_root.join("docs/failure-modes.md")).unwrap();
    let mut tests = String::new();
    for folder in ["tests/middleware", "tests/stores"] {
        read(&crate_root.join(folder), &mut tests);
    }
    let rows = document.lines().filter(|line| line.starts_with("| "));
    let mut modes = 0;
    for row in rows.filter(|row| !row.starts_with("| What happens")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [_, users, _, _, shown_by] = cells[..] else {
            panic!("five cells: {row}");
        };
        assert!(!users.is_empty(), "{row}");
        let names: Vec<_> = shown_by.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "no test shows: {row}");
        for name in names {
            // A trial that needs a process of its own is `alone`.
            let is_there = tests.contains(&format!("trial(\"{name}\""))
                || tests.contains(&format!("alone(\"{name}\")"))
                || tests.contains(&format!("async fn {name}("));
            assert!(is_there, "there is no test {name}");
        }
        modes += 1;
    }
    assert!(modes > 20, "{modes} rows");
}

fn read(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read(&path, text);
        } else {
            // A trial may be broken over lines.
            let file = std::fs::read_to_string(path).unwrap();
            let joined: Vec<_> = file.split_whitespace().collect();
            write!(text, "{}", joined.join(" ").replace("trial( ", "trial(")).unwrap();
        }
    }
}
