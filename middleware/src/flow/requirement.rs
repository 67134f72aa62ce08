//! Whether a session, or an answer, is what was asked for.

use serde_json::{Map, Value};

use crate::config::ProviderSettings;
use crate::cookie::Purpose;
use crate::protocol::Demand;
use crate::session::{Record, auth_time, is_recent};
use crate::time::Timestamp;

/// What an answer lacks of what was asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Unmet {
    /// `max_age` was asked for and the token does not say when the user gave credentials.
    NoAuthTime,
    /// The user gave credentials longer ago than was asked for.
    TooOld,
    /// The class of the authentication is another one.
    Acr,
}

/// Checks what a verified ID token says (OpenID Connect Core §3.1.2.1 `max_age` and §3.1.3.7 steps
/// 12 and 13).
pub(crate) fn check(
    demand: &Demand,
    claims: &Map<String, Value>,
    now: Timestamp,
) -> Result<(), Unmet> {
    if let Some(max_age) = demand.freshness() {
        let at = auth_time(claims.get("auth_time"), now).ok_or(Unmet::NoAuthTime)?;
        if !is_recent(at, max_age, now) {
            return Err(Unmet::TooOld);
        }
    }
    let acr = claims.get("acr").and_then(Value::as_str);
    let wanted = &demand.acr_values;
    let strong = wanted.is_empty() || acr.is_some_and(|acr| wanted.iter().any(|one| one == acr));
    if strong { Ok(()) } else { Err(Unmet::Acr) }
}

/// Whether a session already is what a link asks for.
pub(crate) fn is_met(
    provider: &ProviderSettings,
    demand: &Demand,
    record: &Record,
    now: Timestamp,
) -> bool {
    let flow = demand.user_flow.as_deref();
    let flow = flow.and_then(|name| provider.user_flows.find(name));
    let fresh = demand.freshness();
    let wanted = &demand.acr_values;
    record.provider == provider.name
        && flow.is_none_or(|flow| record.has_passed(flow))
        && fresh.is_none_or(|max_age| record.is_fresh(max_age, now))
        && (wanted.is_empty() || record.has_acr(wanted))
}

/// What a user is sent to the provider for: whoever is signed in there steps up at another user
/// flow, everybody else signs in.
pub(crate) fn purpose(
    provider: &ProviderSettings,
    demand: &Demand,
    signed_in: Option<&Record>,
) -> Purpose {
    let flow = demand.user_flow.as_deref();
    let flow = flow.and_then(|name| provider.user_flows.find(name));
    match (flow, signed_in) {
        (Some(flow), Some(record)) if record.provider == provider.name => {
            let own = record.user_flow.as_deref();
            if own.is_some_and(|own| own.eq_ignore_ascii_case(flow)) {
                Purpose::SignIn
            } else {
                Purpose::StepUp
            }
        }
        _ => Purpose::SignIn,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn verdict(demand: &Demand, claims: &Value, now: u64) -> Result<(), Unmet> {
        check(demand, claims.as_object().unwrap(), Timestamp(now))
    }

    #[test]
    fn a_fresh_sign_in_is_one_by_the_providers_word() {
        let demand = Demand {
            max_age: Some(60),
            ..Demand::default()
        };
        let at = json!({ "auth_time": 1000, "iat": 5000 });
        assert_eq!(verdict(&demand, &at, 1000), Ok(()));
        assert_eq!(
            verdict(&demand, &at, 1180),
            Ok(()),
            "two minutes for clocks"
        );
        assert_eq!(verdict(&demand, &at, 1181), Err(Unmet::TooOld));
        assert_eq!(verdict(&demand, &at, 900), Ok(()), "its clock is ahead");
        for claims in [
            json!({ "iat": 1000 }),
            json!({ "auth_time": "1000" }),
            json!({ "auth_time": null }),
            json!({ "auth_time": -1 }),
            json!({ "auth_time": 1e300 }),
        ] {
            let verdict = verdict(&demand, &claims, 1000);
            assert_eq!(verdict, Err(Unmet::NoAuthTime), "{claims}");
        }
        assert_eq!(verdict(&Demand::default(), &json!({}), 1000), Ok(()));
    }

    #[test]
    fn the_class_must_be_one_of_those_that_were_asked_for() {
        let demand = Demand {
            acr_values: vec!["gold".to_owned(), "silver".to_owned()],
            ..Demand::default()
        };
        assert_eq!(verdict(&demand, &json!({ "acr": "silver" }), 0), Ok(()));
        for claims in [
            json!({}),
            json!({ "acr": "bronze" }),
            json!({ "acr": "GOLD" }),
            json!({ "acr": ["gold"] }),
            json!({ "acr": "gold silver" }),
        ] {
            assert_eq!(verdict(&demand, &claims, 0), Err(Unmet::Acr), "{claims}");
        }
    }
}
