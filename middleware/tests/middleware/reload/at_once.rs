//! Two reloads at once: the later one's settings stay.
#![cfg(unix)]

use std::fs::File;
use std::io::Write as _;
use std::time::Duration;

use tokio::task::JoinHandle;
use tower_b2c::{B2cLayer, Config, ReloadError, Reloaded};

use super::{Project, pipe};
use crate::support::{KEY, Op, settings};

/// A reload that has read `b2c.toml`, and waits for the file with the secret.
struct Held {
    op: Op,
    project: Project,
    layer: B2cLayer,
    reload: JoinHandle<Result<Reloaded, ReloadError>>,
    /// Open until the reload may go on.
    secret: Option<File>,
}

impl Held {
    async fn new() -> Self {
        let op = Op::start().await;
        let of_file = "client_secret = { file = \"secret\" }";
        let project = Project::new(&settings(&op, of_file), &format!("KEY={KEY}\nSECRET=new\n"));
        project.has("secret", "first");
        let layer = project.layer();
        let secret = project.0.join("secret");
        pipe(&secret);
        let reload = reload(&layer);
        // It is open once somebody reads it, who has read the rest by then.
        let opened = tokio::task::spawn_blocking(|| {
            let mut file = File::options();
            file.write(true).open(secret).unwrap()
        });
        let secret = Some(opened.await.unwrap());
        Self {
            op,
            project,
            layer,
            reload,
            secret,
        }
    }

    /// Lets the reload go on.
    async fn goes_on(&mut self) -> Result<Reloaded, ReloadError> {
        let secret = self.secret.take();
        secret.unwrap().write_all(b"second").unwrap();
        (&mut self.reload).await.unwrap()
    }
}

fn reload(layer: &B2cLayer) -> JoinHandle<Result<Reloaded, ReloadError>> {
    let layer = layer.clone();
    tokio::spawn(async move { layer.reload().await })
}

#[tokio::test]
async fn of_two_reloads_at_once_the_newer_contents_stay() {
    let mut held = Held::new().await;
    held.project.has("b2c.toml", &settings(&held.op, ""));
    let mut newer = reload(&held.layer);
    let early = tokio::time::timeout(Duration::from_millis(200), &mut newer).await;
    held.goes_on().await.unwrap();
    if early.is_err() {
        newer.await.unwrap().unwrap();
    }
    let again = held.layer.reload().await.unwrap();
    assert!(again.is_empty(), "what the file says is in use: {again:?}");
}

#[tokio::test]
async fn settings_from_elsewhere_are_not_lost_to_a_file_that_was_read_before_them() {
    let mut held = Held::new().await;
    let from_elsewhere = |label: &str| {
        let text = settings(&held.op, &format!("label = \"{label}\""));
        let file = Config::from_text(text).environment([("KEY", KEY), ("SECRET", "s3cret")]);
        file.load().unwrap()
    };
    let (one, other) = (from_elsewhere("one"), from_elsewhere("other"));
    let same = other.clone();
    assert!(!held.layer.reload_with(one).unwrap().is_empty());
    assert!(!held.layer.reload_with(other).unwrap().is_empty());
    let older = held.goes_on().await.unwrap();
    assert!(
        older.is_empty(),
        "it has changed nothing by then: {older:?}"
    );
    let again = held.layer.reload_with(same).unwrap();
    assert!(again.is_empty(), "the later settings are in use: {again:?}");
}
