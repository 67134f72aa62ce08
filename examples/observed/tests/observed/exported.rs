//! What a collector of OpenTelemetry gets: spans of the right kinds, in one trace.

use e2e::Person;
use libtest_mimic::Failed;
use serde_json::Value;

use crate::collector::Collector;
use crate::running::{Running, run, until};

/// A sign-in and a request with a parent of its own.
pub fn spans() -> Result<(), Failed> {
    run(async {
        let (collector, address) = Collector::start().await?;
        let running = Running::start(Some(&address)).await?;
        Person::new(&running.app)?.signs_in("/profile").await?;
        reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()?
            .get(format!("{}/login", running.app))
            .header("traceparent", format!("00-{TRACE}-{PARENT}-01"))
            .send()
            .await?;
        let names = ["POST token", "GET /getAToken", "GET /login"];
        let there = async || names.iter().all(|name| collector.span(name).is_some());
        until("the spans are exported", there).await?;
        let [token, callback, login] = names.map(|name| collector.span(name).unwrap_or_default());

        // Kinds as OTLP numbers them: internal 1, client 3.
        is(&token["kind"], &Value::from(3))?;
        is(&callback["kind"], &Value::from(1))?;
        is(&token["parentSpanId"], &callback["spanId"])?;
        is(&token["traceId"], &callback["traceId"])?;
        is(
            attribute(&token, "server.address"),
            &Value::from("localhost"),
        )?;
        is(
            attribute(&token, "tower_b2c.endpoint"),
            &Value::from("token"),
        )?;
        is(
            attribute(&callback, "http.route"),
            &Value::from("/getAToken"),
        )?;
        is(
            attribute(&callback, "tower_b2c.outcome"),
            &Value::from("signed_in"),
        )?;
        is(&login["traceId"], &Value::from(TRACE))?;
        // The app's own span is in between, so it is not the caller's that is the parent.
        if login["parentSpanId"] == PARENT {
            return Err(format!("{login} has no span around it").into());
        }
        Ok(())
    })
}

fn is(found: &Value, expected: &Value) -> Result<(), Failed> {
    if found == expected {
        return Ok(());
    }
    Err(format!("{found} is to be {expected}").into())
}

fn attribute<'s>(span: &'s Value, name: &str) -> &'s Value {
    let attributes = span["attributes"].as_array();
    let own = attributes.and_then(|all| all.iter().find(|one| one["key"] == name));
    own.map_or(&Value::Null, |own| &own["value"]["stringValue"])
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
const PARENT: &str = "b7ad6b7169203331";
