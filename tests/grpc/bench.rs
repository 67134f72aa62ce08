//! The example's API beside an emulator.

use std::net::SocketAddr;

use b2c_emulator::{Emulator, Forgery};
use example_tonic_grpc::api::Notebook;
use example_tonic_grpc::notes::notes_client::NotesClient;
use example_tonic_grpc::notes::notes_server::NotesServer;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::Request;
use tonic::transport::{Channel, Server};
use tower::Layer as _;
use tower_b2c::{BearerLayer, Config, RequireScopesLayer};

/// The gRPC API, listening.
pub(crate) struct Bench {
    pub(crate) emulator: Emulator,
    pub(crate) address: SocketAddr,
    server: JoinHandle<Result<(), tonic::transport::Error>>,
}

impl Bench {
    /// The layer is around the whole server.
    pub(crate) async fn whole() -> Self {
        let emulator = Emulator::builder().start().await.unwrap();
        Self::beside(emulator).await
    }

    pub(crate) async fn beside(emulator: Emulator) -> Self {
        let (listener, address) = listener().await;
        let notes = NotesServer::new(Notebook::default());
        let server = Server::builder().layer(layer(&emulator)).add_service(notes);
        let server = server.serve_with_incoming(TcpListenerStream::new(listener));
        Self {
            emulator,
            address,
            server: tokio::spawn(server),
        }
    }

    /// The layer and a guard are around one service.
    pub(crate) async fn single() -> Self {
        let emulator = Emulator::builder().start().await.unwrap();
        let (listener, address) = listener().await;
        let notes = NotesServer::new(Notebook::default());
        let guarded = RequireScopesLayer::all_of(["demo.read"]).layer(notes);
        let server = Server::builder().add_service(layer(&emulator).layer(guarded));
        let server = server.serve_with_incoming(TcpListenerStream::new(listener));
        Self {
            emulator,
            address,
            server: tokio::spawn(server),
        }
    }

    /// A client without any token.
    pub(crate) fn client(&self) -> NotesClient<Channel> {
        let channel = Channel::from_shared(format!("http://{}", self.address));
        NotesClient::new(channel.unwrap().connect_lazy())
    }

    /// A message with this token.
    pub(crate) fn with<T>(&self, forgery: &Forgery, message: T) -> Request<T> {
        let token = self.emulator.forge(forgery).unwrap();
        let mut request = Request::new(message);
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
        request
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.server.abort();
    }
}

pub(crate) async fn listener() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

/// Where an app can listen, an emulator that sends people back there, and the app's settings, with the
/// tables that `more` has besides.
pub(crate) async fn place(
    more: impl FnOnce(&Emulator) -> String,
) -> (TcpListener, String, Emulator, Config) {
    let (listener, address) = listener().await;
    let base_url = format!("http://localhost:{}", address.port());
    let emulator = Emulator::builder().redirect_uri(format!("{base_url}/getAToken"));
    let emulator = emulator.start().await.unwrap();
    let (provider, more) = (provider(&emulator), more(&emulator));
    let text = format!("[app]\nbase_url = \"{base_url}\"\n{provider}\n{more}");
    let secret = emulator.client().client_secret();
    let config = Config::from_text(text).environment([("SECRET", secret)]);
    let config = config.load().unwrap();
    (listener, base_url, emulator, config)
}

/// The lines of a configuration that are about the emulator's own tenant.
pub(crate) fn provider(emulator: &Emulator) -> String {
    format!(
        r#"
        [provider]
        emulator = true
        instance = "{}"
        tenant = "{}"
        client_id = "{}"
        client_secret = {{ env = "SECRET" }}
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        [api]
        audiences = ["11112222-bbbb-3333-cccc-4444dddd5555"]
        "#,
        emulator.base_url(),
        emulator.tenant(),
        emulator.client().client_id(),
    )
}

fn layer(emulator: &Emulator) -> BearerLayer {
    let config = Config::from_text(provider(emulator)).environment::<&str, &str>([]);
    BearerLayer::new(config.load_api().unwrap()).unwrap()
}

/// Ada's token, with these scopes.
pub(crate) fn token(scopes: &[&str]) -> Forgery {
    Forgery::access_token("ada@emulator.example").scopes(scopes.iter().copied())
}
