//! `cargo bench-peers tokens`: what it costs to protect an API with access tokens, and to have one.

use std::time::{Duration, Instant};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use b2c_emulator::{Endpoint, Forgery, Misbehaviour};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use tokio::task::JoinSet;

use crate::arguments::Arguments;
use crate::error::Failure;
use crate::harness::{Binary, Child, Process, Provider, RedisServer, Scene, free_port, sign_in};
use crate::report::{self, Outcome};
use crate::stage::{self, Caller, Row, Store};

/// Measures all rows, or those wanted, and prints them.
///
/// # Errors
///
/// When the harness itself fails. A row that cannot be measured is printed with the reason.
pub async fn measure(arguments: &Arguments) -> Result<(), Failure> {
    let provider = Provider::start(&[]).await?;
    let tokens = mint(&provider, DIFFERENT)?;
    let wanted = |row: &Row| row.name == report::BARE || arguments.wants(row.name);
    let rows: Vec<_> = rows(&tokens).into_iter().filter(wanted).collect();
    let ports = stage::ports(rows.len())?;
    let mut outcomes = stage::outcomes(&rows, &provider, &ports, arguments).await?;
    if arguments.wants("rs256-verify") {
        let verified = verify_alone(&provider, &tokens[0]).await;
        outcomes.push(told("rs256-verify", verified));
    }
    if arguments.wants("acquire-cached") {
        outcomes.push(told("acquire-cached", acquire_cached().await));
    }
    if arguments.wants("refresh-storm") {
        outcomes.push(told("refresh-storm", refresh_storm().await));
    }
    report::print(&outcomes, arguments.json);
    Ok(())
}

/// All send the same token; `bearer-first` one that was not seen lately.
fn rows(tokens: &[String]) -> Vec<Row> {
    let row = |name, tokens: &[String]| Row {
        name,
        caller: Caller::Bearer(tokens.to_vec()),
        store: Store::Own,
    };
    let one = &tokens[..1];
    vec![
        row(report::BARE, one),
        row("bearer-first", tokens),
        row("bearer-cached", one),
        row("peer:tower-oauth2-resource-server", one),
        row("peer:jsonwebtoken-per-request", one),
    ]
}

fn mint(provider: &Provider, count: usize) -> Result<Vec<String>, Failure> {
    let tokens = (0..count).map(|number| {
        let forgery = Forgery::access_token(USER).claim("number", number);
        let token = provider.emulator().forge(&forgery);
        token.map_err(Failure::during("minting a token"))
    });
    tokens.collect()
}

type Told = Vec<(&'static str, f64)>;

fn told(row: &'static str, told: Result<Told, Failure>) -> Outcome {
    let mut outcome = Outcome::new(row, told.as_ref().err());
    outcome.told = told.unwrap_or_default();
    outcome
}

/// The signature of a token, by the crypto library alone.
async fn verify_alone(provider: &Provider, token: &str) -> Result<Told, Failure> {
    let url = format!("{}/discovery/v2.0/keys", provider.scene(0).authority());
    let keys = reqwest::get(&url).await.map_err(Failure::during(&url))?;
    let keys = keys.text().await.map_err(Failure::during(&url))?;
    let keys: Value = serde_json::from_str(&keys).map_err(Failure::during(&url))?;
    let part = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode(text);
        bytes.map_err(Failure::during("base64"))
    };
    let key = &keys["keys"][0];
    let public = RsaPublicKeyComponents {
        n: part(key["n"].as_str().unwrap_or_default())?,
        e: part(key["e"].as_str().unwrap_or_default())?,
    };
    let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
    let signature = part(signature)?;
    // Parsed once, as nothing but the verification is of interest.
    let public = public.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256);
    let public = public.map_err(Failure::during("the key"))?;
    let this = Process(std::process::id());
    let mut batches = Vec::new();
    for _ in 0..BATCHES {
        let before = this.cpu()?;
        for _ in 0..BATCH {
            let genuine = public.verify_sig(signed.as_bytes(), &signature);
            genuine.map_err(Failure::during("the signature"))?;
        }
        batches.push((this.cpu()? - before).as_secs_f64() * 1e6 / f64::from(BATCH));
    }
    batches.sort_by(f64::total_cmp);
    Ok(vec![("cpu_us", batches[BATCHES / 2])])
}

/// A token that the session has, asked for again.
async fn acquire_cached() -> Result<Told, Failure> {
    let port = free_port()?;
    let provider = Provider::start(&[port]).await?;
    let scene = provider.scene(port);
    let _server = Child::start(Binary::Plain, "memory", &scene).await?;
    let cookie = sign_in(&scene, "/login").await?;
    let text = ask(&client()?, &scene, "/acquire-cached", &cookie).await?;
    let nanoseconds: f64 = text.parse().map_err(Failure::during(&text))?;
    Ok(vec![("cpu_us", nanoseconds / 1000.0)])
}

/// Many requests in several processes at the moment when the session's token has expired, at a
/// provider that takes its time.
async fn refresh_storm() -> Result<Told, Failure> {
    let ports: Vec<_> = (0..PROCESSES)
        .map(|_| free_port())
        .collect::<Result<_, _>>()?;
    let short = |builder: b2c_emulator::EmulatorBuilder| builder.access_token_lifetime(LIFETIME);
    let provider = Provider::with(&ports, short).await?;
    let redis = RedisServer::start().await?;
    let mut servers = Vec::new();
    let mut scenes = Vec::new();
    // All behind one name, as behind a load balancer: the cookie's name has the first one's port.
    for &port in &ports {
        let scene = Scene {
            redis: Some(redis.url().to_owned()),
            base_port: Some(ports[0]),
            ..provider.scene(port)
        };
        servers.push(Child::start(Binary::Plain, "redis-warm", &scene).await?);
        scenes.push(scene);
    }
    let cookie = sign_in(&scenes[0], "/login").await?;
    let client = client()?;
    for scene in &scenes {
        ask(&client, scene, "/token", &cookie).await?;
    }
    tokio::time::sleep(LIFETIME).await;
    let slow = Misbehaviour::Delay(SLOW);
    let emulator = provider.emulator();
    emulator.misbehave(Endpoint::Token, slow);
    let asked = || {
        let requests = emulator.requests();
        requests
            .iter()
            .filter(|request| request.grant_type() == Some("refresh_token"))
            .count()
    };
    let before = asked();
    let began = Instant::now();
    let mut requests = JoinSet::new();
    for _ in 0..EACH {
        for scene in &scenes {
            let (client, scene, cookie) = (client.clone(), scene.clone(), cookie.clone());
            requests.spawn(async move { ask(&client, &scene, "/token", &cookie).await });
        }
    }
    let answers = requests.join_all().await;
    let answered = answers.iter().filter(|answer| answer.is_ok()).count();
    let seconds = began.elapsed().as_secs_f64();
    emulator.behave();
    Ok(vec![
        ("requests", answers.len() as f64),
        ("answered", answered as f64),
        ("token_requests", (asked() - before) as f64),
        ("seconds", seconds),
    ])
}

fn client() -> Result<reqwest::Client, Failure> {
    let client = reqwest::Client::builder().no_proxy().build();
    client.map_err(Failure::during("HTTP client"))
}

async fn ask(
    client: &reqwest::Client,
    scene: &Scene,
    path: &str,
    cookie: &str,
) -> Result<String, Failure> {
    let url = format!("http://127.0.0.1:{}{path}", scene.port);
    let answer = client.get(&url).header("cookie", cookie).send().await;
    let answer = answer.map_err(Failure::during(&url))?;
    let status = answer.status();
    let text = answer.text().await.map_err(Failure::during(&url))?;
    if status == 200 {
        Ok(text)
    } else {
        Err(Failure::new(format!("{url}: {status}: {text}")))
    }
}

const USER: &str = "ada@emulator.example";
/// More than the server of `bearer-first` remembers.
const DIFFERENT: usize = 256;
const BATCHES: usize = 11;
const BATCH: u32 = 5_000;
const PROCESSES: usize = 4;
const EACH: usize = 250;
const LIFETIME: Duration = Duration::from_secs(6);
const SLOW: Duration = Duration::from_secs(3);
