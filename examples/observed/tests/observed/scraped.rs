//! What is at `/metrics`, and in the log.

use e2e::Person;
use libtest_mimic::Failed;
use serde_json::Value;

use crate::expressions::{Matcher, selectors};
use crate::rules;
use crate::running::{Running, run, until};

/// Somebody signs in, and out; each step is a series.
pub fn sign_in() -> Result<(), Failed> {
    run(async {
        let running = Running::start(None).await?;
        let mut person = Person::new(&running.app)?;
        let page = person.signs_in("/profile").await?;
        if page.body != "Hello, Ada Lovelace" {
            return Err(page.body.into());
        }
        person.signs_out().await?;
        let metrics = running.scrape().await?;
        for series in [
            r#"tower_b2c_challenges_total{audience="navigation"} 1"#,
            r#"tower_b2c_authorization_requests_total{provider="default",user_flow="B2C_1_signupsignin1",purpose="sign_in",reason="challenged"} 1"#,
            r#"tower_b2c_callbacks_total{provider="default",outcome="signed_in"} 1"#,
            r#"tower_b2c_token_requests_total{provider="default",grant="authorization_code",outcome="ok"} 1"#,
            r#"tower_b2c_provider_request_seconds_bucket{provider="default",endpoint="token",outcome="ok",le="10"} 1"#,
            r#"tower_b2c_provider_request_seconds_count{provider="default",endpoint="jwks",outcome="ok"} 1"#,
            r#"tower_b2c_sign_outs_total{kind="local",outcome="ended"} 1"#,
            r#"tower_b2c_store_commands_total{backend="memory",operation="insert",outcome="ok"} 1"#,
            "tower_b2c_session_cache_capacity 10000",
            "tower_b2c_session_cache_sessions 0",
            "# TYPE tower_b2c_keys_fetched_timestamp_seconds gauge",
            "# HELP tower_b2c_callbacks_total browsers that came back",
        ] {
            if !metrics.lines().any(|line| line.starts_with(series)) {
                return Err(format!("{series} is not in\n{metrics}").into());
            }
        }
        for private in ["Ada", "Lovelace", "@", "localhost"] {
            if metrics.contains(private) {
                return Err(format!("{private} is in\n{metrics}").into());
            }
        }
        // The public port has none of it.
        let public = reqwest::get(format!("{}/metrics", running.app)).await?;
        match public.status().as_u16() {
            404 => Ok(()),
            status => Err(format!("/metrics of the app answers {status}").into()),
        }
    })
}

/// What a rule waits for the first of is listed at zero before anything has happened.
pub fn first_events() -> Result<(), Failed> {
    run(async {
        let running = Running::start(None).await?;
        let metrics = running.scrape().await?;
        let mut waited = 0;
        for (rule, expression) in rules::expressions()? {
            for awaited in expression.split("increase(").skip(1) {
                waited += 1;
                let awaited = awaited.split('[').next().unwrap_or_default();
                for (name, matchers) in selectors(awaited) {
                    is_listed(&metrics, name, &matchers)
                        .map_err(|missing| format!("{rule}: {missing} in\n{metrics}"))?;
                }
            }
        }
        match waited {
            0 => Err("no rule waits for a first event".into()),
            _ => Ok(()),
        }
    })
}

/// Whether there is a series at zero for each value that the matchers name; or what there is none of.
fn is_listed(metrics: &str, name: &str, matchers: &[Matcher<'_>]) -> Result<(), String> {
    let start = format!("{name}{{");
    let zero = |line: &&str| {
        let is_named = line.starts_with(&start) || line.split(' ').next() == Some(name);
        is_named && line.ends_with(" 0")
    };
    let has = |line: &str, label: &str, value: &str| line.contains(&format!("{label}=\"{value}\""));
    let named = matchers
        .iter()
        .filter(|(_, operator, _)| !operator.starts_with('!'));
    let mut left: Vec<_> = metrics.lines().filter(zero).collect();
    for (label, _, values) in named.clone() {
        left.retain(|line| values.split('|').any(|value| has(line, label, value)));
    }
    for (label, _, values) in named {
        for value in values.split('|') {
            if !left.iter().any(|line| has(line, label, value)) {
                return Err(format!("{name} with {label} {value} is not"));
            }
        }
    }
    if left.is_empty() {
        return Err(format!("{name} is not"));
    }
    Ok(())
}

/// By the reference on the page its log line is found, with the trace of the request.
pub fn error_page() -> Result<(), Failed> {
    run(async {
        let running = Running::start(None).await?;
        let page = reqwest::Client::new()
            .get(format!("{}/getAToken?code=1", running.app))
            .header("accept", "text/html")
            .header("traceparent", format!("00-{TRACE}-b7ad6b7169203331-01"))
            .send()
            .await?;
        let page = page.text().await?;
        let of_page = |line: &Value| {
            let reference = line["reference"].as_str();
            line["reason"] == "callback_malformed"
                && line["detail"].is_string()
                && reference.is_some_and(|reference| page.contains(reference))
        };
        let mut line = None;
        // It comes through a pipe, after the page.
        until("a log line for the page", async || {
            line = running
                .log()
                .ok()
                .and_then(|log| log.into_iter().find(of_page));
            line.is_some()
        })
        .await?;
        let line = line.unwrap_or_default();
        let span = &line["span"];
        let is_same = span["tower_b2c.reference"] == line["reference"];
        if line["trace_id"] != TRACE || span["trace_id"] != TRACE || !is_same {
            return Err(format!("trace or span of {line}").into());
        }
        Ok(())
    })
}

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
