//! The access tokens in a session's record.

use std::time::Duration;

use crate::protocol::TokenAnswer;
use crate::session::{CachedToken, Record};
use crate::time::Timestamp;

/// What the record holds for the wanted scopes.
pub(super) enum Found<'r> {
    /// Good for a while.
    Fresh(&'r CachedToken),
    /// Good still, and due to be replaced.
    Ageing(&'r CachedToken),
    Nothing,
}

/// Finds the token that lasts longest of those that fit.
pub(super) fn find(
    record: &Record,
    fits: impl Fn(&CachedToken) -> bool,
    now: Timestamp,
) -> Found<'_> {
    let usable = record
        .tokens
        .iter()
        .filter(|token| fits(token))
        .filter(|token| token.expires_at > now);
    // A token "from the future" means that the clock was turned back: its expiry says nothing.
    let usable = usable.filter(|token| token.issued_at <= now + CLOCK_STEP);
    let Some(best) = usable.max_by_key(|token| token.expires_at) else {
        return Found::Nothing;
    };
    let margin = RENEW_BEFORE.min(best.expires_at.since(best.issued_at) / 2);
    if best.expires_at > now + margin {
        Found::Fresh(best)
    } else {
        Found::Ageing(best)
    }
}

/// Puts a token response's access token into the record, in place of those it supersedes.
///
/// `claims` is the claims challenge that it answers.
pub(crate) fn keep(
    record: &mut Record,
    answer: &TokenAnswer,
    asked: &[String],
    claims: Option<&str>,
    now: Timestamp,
) {
    let Some(token) = &answer.access_token else {
        return;
    };
    let scopes = granted(answer, asked);
    record.tokens.retain(|old| {
        old.expires_at > now && !old.scopes.iter().all(|scope| scopes.contains(scope))
    });
    let token = CachedToken {
        scopes,
        token: token.clone(),
        issued_at: now,
        expires_at: answer.expires_at,
        claims: claims.map(str::to_owned),
    };
    record.tokens.push(token);
}

/// The resource scopes of the response; all that was asked for if it does not tell
/// (RFC 6749 §5.1).
pub(crate) fn granted(answer: &TokenAnswer, asked: &[String]) -> Vec<String> {
    if answer.access_token.is_none() {
        return Vec::new();
    }
    let told = answer.scopes.as_ref().map(|scopes| {
        let protocol = ["openid", "offline_access", "profile", "email"];
        scopes
            .iter()
            .filter(|scope| !protocol.contains(&scope.as_str()))
            .cloned()
            .collect()
    });
    told.unwrap_or_else(|| asked.to_vec())
}

/// A token is replaced this long before its end.
const RENEW_BEFORE: Duration = Duration::from_secs(300);
const CLOCK_STEP: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::super::wanted::Wanted;
    use super::*;
    use crate::secret::Secret;
    use crate::session::{Claims, Origin};

    fn record(scopes: &[&str], issued: u64, expires: u64) -> Record {
        Record {
            claims: Claims::new(Map::new()),
            origin: Origin::default(),
            edited: Map::new(),
            provider: "default".to_owned(),
            user_flow: Some("B2C_1_susi".to_owned()),
            signed_in_at: Timestamp(0),
            expires_at: Timestamp(99_999),
            grant: None,
            tokens: vec![CachedToken {
                scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
                token: Secret::new("token"),
                issued_at: Timestamp(issued),
                expires_at: Timestamp(expires),
                claims: None,
            }],
            ungranted: Vec::new(),
            authentications: Vec::new(),
            unknown: Map::new(),
        }
    }

    fn verdict(record: &Record, wanted: &[&str], now: u64) -> &'static str {
        let wanted: Vec<_> = wanted.iter().map(|&scope| scope.to_owned()).collect();
        let wanted = Wanted::of_scopes(wanted);
        match find(record, |token| wanted.is_met_by(token), Timestamp(now)) {
            Found::Fresh(_) => "fresh",
            Found::Ageing(_) => "ageing",
            Found::Nothing => "nothing",
        }
    }

    #[test]
    fn a_token_serves_any_subset_of_its_scopes_and_nothing_else() {
        let record = record(&["api/read", "api/write"], 0, 3600);
        assert_eq!(verdict(&record, &["api/read"], 0), "fresh");
        assert_eq!(verdict(&record, &["api/write", "api/read"], 0), "fresh");
        assert_eq!(verdict(&record, &["api/read", "api/delete"], 0), "nothing");
        assert_eq!(verdict(&record, &[], 0), "nothing");
    }

    #[test]
    fn tokens_age_five_minutes_before_their_end_or_at_half_a_short_life() {
        let hour = record(&["a"], 0, 3600);
        assert_eq!(verdict(&hour, &["a"], 3299), "fresh");
        assert_eq!(verdict(&hour, &["a"], 3300), "ageing");
        assert_eq!(verdict(&hour, &["a"], 3600), "nothing");
        let minutes = record(&["a"], 0, 300);
        assert_eq!(verdict(&minutes, &["a"], 149), "fresh");
        assert_eq!(verdict(&minutes, &["a"], 150), "ageing");
    }

    #[test]
    fn a_token_from_the_future_is_not_used() {
        assert_eq!(
            verdict(&record(&["a"], 10_000, 13_600), &["a"], 1_000),
            "nothing"
        );
    }
}
