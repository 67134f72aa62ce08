//! What each module needs: a provider that can misbehave, an app, and a person with a browser.

use std::future::Future;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::routing::get;
use b2c_emulator::{Client, Emulator, Misbehaviour, Scope, Tenant, UserFlow};
use e2e::Person;
use libtest_mimic::Failed;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_b2c::testing::ManualClock;
use tower_b2c::{B2cLayer, Config, RequireSignInLayer, Session, TokenError};

/// The provider and the app that trusts it.
pub struct Bench {
    pub emulator: Emulator,
    pub clock: ManualClock,
    pub app: String,
    server: JoinHandle<std::io::Result<()>>,
}

/// Which registration the app has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Setting {
    /// At a user flow of B2C.
    B2c,
    /// At a provider that is known by its issuer alone. The emulator's Entra ID is one.
    Oidc,
}

impl Bench {
    /// An app at B2C.
    pub async fn new() -> Result<Self, Failed> {
        Self::with(Setting::B2c, "").await
    }

    /// An app with these further lines in `[provider]`.
    pub async fn with(setting: Setting, provider: &str) -> Result<Self, Failed> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let app = format!("http://localhost:{}", listener.local_addr()?.port());
        let emulator = Emulator::builder()
            .redirect_uri(format!("{app}/getAToken"))
            .user_flow(UserFlow::sign_up_sign_in(FLOW).userinfo())
            .add_tenant(
                Tenant::entra("fabrikam")
                    .id(TENANT)
                    .user_flow(UserFlow::sign_in("SignIn").userinfo())
                    .client(registration(&app)),
            )
            .start()
            .await?;
        let b2c = emulator.client().clone();
        emulator.change_client(&told(b2c, &app))?;

        let text = configuration(setting, &app, &emulator, provider);
        let secret = emulator.client().client_secret().to_owned();
        let config = Config::from_text(text)
            .environment([("SECRET", secret.as_str()), ("OTHER_SECRET", SECRET)])
            .load()?;
        let clock = ManualClock::default();
        let layer = B2cLayer::builder(config)
            .clock(clock.clone())
            .discover_at_start(false)
            .build()?;
        let routes = Router::new()
            .route("/private", get(private))
            .route("/sid", get(sid))
            .route_layer(RequireSignInLayer::new())
            .route("/api", get(api))
            .route("/", get(home))
            .with_state(emulator.api_scope("demo.read"))
            .layer(layer);
        let server = tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self {
            emulator,
            clock,
            app,
            server,
        })
    }

    /// From now on the provider is the one of a module.
    pub fn provider_is(&self, module: &str) -> Result<(), Failed> {
        let misbehaviour = Misbehaviour::named(module)?;
        self.emulator
            .misbehave_for(Scope::everything(), misbehaviour);
        Ok(())
    }

    /// Time passes, for the app and the provider alike.
    pub fn wait(&self, time: Duration) {
        self.clock.advance(time);
        self.emulator.advance_clock(time);
    }

    pub fn person(&self) -> Result<Person, Failed> {
        Person::new(&self.app)
    }

    /// What the app thinks of a person who signs in.
    pub async fn outcome(&self) -> Result<Outcome, Failed> {
        let mut person = self.person()?;
        let page = person.signs_in("/private").await?;
        let signed_in = person.is_signed_in().await?;
        Ok(match (page.status, signed_in) {
            (200, true) if page.url.ends_with("/private") => Outcome::SignedIn,
            (status, false) if status >= 400 => Outcome::Refused(status),
            (status, signed_in) => {
                return Err(format!(
                    "neither signed in nor refused: {status} at {}, signed in: {signed_in}",
                    page.url
                )
                .into());
            }
        })
    }

    /// The app accepts what the provider does.
    pub async fn signs_in(&self) -> Result<(), Failed> {
        match self.outcome().await? {
            Outcome::SignedIn => Ok(()),
            Outcome::Refused(status) => Err(format!("refused with {status}").into()),
        }
    }

    /// The app refuses what the provider does, on a page, without a session.
    pub async fn refuses(&self) -> Result<(), Failed> {
        match self.outcome().await? {
            Outcome::Refused(_) => Ok(()),
            Outcome::SignedIn => Err("the person is signed in".into()),
        }
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// How a sign-in ends.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    SignedIn,
    /// On a page with this status, without a session.
    Refused(u16),
}

/// Runs a module's journey; each is bounded.
pub fn run(journey: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    runtime.block_on(async { tokio::time::timeout(LONGEST, journey).await })?
}

fn registration(app: &str) -> Client {
    let client = Client::new(CLIENT, SECRET);
    let client = client.redirect_uri(format!("{app}/getAToken"));
    // Where a sign-out comes home to; Entra ID returns nowhere else.
    told(client.redirect_uri(format!("{app}/")), app)
}

/// The registration of an app that hears of sign-outs.
fn told(client: Client, app: &str) -> Client {
    client
        .issue_id_tokens()
        .initiate_login_uri(format!("{app}/login"))
        .front_channel_logout_url(format!("{app}/front-channel-logout"))
        .frontchannel_logout_session_required()
        .backchannel_logout_uri(format!("{app}/back-channel-logout"))
}

fn configuration(setting: Setting, app: &str, emulator: &Emulator, provider: &str) -> String {
    let base = emulator.base_url();
    let registration = match setting {
        Setting::B2c => {
            let (tenant, client_id) = (emulator.tenant(), emulator.client().client_id());
            format!(
                r#"
                kind = "b2c"
                authority = "{base}/{tenant}/{FLOW}"
                client_id = "{client_id}"
                client_secret = {{ env = "SECRET" }}
                "#
            )
        }
        Setting::Oidc => format!(
            r#"
            kind = "oidc"
            issuer = "{base}/{TENANT}/v2.0"
            client_id = "{CLIENT}"
            client_secret = {{ env = "OTHER_SECRET" }}
            "#
        ),
    };
    let api = format!(
        "[[downstream]]\nname = \"demo\"\nbase_url = \"{base}/api\"\nscopes = [\"{}\"]",
        emulator.api_scope("demo.read")
    );
    let api = if setting == Setting::B2c { &*api } else { "" };
    format!(
        "[app]\nbase_url = \"{app}\"\n[provider]\nemulator = true\n{registration}\n{provider}\n{api}\n"
    )
}

async fn home(session: Option<Session>) -> &'static str {
    session.map_or("Hello, stranger", |_| "Hello")
}

async fn private(session: Session) -> String {
    let claims: Vec<_> = session.claims().iter().map(|(name, _)| name).collect();
    claims.join(" ")
}

async fn sid(session: Session) -> String {
    let claim = |name| session.claims().get(name).and_then(|value| value.as_str());
    format!(
        "{} {}",
        claim("iss").unwrap_or_default(),
        claim("sid").unwrap_or_default()
    )
}

async fn api(State(scope): State<String>, session: Session) -> Result<String, TokenError> {
    let token = session.access_token(&[&scope]).await?;
    Ok(format!("{} characters", token.secret().len()))
}

const FLOW: &str = "B2C_1_userinfo";
const TENANT: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
const CLIENT: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const SECRET: &str = "the secret of another application";
const LONGEST: Duration = Duration::from_secs(60);
