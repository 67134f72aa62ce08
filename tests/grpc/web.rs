//! The example's web app, in front of the API.

use b2c_emulator::Emulator;
use example_tonic_grpc::web;
use tokio::task::JoinHandle;
use tower_b2c::{B2cLayer, Config};

use crate::bench::{Bench, listener, provider};

/// The web app, listening, and everything behind it.
pub(crate) struct WebApp {
    pub(crate) base_url: String,
    /// Serves for as long as the app is there.
    _behind: Bench,
    serving: JoinHandle<std::io::Result<()>>,
}

impl WebApp {
    pub(crate) async fn start() -> Self {
        let (listener, address) = listener().await;
        let base_url = format!("http://localhost:{}", address.port());
        let emulator = Emulator::builder().redirect_uri(format!("{base_url}/getAToken"));
        let bench = Bench::beside(emulator.start().await.unwrap()).await;
        let (provider, tenant) = (provider(&bench.emulator), bench.emulator.tenant());
        let text = format!(
            r#"
            [app]
            base_url = "{base_url}"
            {provider}
            [[downstream]]
            name = "notes"
            base_url = "http://{}"
            resource = "https://{tenant}/demo-api"
            scopes = ["demo.read", "demo.write"]
            "#,
            bench.address
        );
        let secret = bench.emulator.client().client_secret();
        let config = Config::from_text(text).environment([("SECRET", secret)]);
        let config = config.load().unwrap();
        let sign_in = B2cLayer::new(config.clone()).unwrap();
        let app = web::app(&config, &sign_in).unwrap();
        Self {
            base_url,
            _behind: bench,
            serving: tokio::spawn(async move { axum::serve(listener, app).await }),
        }
    }
}

impl Drop for WebApp {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
