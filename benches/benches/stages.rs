//! The stages of a request, one by one: `cargo bench --manifest-path benches/Cargo.toml`.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::hint::black_box;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use b2c_emulator::Forgery;
use bench_peers::error::Failure;
use bench_peers::harness::{Provider, free_port, sign_in};
use bench_peers::servers::{USER_NAME, bearer, ours};
use criterion::{BatchSize, Criterion};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tower::{Layer as _, Service};
use tower_b2c::Session;
use tower_b2c::stages::Stages;

fn main() -> Result<(), Failure> {
    let runtime = Runtime::new().map_err(Failure::during("tokio"))?;
    let mut criterion = Criterion::default().configure_from_args();
    sessions(&runtime, &mut criterion)?;
    bearer_tokens(&runtime, &mut criterion)?;
    criterion.final_summary();
    Ok(())
}

fn sessions(runtime: &Runtime, criterion: &mut Criterion) -> Result<(), Failure> {
    let (_provider, scene, session) = runtime.block_on(signed_in())?;
    let config = ours::config(&scene)?;
    let stages = runtime.block_on(Stages::new(&config));
    let stages = stages.map_err(Failure::during("a session"))?;
    let _context = runtime.enter();
    criterion.bench_function("cookie parse", |bench| bench.iter(|| stages.parse_cookie()));
    criterion.bench_function("session in memory", |bench| {
        bench.iter(|| stages.find_cached())
    });
    criterion.bench_function("seal", |bench| bench.iter(|| stages.seal()));
    criterion.bench_function("unseal", |bench| bench.iter(|| stages.unseal()));
    criterion.bench_function("acquire cached", |bench| {
        bench
            .to_async(runtime)
            .iter(|| session.access_token(&["demo.read"]));
    });
    Ok(())
}

fn bearer_tokens(runtime: &Runtime, criterion: &mut Criterion) -> Result<(), Failure> {
    let provider = runtime.block_on(Provider::start(&[]))?;
    let forgery = |number: usize| {
        let forgery = Forgery::access_token("ada@emulator.example").claim("number", number);
        provider.emulator().forge(&forgery)
    };
    let tokens = (0..512).map(|number| forgery(number).map_err(Failure::during("a token")));
    let tokens: Vec<_> = tokens.collect::<Result<_, _>>()?;
    let _context = runtime.enter();
    for (name, remembered, of) in [
        ("bearer first", 16, tokens.len()),
        ("bearer cached", 10_000, 1),
    ] {
        let mut service = bearer::layer(&provider.scene(0), remembered)?.layer(Nothing);
        let mut next = tokens[..of].iter().cycle();
        let mut request = || {
            let authorization = format!("Bearer {}", next.next().map_or("", String::as_str));
            let request = Request::get("/").header("authorization", authorization);
            request.body(Body::empty()).unwrap_or_default()
        };
        // The first one also fetches the keys.
        let answer = runtime.block_on(service.call(request()));
        let status = answer.map(|answer| answer.status());
        assert!(
            status.is_ok_and(|status| status == 200),
            "the token is not accepted"
        );
        criterion.bench_function(name, |bench| {
            bench.iter_batched(
                &mut request,
                |request| black_box(runtime.block_on(service.call(request))),
                BatchSize::SmallInput,
            );
        });
    }
    Ok(())
}

/// Somebody who has signed in at a server of this process.
async fn signed_in() -> Result<(Provider, bench_peers::harness::Scene, Session), Failure> {
    let port = free_port()?;
    let provider = Provider::start(&[port]).await?;
    let scene = provider.scene(port);
    let seen = Arc::new(OnceLock::new());
    let keeps = Arc::clone(&seen);
    let home = move |session: Session| async move {
        // The first one is kept, and all are the same.
        let _ = keeps.set(session);
        USER_NAME
    };
    let app = axum::Router::new().route("/", axum::routing::get(home));
    let app = app.layer(ours::layer(&scene)?);
    let listener = TcpListener::bind(("127.0.0.1", port)).await;
    let listener = listener.map_err(Failure::during("listening"))?;
    tokio::spawn(async move { axum::serve(listener, app).await });
    sign_in(&scene, "/login").await?;
    let session = seen.get().cloned();
    let session = session.ok_or_else(|| Failure::new("nobody has signed in"))?;
    let acquired = session.access_token(&["demo.read"]).await;
    acquired.map_err(Failure::during("acquiring a token"))?;
    Ok((provider, scene, session))
}

/// The least that a service can do.
#[derive(Clone, Debug)]
struct Nothing;

impl Service<Request> for Nothing {
    type Response = Response;
    type Error = Infallible;
    type Future = Ready<Result<Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request) -> Self::Future {
        ready(Ok(Response::default()))
    }
}
