//! `cargo bench-peers sessions`: what a signed-in page costs over the bare app.

use crate::arguments::Arguments;
use crate::error::Failure;
use crate::harness::Provider;
use crate::report;
use crate::stage::{self, Caller, Row, Store};

/// Measures all rows, or those wanted, and prints them.
///
/// # Errors
///
/// When the harness itself fails. A row that cannot be measured is printed with the reason.
pub async fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let wanted = |row: &Row| row.name == report::BARE || arguments.wants(row.name);
    let rows: Vec<_> = rows().into_iter().filter(wanted).collect();
    let ports = stage::ports(rows.len())?;
    let provider = Provider::start(&ports).await?;
    let outcomes = stage::outcomes(&rows, &provider, &ports, arguments).await?;
    report::print(&outcomes, arguments.json);
    Ok(())
}

fn rows() -> Vec<Row> {
    use Caller::{Anonymous, SignedInAt};
    use Store::{Own, Postgres, Redis};
    let row = |name, caller, store| Row {
        name,
        caller,
        store,
    };
    vec![
        row(report::BARE, Anonymous, Own),
        row("any-layer", Anonymous, Own),
        row("anonymous", Anonymous, Own),
        row("memory", SignedInAt("/login"), Own),
        row("redis-warm", SignedInAt("/login"), Redis),
        row("postgres-warm", SignedInAt("/login"), Postgres),
        row("cookie-3k", SignedInAt("/login"), Own),
        row("peer:tower-sessions-memory", SignedInAt("/login"), Own),
        row("peer:tower-sessions-redis", SignedInAt("/login"), Redis),
        row("peer:axum-login", SignedInAt("/login"), Own),
        row("peer:axum-oidc-client", SignedInAt("/auth"), Own),
        row("peer:huskarl-axum", SignedInAt("/"), Own),
    ]
}
