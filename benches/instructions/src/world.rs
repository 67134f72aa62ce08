//! A layer, and what a request to it carries.

use std::convert::Infallible;
use std::error::Error;

use b2c_emulator::{Emulator, Forgery};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request, Response, header};
use http_body_util::{Empty, Full};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tower_b2c::{B2cLayer, B2cService, BearerLayer, BearerService, Config};
use tower_layer::Layer as _;
use tower_service::Service;
use url::Url;

use crate::drive::{Nothing, requests};
use crate::row::Row;
use crate::verify::Verify;

/// A service, and the headers that make requests the row's.
pub(crate) struct World {
    service: Driven,
    headers: Vec<(HeaderName, HeaderValue)>,
}

enum Driven {
    Bare(Nothing),
    SignIn(B2cService<Nothing>),
    Bearer(BearerService<Nothing>),
    Verify(Verify),
}

impl World {
    /// Brings a row about for so many requests: a real sign-in, or real tokens.
    pub(crate) async fn of(row: Row, requests: u64) -> Result<Self, Box<dyn Error>> {
        let emulator = Emulator::builder()
            .redirect_uri(format!("{APP}/getAToken"))
            .auto_sign_in(true)
            .start()
            .await?;
        let (service, headers) = match row {
            Row::Bare => (Driven::Bare(Nothing), vec![]),
            Row::Anonymous => (Driven::SignIn(layer(&emulator)?.layer(Nothing)), vec![]),
            Row::Memory => {
                let mut service = layer(&emulator)?.layer(Nothing);
                let cookie = sign_in(&mut service).await?;
                (Driven::SignIn(service), vec![(header::COOKIE, cookie)])
            }
            Row::BearerCached => {
                let known = authorization(&emulator, 0)?;
                (protected(&emulator, &known).await?, vec![known])
            }
            Row::BearerFirst => {
                let known = authorization(&emulator, requests)?;
                let service = protected(&emulator, &known).await?;
                let each = (0..requests).map(|number| authorization(&emulator, number));
                (service, each.collect::<Result<_, _>>()?)
            }
            Row::Rs256Verify => {
                let (base, tenant) = (emulator.base_url(), emulator.tenant());
                let keys = format!("{base}/{tenant}/{FLOW}/discovery/v2.0/keys");
                let answer = get(&Url::parse(&keys)?).await?;
                let token = emulator.forge(&Forgery::access_token(ADA))?;
                (Driven::Verify(Verify::of(&answer, &token)?), vec![])
            }
        };
        Ok(Self { service, headers })
    }

    /// Sends so many requests.
    pub(crate) fn drive(mut self, count: u64) -> Result<(), Box<dyn Error>> {
        let headers = &*self.headers;
        match &mut self.service {
            Driven::Bare(service) => requests(service, headers, count),
            Driven::SignIn(service) => requests(service, headers, count),
            Driven::Bearer(service) => requests(service, headers, count),
            Driven::Verify(service) => requests(service, headers, count),
        }
    }
}

/// A protected service that has the provider's keys, and has seen this token.
async fn protected(
    emulator: &Emulator,
    (name, value): &(HeaderName, HeaderValue),
) -> Result<Driven, Box<dyn Error>> {
    let mut service = bearer(emulator)?.layer(Nothing);
    let request = Request::get(APP).header(name, value);
    let answer = service.call(request.body(Empty::new())?).await?;
    if answer.status() != 200 {
        return Err(format!("the token is not accepted: {}", answer.status()).into());
    }
    Ok(Driven::Bearer(service))
}

/// A token of its own for each number.
fn authorization(
    emulator: &Emulator,
    number: u64,
) -> Result<(HeaderName, HeaderValue), Box<dyn Error>> {
    let token = emulator.forge(&Forgery::access_token(ADA).claim("number", number))?;
    let value = HeaderValue::try_from(format!("Bearer {token}"))?;
    Ok((header::AUTHORIZATION, value))
}

fn layer(emulator: &Emulator) -> Result<B2cLayer, Box<dyn Error>> {
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    let client_id = emulator.client().client_id();
    let text = format!(
        r#"
        [app]
        base_url = "{APP}"
        [provider]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        client_id = "{client_id}"
        client_secret = {{ env = "SECRET" }}
        user_flows = {{ sign_up_sign_in = "{FLOW}" }}
        "#
    );
    let secret = [("SECRET", emulator.client().client_secret())];
    let config = Config::from_text(text).environment(secret).load()?;
    let builder = B2cLayer::builder(config).discover_at_start(false);
    Ok(builder.build()?)
}

fn bearer(emulator: &Emulator) -> Result<BearerLayer, Box<dyn Error>> {
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    let text = format!(
        r#"
        [api]
        audiences = ["{AUDIENCE}"]
        [provider]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        user_flows = {{ sign_up_sign_in = "{FLOW}" }}
        "#
    );
    let config = Config::from_text(text).environment::<&str, &str>([]);
    let builder = BearerLayer::builder(config.load_api()?).discover_at_start(false);
    Ok(builder.build()?)
}

/// Goes to the provider and back; returns the session cookie.
async fn sign_in(service: &mut B2cService<Nothing>) -> Result<HeaderValue, Box<dyn Error>> {
    let begun = ask(service, "/login", None).await?;
    let transaction = cookie(&begun)?;
    let mut authorize = Url::parse(location(&begun)?)?;
    authorize.query_pairs_mut().append_pair("login_hint", ADA);
    let callback = redirect_of(&authorize).await?;
    let callback = Url::parse(&callback)?;
    let path = &callback[url::Position::BeforePath..];
    let arrived = ask(service, path, Some(&transaction)).await?;
    cookie(&arrived)
}

type Answered = Response<tower_b2c::B2cBody<Full<Bytes>>>;

async fn ask(
    service: &mut B2cService<Nothing>,
    path: &str,
    cookie: Option<&HeaderValue>,
) -> Result<Answered, Infallible> {
    let mut request = Request::new(Empty::new());
    *request.uri_mut() = path.parse().unwrap_or_default();
    let headers = request.headers_mut();
    headers.insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    if let Some(cookie) = cookie {
        headers.insert(header::COOKIE, cookie.clone());
    }
    service.call(request).await
}

/// The first cookie that an answer sets and does not take away.
fn cookie<B>(answer: &Response<B>) -> Result<HeaderValue, Box<dyn Error>> {
    let lines = answer.headers().get_all(header::SET_COOKIE).iter();
    let mut lines = lines.filter_map(|line| line.to_str().ok());
    let line = lines.find(|line| !line.contains("Max-Age=0") && !line.contains("trail"));
    let pair = line.and_then(|line| line.split(';').next());
    let pair = pair.ok_or_else(|| format!("no cookie in a {} answer", answer.status()))?;
    Ok(pair.parse()?)
}

fn location<B>(answer: &Response<B>) -> Result<&str, Box<dyn Error>> {
    let location = answer.headers().get(header::LOCATION);
    Ok(location.ok_or("no redirect")?.to_str()?)
}

/// Where the provider redirects to.
async fn redirect_of(url: &Url) -> Result<String, Box<dyn Error>> {
    let answer = get(url).await?;
    let mut lines = answer.lines().filter_map(|line| line.split_once(": "));
    let location = lines.find(|(name, _)| name.eq_ignore_ascii_case("location"));
    let location = location.map(|(_, value)| value.to_owned());
    Ok(location.ok_or_else(|| format!("the provider does not redirect: {answer}"))?)
}

/// The provider's whole answer.
async fn get(url: &Url) -> Result<String, Box<dyn Error>> {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or_default();
    let mut stream = TcpStream::connect((host, port)).await?;
    let path = &url[url::Position::BeforePath..];
    let request =
        format!("GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}

const APP: &str = "http://localhost:5000";
const ADA: &str = "ada@emulator.example";
const FLOW: &str = "B2C_1_signupsignin1";
const AUDIENCE: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
