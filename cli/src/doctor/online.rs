//! What the provider says, asked by the app's own layer. Nobody signs in and nothing is left behind.

use std::collections::BTreeSet;
use std::future::ready;

use tower_b2c::{B2cLayer, ClientAssertion, Config, MemoryStore, ProviderCheck};

use super::browser::begin;
use super::finding::Finding;
use super::probe;
use super::project::Project;
use super::rule::Rule;
use super::store;
use super::wire::Wire;
use crate::error::Error;

/// Asks every provider for what sign-ins need; tells whether any of them answered.
///
/// # Errors
///
/// There is no HTTP client, as without any trusted certificates.
pub(super) fn judge(
    project: &Project,
    config: Config,
    findings: &mut Vec<Finding>,
) -> Result<bool, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::io("start", error))?;
    runtime.block_on(ask(project, config, findings))
}

async fn ask(
    project: &Project,
    config: Config,
    findings: &mut Vec<Finding>,
) -> Result<bool, Error> {
    store::judge(&config, findings).await;
    let wire = Wire::new().map_err(|error| Error::Config(error.to_string()))?;
    let asks_app = config.wants_client_assertion();
    let mut builder = B2cLayer::builder(config);
    if asks_app {
        builder = builder.client_assertion(|_| ready(Err::<ClientAssertion, _>(NOT_OURS)));
    }
    let layer = builder
        .store(MemoryStore::default())
        .http_client(wire.clone())
        .discover_at_start(false)
        .build()
        .map_err(|error| Error::Config(error.to_string()))?;
    let checks = layer.check_providers().await;
    let answered = checks.iter().any(|check| !check.is_unreachable());
    findings.extend(answers(project, &checks));
    if let Some(skew) = wire.skew().filter(|skew| skew.abs() > MOST_SKEW) {
        let direction = if skew > 0 { "behind" } else { "ahead" };
        let what = format!("{} seconds {direction} the provider's", skew.abs());
        findings.push(Finding::new(Rule::ClockSkew, "this machine", what));
    }
    let good = checks.iter().filter(|check| check.problem().is_none());
    let providers: BTreeSet<_> = good.map(ProviderCheck::provider).collect();
    let names: BTreeSet<_> = checks.iter().map(ProviderCheck::provider).collect();
    let is_only = names.len() == 1;
    for provider in providers {
        wire.forget();
        // Metadata of the sign-in may be what is missing; it has been told.
        if let Some(begun) = begin(&layer, provider).await {
            let place = format!("provider \"{provider}\"");
            let table = project.table_of(provider);
            let uri = probe::redirect_uri(&wire, &begun, &place).await;
            findings.extend(uri.into_iter().map(|found| found.in_table(&table)));
            if asks_app {
                findings.push(Finding::new(Rule::NotProbed, place, NOT_OURS));
            } else {
                let found = probe::credentials(&layer, &wire, &begun, &place, is_only).await;
                findings.extend(found.into_iter().map(|found| found.in_table(&table)));
            }
        }
    }
    Ok(answered)
}

/// What is wrong with the metadata and the keys. A provider that is away is told once, for all its user
/// flows.
fn answers(project: &Project, checks: &[ProviderCheck]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut away = BTreeSet::new();
    for check in checks {
        let provider = check.provider();
        let Some(problem) = check.problem() else {
            continue;
        };
        if !check.is_unreachable() {
            findings.push(Finding::new(Rule::WrongMetadata, place(check), problem));
            continue;
        }
        let mut all = checks.iter().filter(|other| other.provider() == provider);
        let place = if all.all(ProviderCheck::is_unreachable) {
            format!("provider \"{provider}\"")
        } else {
            place(check)
        };
        if away.insert(place.clone()) {
            let mut found = Finding::new(Rule::Unreachable, place, problem);
            if project.is_emulator(provider) {
                found = found.advise(START_EMULATOR);
            }
            findings.push(found);
        }
    }
    findings
}

fn place(check: &ProviderCheck) -> String {
    match check.user_flow() {
        Some(flow) => format!("provider \"{}\", {flow}", check.provider()),
        None => format!("provider \"{}\"", check.provider()),
    }
}

const NOT_OURS: &str = "client_assertion is \"callback\": the app has the function, so what proves it was not \
                        tried";
const START_EMULATOR: &str = "the provider is the emulator; start it: cargo b2c-init run";
/// In seconds; tokens are taken with some minutes of difference.
const MOST_SKEW: i64 = 60;
