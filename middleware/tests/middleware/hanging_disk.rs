//! Files with credentials on a disk that does not answer.
#![cfg(unix)]

use std::io::Write as _;
use std::path::Path;
use std::time::Duration;

use http::StatusCode;
use tracing::Level;

use crate::client_auth::Folder;
use crate::reload::pipe;
use crate::support::{Log, Page, Site};

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
    for _ in 0..3000 {
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
async fn a_secret_that_a_slow_disk_brings_later_is_in_use_then() {
    let folder = Folder::new("slow-secret");
    let secret = folder.file("secret", "the first");
    let site = Site::new(format!("client_secret = {secret}")).await;
    let sent = || site.op.seen("/token").pop().unwrap().form["client_secret"].clone();
    let path = folder.path("secret");
    pipe(&path);
    assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
    let meanwhile = sent();
    answers(&path, "the second");
    assert_eq!(meanwhile, "the first");
    // It is not looked at again: the clock stands still.
    for _ in 0..3000 {
        assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
        if sent() == "the second" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody has taken it");
}

#[tokio::test]
async fn a_good_file_in_the_place_of_one_that_hangs_is_read_and_the_other_not_heard() {
    let folder = Folder::new("hung-secret");
    let secret = folder.file("secret", "the first");
    let site = Site::new(format!("client_secret = {secret}")).await;
    let sent = || site.op.seen("/token").pop().unwrap().form["client_secret"].clone();
    let (path, aside) = (folder.path("secret"), folder.path("aside"));
    pipe(&path);
    let (log, _open) = Log::open(Level::ERROR);
    assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
    std::fs::rename(&path, &aside).unwrap();
    folder.file("secret", "the third");
    let mut is_taken = false;
    for _ in 0..1000 {
        site.clock.advance(Duration::from_secs(6));
        assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
        is_taken = sent() == "the third";
        if is_taken {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    answers(&aside, "late");
    assert!(is_taken, "the file is not looked at any more");
    let told = log.take();
    assert_eq!(told.matches("cannot be looked at").count(), 1, "{told}");
    for _ in 0..20 {
        assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
        assert_eq!(sent(), "the third");
    }
}

#[tokio::test]
async fn what_was_read_is_what_is_known_of_a_file_that_is_written_meanwhile() {
    let folder = Folder::new("written-secret");
    let secret = folder.file("secret", "the first");
    let site = Site::new(format!("client_secret = {secret}")).await;
    let path = folder.path("secret");
    pipe(&path);
    let writer = std::thread::spawn(move || {
        // It is open once somebody reads it; whoever reads it a second time finds nothing.
        let mut file = std::fs::File::options().write(true).open(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "").unwrap();
        file.write_all(b"the second").unwrap();
    });
    let mut sent = Vec::new();
    for text in [None, Some(""), Some("the second")] {
        if let Some(text) = text {
            folder.file("secret", text);
        }
        site.clock.advance(Duration::from_secs(6));
        assert_eq!(visits(&site, 1).await[0].status, StatusCode::OK);
        sent.push(site.op.seen("/token").pop().unwrap().form["client_secret"].clone());
    }
    writer.join().unwrap();
    assert_eq!(sent, ["the second"; 3]);
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
