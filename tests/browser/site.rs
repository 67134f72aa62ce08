//! An app at an https origin that is no site of its provider's, as apps are in the world: what the
//! browser withholds across sites, it withholds here.

use std::net::Ipv4Addr;

use axum::{Router, response::Html, routing::get};
use b2c_emulator::{Client, Emulator, Tenant, UserFlow};
use e2e::OidcProvider;
use libtest_mimic::Failed;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_b2c::{B2cLayer, Config, RequireSignInLayer, RequireUserFlowLayer, Session};

use crate::tls::TlsListener;
use e2e::browser::HOST;

/// The app, in this process, and its provider.
pub struct Site {
    pub url: String,
    provider: Provider,
    serving: JoinHandle<std::io::Result<()>>,
}

/// Who signs the users in.
enum Provider {
    /// With a tenant of each of Microsoft's kinds.
    Emulator(Box<Emulator>),
    Oidc(OidcProvider),
}

impl Site {
    /// An app with these providers, of `b2c`, `external-id` and `entra`, in this order, by their
    /// kinds as names. Of one alone, `more` are further lines of it.
    pub async fn start(kinds: &[&str], more: &str) -> Result<Self, Failed> {
        let (listener, url) = listener().await?;
        let redirect_path = |kind: &str| match kinds {
            [_] => "/getAToken".to_owned(),
            _ => format!("/getAToken/{kind}"),
        };
        let client = |kind: &str| {
            Client::new(CLIENT, SECRET)
                .redirect_uri(format!("{url}{}", redirect_path(kind)))
                .redirect_uri(format!("{url}/"))
                .front_channel_logout_url(format!("{url}/front-channel-logout"))
                .frontchannel_logout_session_required()
        };
        let emulator = Emulator::builder()
            .client(client("b2c"))
            .user_flow(UserFlow::sign_up_sign_in("B2C_1A_StepUp").mfa())
            .add_tenant(Tenant::external_id("woodgrove").client(client("external-id")))
            .add_tenant(Tenant::entra("contoso").client(client("entra")))
            .start()
            .await?;
        let providers = kinds.iter().map(|kind| {
            let table = match kinds {
                [_] => "provider".to_owned(),
                _ => format!("providers.{kind}"),
            };
            let (tenant, flows) = match *kind {
                "b2c" => (emulator.tenant(), FLOWS),
                "external-id" => ("woodgrove", ""),
                _ => ("contoso", ""),
            };
            format!(
                "[{table}]\nkind = \"{kind}\"\nlabel = \"{}\"\nemulator = true\n\
                 instance = \"{}\"\ntenant = \"{tenant}\"\nclient_id = \"{CLIENT}\"\n\
                 client_secret = {{ env = \"SECRET\" }}\n{flows}\n{more}\n",
                label(kind),
                emulator.base_url(),
            )
        });
        let settings: String = providers.collect();
        Self::serve(
            listener,
            url,
            &settings,
            Provider::Emulator(Box::new(emulator)),
        )
    }

    /// An app of kind `oidc`, with npm's oidc-provider.
    pub async fn start_oidc(more: &str) -> Result<Self, Failed> {
        let (listener, url) = listener().await?;
        let client = json!({
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [format!("{url}/getAToken")],
            "post_logout_redirect_uris": [format!("{url}/")],
            "token_endpoint_auth_method": "client_secret_post",
        });
        let provider = OidcProvider::start(loopback::free_port(), &json!([client]), &json!({}))?;
        let settings = format!(
            "[provider]\nkind = \"oidc\"\nissuer = \"{}\"\nclient_id = \"{CLIENT}\"\n\
             client_secret = {{ env = \"SECRET\" }}\n{more}\n",
            provider.issuer(),
        );
        Self::serve(listener, url, &settings, Provider::Oidc(provider))
    }

    fn serve(
        listener: TcpListener,
        url: String,
        settings: &str,
        provider: Provider,
    ) -> Result<Self, Failed> {
        let text = format!(
            "[app]\nbase_url = \"{url}\"\n[session]\ncookie_key = {{ env = \"KEY\" }}\n{settings}"
        );
        let config = Config::from_text(text).environment([("SECRET", SECRET), ("KEY", KEY)]);
        let app = routes().layer(B2cLayer::new(config.load()?)?);
        let listener = TlsListener::new(listener, HOST)?;
        let serving = tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self {
            url,
            provider,
            serving,
        })
    }

    /// The URL of one of the app's paths.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The beginning of every URL of the provider's.
    pub fn provider(&self) -> &str {
        match &self.provider {
            Provider::Emulator(emulator) => emulator.base_url(),
            Provider::Oidc(provider) => provider.issuer(),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// What the sign-in page calls a provider.
pub fn label(kind: &str) -> &'static str {
    match kind {
        "b2c" => "Customers",
        "external-id" => "Partners",
        _ => "Staff",
    }
}

/// A free port, and the app's origin at it.
async fn listener() -> Result<(TcpListener, String), Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let url = format!("https://{HOST}:{}", listener.local_addr()?.port());
    Ok((listener, url))
}

fn routes() -> Router {
    let vault = get(|session: Session| async move { page(Some(&session), "The vault") });
    let private = get(|session: Session| async move { page(Some(&session), "Private") });
    Router::new()
        .route("/vault", vault)
        .route_layer(RequireUserFlowLayer::named("stepup"))
        .merge(
            Router::new()
                .route("/private", private)
                .route_layer(RequireSignInLayer::new()),
        )
        .route("/", get(home))
}

async fn home(session: Option<Session>) -> Html<String> {
    page(session.as_ref(), "Home")
}

fn page(session: Option<&Session>, title: &str) -> Html<String> {
    let claim = |name| {
        let claims = session?.claims();
        claims.get(name)?.as_str().map(str::to_owned)
    };
    let who = match session {
        Some(_) => format!(
            "Hello, {} of {}<form method=post action=/logout><button>Sign out</button></form>",
            claim("name").unwrap_or_default(),
            claim("iss").unwrap_or_default(),
        ),
        None => "Hello, stranger".to_owned(),
    };
    Html(format!(
        "<!doctype html><html lang=en><link rel=icon href=data:,><title>{title}</title>\
         <h1>{title}</h1>{who}</html>"
    ))
}

const CLIENT: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const SECRET: &str = "a secret for tests";
const KEY: &str = "0123456789abcdef0123456789abcdef";
const FLOWS: &str =
    "user_flows = { sign_up_sign_in = \"B2C_1_signupsignin1\", stepup = \"B2C_1A_StepUp\" }";
