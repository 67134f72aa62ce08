//! A web app and an API of one file: both take it over, or neither does.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tower_b2c::{B2cLayer, BearerLayer, Config, HealthService, Readiness};
use tracing::Level;

use super::{Project, QUICKLY, until};
use crate::support::{KEY, Log};

/// The file of a web app and its API, whose one provider has this name.
fn file(provider: &str) -> String {
    format!(
        "[app]\nbase_url = \"http://localhost:5000\"\n\
         [session]\ncookie_key = {{ env = \"KEY\" }}\n\
         [providers.{provider}]\nkind = \"oidc\"\nissuer = \"https://127.0.0.1:9\"\n\
         client_id = \"the client\"\nclient_secret = {{ env = \"SECRET\" }}\n\
         [api]\naudiences = [\"api://one\"]\n"
    )
}

/// Both layers, of one file.
struct Pair {
    project: Project,
    sign_in: B2cLayer,
    bearer: BearerLayer,
}

impl Pair {
    /// That do not know of each other.
    fn apart(text: &str) -> Self {
        let project = Project::new(text, &format!("KEY={KEY}\nSECRET=s3cret\n"));
        project.has("nonces", "a secret of all instances, 32 characters");
        let config = project.config();
        let bearer = BearerLayer::builder(config.api().unwrap().clone());
        let bearer = bearer.discover_at_start(false).build().unwrap();
        let sign_in = B2cLayer::builder(config).discover_at_start(false);
        Self {
            sign_in: sign_in.build().unwrap(),
            bearer,
            project,
        }
    }

    fn new(text: &str) -> Self {
        let pair = Self::apart(text);
        pair.bearer.follow(&pair.sign_in).unwrap();
        pair
    }

    fn has(&self, text: &str) {
        self.project.has("b2c.toml", text);
    }

    /// The providers that they go by.
    fn providers(&self) -> (String, String) {
        (
            names(&self.sign_in.readiness()),
            names(&self.bearer.readiness()),
        )
    }

    #[track_caller]
    fn go_by(&self, provider: &str) {
        let both = (provider.to_owned(), provider.to_owned());
        assert_eq!(self.providers(), both);
    }

    /// What probes of either are told of the configuration.
    async fn problems(&self) -> (Option<String>, Option<String>) {
        (
            problem(self.sign_in.health()).await,
            problem(self.bearer.health()).await,
        )
    }
}

fn names(readiness: &Readiness) -> String {
    let providers = readiness.providers();
    let names: Vec<_> = providers.iter().map(|one| one.name().to_owned()).collect();
    names.join(" ")
}

async fn problem(health: HealthService) -> Option<String> {
    let report = health.report().await;
    let mut checks = report.checks().iter();
    let check = checks.find(|check| check.name() == "configuration");
    check?.problem().map(str::to_owned)
}

#[tokio::test]
async fn one_reload_is_of_both_whichever_is_asked() {
    let pair = Pair::new(&file("one"));
    pair.has(&file("two"));
    let reloaded = pair.sign_in.reload().await.unwrap();
    pair.go_by("two");
    let changes: Vec<_> = reloaded.changes().collect();
    let of_both = [
        "provider two (added)",
        "provider one (removed)",
        "tokens of provider two (added)",
        "tokens of provider one (removed)",
    ];
    assert_eq!(changes, of_both);
    pair.has(&file("three"));
    let reloaded = pair.bearer.reload().await.unwrap();
    pair.go_by("three");
    assert_eq!(reloaded.changes().count(), 4, "{reloaded:?}");
    for again in [pair.sign_in.reload().await, pair.bearer.reload().await] {
        assert!(again.unwrap().is_empty());
    }
}

#[tokio::test]
async fn with_a_mistake_for_either_neither_changes_and_probes_of_both_say_so() {
    let pair = Pair::new(&file("one"));
    let (api, app) = ("audiences", "base_url = \"http://localhost:5000\"");
    let without_api = file("two").replace("[api]\naudiences = [\"api://one\"]", "");
    for (mistake, named) in [
        (file("two").replace(api, "audience"), "api.audience"),
        (
            file("two") + "dpop_nonce_secret = { env = \"KEY2\" }",
            "KEY2",
        ),
        (without_api, "[api]"),
        // What an API takes over, with what a web app cannot.
        (
            file("two").replace(app, "base_url = \"http://localhost:1\""),
            "app.base_url",
        ),
        (
            file("two").replace(
                "client_secret = { env = \"SECRET\" }",
                "client_authentication = \"workload_identity\"\nclient_assertion = \"callback\"",
            ),
            "client_assertion",
        ),
    ] {
        pair.has(&mistake);
        let told = [pair.sign_in.reload().await, pair.bearer.reload().await];
        pair.go_by("one");
        let told = told.map(|told| told.unwrap_err().to_string());
        assert!(told[0].contains(named), "{}", told[0]);
        assert_eq!(told[0], told[1]);
        let problem = Some(told[0].clone());
        assert_eq!(pair.problems().await, (problem.clone(), problem));
    }
    pair.has(&file("two"));
    pair.bearer.reload().await.unwrap();
    pair.go_by("two");
    assert_eq!(pair.problems().await, (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_reloads_at_once_both_keep_what_one_of_them_has_read() {
    let pair = Arc::new(Pair::new(&file("p0")));
    let over = Arc::new(AtomicBool::new(false));
    let writing = {
        let (pair, over) = (Arc::clone(&pair), Arc::clone(&over));
        std::thread::spawn(move || {
            let mut number = 0;
            while !over.load(Ordering::SeqCst) {
                number += 1;
                // Whole, whenever it is read.
                pair.project.has("next", &file(&format!("p{number}")));
                let path = |name: &str| pair.project.0.join(name);
                std::fs::rename(path("next"), path("b2c.toml")).unwrap();
            }
            number
        })
    };
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        let crowd = (0..6).map(|index| {
            let (sign_in, bearer) = (pair.sign_in.clone(), pair.bearer.clone());
            tokio::spawn(async move {
                match index % 2 {
                    0 => sign_in.reload().await,
                    _ => bearer.reload().await,
                }
            })
        });
        for reload in crowd.collect::<Vec<_>>() {
            reload.await.unwrap().unwrap();
        }
        let (one, other) = pair.providers();
        assert_eq!(one, other);
        seen.insert(one);
    }
    over.store(true, Ordering::SeqCst);
    let last = writing.join().unwrap();
    assert!(seen.len() > 5, "the file has changed: {seen:?}");
    pair.bearer.reload().await.unwrap();
    pair.go_by(&format!("p{last}"));
}

#[tokio::test]
async fn who_looks_at_the_files_looks_for_both() {
    for asks_the_api in [false, true] {
        let pair = Pair::apart(&(file("one") + "dpop_nonce_secret = { file = \"nonces\" }"));
        // Of its own file, until it follows.
        pair.bearer.reload_on_change(QUICKLY);
        pair.bearer.follow(&pair.sign_in).unwrap();
        if asks_the_api {
            pair.bearer.reload_on_change(QUICKLY);
        } else {
            pair.sign_in.reload_on_change(QUICKLY);
        }
        pair.has(&(file("two") + "dpop_nonce_secret = { file = \"nonces\" }"));
        let both = ("two".to_owned(), "two".to_owned());
        until("both change", || pair.providers() == both).await;
        // A file that only the API refers to.
        pair.project.has("nonces", "short");
        let mut told = (None, None);
        for _ in 0..1000 {
            told = pair.problems().await;
            if told.0.is_some() {
                break;
            }
            tokio::time::sleep(QUICKLY).await;
        }
        assert!(
            told.0
                .clone()
                .unwrap_or_default()
                .contains("dpop_nonce_secret"),
            "{told:?}"
        );
        assert_eq!(told.0, told.1);
    }
}

#[cfg(unix)]
#[tokio::test]
async fn while_the_disk_hangs_neither_changes_and_afterwards_both_do() {
    let pair = Pair::new(&file("one"));
    super::pipe(&pair.project.0.join("b2c.toml"));
    let told = pair.bearer.reload().await;
    let problems = pair.problems().await;
    let aside = super::hanging::Aside::with(&pair.project, &file("two"));
    let mended = pair.sign_in.reload().await;
    aside.says(&file("late"));
    let told = told.unwrap_err().to_string();
    assert!(told.contains("could not be read within 5"), "{told}");
    assert_eq!(problems, (Some(told.clone()), Some(told)));
    mended.unwrap();
    pair.go_by("two");
    assert_eq!(pair.problems().await, (None, None));
}

#[cfg(unix)]
#[tokio::test]
async fn a_reload_that_has_begun_before_goes_on_with_what_is_followed_since() {
    for answers in [true, false] {
        let pair = Pair::apart(&file("one"));
        super::pipe(&pair.project.0.join("b2c.toml"));
        let layer = pair.bearer.clone();
        let reload = tokio::spawn(async move { layer.reload().await });
        tokio::task::yield_now().await;
        pair.bearer.follow(&pair.sign_in).unwrap();
        let aside = super::hanging::Aside::with(&pair.project, &file("two"));
        let (log, _open) = Log::open(Level::WARN);
        let text = "no settings at all";
        if answers {
            aside.says(text);
        }
        let reloaded = reload.await;
        if !answers {
            aside.says(text);
        }
        reloaded.unwrap().unwrap();
        pair.go_by("two");
        assert_eq!(pair.problems().await, (None, None));
        assert!(!log.take().contains("not taken over"));
    }
}

#[tokio::test]
async fn settings_from_elsewhere_are_for_both_and_only_by_way_of_the_web_app() {
    let pair = Pair::new(&file("one"));
    let elsewhere = || {
        let text = Config::from_text(file("elsewhere"));
        let text = text.environment([("KEY", KEY), ("SECRET", "s3cret")]);
        text.load().unwrap()
    };
    let refused = pair.bearer.reload_with(elsewhere().api().unwrap().clone());
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("follows a B2cLayer"), "{refused}");
    pair.go_by("one");
    assert!(!pair.sign_in.reload_with(elsewhere()).unwrap().is_empty());
    pair.go_by("elsewhere");
    // From where these came from, not from the file.
    assert!(pair.bearer.reload().await.unwrap().is_empty());
    pair.go_by("elsewhere");
}

#[tokio::test]
async fn who_follows_goes_by_what_the_web_app_has_from_that_moment_on() {
    let pair = Pair::apart(&file("one"));
    pair.has(&file("two"));
    pair.sign_in.reload().await.unwrap();
    assert_eq!(pair.providers(), ("two".to_owned(), "one".to_owned()));
    pair.bearer.follow(&pair.sign_in).unwrap();
    pair.go_by("two");
    // Twice is once; and nobody follows two.
    pair.bearer.follow(&pair.sign_in).unwrap();
    let other = Pair::apart(&file("other"));
    let refused = pair.bearer.follow(&other.sign_in).unwrap_err().to_string();
    assert!(refused.contains("follows a B2cLayer"), "{refused}");
    pair.go_by("two");
    // It keeps what it follows.
    let Pair {
        project,
        sign_in,
        bearer,
    } = pair;
    drop(sign_in);
    project.has("b2c.toml", &file("three"));
    bearer.reload().await.unwrap();
    assert_eq!(names(&bearer.readiness()), "three");
}

#[tokio::test]
async fn a_web_app_without_an_api_is_not_followed_and_one_that_was_goes_on_alone() {
    let without = file("one").replace("[api]\naudiences = [\"api://one\"]", "");
    let pair = Pair::new(&file("one"));
    let alone = Project::new(&without, &format!("KEY={KEY}\nSECRET=s3cret\n"));
    let alone = B2cLayer::builder(alone.config()).discover_at_start(false);
    let other = Pair::apart(&file("other"));
    let refused = other.bearer.follow(&alone.build().unwrap()).unwrap_err();
    assert!(refused.to_string().contains("no [api]"), "{refused}");
    // It goes on by itself.
    other.has(&file("two"));
    other.bearer.reload().await.unwrap();
    assert_eq!(names(&other.bearer.readiness()), "two");

    let Pair {
        project,
        sign_in,
        bearer,
    } = pair;
    drop(bearer);
    project.has("b2c.toml", &without);
    sign_in.reload().await.unwrap();
}
