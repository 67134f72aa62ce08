//! `grafana/tower-b2c.json`. There is no Grafana here to open it: what is checked is that its parts are
//! those of the schema that Grafana 10 reads (`schemaVersion` 39), and that it asks for what there is.

use std::collections::BTreeSet;

use libtest_mimic::Failed;
use serde_json::Value;

use crate::expressions::{check, selectors};
use crate::table::metrics;

/// Each expression is about metrics, labels and values of the table.
pub fn names() -> Result<(), Failed> {
    expressions()?.iter().try_for_each(|one| check(one))
}

/// What is counted is somewhere to be seen.
pub fn completeness() -> Result<(), Failed> {
    let all = expressions()?;
    let shown = all.iter().flat_map(|expression| selectors(expression));
    let base = |name: &str| {
        let parts = ["_bucket", "_count", "_sum"];
        let part = parts.iter().find_map(|part| name.strip_suffix(part));
        part.unwrap_or(name).to_owned()
    };
    let shown: BTreeSet<_> = shown.map(|(name, _)| base(name)).collect();
    let there: BTreeSet<_> = metrics().keys().map(|name| base(name)).collect();
    let missing: Vec<_> = there.difference(&shown).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(format!("not on the dashboard: {missing:?}").into())
}

/// Panels have ids of their own, places within the 24 columns that no other has, and a data source that
/// can be chosen.
pub fn layout() -> Result<(), Failed> {
    let dashboard = dashboard()?;
    let fail = |what: String| Err::<(), Failed>(what.into());
    if dashboard["schemaVersion"] != 39 || dashboard["uid"] != "tower-b2c" {
        return fail("schemaVersion or uid".to_owned());
    }
    let variables = dashboard["templating"]["list"].as_array();
    let variables = variables.ok_or("no variables")?.iter();
    let variables: Vec<_> = variables.map(|one| &one["name"]).collect();
    if variables != ["datasource", "job"] {
        return fail(format!("variables: {variables:?}"));
    }
    let (mut ids, mut taken, mut rows) = (BTreeSet::new(), BTreeSet::new(), 0);
    for panel in panels(&dashboard)? {
        let title = panel["title"].as_str().ok_or("a panel without a title")?;
        let number = |name: &str| panel["gridPos"][name].as_u64();
        let places = [number("x"), number("y"), number("w"), number("h")];
        let [Some(x), Some(y), Some(w), Some(h)] = places else {
            return fail(format!("{title} has no place"));
        };
        if !ids.insert(panel["id"].as_u64()) || x + w > 24 || w * h == 0 {
            return fail(format!("{title}: id or place"));
        }
        for cell in (y..y + h).flat_map(|y| (x..x + w).map(move |x| (x, y))) {
            if !taken.insert(cell) {
                return fail(format!("{title} covers another panel"));
            }
        }
        if panel["type"] == "row" {
            rows += 1;
            continue;
        }
        let targets = panel["targets"]
            .as_array()
            .ok_or("a panel without targets")?;
        let refs: BTreeSet<_> = targets.iter().map(|one| one["refId"].as_str()).collect();
        let named = targets.iter().all(|one| one["legendFormat"].is_string());
        let chosen = panel["datasource"]["uid"] == "${datasource}";
        let unit = panel["fieldConfig"]["defaults"]["unit"].is_string();
        let kind = panel["type"] == "timeseries";
        if refs.len() != targets.len() || !named || !chosen || !unit || !kind {
            return fail(format!("{title}: targets, data source, unit or type"));
        }
    }
    match rows {
        5 => Ok(()),
        rows => fail(format!("{rows} rows")),
    }
}

/// All that it asks Prometheus for.
pub fn expressions() -> Result<Vec<String>, Failed> {
    let dashboard = dashboard()?;
    let panels = panels(&dashboard)?.iter();
    let targets = panels
        .filter_map(|panel| panel["targets"].as_array())
        .flatten();
    let all: Option<Vec<_>> = targets
        .map(|target| target["expr"].as_str().map(str::to_owned))
        .collect();
    Ok(all.ok_or("a target without an expression")?)
}

fn dashboard() -> Result<Value, Failed> {
    Ok(serde_json::from_str(include_str!(
        "../../grafana/tower-b2c.json"
    ))?)
}

fn panels(dashboard: &Value) -> Result<&Vec<Value>, Failed> {
    Ok(dashboard["panels"].as_array().ok_or("no panels")?)
}
