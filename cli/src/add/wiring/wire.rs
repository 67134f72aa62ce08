//! Writes the layer into a program, or says how people do.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::module::declaration;
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

/// Whether the program calls what builds the layer.
pub(in crate::add) fn is_wired(source: &Source, module: &str) -> bool {
    let declares = declaration(source, module, "").is_none();
    declares
        && source
            .tokens()
            .is_ok_and(|tokens| calls_layer(tokens, module))
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
    server: Server,
    module: &str,
    declares: &str,
) -> Result<String, String> {
    let call = format!("{module}::layer()");
    let mut insertions = match server {
        Server::Axum => axum::wire(source, &call),
        Server::Tonic => tonic::wire(source, &call),
        Server::Hyper => hyper::wire(source, module),
    }?;
    insertions.extend(declaration(source, module, declares));
    Ok(source.with(insertions))
}

#[cfg(test)]
mod tests {
    use super::{Source, is_wired};

    #[test]
    fn only_a_call_counts_as_wired() {
        let is_wired = |body: &str| {
            let text = format!("#!/usr/bin/env x\nmod auth;\nfn main() {{\n    {body}\n}}\n");
            is_wired(&Source::parse("src/main.rs", text).expect("Rust"), "auth")
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
}
