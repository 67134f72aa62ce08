//! Four processes of one app, 250 requests in each, and a token that has just ended.
//!
//! Each member is this test binary once more, told by its environment what to do. It gets ready, and
//! then does as its standard input says, line by line; what comes of it is on its standard output.

use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use b2c_emulator::{Endpoint, Misbehaviour};
use http::Request;
use libtest_mimic::{Failed, Trial};
use tower::ServiceExt as _;
use tower_b2c::testing::ManualClock;
use tower_b2c::{B2cLayer, Config, ConfigFile, Session, TokenError};

use crate::instances::SIGNED_IN;
use crate::server::{Redis, needs};
use crate::support::{KEY, Meddler, World, own_tenant};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("redis_four_processes_ask_once_for_a_token", one_request),
        trial("redis_is_killed_while_one_of_four_processes_asks", killed),
    ];
    let install = "apt-get install redis-server";
    trials
        .map(|trial| needs("redis-server", install, trial))
        .into()
}

async fn one_request() -> Result<(), Failed> {
    let redis = Redis::start()?;
    let (world, mut fleet) = Fleet::at_expiry(&redis).await?;
    fleet.tell("ask")?;
    let mut tokens = Vec::new();
    for member in &mut fleet.members {
        let answer = member.answer()?;
        assert_eq!(answer.served, REQUESTS, "{answer:?}");
        tokens.extend(answer.tokens);
    }
    tokens.dedup();
    assert_eq!(tokens.len(), 1, "all have the same token");
    assert_eq!(token_requests(&world), 1);
    Ok(())
}

async fn killed() -> Result<(), Failed> {
    let mut redis = Redis::start()?;
    let (world, mut fleet) = Fleet::at_expiry(&redis).await?;
    fleet.tell("ask")?;
    // The first request is on its way, and the others wait for what it brings.
    let started = Instant::now();
    while !std::fs::exists(fleet.asking())? {
        assert!(started.elapsed() < Duration::from_secs(60), "nobody asks");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    redis.kill()?;
    for member in &mut fleet.members {
        let answer = member.answer()?;
        assert_eq!(answer.served, REQUESTS, "{answer:?}");
        assert!(answer.asked <= 1, "{answer:?}");
    }
    assert!(token_requests(&world) <= MEMBERS);
    fleet.tell("greet")?;
    for member in &mut fleet.members {
        assert_eq!(member.line()?, SIGNED_IN);
    }
    Ok(())
}

/// How many refreshes the provider was asked for, whatever it answered.
fn token_requests(world: &World) -> usize {
    let requests = world.emulator.requests();
    let refreshes = requests
        .iter()
        .filter(|request| request.grant_type() == Some("refresh_token"));
    refreshes.count()
}

/// The processes.
struct Fleet {
    members: Vec<Member>,
    /// The URL of Redis.
    url_file: String,
}

impl Fleet {
    /// A signed-in user whom every process knows, whose token has ended, at a provider that answers
    /// in three seconds.
    async fn at_expiry(redis: &Redis) -> Result<(World, Self), Failed> {
        let url = redis.url_file()?;
        let file = url.clone();
        let world = World::with()
            .config(move |config| with_redis(config, &file))
            .build()
            .await;
        let mut visitor = world.visitor();
        visitor.signs_in("/api").await;
        let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
        let mut fleet = Self {
            members: Vec::new(),
            url_file: url,
        };
        for _ in 0..MEMBERS {
            let member = Member::start(&world, &fleet, &cookie)?;
            fleet.members.push(member);
        }
        let _ = std::fs::remove_file(fleet.asking());
        for member in &mut fleet.members {
            assert_eq!(member.line()?, "ready");
        }
        // Each has seen the session just now, whatever becomes of the store.
        fleet.tell("age")?;
        for member in &mut fleet.members {
            assert_eq!(member.line()?, SIGNED_IN);
        }
        world.wait(AHEAD);
        world
            .emulator
            .misbehave(Endpoint::Token, Misbehaviour::Delay(Duration::from_secs(3)));
        Ok((world, fleet))
    }

    /// The file that is there once a process asks the provider.
    fn asking(&self) -> String {
        format!("{}.asking", self.url_file)
    }

    fn tell(&mut self, order: &str) -> Result<(), Failed> {
        for member in &mut self.members {
            writeln!(member.orders, "{order}")?;
        }
        Ok(())
    }
}

struct Member {
    process: Child,
    orders: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

/// What a process has to say of its requests.
#[derive(Debug)]
struct Answer {
    served: usize,
    /// How many requests to the token endpoint they cost.
    asked: usize,
    tokens: Vec<String>,
}

impl Member {
    fn start(world: &World, fleet: &Fleet, cookie: &str) -> Result<Self, Failed> {
        let mut process = Command::new(std::env::current_exe()?)
            .env(MEMBER, own_tenant(&world.emulator))
            .env("FLEET_SECRET", world.emulator.client().client_secret())
            .env("FLEET_REDIS", &fleet.url_file)
            .env("FLEET_ASKING", fleet.asking())
            .env("FLEET_COOKIE", cookie)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = process.stdin.take().ok_or("no standard input")?;
        let output = process.stdout.take().ok_or("no standard output")?;
        Ok(Self {
            process,
            orders,
            lines: BufReader::new(output).lines(),
        })
    }

    fn line(&mut self) -> Result<String, Failed> {
        Ok(self.lines.next().ok_or("a process has ended")??)
    }

    fn answer(&mut self) -> Result<Answer, Failed> {
        let line = self.line()?;
        let mut words = line.split(' ');
        let mut number = || words.next().unwrap_or_default().parse();
        Ok(Answer {
            served: number()?,
            asked: number()?,
            tokens: words.map(str::to_owned).collect(),
        })
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// In a process that [`Member::start`] has started.
pub fn member() -> Option<ExitCode> {
    let settings = std::env::var(MEMBER).ok()?;
    crate::runtime().unwrap().block_on(serve(settings));
    Some(ExitCode::SUCCESS)
}

async fn serve(settings: String) {
    let variable = |name: &str| std::env::var(name).unwrap();
    let (secret, cookie) = (variable("FLEET_SECRET"), variable("FLEET_COOKIE"));
    let file = Config::from_text(settings).environment([("SECRET", &*secret), ("KEY", KEY)]);
    let config = with_redis(file, &variable("FLEET_REDIS")).load().unwrap();
    let clock = ManualClock::default();
    let meddler = Meddler::new(|_, _| {});
    let layer = B2cLayer::builder(config)
        .clock(clock.clone())
        .http_client(meddler.clone())
        .build()
        .unwrap();
    let app = Router::new()
        .route("/", get(greet))
        .route("/token", get(token))
        .layer(layer);
    assert_eq!(ask(&app, "/", &cookie).await, (true, SIGNED_IN.to_owned()));
    say("ready");

    let (orders, mut told) = tokio::sync::mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for order in std::io::stdin().lines().map_while(Result::ok) {
            let _ = orders.send(order);
        }
    });
    while let Some(order) = told.recv().await {
        if order != "ask" {
            clock.advance(if order == "age" {
                AHEAD
            } else {
                Duration::ZERO
            });
            say(&ask(&app, "/", &cookie).await.1);
            continue;
        }
        let (asking, counter) = (variable("FLEET_ASKING"), meddler.clone());
        tokio::spawn(async move {
            while counter.requests() == 0 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            std::fs::write(asking, "").unwrap();
        });
        let requests: Vec<_> = (0..REQUESTS)
            .map(|_| {
                let (app, cookie) = (app.clone(), cookie.clone());
                tokio::spawn(async move { ask(&app, "/token", &cookie).await })
            })
            .collect();
        let (mut served, mut tokens) = (0, Vec::new());
        for request in requests {
            let (is_served, body) = request.await.unwrap();
            served += usize::from(is_served);
            tokens.push(body);
        }
        tokens.sort();
        tokens.dedup();
        say(&format!(
            "{served} {} {}",
            meddler.requests(),
            tokens.join(" ")
        ));
    }
}

async fn greet(session: Option<Session>) -> String {
    let name = session.as_ref().and_then(|session| session.claims().name());
    format!("Hello, {}", name.unwrap_or("stranger"))
}

/// The signature alone: one word that tells tokens apart.
async fn token(session: Session) -> Result<String, TokenError> {
    let token = session.token_for("demo").await?;
    Ok(token
        .secret()
        .rsplit('.')
        .next()
        .unwrap_or_default()
        .to_owned())
}

async fn ask(app: &Router, path: &str, cookie: &str) -> (bool, String) {
    let request = Request::get(path).header("cookie", cookie);
    let request = request.header("accept", "application/json");
    let request = request.body(Body::empty()).unwrap();
    let answer = app.clone().oneshot(request).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 100_000).await;
    let body = String::from_utf8_lossy(&body.unwrap()).into_owned();
    if status.is_success() {
        (true, body)
    } else {
        (false, format!("{status}: {body}").replace([' ', '\n'], "_"))
    }
}

fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}").unwrap();
    output.flush().unwrap();
}

fn with_redis(file: ConfigFile, url_file: &str) -> ConfigFile {
    file.set("session.store", "redis")
        .set("session.redis.url.file", url_file)
        .set("session.idle_minutes", 600)
        // Two cores for all of them, and the server's.
        .set("session.redis.timeout_seconds", 10)
}

const MEMBERS: usize = 4;
const REQUESTS: usize = 250;
/// The tokens of the sign-in have ended by then.
const AHEAD: Duration = Duration::from_secs(3700);
/// The configuration of a member, and nothing else.
const MEMBER: &str = "TOWER_B2C_FLEET_MEMBER";
