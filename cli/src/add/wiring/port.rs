//! The port that a program listens on, as far as its source says.

use std::collections::BTreeSet;

use syn::visit::{self, Visit};
use syn::{Expr, ExprTuple, Lit, LitStr};

use super::source::Source;

/// The only port that stands in the program, in `"127.0.0.1:3000"` or `([127, 0, 0, 1], 3000)`.
pub(in crate::add) fn listening_port(source: &Source) -> Option<u16> {
    let mut ports = Ports::default();
    ports.visit_file(&source.file);
    match ports.0.iter().copied().collect::<Vec<_>>()[..] {
        [only] => Some(only),
        _ => None,
    }
}

#[derive(Default)]
struct Ports(BTreeSet<u16>);

impl<'a> Visit<'a> for Ports {
    fn visit_lit_str(&mut self, text: &'a LitStr) {
        let text = text.value();
        let Some((host, port)) = text.rsplit_once(':') else {
            return;
        };
        let is_host = matches!(host, "localhost" | "" | "[::]" | "[::1]")
            || host.parse::<std::net::Ipv4Addr>().is_ok();
        self.0
            .extend(port.parse().ok().filter(|port: &u16| is_host && *port > 0));
    }

    fn visit_expr_tuple(&mut self, tuple: &'a ExprTuple) {
        let elements: Vec<_> = tuple.elems.iter().collect();
        if let [host, Expr::Lit(port)] = elements.as_slice()
            && is_address(host)
            && let Lit::Int(port) = &port.lit
        {
            self.0
                .extend(port.base10_parse().ok().filter(|port: &u16| *port > 0));
        }
        visit::visit_expr_tuple(self, tuple);
    }
}

fn is_address(host: &Expr) -> bool {
    match host {
        Expr::Array(numbers) => matches!(numbers.elems.len(), 4 | 8 | 16),
        Expr::Lit(text) => {
            matches!(&text.lit, Lit::Str(text) if text.value().parse::<std::net::IpAddr>().is_ok()
            || text.value() == "localhost")
        }
        Expr::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "LOCALHOST" || last.ident == "UNSPECIFIED")
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::listening_port;
    use crate::add::wiring::Source;

    #[test]
    fn the_port_is_taken_where_only_one_stands() {
        let port = |text: &str| {
            let text = format!("fn main() {{ {text} }}");
            listening_port(&Source::parse("src/main.rs", text).expect("Rust"))
        };
        assert_eq!(port("bind(\"0.0.0.0:3000\");"), Some(3000));
        assert_eq!(port("bind((\"localhost\", 8080));"), Some(8080));
        assert_eq!(
            port("SocketAddr::from(([127, 0, 0, 1], 3001));"),
            Some(3001)
        );
        assert_eq!(port("bind((Ipv4Addr::UNSPECIFIED, 3002));"), Some(3002));
        assert_eq!(
            port("f(\"[::1]:50051\"); g(\"a:b\"); h(\"x:99\")"),
            Some(50051)
        );
        assert_eq!(port("f(\"0.0.0.0:1\"); g(\"0.0.0.0:2\");"), None);
        assert_eq!(port("f(\"127.0.0.1:0\");"), None);
    }
}
