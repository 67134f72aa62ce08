//! Settings on a disk that does not answer.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Arc, mpsc};
use std::time::{Duration, SystemTime};

use tokio::time::timeout;
use tower_b2c::{BearerLayer, Clock};

use super::{Project, QUICKLY, pipe};

/// An API whose provider is nowhere.
pub(super) fn api(lines: &str) -> String {
    format!(
        "[provider]\nkind = \"oidc\"\nissuer = \"https://127.0.0.1:9\"\n\
         [api]\naudiences = [\"api://one\"]\n{lines}"
    )
}

/// Who reads `b2c.toml` waits.
pub(super) fn layer(project: &Project) -> BearerLayer {
    let builder = BearerLayer::builder(project.api()).discover_at_start(false);
    let layer = builder.build().unwrap();
    pipe(&project.0.join("b2c.toml"));
    layer
}

/// A pipe that whoever has opened it reads on, though its path leads to a file.
pub(super) struct Aside(PathBuf);

impl Aside {
    /// Puts this file in the pipe's place.
    pub(super) fn with(project: &Project, text: &str) -> Self {
        let pipe = project.0.join("pipe");
        std::fs::rename(project.0.join("b2c.toml"), &pipe).unwrap();
        project.has("b2c.toml", text);
        Self(pipe)
    }

    /// Lets all who read it go on; one of them reads this.
    pub(super) fn says(&self, text: &str) {
        // Both ways, so that it does not wait for a reader.
        let mut both = OpenOptions::new();
        let mut pipe = both.read(true).write(true).open(&self.0).unwrap();
        pipe.write_all(text.as_bytes()).unwrap();
    }
}

/// Puts this file in the pipe's place, and lets whoever reads the pipe go on.
pub(super) fn has_instead(project: &Project, text: &str) {
    Aside::with(project, text).says("");
}

pub(super) async fn reload(layer: BearerLayer) -> Result<Vec<String>, String> {
    let reload = timeout(Duration::from_secs(30), layer.reload());
    let Ok(reloaded) = reload.await else {
        return Err("it waits and waits".to_owned());
    };
    let reloaded = reloaded.map_err(|error| error.to_string())?;
    Ok(reloaded.changes().map(str::to_owned).collect())
}

/// What probes are told of the configuration.
pub(super) async fn problem(layer: &BearerLayer) -> Option<String> {
    let report = layer.health().report().await;
    let mut checks = report.checks().iter();
    let check = checks.find(|check| check.name() == "configuration");
    check?.problem().map(str::to_owned)
}

#[tokio::test]
async fn a_reload_gives_up_says_so_and_works_again_afterwards() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    let crowd = [(); 4].map(|()| tokio::spawn(reload(layer.clone())));
    let mut told = Vec::new();
    for one in crowd {
        told.push(one.await);
    }
    let probed = problem(&layer).await;
    has_instead(&project, &api("scopes = [\"x\"]"));
    let told = told.into_iter().map(|told| told.unwrap().unwrap_err());
    let told: Vec<_> = told.collect();
    let slow = "could not be read within 5";
    let (slow, busy): (Vec<_>, Vec<_>) = told.iter().partition(|told| told.contains(slow));
    assert_eq!(probed.as_ref(), slow.first().copied(), "{told:?}");
    assert!(!busy.is_empty(), "two have their turn at most: {told:?}");
    for told in busy {
        let waited = "the reload before it has not ended within 5";
        assert!(told.contains(waited), "{told}");
        assert!(told.contains("old settings stay"), "{told}");
    }
    assert_eq!(reload(layer.clone()).await.unwrap(), ["api.scopes"]);
    assert_eq!(problem(&layer).await, None);
}

#[tokio::test]
async fn settings_from_elsewhere_do_not_wait_for_a_reload_that_hangs() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    let elsewhere = Project::new(&api("scopes = [\"elsewhere\"]"), "");
    let hanging = tokio::spawn(reload(layer.clone()));
    tokio::task::yield_now().await;
    let reloaded = layer.reload_with(elsewhere.api());
    has_instead(&project, &api("scopes = [\"file\"]"));
    assert!(reloaded.unwrap().changes().eq(["api.scopes"]));
    // It reads again, from where the later ones came from.
    assert!(hanging.await.unwrap().unwrap().is_empty());
}

#[tokio::test]
async fn what_a_file_says_is_taken_over_once_its_disk_answers() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    layer.reload_on_change(QUICKLY);
    let mut told = None;
    for _ in 0..2000 {
        told = problem(&layer).await;
        if told.is_some() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    has_instead(&project, &api("scopes = [\"x\"]"));
    let told = told.expect("it is looked at");
    assert!(told.contains("could not be read within 5"), "{told}");
    for _ in 0..2000 {
        if problem(&layer).await.is_none() {
            // All of it is in use by now.
            assert!(layer.reload().await.unwrap().is_empty());
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the file is not looked at any more");
}

/// Begins to reload, and does not wait.
pub(super) async fn begins(layer: &BearerLayer) {
    let begun = timeout(Duration::ZERO, layer.reload()).await;
    assert!(begun.is_err(), "it waits: {begun:?}");
}

pub(super) const LATE: &str = "base_url = \"https://late.example.com\"";

#[tokio::test]
async fn a_good_file_in_the_place_of_one_that_hangs_is_read_and_what_that_says_at_last_is_not_heard()
 {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    let told = reload(layer.clone()).await.unwrap_err();
    assert!(told.contains("could not be read within 5"), "{told}");
    let aside = Aside::with(&project, &api("scopes = [\"x\"]"));
    // Nobody has answered the first one yet.
    let taken = reload(layer.clone()).await;
    aside.says(&api(LATE));
    assert_eq!(taken.unwrap(), ["api.scopes"]);
    assert_eq!(problem(&layer).await, None);
    for _ in 0..200 {
        assert_eq!(reload(layer.clone()).await.unwrap(), [""; 0]);
    }
}

#[tokio::test]
async fn four_threads_at_most_hang_and_one_that_returns_makes_room() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    // That nobody waits for them any more makes no difference.
    for _ in 0..4 {
        begins(&layer).await;
    }
    let told = reload(layer.clone()).await;
    let aside = Aside::with(&project, &api("scopes = [\"x\"]"));
    let still = reload(layer.clone()).await;
    let probed = problem(&layer).await;
    let waiting = tokio::spawn(reload(layer.clone()));
    tokio::task::yield_now().await;
    aside.says(&api(LATE));
    let told = told.unwrap_err();
    assert!(told.contains("4 threads"), "{told}");
    assert!(told.contains("old settings stay"), "{told}");
    assert!(told.contains("restart"), "{told}");
    assert_eq!(still.unwrap_err(), told);
    assert_eq!(probed, Some(told));
    // Of what the pipe has said nothing was in use.
    assert_eq!(waiting.await.unwrap().unwrap(), ["api.scopes"]);
    assert_eq!(problem(&layer).await, None);
}

#[tokio::test]
async fn who_looks_again_and_again_leaves_a_thread_to_who_has_mended_it() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    layer.reload_on_change(QUICKLY);
    let mut told = String::new();
    for _ in 0..3000 {
        told = problem(&layer).await.unwrap_or_default();
        if told.contains("threads") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let aside = Aside::with(&project, &api("scopes = [\"x\"]"));
    let mended = reload(layer.clone()).await;
    // The others hang still, and it looks by itself again.
    project.has("b2c.toml", TWO_PROVIDERS);
    let mut providers = 0;
    for _ in 0..1000 {
        providers = layer.readiness().providers().len();
        if providers == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    aside.says("");
    assert!(told.contains("2 threads"), "{told}");
    assert!(told.contains("after a reload"), "{told}");
    assert_eq!(mended.unwrap(), ["api.scopes"]);
    assert_eq!(providers, 2);
}

const TWO_PROVIDERS: &str = r#"
    [providers.one]
    kind = "oidc"
    issuer = "https://127.0.0.1:9"
    [providers.two]
    kind = "oidc"
    issuer = "https://127.0.0.2:9"
    [api]
    audiences = ["api://one"]
"#;

#[test]
fn the_end_of_a_runtime_does_not_wait_for_a_thread_that_hangs() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(begins(&layer));
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        drop(runtime);
        tell.send(()).unwrap();
    });
    let ended = told.recv_timeout(Duration::from_secs(20));
    has_instead(&project, &api(""));
    assert!(ended.is_ok(), "it waits for the disk");
}

/// A clock of somebody who wants to know whether the layer is still there.
struct Lent(#[expect(dead_code, reason = "it is counted")] Arc<()>);

impl Clock for Lent {
    fn now(&self) -> SystemTime {
        SystemTime::now()
    }
}

#[tokio::test]
async fn a_thread_that_hangs_keeps_nothing_of_a_layer_that_is_gone() {
    let project = Project::new(&api(""), "");
    let own = Arc::new(());
    let builder = BearerLayer::builder(project.api()).clock(Lent(Arc::clone(&own)));
    let layer = builder.discover_at_start(false).build().unwrap();
    pipe(&project.0.join("b2c.toml"));
    begins(&layer).await;
    drop(layer);
    let left = Arc::strong_count(&own);
    has_instead(&project, &api(""));
    assert_eq!(left, 1, "it is gone with its last clone");
}
