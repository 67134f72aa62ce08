//! What makes a router.

use syn::{Expr, ExprCall, GenericArgument, PathArguments, ReturnType, Signature, Type};

use super::modules::Modules;
use super::names::Names;
use super::source::Source;

/// Whether an expression of the program's first file makes a router that has its state: `Router::new()`, or
/// a call of one of the crate's own functions.
pub(super) fn makes_router(source: &Source, modules: Modules<'_>, expression: &Expr) -> bool {
    let names = Names::of(&source.file.items);
    let (call, is_awaited) = match expression {
        Expr::Call(call) => (call, false),
        Expr::Await(awaited) => match &*awaited.base {
            Expr::Call(call) => (call, true),
            _ => return false,
        },
        _ => return false,
    };
    let ExprCall { func, .. } = call;
    let Expr::Path(function) = &**func else {
        return false;
    };
    let makes_it = |signature: &Signature, names: &Names| {
        signature.asyncness.is_some() == is_awaited
            && matches!(&signature.output, ReturnType::Type(_, returned) if is_finished_router(returned, names))
    };
    let is_new = !is_awaited && names.is(&function.path, &["axum", "Router", "new"]);
    // A path that begins with `::` begins with another crate's name.
    let is_own = || {
        function.path.leading_colon.is_none()
            && modules.has(source, &names.full(&function.path), &makes_it)
    };
    is_new || is_own()
}

/// `Router`, `axum::Router<()>`.
fn is_finished_router(returned: &Type, names: &Names) -> bool {
    let Type::Path(router) = returned else {
        return false;
    };
    let arguments = router.path.segments.last().map(|last| &last.arguments);
    let has_state = match arguments {
        Some(PathArguments::AngleBracketed(list)) => list.args.iter().all(|argument| {
            matches!(argument, GenericArgument::Type(Type::Tuple(state)) if state.elems.is_empty())
        }),
        _ => true,
    };
    has_state && names.is(&router.path, &["axum", "Router"])
}

#[cfg(test)]
mod tests {
    use super::{Expr, Source, makes_router};
    use crate::add::wiring::modules::files::{among, modules};

    const ROUTER: &str = "use axum::Router;\npub fn router() -> Router { x }";

    /// Whether `made` makes a router in a program that begins like this, with these files beside it.
    fn is_made(made: &str, main: &str, files: &[(&str, &str)]) -> bool {
        let source = Source::parse("src/main.rs", main.to_owned()).expect("Rust");
        let expression: Expr = syn::parse_str(made).expect("an expression");
        let read = among(files);
        makes_router(&source, modules(&read), &expression)
    }

    #[test]
    fn a_function_of_another_module_makes_one() {
        let apart = "pub async fn router(s: S) -> axum::Router<()> { x }";
        for (made, main, file, text) in [
            ("routes::router()", "mod routes;", "src/routes.rs", ROUTER),
            (
                "crate::routes::router()",
                "mod routes;",
                "src/routes/mod.rs",
                ROUTER,
            ),
            (
                "self::routes::router()",
                "pub mod routes;",
                "src/routes.rs",
                ROUTER,
            ),
            (
                "router()",
                "mod routes;\nuse routes::router;",
                "src/routes.rs",
                ROUTER,
            ),
            (
                "make()",
                "mod routes;\nuse crate::routes::{self, router as make};",
                "src/routes.rs",
                ROUTER,
            ),
            (
                "routes::router(s).await",
                "mod routes;",
                "src/routes.rs",
                apart,
            ),
            ("shop::router()", "", "src/lib.rs", ROUTER),
            ("router()", "use shop::router;", "src/lib.rs", ROUTER),
        ] {
            assert!(is_made(made, main, &[(file, text)]), "{made}");
            assert!(!is_made(made, main, &[]), "{made}");
        }
        let nested = [
            ("src/web.rs", "pub mod routes;"),
            ("src/web/routes.rs", ROUTER),
        ];
        assert!(is_made("web::routes::router()", "mod web;", &nested));
        let library = [("src/lib.rs", "pub mod web;"), ("src/web/mod.rs", ROUTER)];
        assert!(is_made("shop::web::router()", "", &library));
        assert!(is_made(
            "a::router()",
            &format!("mod a {{ {ROUTER} }}"),
            &[]
        ));
    }

    #[test]
    fn what_is_in_doubt_makes_none() {
        let main = "mod routes;";
        for text in [
            "pub fn router() -> axum::Router<State> { x }",
            "pub async fn router() -> axum::Router { x }",
            "pub fn router() -> anyhow::Result<axum::Router> { x }",
            "pub fn router() -> Router { x }",
            "use super::*;\npub fn router() -> Router { x }",
            "use other::Router;\npub fn router() -> Router { x }",
            "pub use crate::inner::router;",
            "#[cfg(unix)]\npub fn router() -> axum::Router { x }",
            "pub fn router() -> axum::Router { x }\npub fn router() -> axum::Router { y }",
            "pub struct A; impl A { pub fn router() -> axum::Router { x } }",
            "pub fn router( -> axum::Router",
        ] {
            assert!(
                !is_made("routes::router()", main, &[("src/routes.rs", text)]),
                "{text}"
            );
        }
        let file = ("src/routes.rs", ROUTER);
        for main in [
            "",
            "#[cfg(feature = \"web\")]\nmod routes;",
            "#[path = \"other.rs\"]\nmod routes;",
            "use shop::routes;",
        ] {
            assert!(!is_made("routes::router()", main, &[file]), "{main}");
        }
        // Which file is it?
        let both = [file, ("src/routes/mod.rs", ROUTER)];
        assert!(!is_made("routes::router()", main, &both));
        // A crate's name, and no module's.
        assert!(!is_made("::routes::router()", main, &[file]));
        assert!(!is_made(
            "crate::shop::router()",
            "",
            &[("src/lib.rs", ROUTER)]
        ));
        assert!(!is_made("routes::router().await", main, &[file]));
        assert!(!is_made("routes::router()?", main, &[file]));
    }
}
