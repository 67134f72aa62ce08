//! One row: its server, its store, and what a request costs there.

use crate::arguments::Arguments;
use crate::error::Failure;
use crate::harness::Scene;
use crate::harness::{
    Binary, Child, Load, PostgresServer, Provider, RedisServer, StoreServer, free_port, sign_in,
};
use crate::report::{Measured, Outcome};

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name, and that of its server.
    pub name: &'static str,
    /// Who asks.
    pub caller: Caller,
    /// Where its sessions are.
    pub store: Store,
}

/// What a row's requests carry.
#[derive(Clone, Debug)]
pub enum Caller {
    /// Nothing.
    Anonymous,
    /// The cookies of somebody who has opened this page, which leads through a sign-in.
    SignedInAt(&'static str),
    /// One of these access tokens each.
    Bearer(Vec<String>),
}

/// Where a row keeps its sessions, if that is another process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Store {
    /// It is not.
    Own,
    /// A Redis of the row's own.
    Redis,
    /// A PostgreSQL of the row's own.
    Postgres,
}

/// Prepares all rows, then drives them in turn.
///
/// # Errors
///
/// When the harness itself fails. A row that cannot be measured has the reason in its outcome.
pub async fn outcomes(
    rows: &[Row],
    provider: &Provider,
    ports: &[u16],
    arguments: &Arguments,
) -> Result<Vec<Outcome>, Failure> {
    Binary::Counting.build().await?;
    let mut outcomes = Vec::new();
    let mut stages = Vec::new();
    for (row, port) in rows.iter().zip(ports.chunks(2)) {
        let prepared = prepare(row, provider, port).await;
        outcomes.push(Outcome::new(row.name, prepared.as_ref().err()));
        stages.push(prepared.ok());
    }
    for run in 0..arguments.runs {
        // There and back, so that no row always has the same neighbour.
        let order: Vec<usize> = match run % 2 {
            0 => (0..stages.len()).collect(),
            _ => (0..stages.len()).rev().collect(),
        };
        for place in order {
            if let Some(stage) = &mut stages[place] {
                let outcome = &mut outcomes[place];
                match stage.run(arguments).await {
                    Ok(measured) => outcome.runs.push((run, measured)),
                    Err(failure) => outcome.failure = Some(failure),
                }
            }
        }
    }
    for (outcome, stage) in outcomes.iter_mut().zip(&stages) {
        let resident = stage
            .as_ref()
            .map(|stage| stage.server.process().resident_mib());
        outcome.allocations = stage.as_ref().map(|stage| stage.allocations);
        outcome.rss_mib = resident.and_then(Result::ok);
    }
    Ok(outcomes)
}

/// Two ports for each row.
///
/// # Errors
///
/// When there are none.
pub fn ports(rows: usize) -> Result<Vec<u16>, Failure> {
    (0..2 * rows).map(|_| free_port()).collect()
}

/// A row's server with somebody signed in.
struct Stage {
    server: Child,
    store: StoreServer,
    load: Load,
    allocations: f64,
}

async fn prepare(row: &Row, provider: &Provider, ports: &[u16]) -> Result<Stage, Failure> {
    let store = match row.store {
        Store::Own => StoreServer::None,
        Store::Redis => StoreServer::Redis(RedisServer::start().await?),
        Store::Postgres => StoreServer::Postgres(PostgresServer::start()?),
    };
    let scene = |port| store.tell(provider.scene(port));
    let allocations = allocations(row, &scene(ports[0])).await?;
    let (server, load) = start(Binary::Plain, row, &scene(ports[1])).await?;
    Ok(Stage {
        server,
        store,
        load,
        allocations,
    })
}

/// Allocations of a request, reading and writing included.
async fn allocations(row: &Row, scene: &Scene) -> Result<f64, Failure> {
    let (mut server, load) = start(Binary::Counting, row, scene).await?;
    load.send(COUNTED).await?;
    let (before, _) = server.allocations().await?;
    load.send(COUNTED).await?;
    let (between, _) = server.allocations().await?;
    load.send(2 * COUNTED).await?;
    let (after, _) = server.allocations().await?;
    // What belongs to the connection and to the question is in both.
    let more = (after - between).saturating_sub(between - before);
    Ok(more as f64 / COUNTED as f64)
}

async fn start(binary: Binary, row: &Row, scene: &Scene) -> Result<(Child, Load), Failure> {
    let server = Child::start(binary, row.name, scene).await?;
    let headers = match &row.caller {
        Caller::Anonymous => Vec::new(),
        Caller::SignedInAt(path) => vec![format!("Cookie: {}", sign_in(scene, path).await?)],
        Caller::Bearer(tokens) => {
            let header = |token| format!("Authorization: Bearer {token}");
            tokens.iter().map(header).collect()
        }
    };
    let load = Load::new(scene.port, "/", &headers);
    load.ready().await?;
    Ok((server, load))
}

impl Stage {
    async fn run(&mut self, arguments: &Arguments) -> Result<Measured, Failure> {
        self.load.run(arguments.seconds / 10).await?;
        let commands = self.store.commands().await?;
        let before = (self.server.process().cpu()?, self.store.cpu()?);
        let served = self.load.run(arguments.seconds).await?;
        let after = (self.server.process().cpu()?, self.store.cpu()?);
        // PostgreSQL counts the question before this one only now.
        let asked = u64::from(matches!(self.store, StoreServer::Postgres(_)));
        let commands = (self.store.commands().await? - commands).saturating_sub(asked);
        let each = |total: f64| total / served.requests.max(1) as f64;
        let store_cpu = after.1 - before.1;
        Ok(Measured {
            rps: served.requests as f64 / served.elapsed.as_secs_f64(),
            cpu_us: each((after.0 - before.0).as_secs_f64() * 1e6),
            store_commands: each(commands as f64),
            store_cpu_us: each(store_cpu.as_secs_f64() * 1e6),
        })
    }
}

/// Requests over which allocations are counted.
const COUNTED: usize = 500;
