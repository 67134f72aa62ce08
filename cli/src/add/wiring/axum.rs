//! The router that `axum::serve` gets.

use syn::{Expr, ExprMethodCall};

use super::fallible::handled;
use super::insertion::Insertion;
use super::modules::Modules;
use super::router::makes_router;
use super::search::only_call;
use super::source::Source;

/// Puts the layer around everything that the router has: at the end of its expression.
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
    let served = found.call.args.iter().nth(1).map(service);
    let served = served.ok_or("axum::serve has no second argument")?;
    let is_router = |expression: &Expr| makes_router(source, modules, expression);
    let place = source.place(found.call);
    let router = match root(served) {
        made if is_router(made) => served,
        Expr::Path(variable) => {
            let name = variable.path.get_ident();
            let name = name.ok_or_else(|| format!("{place}: what is served is no variable"))?;
            let bound = found.function.binding(name).ok_or_else(|| {
                format!("{place}: `{name}` is not bound once and for all in that function")
            })?;
            let bound = service(bound);
            if !is_router(root(bound)) {
                return Err(format!("{place}: `{name}` {NO_ROUTER}"));
            }
            // `router.with_state(…)`: after the last of what it gets.
            if matches!(served, Expr::Path(_)) {
                bound
            } else {
                served
            }
        }
        _ => return Err(format!("{place}: what is served {NO_ROUTER}")),
    };
    let end = source.range(router).end;
    let layer = handled(source, &found, call);
    let text = format!("{}.layer({layer})", separator(source, router));
    Ok(vec![Insertion::new(end, text)])
}

/// The router that becomes a service.
fn service(expression: &Expr) -> &Expr {
    match expression {
        Expr::MethodCall(call) if call.method.to_string().starts_with("into_make_service") => {
            service(&call.receiver)
        }
        Expr::MethodCall(call) if call.method == "into_service" => service(&call.receiver),
        other => other,
    }
}

/// What a chain of methods begins with.
fn root(expression: &Expr) -> &Expr {
    match expression {
        Expr::MethodCall(call) => root(&call.receiver),
        other => other,
    }
}

/// What stands before the dot of the next method: a line of its own, if the last one has that.
pub(super) fn separator(source: &Source, chain: &Expr) -> String {
    let Expr::MethodCall(ExprMethodCall { dot_token, .. }) = chain else {
        return String::new();
    };
    let dot = source.range(dot_token).start;
    let indentation = source.indentation(dot);
    if source.line_start(dot) + indentation.len() == dot {
        format!("\n{indentation}")
    } else {
        String::new()
    }
}

const NO_ROUTER: &str = "is made neither by Router::new there nor by a free function of this crate that returns a Router";

/// What serves requests.
pub(super) const CALL: [&str; 2] = ["axum", "serve"];

#[cfg(test)]
mod tests {
    use super::wire;
    use crate::add::wiring::Source;
    use crate::add::wiring::modules::files::{among, modules};

    fn with(text: &str) -> Result<String, String> {
        beside(text, &[])
    }

    /// Wires a program with these files beside it.
    fn beside(text: &str, files: &[(&str, &str)]) -> Result<String, String> {
        let text = format!("use axum::{{Router, routing::get}};\n{text}");
        let source = Source::parse("src/main.rs", text).expect("Rust");
        wire(&source, modules(&among(files)), "auth::layer()")
            .map(|insertions| source.with(insertions))
    }

    #[test]
    fn one_of_several_servers_is_not_taken_for_the_apps() {
        let metrics = "fn main() { spawn(async { axum::serve(a, Router::new()).await }); ";
        for rest in [
            "tokio::select! { r = axum::serve(l, app) => {} } }",
            "spawn(mac! { serve(l, app) }); }",
        ] {
            let told = with(&format!("{metrics}{rest}")).expect_err("doubtful");
            assert!(told.contains("by a macro in `main`"), "{told}");
        }
        let serves = "pub async fn run() { axum::serve(l, app).await; }";
        let told = with(&format!(
            "{metrics} server::run() }} mod server {{ {serves} }}"
        ));
        assert!(told.expect_err("doubtful").contains("another module"));
        for (file, declared) in [
            ("src/server.rs", "mod server;"),
            ("src/server/mod.rs", "mod server;"),
            ("src/lib.rs", ""),
        ] {
            let told = beside(&format!("{metrics} }} {declared}"), &[(file, serves)]);
            assert!(told.expect_err("doubtful").contains("another module"));
        }
        let below = [("src/a.rs", "pub mod b;"), ("src/a/b.rs", serves)];
        assert!(beside(&format!("{metrics} }} mod a;"), &below).is_err());
    }

    #[test]
    fn what_only_tests_serve_leaves_no_doubt() {
        let main = "fn main() { axum::serve(l, Router::new()); }\n";
        for tests in [
            "#[cfg(test)] mod tests { fn a() { axum::serve(l, x); } }",
            "#[cfg(test)] fn a() { axum::serve(l, x); }",
            "#[cfg(all(test, unix))] fn a() { axum::serve(l, x); }",
            "#[tokio::test] async fn a() { axum::serve(l, x); }",
        ] {
            let wired = with(&format!("{main}{tests}")).expect("plain");
            assert!(
                wired.contains("Router::new().layer(auth::layer()"),
                "{wired}"
            );
        }
        for doubtful in ["not(test)", "feature = \"test\"", "any(test, unix)"] {
            let text = format!("{main}#[cfg({doubtful})] fn a() {{ axum::serve(l, x); }}");
            assert!(with(&text).is_err(), "{doubtful}");
        }
        let alone = "#[cfg(test)] fn a() { axum::serve(l, Router::new()); }";
        assert!(with(alone).is_err());
    }

    #[test]
    fn a_chain_is_continued_as_it_is_written() {
        let text = "async fn main() -> anyhow::Result<()> {
    // ö
    let app = Router::new()
        .route(\"/\", get(home)) // the page
        .with_state(state);
    axum::serve(listener, app).await?;
}";
        let wired = with(text).expect("plain");
        assert!(
            wired.contains("        .with_state(state)\n        .layer(auth::layer()?);\n"),
            "{wired}"
        );
        let text = "fn main() { axum::serve(l, Router::new().route(\"/\", get(home)).into_make_service()); }";
        let wired = with(text).expect("plain");
        assert!(
            wired.contains(
                "get(home)).layer(auth::layer().expect(\"b2c.toml can be used\")).into_make"
            ),
            "{wired}"
        );
        for make in [
            "into_make_service()",
            "into_make_service_with_connect_info::<A>()",
        ] {
            let text = format!(
                "fn main() {{ let app = Router::new()\n    .route(\"/\", x)\n    .{make};\n axum::serve(l, app); }}"
            );
            let wired = with(&text).expect("plain");
            let before = format!(
                "x)\n    .layer(auth::layer().expect(\"b2c.toml can be used\"))\n    .{make};"
            );
            assert!(wired.contains(&before), "{wired}");
        }
        let text =
            "fn main() { let app: Router<S> = Router::new(); axum::serve(l, app.with_state(s)); }";
        let wired = with(text).expect("plain");
        assert!(wired.contains("app.with_state(s).layer("), "{wired}");
    }

    #[test]
    fn a_function_of_the_file_may_make_the_router() {
        for (returned, made) in [
            ("Router", "router(state)"),
            ("axum::Router<()>", "router(state).fallback(nothing)"),
        ] {
            let text = format!(
                "fn main() {{ let app = {made}; axum::serve(l, app); }}\nfn router(s: S) -> {returned} {{ x }}"
            );
            let wired = with(&text).expect("plain");
            assert!(
                wired.contains(&format!("let app = {made}.layer(auth::layer()")),
                "{wired}"
            );
        }
        let text = "fn main() { axum::serve(l, router()); }\nfn router() -> Router { x }";
        let wired = with(text).expect("plain");
        assert!(wired.contains("router().layer(auth::layer()"), "{wired}");
        for doubtful in [
            "fn router() -> Router<State> { x }",
            "async fn router() -> Router { x }",
            "fn router() -> Result<Router, E> { x }",
            "fn router() -> impl Service<R> { x }",
            "mod tests { fn router() -> Router { x } }",
        ] {
            let text = format!("fn main() {{ axum::serve(l, router()); }}\n{doubtful}");
            assert!(with(&text).is_err(), "{doubtful}");
        }
    }

    #[test]
    fn doubts_are_told_with_their_place() {
        for (text, why) in [
            ("fn main() {}", "no call of axum::serve"),
            (
                "fn main() { tokio::select! { _ = axum::serve(l, app) => {} } }",
                "outside of macros",
            ),
            (
                "fn a() { axum::serve(l, x); }\nfn b() { axum::serve(l, y); }",
                "main.rs:2, src/main.rs:3",
            ),
            (
                "fn main() { let app = make(); axum::serve(l, app); }",
                "`app` is made neither by Router::new",
            ),
            (
                "fn main() { axum::serve(l, make()); }",
                "src/main.rs:2: what is served",
            ),
            (
                "fn main() { let app = Router::new(); let app = app.x(); axum::serve(l, app); }",
                "not bound once",
            ),
            (
                "fn main() { let mut app = Router::new(); if x { app = y; } axum::serve(l, app); }",
                "not bound once",
            ),
            (
                "fn main(app: Router) { axum::serve(l, app); }",
                "not bound once",
            ),
            (
                "mod tests { fn main() { axum::serve(l, Router::new()); } }",
                "no call of axum::serve",
            ),
        ] {
            let told = with(text).expect_err("doubtful");
            assert!(told.contains(why), "{told}");
        }
    }
}
