//! Crates that people have already, small ones.

#![allow(dead_code, reason = "each test file uses what it needs")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A directory with a crate or a workspace in it.
pub(crate) struct Existing {
    root: PathBuf,
    /// Goes away with it.
    _sandbox: Option<TempDir>,
}

impl Existing {
    /// A directory with these files.
    pub(crate) fn with(files: &[(&str, &str)]) -> Self {
        let sandbox = tempfile::tempdir().expect("a directory");
        let existing = Self {
            root: sandbox.path().to_owned(),
            _sandbox: Some(sandbox),
        };
        for (path, text) in files {
            existing.write(path, text);
        }
        existing
    }

    /// The same in a directory that stays, so that what is built of it can be built on, with the
    /// versions that this repository is tested with.
    pub(crate) fn to_build(&self, name: &str) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join("added")
            .join(name);
        let _ = fs::remove_dir_all(&root);
        let kept = Self {
            root,
            _sandbox: None,
        };
        for (path, bytes) in self.tree() {
            let path = path.strip_prefix(&self.root).expect("beneath").to_owned();
            kept.write(path.to_str().expect("UTF-8"), bytes);
        }
        let repository = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .expect("a workspace");
        let versions = fs::read(repository.join("Cargo.lock")).expect("readable");
        kept.write("Cargo.lock", versions);
        // As the repository builds them, so that what is built already does.
        let manifest = kept.read("Cargo.toml");
        // Two packages of one name look the same to cargo in one cache.
        let manifest = manifest.replace("\"shop\"", &format!("\"shop-{name}\""));
        kept.write("Cargo.toml", manifest + PROFILE);
        kept
    }

    /// A crate that serves with axum.
    pub(crate) fn axum() -> Self {
        Self::with(&[("Cargo.toml", AXUM_MANIFEST), ("src/main.rs", AXUM)])
    }

    /// A crate of a workspace whose dependencies are the workspace's.
    pub(crate) fn member() -> Self {
        Self::with(&[
            ("Cargo.toml", WORKSPACE),
            ("web/Cargo.toml", MEMBER),
            ("web/src/main.rs", AXUM),
            ("other/Cargo.toml", OTHER),
            ("other/src/lib.rs", ""),
        ])
    }

    /// A crate that serves with tonic.
    pub(crate) fn tonic() -> Self {
        Self::with(&[("Cargo.toml", TONIC_MANIFEST), ("src/main.rs", TONIC)])
    }

    /// A crate that serves with hyper, of an older edition.
    pub(crate) fn hyper() -> Self {
        Self::with(&[("Cargo.toml", HYPER_MANIFEST), ("src/main.rs", HYPER)])
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.root().join(path)).expect("readable")
    }

    pub(crate) fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().expect("a directory")).expect("created");
        fs::write(path, text).expect("written");
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.root().join(path).exists()
    }

    /// Every file but the journals and what is built, with its bytes.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut found = BTreeMap::new();
        let mut pending = vec![self.root().to_owned()];
        while let Some(directory) = pending.pop() {
            for entry in fs::read_dir(directory).expect("a directory").flatten() {
                let path = entry.path();
                let skipped = [".b2c/undo", ".git", "target"];
                if skipped.iter().any(|name| path.ends_with(name)) {
                    continue;
                }
                if path.is_dir() {
                    pending.push(path);
                } else {
                    found.insert(path.clone(), fs::read(path).expect("readable"));
                }
            }
        }
        found
    }

    /// Runs the program there.
    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.run_in("", arguments)
    }

    /// Runs the program in a directory beneath.
    pub(crate) fn run_in(&self, directory: &str, arguments: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        program.arg("b2c-init").args(arguments);
        program.current_dir(self.root().join(directory));
        program.env_remove("B2C_PROFILE");
        program.env("CARGO_TARGET_DIR", target());
        program.output().expect("the program runs")
    }

    /// Runs the program, which has to succeed, and returns what it says on both streams.
    pub(crate) fn says(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        said(&output)
    }

    /// Runs the program, which has to end with this exit code and change nothing, and returns what it
    /// says.
    pub(crate) fn refuses(&self, arguments: &[&str], code: i32) -> String {
        let before = self.tree();
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", said(&output));
        assert!(self.tree() == before, "{arguments:?} wrote something");
        said(&output)
    }

    pub(crate) fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.root());
        git.args(["-c", "user.name=a", "-c", "user.email=a@b.c"]);
        let output = git.args(arguments).output().expect("git runs");
        assert!(output.status.success(), "{arguments:?}");
    }
}

/// Where everything here is built, this test included: most of it is there already.
pub(crate) fn target() -> PathBuf {
    let here = std::env::current_exe().expect("a test");
    let mut above = here.ancestors();
    above.nth(3).expect("target/debug/deps").to_owned()
}

/// The file of this name beneath a directory.
pub(crate) fn find(directory: &Path, name: &str) -> PathBuf {
    let mut pending = vec![directory.to_owned()];
    while let Some(directory) = pending.pop() {
        for entry in fs::read_dir(directory).expect("a directory").flatten() {
            let path = entry.path();
            if path.is_dir() {
                pending.push(path);
            } else if path.ends_with(name) {
                return path;
            }
        }
    }
    panic!("there is no {name}");
}

/// What a program says on both streams.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

const PROFILE: &str = "
[profile.dev]
debug = \"line-tables-only\"

[profile.dev.package.\"*\"]
debug = false
";

pub(crate) const AXUM_MANIFEST: &str = "\
[package]
name = \"shop\"
version = \"0.1.0\"
edition = \"2024\"

# Kept few.
[dependencies]
axum = { version = \"0.8.9\", default-features = false, features = [\"form\", \"http1\", \"json\", \"matched-path\", \"query\", \"tokio\"] } # the web
tokio = { version = \"1.54\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }

[workspace]
";

pub(crate) const AXUM: &str = "\
//! A shop.

use axum::{Router, routing::get};

/// Starts it.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Routes.
    let app = Router::new()
        .route(\"/\", get(home)) // ö
        .fallback(home);

    let listener = tokio::net::TcpListener::bind(\"127.0.0.1:3210\").await?;
    axum::serve(listener, app).await?;
    Ok(())
}

async fn home() -> &'static str {
    \"Welcome\"
}
";

const WORKSPACE: &str = "\
[workspace]
members = [\"other\", \"web\"]
resolver = \"3\"

[workspace.dependencies]
# theirs
axum = { version = \"0.8.9\", default-features = false, features = [\"form\", \"http1\", \"json\", \"matched-path\", \"query\", \"tokio\"] }
tokio = { version = \"1.54\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }
";

const MEMBER: &str = "\
[package]
name = \"web\"
version = \"0.1.0\"
edition = \"2021\"

[dependencies]
axum.workspace = true
tokio = { workspace = true }
";

const OTHER: &str = "\
[package]
name = \"other\"
version = \"0.1.0\"
edition = \"2021\"
";

const TONIC_MANIFEST: &str = "\
[package]
name = \"greeter\"
version = \"0.1.0\"
edition = \"2024\"

[dependencies]
http = \"1.5\"
tokio = { version = \"1.54\", features = [\"macros\", \"rt-multi-thread\"] }
tonic = { version = \"0.14.9\", default-features = false, features = [\"codegen\", \"router\", \"server\"] }
tower = { version = \"0.5.3\", default-features = false, features = [\"util\"] }

[workspace]
";

const TONIC: &str = "\
use std::convert::Infallible;

use tonic::body::Body;
use tonic::server::NamedService;
use tonic::transport::Server;

#[tokio::main]
async fn main() {
    Server::builder()
        .add_service(Greeter)
        .serve(\"[::1]:50051\".parse().unwrap())
        .await
        .unwrap();
}

#[derive(Clone)]
struct Greeter;

impl NamedService for Greeter {
    const NAME: &'static str = \"greeter.Greeter\";
}

impl tower::Service<http::Request<Body>> for Greeter {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(
        &mut self,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Result<(), Infallible>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: http::Request<Body>) -> Self::Future {
        std::future::ready(Ok(http::Response::default()))
    }
}
";

const HYPER_MANIFEST: &str = "\
[package]
name = \"plain\"
version = \"0.1.0\"
edition = \"2018\"

[dependencies]
bytes = \"1.10\"
http-body-util = \"0.1.5\"
hyper = { version = \"1.12\", features = [\"http1\", \"server\"] }
hyper-util = { version = \"0.1.21\", features = [\"server-auto\", \"service\", \"tokio\"] }
tokio = { version = \"1.54\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }
tower = { version = \"0.5.3\", features = [\"util\"] }

[workspace]
";

const HYPER: &str = "\
use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = TcpListener::bind((\"127.0.0.1\", 3211)).await?;
    loop {
        let (stream, _) = listener.accept().await?;
        let service = TowerToHyperService::new(tower::service_fn(answer));
        tokio::spawn(async move {
            let server = Builder::new(TokioExecutor::new());
            let _ = server.serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(_: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    Ok(Response::new(Bytes::from_static(b\"Welcome\").into()))
}
";
