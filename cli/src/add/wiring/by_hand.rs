//! The lines that people write into a program.

use super::fallible::handled_by_all;
use super::source::Source;
use super::{axum, hyper, tonic};
use crate::add::server::Server;

/// The lines that people write in, as they compile where this program serves.
pub(in crate::add) fn by_hand(
    source: &Source,
    server: Server,
    module: &str,
    declares: &str,
) -> Vec<String> {
    let item = match server {
        Server::Axum => &axum::CALL[..],
        Server::Tonic => &tonic::CALL,
        Server::Hyper => &hyper::CALL,
    };
    let layer = handled_by_all(source, item, &format!("{module}::layer()"));
    let mut lines: Vec<_> = declares.lines().map(str::to_owned).collect();
    lines.extend(match server {
        Server::Axum => [
            format!("let app = app.layer({layer});  // after all routes"),
            "async fn profile(session: tower_b2c::Session)  // a handler for signed-in users"
                .to_owned(),
        ],
        Server::Tonic => [
            format!("Server::builder().layer({layer})  // before all services"),
            "request.extensions().get::<tower_b2c::Bearer>()  // who calls a method".to_owned(),
        ],
        Server::Hyper => [
            format!("let sign_in = {layer};  // once, before the first connection"),
            format!("TowerToHyperService::new({module}::around(&sign_in, service))"),
        ],
    });
    lines
}

#[cfg(test)]
mod tests {
    use super::{Server, Source, by_hand};

    const IO: &str = "-> std::io::Result<()>";

    fn line(server: Server, text: &str) -> String {
        let source = Source::parse("src/main.rs", text.to_owned()).expect("Rust");
        let lines = by_hand(&source, server, "auth", "mod auth;");
        lines.get(1).expect("the layer").clone()
    }

    #[test]
    fn a_question_mark_stands_only_where_it_compiles() {
        let serves = "{ axum::serve(l, x()); axum::serve(m, y()); }";
        let selects = "{ tokio::select! { _ = axum::serve(l, x()) => {} } }";
        for (text, is_fallible) in [
            (format!("fn main() {IO} {serves}"), true),
            (format!("fn main() {serves}"), false),
            (
                format!("fn main() -> std::process::ExitCode {serves}"),
                false,
            ),
            (format!("fn main() -> Result<(), MyError> {serves}"), false),
            // It is the function that serves, whatever main returns.
            (
                format!("fn main() {IO} {{ run() }}\nfn run() {serves}"),
                false,
            ),
            (
                format!("fn main() {{ run() }}\nfn run() {IO} {serves}"),
                true,
            ),
            (
                format!("fn main() {IO} {{ run() }}\nfn run() {selects}"),
                false,
            ),
            (
                format!("fn main() {{ run() }}\nfn run() {IO} {selects}"),
                true,
            ),
            (format!("fn main() {IO} {{ spawn(async {serves}) }}"), false),
            (format!("fn a() {IO} {serves}\nfn b() {serves}"), false),
            // Who serves is elsewhere.
            (format!("fn main() {IO} {{ run() }}"), true),
            ("fn main() { run() }".to_owned(), false),
            ("pub use shop::main;".to_owned(), false),
        ] {
            let expected = if is_fallible {
                "let app = app.layer(auth::layer()?);  // after all routes"
            } else {
                "let app = app.layer(auth::layer().expect(\"b2c.toml can be used\"));  // after all routes"
            };
            assert_eq!(line(Server::Axum, &text), expected, "{text}");
        }
    }

    #[test]
    fn every_server_has_lines_that_fit_its_program() {
        let tonic = "use tonic::transport::Server;\nfn main() { run(Server::builder()); run(Server::builder()); }";
        assert!(line(Server::Tonic, tonic).contains(".layer(auth::layer().expect("));
        let tonic = tonic.replace("main()", &format!("main() {IO}"));
        assert!(line(Server::Tonic, &tonic).contains(".layer(auth::layer()?)"));
        let hyper = format!(
            "use hyper_util::service::TowerToHyperService;\nfn main() {IO} {{ TowerToHyperService::new(s); }}"
        );
        assert!(line(Server::Hyper, &hyper).starts_with("let sign_in = auth::layer()?;"));
        let hyper = hyper.replace(IO, "");
        assert!(line(Server::Hyper, &hyper).starts_with("let sign_in = auth::layer().expect("));
    }
}
