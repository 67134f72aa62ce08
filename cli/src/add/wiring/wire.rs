//! Writes the layer into a program, or says how people do.

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
    declares && source.text.contains(&format!("{module}::layer("))
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

/// The lines that people write in.
pub(in crate::add) fn by_hand(server: Server, module: &str, declares: &str) -> Vec<String> {
    let mut lines: Vec<_> = declares.lines().map(str::to_owned).collect();
    lines.extend(match server {
        Server::Axum => [
            format!("let app = app.layer({module}::layer()?);  // after all routes"),
            "async fn profile(session: tower_b2c::Session)  // a handler for signed-in users"
                .to_owned(),
        ],
        Server::Tonic => [
            format!("Server::builder().layer({module}::layer()?)  // before all services"),
            "request.extensions().get::<tower_b2c::Bearer>()  // who calls a method".to_owned(),
        ],
        Server::Hyper => [
            format!("let sign_in = {module}::layer()?;  // once, before the first connection"),
            format!("TowerToHyperService::new({module}::around(&sign_in, service))"),
        ],
    });
    lines
}
