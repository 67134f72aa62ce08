//! The builder of tonic's server.

use super::fallible::handled;
use super::insertion::Insertion;
use super::modules::Modules;
use super::search::only_call;
use super::source::Source;

/// Puts the layer around all services of the server: first of what its builder gets.
///
/// # Errors
///
/// Why it is not plain where that is, for people.
pub(super) fn wire(
    source: &Source,
    modules: Modules<'_>,
    call: &str,
) -> Result<Vec<Insertion>, String> {
    let found = only_call(source, modules, &CALL)?;
    let end = source.range(found.call).end;
    let rest = source.text.get(end..).unwrap_or_default();
    let next = rest.trim_start();
    let gap = rest.get(..rest.len() - next.len()).unwrap_or_default();
    let line = gap.rfind('\n').filter(|_| next.starts_with('.'));
    let separator = line.and_then(|line| gap.get(line..)).unwrap_or_default();
    let layer = handled(source, &found, call);
    Ok(vec![Insertion::new(
        end,
        format!("{separator}.layer({layer})"),
    )])
}

/// What begins a server.
pub(super) const CALL: [&str; 4] = ["tonic", "transport", "Server", "builder"];

#[cfg(test)]
mod tests {
    use super::wire;
    use crate::add::wiring::Source;
    use crate::add::wiring::modules::files::{among, modules};

    fn with(text: &str) -> Result<String, String> {
        let source = Source::parse("src/main.rs", text.to_owned()).expect("Rust");
        wire(&source, modules(&among(&[])), "auth::layer()")
            .map(|insertions| source.with(insertions))
    }

    #[test]
    fn the_layer_is_the_first_thing_that_the_builder_gets() {
        let wired = with(
            "use tonic::transport::Server;\nfn main() -> Result<(), Box<dyn Error>> {\n    Server::builder()\n        .add_service(x)\n}\n",
        );
        let wired = wired.expect("plain");
        let expected =
            "    Server::builder()\n        .layer(auth::layer()?)\n        .add_service(x)\n";
        assert!(wired.contains(expected), "{wired}");
        let wired = with("fn main() { let s = tonic::transport::Server::builder().add(x); }")
            .expect("plain");
        assert!(
            wired.contains("builder().layer(auth::layer().expect("),
            "{wired}"
        );
        let wired =
            with("fn main() { let mut s = tonic::transport::Server::builder();\n s.add(x); }");
        assert!(
            wired
                .expect("plain")
                .contains("builder().layer(auth::layer().expect(\"b2c.toml can be used\"));\n")
        );
    }

    #[test]
    fn other_builders_are_left_alone() {
        let told =
            with("use mine::Server;\nfn main() { Server::builder(); }").expect_err("another");
        assert!(
            told.contains("no call of tonic::transport::Server::builder"),
            "{told}"
        );
    }
}
