//! What reloads and looks leave to each other, on a disk that does not answer.

use std::time::Duration;

use tower_b2c::BearerLayer;

use super::hanging::{Aside, LATE, api, begins, layer, problem, reload};
use super::{Project, QUICKLY};

/// What probes are told of the configuration, once they are told of something.
async fn told(layer: &BearerLayer) -> String {
    for _ in 0..3000 {
        if let Some(problem) = problem(layer).await {
            return problem;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nobody looks");
}

#[tokio::test]
async fn a_reload_that_hangs_is_no_problem_of_settings_that_came_from_elsewhere_meanwhile() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    let elsewhere = Project::new(&api("scopes = [\"elsewhere\"]"), "");
    let hanging = tokio::spawn(reload(layer.clone()));
    tokio::task::yield_now().await;
    let reloaded = layer.reload_with(elsewhere.api());
    let told = hanging.await;
    let probed = problem(&layer).await;
    Aside::with(&project, "").says("");
    assert!(reloaded.unwrap().changes().eq(["api.scopes"]));
    let told = told.unwrap().unwrap_err();
    assert!(told.contains("could not be read within 5"), "{told}");
    assert_eq!(probed, None);
}

#[tokio::test]
async fn looks_leave_a_thread_to_reloads_also_beside_those_that_nobody_waits_for() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    for _ in 0..2 {
        begins(&layer).await;
    }
    layer.reload_on_change(QUICKLY);
    let mut told = told(&layer).await;
    for _ in 0..3000 {
        if told.contains("threads") {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
        told = problem(&layer).await.unwrap_or_default();
    }
    let aside = Aside::with(&project, &api("scopes = [\"x\"]"));
    let mended = reload(layer.clone()).await;
    aside.says(&api(LATE));
    assert!(told.contains("3 threads"), "{told}");
    assert!(told.contains("once one of them returns"), "{told}");
    assert!(!told.contains("after a reload"), "{told}");
    assert_eq!(mended.unwrap(), ["api.scopes"]);
}

#[tokio::test]
async fn a_look_does_not_wait_for_a_thread() {
    let project = Project::new(&api(""), "");
    let layer = layer(&project);
    for _ in 0..4 {
        begins(&layer).await;
    }
    layer.reload_on_change(QUICKLY);
    let told = told(&layer).await;
    Aside::with(&project, &api("")).says("");
    // Who has waited says that it could not be read.
    assert!(told.contains("4 threads"), "{told}");
    assert!(told.contains("looked at again once"), "{told}");
}
