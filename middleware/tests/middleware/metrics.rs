//! What is counted, as a recorder hears it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
    SharedString, Unit,
};
use tower_b2c::{RedisStore, Secret};

use crate::support::{Shared, World};

/// Counts of this thread, by name and labels.
#[derive(Clone, Default)]
struct Heard {
    counts: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
    described: Arc<Mutex<Vec<String>>>,
}

struct Observations(Arc<AtomicU64>);

impl Heard {
    fn of(&self, what: &str) -> u64 {
        let counts = self.counts.lock().unwrap();
        counts
            .get(what)
            .map_or(0, |count| count.load(Ordering::SeqCst))
    }

    fn count(&self, key: &Key) -> Arc<AtomicU64> {
        let labels = key
            .labels()
            .map(|label| format!("{}={}", label.key(), label.value()));
        let labels: Vec<_> = labels.collect();
        let name = format!("{}{{{}}}", key.name(), labels.join(","));
        Arc::clone(self.counts.lock().unwrap().entry(name).or_default())
    }

    fn describe(&self, name: &KeyName) {
        self.described
            .lock()
            .unwrap()
            .push(name.as_str().to_owned());
    }
}

impl Recorder for Heard {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        struct Count(Arc<AtomicU64>);
        impl CounterFn for Count {
            fn increment(&self, value: u64) {
                self.0.fetch_add(value, Ordering::SeqCst);
            }

            fn absolute(&self, value: u64) {
                self.0.fetch_max(value, Ordering::SeqCst);
            }
        }
        Counter::from_arc(Arc::new(Count(self.count(key))))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::from_arc(Arc::new(Observations(self.count(key))))
    }
}

impl HistogramFn for Observations {
    fn record(&self, seconds: f64) {
        assert!((0.0..60.0).contains(&seconds), "{seconds} seconds");
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

#[tokio::test]
async fn lookups_and_store_commands_are_counted() {
    let heard = Heard::default();
    let _guard = metrics::set_default_local_recorder(&heard);
    let store = Shared::default();
    let world = World::with().parts(move |builder| builder.store(store.clone()));
    let world = world.build().await;
    let described = heard.described.lock().unwrap().clone();
    assert!(described.contains(&"tower_b2c_store_command_seconds".to_owned()));
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let commands = "tower_b2c_store_commands_total{operation=insert,outcome=ok}";
    assert!(heard.of(commands) >= 1, "{:#?}", heard.counts);
    let seconds = "tower_b2c_store_command_seconds{operation=insert}";
    assert_eq!(heard.of(seconds), heard.of(commands));

    let (from_memory, nowhere) = (
        "tower_b2c_session_lookups_total{found=memory}",
        "tower_b2c_session_lookups_total{found=nowhere}",
    );
    let before = heard.of(from_memory);
    for _ in 0..5 {
        visitor.opens("/").await;
    }
    assert_eq!(heard.of(from_memory), before + 5);
    let before = heard.of(nowhere);
    let ticket = visitor.cookies()["b2c-session-5000"].clone();
    visitor.signs_out().await;
    visitor
        .cookies()
        .insert("b2c-session-5000".to_owned(), ticket);
    visitor.opens("/").await;
    assert_eq!(heard.of(nowhere), before + 1);
}

#[tokio::test]
async fn a_store_that_is_away_is_counted() {
    let heard = Heard::default();
    let _guard = metrics::set_default_local_recorder(&heard);
    let world = World::with().parts(|builder| {
        let nobody = RedisStore::new(&Secret::new("redis://127.0.0.1:1"));
        builder.store(nobody.unwrap())
    });
    let world = world.build().await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.status, 503);
    for what in [
        "tower_b2c_store_commands_total{operation=insert,outcome=error}",
        "tower_b2c_redis_connections_total{outcome=failed}",
        "tower_b2c_store_listener_lost_total{}",
    ] {
        assert!(heard.of(what) >= 1, "{what} in {:#?}", heard.counts);
    }
}
