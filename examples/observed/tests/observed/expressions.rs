//! What an expression of PromQL asks for.

use libtest_mimic::Failed;

use crate::table::metrics;

/// Fails unless each metric, matcher and grouping label of the expression exists.
pub fn check(expression: &str) -> Result<(), Failed> {
    let metrics = metrics();
    let fail = |what: String| Err::<(), Failed>(format!("{what} in {expression}").into());
    let mut grouped: Vec<&str> = Vec::new();
    for part in expression.split("by (").skip(1) {
        let (labels, _) = part.split_once(')').unwrap_or((part, ""));
        grouped.extend(labels.split(',').map(str::trim));
    }
    let names = selectors(expression);
    if names.is_empty() {
        return fail("no metric".to_owned());
    }
    for (name, matchers) in names {
        let Some(labels) = metrics.get(name) else {
            return fail(format!("{name} does not exist"));
        };
        for (label, operator, value) in matchers {
            if OF_PROMETHEUS.contains(&label) {
                continue;
            }
            let Some(values) = labels.get(label) else {
                return fail(format!("{name} has no {label}"));
            };
            let asked = value.split('|').filter(|_| operator.contains('~'));
            let asked = asked.chain((!operator.contains('~')).then_some(value));
            for one in asked {
                if !values.is_empty() && !values.contains(&one) {
                    return fail(format!("{label} of {name} is never {one}"));
                }
            }
        }
        for label in &grouped {
            if !OF_PROMETHEUS.contains(label) && !labels.contains_key(label) {
                return fail(format!("{name} has no {label} to group by"));
            }
        }
    }
    Ok(())
}

/// The label of a matcher, its operator and its value.
pub type Matcher<'e> = (&'e str, &'e str, &'e str);

/// The metrics of an expression, each with its matchers.
pub fn selectors(expression: &str) -> Vec<(&str, Vec<Matcher<'_>>)> {
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(at) = rest.find("tower_b2c_") {
        let own = &rest[at..];
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = own.find(|c| !is_name(c)).unwrap_or(own.len());
        let (name, after) = own.split_at(end);
        let mut matchers = Vec::new();
        if let Some((inside, _)) = after
            .strip_prefix('{')
            .and_then(|open| open.split_once('}'))
        {
            matchers = inside.split(',').collect();
        }
        found.push((name, matchers.into_iter().filter_map(matcher).collect()));
        rest = after;
    }
    found
}

fn matcher(text: &str) -> Option<Matcher<'_>> {
    let at = text.find(['=', '!'])?;
    let (label, rest) = text.split_at(at);
    let (operator, value) = rest.split_at(rest.find('"')?);
    Some((label.trim(), operator, value.trim_matches('"')))
}

/// Labels that come with the scrape.
const OF_PROMETHEUS: [&str; 3] = ["job", "instance", "le"];
