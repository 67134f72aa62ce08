//! The app's keys, exchanged while it runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tower_b2c::{Config, ConfigFile};
use tracing::Level;

use crate::support::{KEY, Log, Visitor, World};

const NEXT: &str = "a new key, of thirty-two characters and more";

/// A directory that is gone with the test.
struct Keys(PathBuf);

impl Keys {
    fn new(text: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("b2c-keys-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&directory).unwrap();
        let keys = Self(directory);
        keys.are(text);
        keys
    }

    fn file(&self) -> PathBuf {
        self.0.join("keys")
    }

    fn are(&self, text: &str) {
        let new = self.0.join("new");
        std::fs::write(&new, text).unwrap();
        std::fs::rename(new, self.file()).unwrap();
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn world(keys: &Keys) -> World {
    world_of(keys, "memory").await
}

async fn world_of(keys: &Keys, store: &'static str) -> World {
    let file = keys.file().display().to_string();
    World::with()
        .settings(move |emulator| {
            let text = crate::support::own_tenant(emulator);
            let listed = format!("cookie_keys = [{{ file = \"{file}\" }}]");
            text.replace("cookie_key = { env = \"KEY\" }", &listed)
        })
        .config(move |file| file.set("session.store", store))
        .build()
        .await
}

/// Goes to the provider, and comes back with an answer that is not opened.
pub(crate) async fn begins(visitor: &mut Visitor<'_>) -> String {
    let page = visitor.opens("/private?x=1").await;
    let form = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    visitor.fills(&page, "signInName", &form.into()).await
}

#[tokio::test]
async fn sign_ins_and_sessions_survive_an_exchange_of_keys() {
    let keys = Keys::new(KEY);
    let world = world(&keys).await;
    let mut signed_in = world.visitor();
    signed_in.signs_in("/private").await;
    let mut visitor = world.visitor();
    let callback = begins(&mut visitor).await;

    keys.are(&format!("{NEXT}\n{KEY}\n"));
    assert!(world.layer.reload_keys().unwrap());
    assert!(
        !world.layer.reload_keys().unwrap(),
        "nothing has changed since"
    );
    let page = visitor.opens(&callback).await;
    assert_eq!(
        page.app_path(),
        Some("/private?x=1"),
        "begun with the old key"
    );
    assert_eq!(world.grants("authorization_code"), 2);
    assert_eq!(signed_in.asks("/").await.body, "Hello, Ada Lovelace");

    // The new key seals: the old one can go.
    let mut late = world.visitor();
    let callback = begins(&mut late).await;
    keys.are(NEXT);
    assert!(world.layer.reload_keys().unwrap());
    let page = late.asks(&callback).await;
    assert!(
        page.location().ends_with("/private?x=1"),
        "{}",
        page.location()
    );
}

#[tokio::test]
async fn sessions_in_cookies_move_to_the_new_key_when_they_are_used() {
    let keys = Keys::new(KEY);
    let world = world_of(&keys, "cookie").await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let old = visitor.cookies().clone();
    keys.are(&format!("{NEXT}\n{KEY}"));
    assert!(world.layer.reload_keys().unwrap());
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    let new = visitor.cookies().clone();
    assert_ne!(new, old, "sealed anew by the request");
    visitor.asks("/").await;
    assert_eq!(*visitor.cookies(), new, "once");

    keys.are(NEXT);
    assert!(world.layer.reload_keys().unwrap());
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    // What was opened before the key was taken away is not remembered.
    visitor.cookies().clone_from(&old);
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn a_key_that_was_taken_away_opens_nothing() {
    let keys = Keys::new(&format!("{NEXT}\n{KEY}"));
    let world = world(&keys).await;
    let mut visitor = world.visitor();
    let callback = begins(&mut visitor).await;
    keys.are(KEY);
    assert!(world.layer.reload_keys().unwrap());
    let answer = visitor.asks(&callback).await;
    assert!(
        answer.location().contains("state=again."),
        "{}",
        answer.location()
    );
}

#[tokio::test]
async fn a_file_that_cannot_be_used_leaves_the_keys_as_they_are() {
    let keys = Keys::new(KEY);
    let world = world(&keys).await;
    let mut visitor = world.visitor();
    let callback = begins(&mut visitor).await;
    let (log, _open) = Log::open(Level::ERROR);
    for broken in [
        "",
        "  \n\n",
        "changeme",
        "too short",
        &format!("{NEXT}\nhalf a ke"),
    ] {
        keys.are(broken);
        let error = world.layer.reload_keys().unwrap_err();
        assert!(error.to_string().contains("session.cookie_keys"), "{error}");
        let reason = std::error::Error::source(&error).unwrap().to_string();
        assert!(
            !reason.contains("half"),
            "no part of a key is shown: {reason}"
        );
    }
    std::fs::remove_file(keys.file()).unwrap();
    assert!(world.layer.reload_keys().is_err());
    assert!(world.layer.reload_keys().is_err());
    let log = log.take();
    assert_eq!(log.matches("No such file").count(), 1, "said once: {log}");
    let page = visitor.opens(&callback).await;
    assert_eq!(page.app_path(), Some("/private?x=1"));
}

#[tokio::test]
async fn a_changed_file_is_noticed_without_being_told() {
    let keys = Keys::new(&format!("{NEXT}\n{KEY}"));
    let world = world(&keys).await;
    let mut visitor = world.visitor();
    let callback = begins(&mut visitor).await;
    keys.are(KEY);
    let noticed = async {
        loop {
            // A fresh look at the same answer: the transaction is found for as long as the key is.
            let mut copy = world.visitor();
            copy.cookies().clone_from(visitor.cookies());
            if copy
                .asks(&callback)
                .await
                .location()
                .contains("state=again.")
            {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let noticed = tokio::time::timeout(Duration::from_secs(30), noticed).await;
    noticed.expect("the file is looked at every five seconds");
}

#[test]
fn keys_are_checked_when_the_configuration_is_read() {
    let load = |session: &str| {
        let text = format!(
            "[app]\nbase_url = \"http://localhost:5000\"\n[session]\n{session}\n[provider]\n\
             kind = \"oidc\"\nissuer = \"https://op.example\"\nclient_id = \"c\"\n\
             public_client = true\nclient_authentication = \"none\"\n"
        );
        let file: ConfigFile = Config::from_text(text);
        let file = file.environment([("KEY", KEY), ("SHORT", "short"), ("NEXT", NEXT)]);
        file.load().map_err(|error| error.to_string())
    };
    load("cookie_keys = [{ env = \"NEXT\" }, { env = \"KEY\" }]").unwrap();
    load("cookie_keys = { env = \"KEY\" }").unwrap();
    for (session, expected) in [
        (
            "cookie_keys = [{ env = \"SHORT\" }]",
            "session.cookie_keys: found a shorter key",
        ),
        ("cookie_keys = []", "session.cookie_keys: found no key"),
        (
            "cookie_keys = [{ env = \"KEY\" }, \"plain\"]",
            "session.cookie_keys[1]",
        ),
        (
            "cookie_keys = [{ env = \"KEY\" }]\ncookie_key = { env = \"KEY\" }",
            "found both",
        ),
        (
            "cookie_keys = [{ env = \"NONE\" }]",
            "no environment variable NONE",
        ),
    ] {
        let error = load(session).unwrap_err();
        assert!(error.contains(expected), "{session}: {error}");
        assert!(!error.contains("plain"), "{error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn files_on_a_disk_that_hangs_are_complained_of_and_good_ones_in_their_place_looked_at() {
    let keys = Keys::new(KEY);
    let world = world(&keys).await;
    crate::reload::pipe(&keys.file());
    let problem = async || {
        let report = world.layer.health().report().await;
        let mut checks = report.checks().iter();
        let check =
            checks.find(|check| check.problem().is_some_and(|it| it.contains("cookie_keys")));
        check?.problem().map(str::to_owned)
    };
    let mut told = None;
    for _ in 0..3000 {
        told = problem().await;
        if told.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let aside = keys.0.join("aside");
    std::fs::rename(keys.file(), &aside).unwrap();
    keys.are(&format!("{KEY}\n{NEXT}"));
    let mut is_mended = false;
    for _ in 0..3000 {
        is_mended = problem().await.is_none();
        if is_mended {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Whoever reads it still goes on; nobody hears of that.
    std::fs::write(aside, "another key, of thirty-two characters and more").unwrap();
    let told = told.expect("nobody looks");
    assert!(told.contains("no answer within 5 seconds"), "{told}");
    assert!(told.contains("last good ones are in use"), "{told}");
    assert!(is_mended, "nobody looks any more");
    for _ in 0..20 {
        assert!(!world.layer.reload_keys().unwrap(), "they were taken over");
    }
}
