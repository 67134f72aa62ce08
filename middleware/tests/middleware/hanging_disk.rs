//! Files with settings and credentials on a disk that does not answer.
#![cfg(unix)]

use std::path::Path;
use std::time::Duration;

use http::StatusCode;
use tower_b2c::BearerLayer;

use crate::client_auth::Folder;
use crate::reload::{Project, QUICKLY, pipe};
use crate::support::{Page, Site};

/// Lets whoever reads the pipe go on, so that nobody waits for it any more.
fn answers(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::remove_file(path).unwrap();
}

/// Visits by people who sign in at the same time, as long as they have an answer within ten seconds.
async fn visits(site: &Site, people: usize) -> Vec<Page> {
    let visits = (0..people).map(|_| {
        let mut browser = site.browser();
        tokio::spawn(async move {
            let visit = browser.opens("/private");
            tokio::time::timeout(Duration::from_secs(10), visit).await
        })
    });
    let mut pages = Vec::new();
    for visit in visits.collect::<Vec<_>>() {
        pages.extend(visit.await.unwrap());
    }
    pages
}

#[tokio::test]
async fn the_last_good_secret_is_in_use_meanwhile_and_the_next_one_afterwards() {
    let folder = Folder::new("hanging-secret");
    let secret = folder.file("secret", "the first");
    let site = Site::new(format!("client_secret = {secret}")).await;
    let sent = || site.op.seen("/token").pop().unwrap().form["client_secret"].clone();
    assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
    let path = folder.path("secret");
    pipe(&path);
    site.clock.advance(Duration::from_secs(6));
    let crowd = visits(&site, 8).await;
    let again = visits(&site, 8).await;
    // Before anything is compared: nobody waits for the disk any more.
    answers(&path, "the second");
    assert_eq!((crowd.len(), again.len()), (8, 8), "each is answered");
    for page in crowd.iter().chain(&again) {
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    assert_eq!(sent(), "the first");

    folder.file("secret", "the third");
    for _ in 0..200 {
        site.clock.advance(Duration::from_secs(6));
        assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
        if sent() == "the third" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the file is not looked at any more");
}

#[tokio::test]
async fn an_assertion_that_the_provider_refuses_meanwhile_is_refused_in_time() {
    let folder = Folder::new("hanging-assertion");
    let token = folder.file("token", "of the platform");
    let more = format!("client_authentication = \"workload_identity\"\nclient_assertion = {token}");
    let site = Site::new(more).await;
    assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
    site.op.behaves(|op| op.knows = Box::new(|_| false));
    let path = folder.path("token");
    pipe(&path);
    site.clock.advance(Duration::from_secs(6));
    let pages = visits(&site, 2).await;
    answers(&path, "of the platform");
    assert_eq!(pages.len(), 2, "each is answered");
    for page in pages {
        assert_eq!(
            page.status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "{}",
            page.body
        );
    }
}

/// An API whose provider is nowhere.
fn api(lines: &str) -> String {
    format!(
        "[provider]\nkind = \"oidc\"\nissuer = \"https://127.0.0.1:9\"\n\
         [api]\naudiences = [\"api://one\"]\n{lines}"
    )
}

fn layer(project: &Project) -> BearerLayer {
    let builder = BearerLayer::builder(project.api()).discover_at_start(false);
    let layer = builder.build().unwrap();
    pipe(&project.0.join("b2c.toml"));
    layer
}

/// Puts this file in the pipe's place, and lets whoever reads the pipe go on.
fn has_instead(project: &Project, text: &str) {
    let pipe = project.0.join("pipe");
    std::fs::rename(project.0.join("b2c.toml"), &pipe).unwrap();
    project.has("b2c.toml", text);
    // Both ways, so that it does not wait for a reader.
    let mut both = std::fs::OpenOptions::new();
    drop(both.read(true).write(true).open(pipe).unwrap());
}

async fn reload(layer: BearerLayer) -> Result<Vec<String>, String> {
    let reload = tokio::time::timeout(Duration::from_secs(30), layer.reload());
    let Ok(reloaded) = reload.await else {
        return Err("it waits and waits".to_owned());
    };
    let reloaded = reloaded.map_err(|error| error.to_string())?;
    Ok(reloaded.changes().map(str::to_owned).collect())
}

/// What probes are told of the configuration.
async fn problem(layer: &BearerLayer) -> Option<String> {
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
    for told in told {
        let told = told.unwrap().unwrap_err();
        assert!(told.contains("could not be read within 5"), "{told}");
        assert!(told.contains("old settings stay"), "{told}");
        assert_eq!(probed.as_ref(), Some(&told));
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
