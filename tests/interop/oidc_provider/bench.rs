use std::{net::Ipv4Addr, time::Duration};

use axum::{Router, routing::get};
use e2e::{OidcProvider, Page, Person};
use libtest_mimic::Failed;
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use tower_b2c::{B2cLayer, Config, RequireSignInLayer, Session, TokenError, testing::ManualClock};

/// The certified provider and an app that trusts it, each on a port of its own.
pub(super) struct Bench {
    pub(super) server: OidcProvider,
    pub(super) clock: ManualClock,
    pub(super) app: String,
    serving: JoinHandle<std::io::Result<()>>,
}

/// What differs from one trial to the next.
pub(super) struct Setting {
    /// Further lines of `[provider]`.
    pub(super) provider: String,
    /// Further metadata of the client's registration.
    pub(super) client: Value,
    /// The provider's configuration where it is not the default.
    pub(super) configuration: Value,
}

impl Default for Setting {
    fn default() -> Self {
        Self {
            provider: String::new(),
            client: json!({}),
            configuration: json!({}),
        }
    }
}

impl Bench {
    pub(super) async fn new(setting: &Setting) -> Result<Self, Failed> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let app = format!("http://localhost:{}", listener.local_addr()?.port());
        let port = loopback::free_port();
        let client = registration(&app, &setting.client);
        let configuration = setting.configuration.clone();
        let starting = tokio::task::spawn_blocking(move || {
            OidcProvider::start(port, &json!([client]), &configuration)
        });
        let server = starting.await??;

        let text = format!(
            r#"
            [app]
            base_url = "{app}"
            [provider]
            kind = "oidc"
            issuer = "{}"
            client_id = "{CLIENT}"
            {}
            "#,
            server.issuer(),
            setting.provider
        );
        let config = Config::from_text(text)
            .environment([("SECRET", SECRET)])
            .load()?;
        let clock = ManualClock::default();
        let layer = B2cLayer::builder(config)
            .clock(clock.clone())
            .discover_at_start(false)
            .build()?;
        let routes = Router::new()
            .route("/private", get(private))
            .route_layer(RequireSignInLayer::new())
            .route("/orders", get(orders))
            .route("/", get(home))
            .layer(layer);
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await });
        Ok(Self {
            server,
            clock,
            app,
            serving,
        })
    }

    /// Somebody who has signed in, and the page that this led to.
    pub(super) async fn signed_in(&self) -> Result<(Person, Page), Failed> {
        let mut person = Person::new(&self.app)?;
        let page = self.signs_in(&mut person).await?;
        if page.status == 200 && page.url == format!("{}/private", self.app) {
            return Ok((person, page));
        }
        let told = self.server.told().join("\n");
        Err(format!("{} at {}: {}\n{told}", page.status, page.url, page.body).into())
    }

    /// Opens a page that needs a sign-in, and does what the provider's pages ask for.
    pub(super) async fn signs_in(&self, person: &mut Person) -> Result<Page, Failed> {
        let mut page = person.opens("/private").await?;
        for _ in 0..4 {
            page = if page.has("login") {
                let values = [("login", "ada"), ("password", "any will do")];
                person.submits(&page, "login", &values).await?
            } else if page.has("prompt") {
                person.submits(&page, "prompt", &[]).await?
            } else {
                break;
            };
        }
        Ok(page)
    }

    /// Time passes for the app; the provider's clock is the machine's.
    pub(super) fn waits(&self, time: Duration) {
        self.clock.advance(time);
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn registration(app: &str, more: &Value) -> Value {
    let mut client = json!({
        "client_id": CLIENT,
        "client_secret": SECRET,
        "redirect_uris": [format!("{app}/getAToken")],
        "post_logout_redirect_uris": [format!("{app}/")],
        "backchannel_logout_uri": format!("{app}/back-channel-logout"),
        "backchannel_logout_session_required": true,
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "client_secret_post",
    });
    if let (Some(client), Some(more)) = (client.as_object_mut(), more.as_object()) {
        client.extend(more.clone());
        // Null takes a default away.
        client.retain(|_, value| !value.is_null());
    }
    client
}

async fn home(session: Option<Session>) -> &'static str {
    session.map_or("Hello, stranger", |_| "Hello")
}

/// Who it is, by the subject and the address.
async fn private(session: Session) -> String {
    let claim = |name| session.claims().get(name).and_then(Value::as_str);
    let words = [claim("sub"), claim("email")];
    words.map(|word| word.unwrap_or("-")).join(" ")
}

async fn orders(session: Session) -> Result<String, TokenError> {
    let token = session.access_token(&["orders"]).await?;
    Ok(token.secret().to_owned())
}

const CLIENT: &str = "orders-app";
const SECRET: &str = "the secret of a trial, of no use elsewhere";
/// A client secret, for trials that need no other proof.
pub(super) const BY_SECRET: &str = "client_secret = { env = \"SECRET\" }";
