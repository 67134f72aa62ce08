//! How soon is it ready, how much memory does it take, how many sign-ins does it play a second?
//!
//! `cargo bench -p b2c-emulator --bench sign_ins` measures the emulator's binary and, where it is
//! installed, npm's oidc-provider in the same run, over plain http on the loopback interface.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement that cannot go on has failed, and the others are printed"
)]

use std::{
    collections::BTreeMap,
    fs,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Response, header, redirect::Policy};
use serde_json::Value;
use tokio::{task::JoinSet, time::sleep};
use url::{Url, form_urlencoded::Serializer};

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let node = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/oidc-provider/server.mjs");
    runtime.block_on(async {
        println!(
            "| | ready | resident when ready | resident after | sign-ins a second | requests each |"
        );
        println!("|---|---|---|---|---|---|");
        measure(Subject::emulator()).await;
        match installed(&node) {
            Some(script) => measure(Subject::oidc_provider(&script)).await,
            None => println!("\noidc-provider is not installed; CONTRIBUTING.md says how"),
        }
    });
}

/// What is measured.
struct Subject {
    name: &'static str,
    program: Vec<String>,
    authorize: String,
    token: String,
    metadata: String,
    client: [(&'static str, &'static str); 2],
    scope: &'static str,
    /// What stands in the sign-in page's form, and what a person fills in.
    form: &'static str,
    login: &'static [(&'static str, &'static str)],
}

impl Subject {
    fn emulator() -> Self {
        let port = free_port();
        let policy =
            format!("http://localhost:{port}/b2cemulator.onmicrosoft.com/B2C_1_signupsignin1");
        let binary = env!("CARGO_BIN_EXE_b2c-emulator");
        let arguments = ["run", "--port", &port, "--redirect-uri", REDIRECT];
        Self {
            name: "b2c-emulator",
            program: program(binary, &arguments),
            authorize: format!("{policy}/oauth2/v2.0/authorize"),
            token: format!("{policy}/oauth2/v2.0/token"),
            metadata: format!("{policy}/v2.0/.well-known/openid-configuration"),
            client: [
                ("client_id", "00001111-aaaa-2222-bbbb-3333cccc4444"),
                ("client_secret", "emulator-secret-not-for-production"),
            ],
            scope: "openid 00001111-aaaa-2222-bbbb-3333cccc4444",
            form: "<form id=\"localAccountForm\"",
            login: &[
                ("signInName", "ada@emulator.example"),
                ("password", "Passw0rd!"),
            ],
        }
    }

    fn oidc_provider(script: &Path) -> Self {
        let port = free_port();
        let base = format!("http://localhost:{port}");
        let arguments = [script.to_str().unwrap(), &port, REDIRECT];
        Self {
            name: "npm oidc-provider",
            program: program("node", &arguments),
            authorize: format!("{base}/auth"),
            token: format!("{base}/token"),
            metadata: format!("{base}/.well-known/openid-configuration"),
            client: [
                ("client_id", "measured"),
                ("client_secret", "measured-secret"),
            ],
            scope: "openid",
            form: "<form ",
            login: &[("login", "ada"), ("password", "Passw0rd!")],
        }
    }

    fn start(&self) -> Running {
        let mut command = Command::new(&self.program[0]);
        command.args(&self.program[1..]);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        Running(command.spawn().unwrap())
    }

    /// Starts it and waits for its metadata.
    async fn ready(&self, http: &reqwest::Client) -> (Running, Duration) {
        let started = Instant::now();
        let running = self.start();
        loop {
            let answer = http.get(&self.metadata).send().await;
            if answer.is_ok_and(|answer| answer.status() == 200) {
                return (running, started.elapsed());
            }
            assert!(started.elapsed() < TIME_LIMIT, "{} is not ready", self.name);
            sleep(Duration::from_micros(500)).await;
        }
    }
}

/// A server; killed when dropped.
struct Running(Child);

impl Running {
    /// In MiB, as Linux counts it.
    fn resident(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kibibytes = line.and_then(|line| line.split_whitespace().next());
        kibibytes.unwrap().parse::<f64>().unwrap() / 1024.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

async fn measure(subject: Subject) {
    let http = reqwest::Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let mut times = Vec::new();
    for _ in 0..STARTS {
        times.push(subject.ready(&http).await.1);
    }
    times.sort_unstable();
    let ready = times[STARTS / 2];

    let (running, _) = subject.ready(&http).await;
    let before = running.resident();
    let subject = Arc::new(subject);
    for _ in 0..20 {
        sign_in(&subject, &http).await;
    }
    let started = Instant::now();
    let (done, requests) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let counters = Arc::new((done, requests));
    let mut people = JoinSet::new();
    for _ in 0..PEOPLE {
        let (subject, http, counters) = (subject.clone(), http.clone(), counters.clone());
        people.spawn(async move {
            while started.elapsed() < DURATION {
                let requests = sign_in(&subject, &http).await;
                counters.0.fetch_add(1, Ordering::Relaxed);
                counters.1.fetch_add(requests, Ordering::Relaxed);
            }
        });
    }
    people.join_all().await;
    let seconds = started.elapsed().as_secs_f64();
    let done = counters.0.load(Ordering::Relaxed);
    println!(
        "| {} | {:.0} ms | {before:.1} MiB | {:.1} MiB | {:.0} | {} |",
        subject.name,
        ready.as_secs_f64() * 1000.0,
        running.resident(),
        f64::from(u32::try_from(done).unwrap()) / seconds,
        counters.1.load(Ordering::Relaxed) / done,
    );
}

/// One person's way from the authorization request to an ID token; returns its requests.
async fn sign_in(subject: &Subject, http: &reqwest::Client) -> usize {
    let mut cookies = BTreeMap::new();
    let mut requests = 0;
    let query = encoded(&[
        subject.client[0],
        ("redirect_uri", REDIRECT),
        ("response_type", "code"),
        ("scope", subject.scope),
        ("state", "a state"),
        ("nonce", "a nonce"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let mut url = Url::parse(&format!("{}?{query}", subject.authorize)).unwrap();
    let mut form: Option<String> = None;
    let code = loop {
        let request = match form.take() {
            None => http.get(url.clone()),
            Some(body) => http
                .post(url.clone())
                .header(header::CONTENT_TYPE, FORM)
                .body(body),
        };
        let jar: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let answer = request
            .header(header::COOKIE, jar.join("; "))
            .send()
            .await
            .unwrap();
        requests += 1;
        assert!(
            requests < 20,
            "{} goes round in circles at {url}",
            subject.name
        );
        keep(&mut cookies, &answer);
        if answer.status().is_redirection() {
            let location = answer.headers()[header::LOCATION].to_str().unwrap();
            url = url.join(location).unwrap();
            if url.as_str().starts_with(REDIRECT) {
                let found = url.query_pairs().find(|(name, _)| name == "code");
                break found.unwrap_or_else(|| panic!("{url}")).1.into_owned();
            }
            continue;
        }
        assert_eq!(answer.status(), 200, "{url}");
        let page = answer.text().await.unwrap();
        let (action, fields) = filled_in(&page, subject);
        url = url.join(&action).unwrap();
        form = Some(fields);
    };
    let body = encoded(&[
        subject.client[0],
        subject.client[1],
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ]);
    let answer = http
        .post(&subject.token)
        .header(header::CONTENT_TYPE, FORM)
        .body(body)
        .send()
        .await
        .unwrap();
    let text = answer.text().await.unwrap();
    let tokens: Value = serde_json::from_str(&text).unwrap();
    assert!(tokens["id_token"].is_string(), "{text}");
    requests + 1
}

fn keep(cookies: &mut BTreeMap<String, String>, answer: &Response) {
    for cookie in answer.headers().get_all(header::SET_COOKIE) {
        let cookie = cookie.to_str().unwrap();
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        if value.is_empty() {
            cookies.remove(name);
        } else {
            cookies.insert(name.to_owned(), value.to_owned());
        }
    }
}

/// The target of a page's form, and its fields with a person's answers.
fn filled_in(page: &str, subject: &Subject) -> (String, String) {
    let start = page
        .find(subject.form)
        .unwrap_or_else(|| panic!("no form: {page}"));
    let form = &page[start..];
    let form = &form[..form.find("</form>").unwrap()];
    let action = between(form, "action=\"", "\"")
        .unwrap()
        .replace("&amp;", "&");
    let mut fields: Vec<(&str, &str)> = form
        .split("<input type=\"hidden\" ")
        .skip(1)
        .filter_map(|rest| {
            Some((
                between(rest, "name=\"", "\"")?,
                between(rest, "value=\"", "\"")?,
            ))
        })
        .collect();
    for (name, value) in subject.login {
        if form.contains(&format!("name=\"{name}\"")) {
            fields.push((name, value));
        }
    }
    (action, encoded(&fields))
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let rest = text.split_once(before)?.1;
    Some(rest.split_once(after)?.0)
}

fn encoded(fields: &[(&str, &str)]) -> String {
    Serializer::new(String::new()).extend_pairs(fields).finish()
}

fn program(name: &str, arguments: &[&str]) -> Vec<String> {
    let words = [name].into_iter().chain(arguments.iter().copied());
    words.map(str::to_owned).collect()
}

fn free_port() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port().to_string()
}

/// Puts the script beside the installed modules, where Node.js looks for them.
fn installed(script: &Path) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
    let directory = workspace.join(target).join("tools/oidc-provider");
    if !directory.join("node_modules/oidc-provider").is_dir() {
        return None;
    }
    let copy = directory.join("server.mjs");
    fs::copy(script, &copy).ok()?;
    Some(copy)
}

const STARTS: usize = 15;
const PEOPLE: usize = 8;
const DURATION: Duration = Duration::from_secs(8);
const TIME_LIMIT: Duration = Duration::from_secs(20);
const FORM: &str = "application/x-www-form-urlencoded";
const REDIRECT: &str = "http://localhost:5000/getAToken";
/// RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
