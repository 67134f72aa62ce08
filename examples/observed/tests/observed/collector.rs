//! A collector of OpenTelemetry, as far as a test needs one.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::State;
use axum::routing::post;
use axum::{Json, Router};
use libtest_mimic::Failed;
use serde_json::{Value, json};

/// What it has got.
#[derive(Clone, Default)]
pub struct Collector(Arc<Mutex<Vec<Value>>>);

impl Collector {
    /// Listens; returns its address, too.
    pub async fn start() -> Result<(Self, String), Failed> {
        let collector = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}", listener.local_addr()?);
        let routes = Router::new()
            .route("/v1/traces", post(take))
            .with_state(collector.clone());
        tokio::spawn(async { axum::serve(listener, routes).await });
        Ok((collector, address))
    }

    /// The span of this name, as OTLP has it, if it is there by now.
    pub fn span(&self, name: &str) -> Option<Value> {
        self.find(|span| span["name"] == name)
    }

    /// The span of this id, if it is there by now.
    pub fn with_id(&self, id: &Value) -> Option<Value> {
        self.find(|span| span["spanId"] == *id)
    }

    fn find(&self, is_meant: impl FnMut(&Value) -> bool) -> Option<Value> {
        let requests = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let members =
            |value: &Value, name: &str| value[name].as_array().cloned().unwrap_or_default();
        let resources = requests
            .iter()
            .flat_map(|one| members(one, "resourceSpans"));
        let scopes = resources.flat_map(|resource| members(&resource, "scopeSpans"));
        let mut spans = scopes.flat_map(|scope| members(&scope, "spans"));
        spans.find(is_meant)
    }
}

async fn take(State(collector): State<Collector>, Json(request): Json<Value>) -> Json<Value> {
    let mut requests = collector.0.lock().unwrap_or_else(PoisonError::into_inner);
    requests.push(request);
    Json(json!({}))
}
