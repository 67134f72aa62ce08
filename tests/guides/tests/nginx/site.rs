//! An app behind the proxy, and a provider for it.

use axum::{Router, routing::get};
use b2c_emulator::Emulator;
use e2e::Person;
use libtest_mimic::Failed;
use reqwest::{Certificate, Client, redirect};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_b2c::{B2cLayer, Config, RequireSignInLayer, Session};

use crate::proxy::Proxy;

/// All of it; ends when dropped.
pub(crate) struct Site {
    origin: String,
    proxy: Proxy,
    app: JoinHandle<()>,
    _emulator: Emulator,
}

impl Site {
    pub(crate) async fn start() -> Result<Self, Failed> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let app_port = listener.local_addr()?.port();
        let port = loopback::free_port();
        let origin = format!("https://localhost:{port}");
        let emulator = Emulator::builder()
            .redirect_uri(format!("{origin}/getAToken"))
            .start()
            .await?;
        let app = app(guides::settings_at(&emulator, &origin, "")?)?;
        let app = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        Ok(Self {
            proxy: Proxy::start(port, app_port).await?,
            origin,
            app,
            _emulator: emulator,
        })
    }

    /// The URL of a path, as browsers see it.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Somebody who trusts the proxy's certificate.
    pub(crate) fn person(&self) -> Result<Person, Failed> {
        Ok(Person::sharing(&self.client()?, &self.origin))
    }

    pub(crate) fn client(&self) -> Result<Client, Failed> {
        let certificate = Certificate::from_pem(self.proxy.certificate.as_bytes())?;
        let client = Client::builder()
            .tls_certs_only([certificate])
            .redirect(redirect::Policy::none());
        Ok(client.build()?)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.app.abort();
    }
}

fn app(config: Config) -> Result<Router, tower_b2c::Error> {
    let name = |session: &Session| session.claims().name().unwrap_or("nobody").to_owned();
    let home = move |session: Option<Session>| async move {
        session.map_or_else(|| "stranger".to_owned(), |session| name(&session))
    };
    Ok(Router::new()
        .route(
            "/profile",
            get(move |session: Session| async move { name(&session) }),
        )
        .route_layer(RequireSignInLayer::new())
        .route("/", get(home))
        .layer(B2cLayer::new(config)?))
}
