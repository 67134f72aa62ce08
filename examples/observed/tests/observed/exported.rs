//! What a collector of OpenTelemetry gets: spans of the right kinds, in one trace.

use b2c_emulator::{Endpoint, Misbehaviour};
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

/// What the app's own span says of a route, of a stranger's own word for a method, of an answer that is an
/// error.
pub fn own_spans() -> Result<(), Failed> {
    run(async {
        let (collector, address) = Collector::start().await?;
        let running = Running::start(Some(&address)).await?;
        let brew = reqwest::Method::from_bytes(b"BREW-ADAS-COFFEE")?;
        let request = reqwest::Client::new().request(brew, format!("{}/profile", running.app));
        request.send().await?;
        let away = Misbehaviour::Status(503);
        running.provider.misbehave(Endpoint::Token, away);
        let page = Person::new(&running.app)?.signs_in("/profile").await?;
        if page.status != 503 {
            return Err(format!("{}: {}", page.status, page.body).into());
        }
        // The layer's span of the callback is in the app's own, which ends after it and has no route.
        let around = |name| collector.with_id(&collector.span(name)?["parentSpanId"]);
        let names = ["HTTP /profile", "GET /profile"];
        let there = async || {
            let own = names.iter().all(|name| collector.span(name).is_some());
            own && around("GET /getAToken").is_some()
        };
        until("the spans are exported", there).await?;
        let [other, profile] = names.map(|name| collector.span(name).unwrap_or_default());
        let callback = around("GET /getAToken").unwrap_or_default();

        // Kinds as OTLP numbers them: server 2; of statuses unset is 0, error 2.
        is(&other["kind"], &Value::from(2))?;
        is(attribute(&other, "http.request.method"), &"_OTHER".into())?;
        is(attribute(&profile, "http.request.method"), &"GET".into())?;
        is(attribute(&profile, "http.route"), &"/profile".into())?;
        is(attribute(&profile, "url.scheme"), &"http".into())?;
        is(attribute(&profile, "url.path"), &"/profile".into())?;
        is(attribute(&profile, "error.type"), &Value::Null)?;
        is(&profile["status"]["code"], &Value::from(0))?;
        is(&callback["name"], &"GET".into())?;
        is(attribute(&callback, "url.path"), &"/getAToken".into())?;
        is(attribute(&callback, "error.type"), &"503".into())?;
        is(&callback["status"]["code"], &Value::from(2))
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
