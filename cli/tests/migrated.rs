//! A web app on the move from B2C to External ID: its settings are those that `new`, `tenant set` and
//! `migrate` wrote, both tenants are the emulator's, and people sign in with a browser at each step.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod program;
mod visitor;

use axum::Router;
use axum::routing::get;
use b2c_emulator::{Client, Emulator, Tenant};
use cargo_b2c_init::Store;
use program::{stderr, stdout};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tower_b2c::{B2cLayer, Config, Session, TokenError};
use visitor::{Page, Visitor};

const NEW_ID: &str = "22223333-cccc-4444-dddd-5555eeee6666";
/// The emulator's own API.
const API_ID: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const NEW_SECRET: &str = "the secret of the new registration";
const GUID: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";

/// A web app and its two tenants.
struct Move {
    emulator: Emulator,
    demo: program::Demo,
    url: String,
    port: u16,
    serving: Option<JoinHandle<()>>,
}

impl Move {
    /// The app of B2C, on a port of its own. Sessions are in the browser, so that they outlast a
    /// restart.
    async fn begin() -> Self {
        let port = loopback::free_port();
        let url = format!("http://localhost:{port}");
        let new = Tenant::external_id("fabrikam").id(GUID).client(
            Client::new(NEW_ID, NEW_SECRET)
                .redirect_uri(format!("{url}/getAToken/external-id"))
                .redirect_uri(format!("{url}/")),
        );
        let emulator = Emulator::builder()
            .redirect_uri(format!("{url}/getAToken"))
            .add_tenant(new);
        let emulator = emulator.start().await.expect("started");
        let demo = program::Demo::with(|project| project.store(Store::Cookie).port(port));
        let this = Self {
            emulator,
            demo,
            url,
            port,
            serving: None,
        };
        let (at, id) = (this.emulator.base_url(), this.emulator.client().client_id());
        let tenant = [
            &[
                "tenant",
                "set",
                this.emulator.tenant(),
                "--profile",
                "tenant",
            ][..],
            &["--instance", at, "--client-id", id, "--client-secret-stdin"],
        ];
        let secret = this.emulator.client().client_secret();
        this.says_with(&tenant.concat(), secret);
        let kind = "[profile.tenant.provider]\nkind = \"b2c\"\n";
        this.demo
            .replace("b2c.toml", kind, &format!("{kind}emulator = true\n"));
        let api = format!(
            "\n[[profile.tenant.downstream]]\nname = \"demo\"\nbase_url = \"{at}/api\"\n\
             resource = \"https://{}/demo-api\"\nscopes = [\"demo.read\"]\n",
            this.emulator.tenant()
        );
        let text = this.demo.read("b2c.toml");
        this.demo.write("b2c.toml", &format!("{text}{api}"));
        this.says(&["tenant", "use", "tenant"]);
        this
    }

    fn says(&self, arguments: &[&str]) -> String {
        self.says_with(arguments, "")
    }

    fn says_with(&self, arguments: &[&str], input: &str) -> String {
        let output = self.demo.run_with(arguments, input);
        assert!(
            output.status.success(),
            "{arguments:?}: {}",
            stderr(&output)
        );
        stdout(&output) + &stderr(&output)
    }

    fn migrates(&self, more: &[&str]) -> String {
        self.says(&[&["migrate", "--to", "external-id"], more].concat())
    }

    /// Starts the app with its settings as they are now.
    async fn restart(&mut self) {
        if let Some(serving) = self.serving.take() {
            serving.abort();
            let _ = serving.await;
        }
        let config = Config::from_file(self.demo.root().join("b2c.toml"));
        let config = config.load().expect("settings that the app takes");
        let layer = B2cLayer::new(config).expect("a layer");
        let app = Router::new().route("/", get(home)).route("/me", get(me));
        let listener = TcpListener::bind(("127.0.0.1", self.port)).await;
        let listener = listener.expect("the port");
        self.serving = Some(tokio::spawn(async move {
            let _ = axum::serve(listener, app.layer(layer)).await;
        }));
    }

    async fn signs_in(&self, visitor: &mut Visitor, path: &str) -> String {
        let page = visitor.get(&format!("{}{path}", self.url)).await;
        let page = self.enters(visitor, page).await;
        page.body
    }

    async fn enters(&self, visitor: &mut Visitor, page: Page) -> Page {
        assert_eq!(page.status, 200, "{}", page.body);
        let at = page.url.as_str().to_owned();
        assert!(
            at.starts_with(self.emulator.base_url()),
            "{at}: {}",
            page.body
        );
        visitor.signs_in(page).await
    }

    async fn sees(&self, visitor: &mut Visitor, path: &str) -> String {
        visitor.get(&format!("{}{path}", self.url)).await.body
    }

    async fn signs_out(&self, visitor: &mut Visitor) -> String {
        let page = visitor.get(&format!("{}/logout", self.url)).await;
        visitor.submits(page, &[]).await.body
    }

    /// How often a tenant was told of a sign-out.
    fn sign_outs(&self, part: &str) -> usize {
        let requests = self.emulator.requests();
        let paths = requests
            .iter()
            .map(|request| request.path().to_ascii_lowercase());
        paths
            .filter(|path| path.contains(part) && path.ends_with("/logout"))
            .count()
    }
}

async fn home(session: Option<Session>) -> String {
    match session {
        Some(session) => {
            let name = session.claims().name().unwrap_or("?").to_owned();
            format!("{name} at {}", session.provider())
        }
        None => "a stranger".to_owned(),
    }
}

/// What the API says, by the user's own token.
async fn me(session: Session) -> Result<String, TokenError> {
    let token = session.token_for("demo").await?;
    Ok(format!(
        "{} bytes at {}",
        token.secret().len(),
        session.provider()
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn people_move_one_after_the_other_and_then_the_old_provider_goes() {
    let mut app = Move::begin().await;
    app.restart().await;
    let (mut ada, mut bob) = (Visitor::new(), Visitor::new());
    let first = app.signs_in(&mut ada, "/login").await;
    assert!(first.ends_with("at default"), "{first}");

    // Both, and nobody is sent to the new one yet.
    let resource = format!("demo=api://{API_ID}");
    let instance = app.emulator.base_url().to_owned();
    let new = [
        "--tenant",
        GUID,
        "--client-id",
        NEW_ID,
        "--instance",
        &instance,
    ];
    let beside = [
        &["migrate", "--to", "external-id", "--side-by-side"][..],
        &new,
    ]
    .concat();
    let beside = [
        &beside[..],
        &["--resource", &resource, "--client-secret-stdin"],
    ]
    .concat();
    let told = app.says_with(&beside, NEW_SECRET);
    assert!(
        told.contains(&format!("{}/getAToken/external-id", app.url)),
        "{told}"
    );
    assert!(!told.contains(NEW_SECRET));
    let kind = "[profile.tenant.providers.external-id]\nkind = \"external-id\"\n";
    app.demo
        .replace("b2c.toml", kind, &format!("{kind}emulator = true\n"));
    app.restart().await;
    assert_eq!(app.sees(&mut ada, "/").await, first);
    assert!(app.sees(&mut ada, "/me").await.ends_with("at default"));
    let found = app.signs_in(&mut bob, "/login").await;
    assert!(found.ends_with("at default"), "{found}");
    app.signs_out(&mut bob).await;
    assert_eq!(app.sign_outs("b2c_1_"), 1);
    // Whoever asks for it is there already, with the new API's token.
    let found = app.signs_in(&mut bob, "/login?provider=external-id").await;
    assert!(found.ends_with("at external-id"), "{found}");
    assert!(app.sees(&mut bob, "/me").await.ends_with("at external-id"));
    app.signs_out(&mut bob).await;
    assert_eq!(app.sign_outs(GUID), 1);
    let found = app.signs_in(&mut bob, "/login").await;
    assert!(found.ends_with("at external-id"), "{found}");

    // Everybody who signs in now; who is signed in goes on.
    app.migrates(&["--side-by-side", "--percent", "100"]);
    app.restart().await;
    assert_eq!(app.sees(&mut ada, "/").await, first);
    let mut eve = Visitor::new();
    let found = app.signs_in(&mut eve, "/me").await;
    assert!(found.ends_with("at external-id"), "{found}");

    // The old one goes, and its sessions with it; those of the new one go on.
    let told = app.migrates(&["--finish"]);
    assert!(told.contains("sessions of B2C end"), "{told}");
    app.restart().await;
    assert_eq!(app.sees(&mut ada, "/").await, "a stranger");
    let found = app.sees(&mut eve, "/me").await;
    assert!(found.ends_with("at external-id"), "{found}");
    let found = app.signs_in(&mut ada, "/login").await;
    assert!(found.ends_with("at external-id"), "{found}");
    let left = app.signs_out(&mut ada).await;
    assert_eq!(left, "a stranger");
    assert_eq!(app.sign_outs(GUID), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_tenant_takes_the_place_of_the_old_one_at_once() {
    let mut app = Move::begin().await;
    app.restart().await;
    let mut ada = Visitor::new();
    app.signs_in(&mut ada, "/login").await;
    let instance = app.emulator.base_url().to_owned();
    let new = [
        "--tenant",
        GUID,
        "--client-id",
        NEW_ID,
        "--instance",
        &instance,
    ];
    let resource = format!("demo=api://{API_ID}");
    let more = ["--resource", &resource, "--client-secret-stdin"];
    let switch = [&["migrate", "--to", "external-id"][..], &new, &more].concat();
    app.says_with(&switch, NEW_SECRET);
    // The registration of this test knows the redirect URI of a move side by side.
    let path = "redirect_path = \"/getAToken\"";
    app.demo.replace(
        "b2c.toml",
        path,
        "redirect_path = \"/getAToken/external-id\"",
    );
    app.restart().await;
    let found = app.signs_in(&mut Visitor::new(), "/me").await;
    assert!(found.ends_with("at default"), "{found}");
    // A session knows the name of its provider, which is the same; its tokens are of no use.
    let page = ada.get(&format!("{}/me", app.url)).await;
    assert!(!page.body.ends_with("at default"), "{}", page.body);
}
