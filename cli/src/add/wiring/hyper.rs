//! The tower service that hyper gets.

use syn::spanned::Spanned;

use super::fallible::handled;
use super::insertion::Insertion;
use super::modules::Modules;
use super::search::only_call;
use super::source::Source;

/// Puts the layer, built once before the first connection, around the service of each.
///
/// # Errors
///
/// Why it is not plain where that is, for people.
pub(super) fn wire(
    source: &Source,
    modules: Modules<'_>,
    module: &str,
) -> Result<Vec<Insertion>, String> {
    let found = only_call(source, modules, &CALL)?;
    let place = source.place(found.call);
    if found.is_nested {
        return Err(format!(
            "{place}: the service is made within a closure or an async block"
        ));
    }
    let service = found.call.args.first();
    let service = service.ok_or_else(|| format!("{place}: there is no service"))?;
    let start = found
        .outer_loop
        .map_or_else(
            || source.range(found.call),
            |outer| source.range_of(outer.span()),
        )
        .start;
    let line = source.line_start(start);
    let indentation = source.indentation(start).to_owned();
    if found.outer_loop.is_some() && line + indentation.len() != start {
        return Err(format!("{place}: the loop around it does not begin a line"));
    }
    let layer = handled(source, &found, &format!("{module}::layer()"));
    let service = source.range(service);
    Ok(vec![
        Insertion::new(line, format!("{indentation}let sign_in = {layer};\n")),
        Insertion::new(service.start, format!("{module}::around(&sign_in, ")),
        Insertion::new(service.end, ")"),
    ])
}

/// What makes a service of tower one of hyper.
pub(super) const CALL: [&str; 4] = ["hyper_util", "service", "TowerToHyperService", "new"];

#[cfg(test)]
mod tests {
    use super::wire;
    use crate::add::wiring::Source;
    use crate::add::wiring::modules::files::{among, modules};

    fn with(text: &str) -> Result<String, String> {
        let text = format!("use hyper_util::service::TowerToHyperService;\n{text}");
        let source = Source::parse("src/main.rs", text).expect("Rust");
        wire(&source, modules(&among(&[])), "auth").map(|insertions| source.with(insertions))
    }

    #[test]
    fn the_layer_is_built_before_the_loop_over_connections() {
        let text = "async fn main() -> std::io::Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(service.clone());
    }
}
";
        let wired = with(text).expect("plain");
        assert!(
            wired.contains("    let sign_in = auth::layer()?;\n    loop {\n"),
            "{wired}"
        );
        let service = "TowerToHyperService::new(auth::around(&sign_in, service.clone()));";
        assert!(wired.contains(service), "{wired}");
    }

    #[test]
    fn doubts_are_told() {
        let text = "fn main() { loop { spawn(async move { TowerToHyperService::new(s) }); } }";
        let told = with(text).expect_err("doubtful");
        assert!(
            told.contains("src/main.rs:2: the service is made within a closure"),
            "{told}"
        );
    }
}
