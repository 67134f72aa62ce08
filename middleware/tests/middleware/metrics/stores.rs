//! What is counted of a store that is connected and does not answer.

use crate::health::{ready, troubled};
use crate::support::{Heard, Log, Spans};

#[tokio::test]
async fn a_question_that_nobody_waits_for_any_longer_is_counted_timed_and_marked() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let (store, world) = troubled().await;
    let loads = |outcome: &str| {
        let labels = format!("{{backend=other,operation=load,outcome={outcome}}}");
        let of = |metric: &str| heard.of(&format!("tower_b2c_{metric}{labels}"));
        (of("store_commands_total"), of("store_command_seconds"))
    };
    let (spans, _open) = Spans::listen(Log::default());
    store.hangs(true);
    ready(&world.layer.health()).await;
    assert_eq!(
        (loads("cancelled"), loads("error"), loads("ok")),
        ((1, 1), (0, 0), (0, 0))
    );
    let there = spans.take();
    let load = Spans::one(&there, "load other");
    assert_eq!(load.says("error.type"), "cancelled");
    assert_eq!(load.says("otel.status_code"), "ERROR");

    store.hangs(false);
    ready(&world.layer.health()).await;
    assert_eq!((loads("cancelled"), loads("ok")), ((1, 1), (1, 1)));
    store.goes_away(true);
    ready(&world.layer.health()).await;
    assert_eq!((loads("cancelled"), loads("error")), ((1, 1), (1, 1)));
}
