//! Writes the layer into a program, or says how people do.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::module::declaration;
use super::modules::Modules;
use super::source::Source;
use super::{axum, hyper, tonic};
use crate::add::server::Server;

/// What became of the wiring.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Wired {
    /// The program has it.
    Already,
    /// It is written into the program with the rest.
    Written,
    /// People write it in: these lines.
    ByHand {
        lines: Vec<String>,
        /// Why it was not written in, where that was asked for.
        why: Option<String>,
    },
}

/// Whether a file of the program, or of the library beside it, calls what builds the layer.
pub(in crate::add) fn is_wired(source: &Source, modules: Modules<'_>, module: &str) -> bool {
    modules.any_beside(source, module, &|file| {
        file.tokens()
            .is_ok_and(|tokens| calls_layer(tokens, module))
    })
}

/// Whether `module::layer(` is among these tokens, also in what a macro is given.
fn calls_layer(tokens: TokenStream, module: &str) -> bool {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let is_name =
        |token: &TokenTree, name: &str| matches!(token, TokenTree::Ident(it) if it == name);
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(it) if it.as_char() == ':');
    let is_call = tokens.windows(5).any(|five| match five {
        [path, first, second, name, TokenTree::Group(group)] => {
            is_name(path, module)
                && is_colon(first)
                && is_colon(second)
                && is_name(name, "layer")
                && group.delimiter() == Delimiter::Parenthesis
        }
        _ => false,
    });
    is_call
        || tokens.into_iter().any(|token| match token {
            TokenTree::Group(group) => calls_layer(group.stream(), module),
            _ => false,
        })
}

/// The program with the layer in it.
///
/// # Errors
///
/// Why it is not plain where the layer goes, for people.
pub(in crate::add) fn wire(
    source: &Source,
    modules: Modules<'_>,
    server: Server,
    module: &str,
    declares: &str,
) -> Result<String, String> {
    let call = format!("{module}::layer()");
    let mut insertions = match server {
        Server::Axum => axum::wire(source, modules, &call),
        Server::Tonic => tonic::wire(source, modules, &call),
        Server::Hyper => hyper::wire(source, modules, module),
    }?;
    insertions.extend(declaration(source, module, declares));
    Ok(source.with(insertions))
}

#[cfg(test)]
mod tests {
    use super::{Source, is_wired};
    use crate::add::wiring::modules::files::{among, modules};

    #[test]
    fn only_a_call_counts_as_wired() {
        let is_wired = |body: &str| {
            let text = format!("#!/usr/bin/env x\nmod auth;\nfn main() {{\n    {body}\n}}\n");
            is_wired_in(&text, &[])
        };
        assert!(is_wired("let app = app.layer(auth::layer()?);"));
        assert!(is_wired("serve!(app.layer(crate::auth :: layer()))"));
        for not in [
            "// let app = app.layer(auth::layer()?);",
            "/* auth::layer() */",
            "let text = \"auth::layer(\";",
            "other::layer(); let layer = auth::layer;",
        ] {
            assert!(!is_wired(not), "{not}");
        }
    }

    #[test]
    fn a_call_in_another_file_counts_where_the_module_is_declared() {
        let call = "pub fn router() { r.layer(crate::auth::layer()) }";
        for files in [
            [("src/routes.rs", call)],
            [("src/routes/mod.rs", call)],
            [("src/lib.rs", call)],
        ] {
            let is_library = files[0].0 == "src/lib.rs";
            assert_eq!(is_wired_in("mod auth;\nmod routes;", &files), !is_library);
            assert!(!is_wired_in("mod routes;", &files));
            assert!(!is_wired_in("mod auth;", &files));
        }
        let deep = [("src/web.rs", "mod routes;"), ("src/web/routes.rs", call)];
        assert!(is_wired_in("mod auth;\nmod web;", &deep));
        let library = [
            ("src/lib.rs", "mod auth;\nmod routes;"),
            ("src/routes.rs", call),
        ];
        assert!(is_wired_in("fn main() { shop::run() }", &library));
    }

    fn is_wired_in(main: &str, files: &[(&str, &str)]) -> bool {
        let source = Source::parse("src/main.rs", main.to_owned()).expect("Rust");
        let read = among(files);
        is_wired(&source, modules(&read), "auth")
    }
}
