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
    /// Good for seconds: it may have ended by the time that the API sees it.
    Expiring(&'r CachedToken),
    Nothing,
}

impl<'r> Found<'r> {
    /// A token that is good at all.
    pub(super) fn any(self) -> Option<&'r CachedToken> {
        match self {
            Self::Fresh(token) | Self::Ageing(token) | Self::Expiring(token) => Some(token),
            Self::Nothing => None,
        }
    }
}

/// Finds the token that lasts longest of those that fit.
pub(super) fn find(
    tokens: &[CachedToken],
    fits: impl Fn(&CachedToken) -> bool,
    now: Timestamp,
) -> Found<'_> {
    let usable = tokens
        .iter()
        .filter(|token| fits(token))
        .filter(|token| token.expires_at > now);
    // A token "from the future" means that the clock was turned back: its expiry says nothing.
    let usable = usable.filter(|token| token.issued_at <= now + CLOCK_STEP);
    let Some(best) = usable.max_by_key(|token| token.expires_at) else {
        return Found::Nothing;
    };
    let left = best.expires_at.since(now);
    if left <= LAST_MOMENT.min(life(best) / 10) {
        Found::Expiring(best)
    } else if now >= renewal(best) {
        Found::Ageing(best)
    } else {
        Found::Fresh(best)
    }
}

/// When a token is to be replaced: when the provider says (`refresh_in`), else five minutes before
/// its end, or at half a short life.
fn renewal(token: &CachedToken) -> Timestamp {
    let latest = life(token).saturating_sub(RENEW_BEFORE.min(life(token) / 2));
    let advised = token.refresh_at.map(|moment| moment.since(token.issued_at));
    token.issued_at + advised.map_or(latest, |advised| advised.max(SOONEST).min(latest))
}

fn life(token: &CachedToken) -> Duration {
    token.expires_at.since(token.issued_at)
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
    let is_newer = |token: &CachedToken| {
        token.issued_at > now && scopes.iter().all(|scope| token.scopes.contains(scope))
    };
    if record.tokens.iter().any(is_newer) {
        return;
    }
    record.tokens.retain(|old| {
        old.expires_at > now && !old.scopes.iter().all(|scope| scopes.contains(scope))
    });
    let token = CachedToken {
        scopes,
        token: token.clone(),
        issued_at: now,
        expires_at: answer.expires_at,
        refresh_at: answer.refresh_at,
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
/// What is left of a token that nobody is given any more without waiting for the next one.
const LAST_MOMENT: Duration = Duration::from_secs(30);
/// No token is replaced sooner, whatever the provider advises.
const SOONEST: Duration = Duration::from_secs(60);

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
                refresh_at: None,
                claims: None,
            }],
            refresh_pause: None,
            ungranted: Vec::new(),
            authentications: Vec::new(),
            unknown: Map::new(),
            bound_until: None,
        }
    }

    fn verdict(record: &Record, wanted: &[&str], now: u64) -> &'static str {
        let wanted: Vec<_> = wanted.iter().map(|&scope| scope.to_owned()).collect();
        let wanted = Wanted::of_scopes(wanted);
        match find(
            &record.tokens,
            |token| wanted.is_met_by(token),
            Timestamp(now),
        ) {
            Found::Fresh(_) => "fresh",
            Found::Ageing(_) => "ageing",
            Found::Expiring(_) => "expiring",
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
        for (life, advised, moments) in [
            (
                3600,
                None,
                [
                    (3299, "fresh"),
                    (3300, "ageing"),
                    (3569, "ageing"),
                    (3570, "expiring"),
                    (3600, "nothing"),
                ],
            ),
            (
                300,
                None,
                [
                    (149, "fresh"),
                    (150, "ageing"),
                    (269, "ageing"),
                    (270, "expiring"),
                    (300, "nothing"),
                ],
            ),
            (
                10,
                None,
                [
                    (4, "fresh"),
                    (5, "ageing"),
                    (8, "ageing"),
                    (9, "expiring"),
                    (10, "nothing"),
                ],
            ),
            // As the provider advises, but for what makes no sense.
            (
                86_400,
                Some(43_200),
                [
                    (43_199, "fresh"),
                    (43_200, "ageing"),
                    (86_369, "ageing"),
                    (86_370, "expiring"),
                    (86_400, "nothing"),
                ],
            ),
            (
                3600,
                Some(0),
                [
                    (59, "fresh"),
                    (60, "ageing"),
                    (3569, "ageing"),
                    (3570, "expiring"),
                    (3600, "nothing"),
                ],
            ),
            (
                3600,
                Some(9999),
                [
                    (3299, "fresh"),
                    (3300, "ageing"),
                    (3569, "ageing"),
                    (3570, "expiring"),
                    (3600, "nothing"),
                ],
            ),
        ] {
            let mut record = record(&["a"], 0, life);
            record.tokens[0].refresh_at = advised.map(Timestamp);
            for (now, expected) in moments {
                assert_eq!(
                    verdict(&record, &["a"], now),
                    expected,
                    "{life} {advised:?} {now}"
                );
            }
        }
    }

    #[test]
    fn whatever_the_times_a_token_is_never_used_after_its_end_and_always_before_it() {
        let times = [0, 1, 2, 9, 29, 30, 31, 59, 60, 61, 299, 300, 301, 3600];
        for life in times {
            for advised in times.iter().map(|at| Some(*at)).chain([None]) {
                let mut record = record(&["a"], 1000, 1000 + life);
                record.tokens[0].refresh_at = advised.map(|at| Timestamp(1000 + at));
                let order = ["fresh", "ageing", "expiring", "nothing"];
                let mut last = 0;
                for now in 1000..=1000 + life {
                    let verdict = verdict(&record, &["a"], now);
                    let rank = order.iter().position(|name| *name == verdict).unwrap();
                    assert_eq!(
                        verdict == "nothing",
                        now == 1000 + life,
                        "{life} {advised:?}"
                    );
                    assert!(rank >= last, "{life} {advised:?}: {verdict} again at {now}");
                    last = rank;
                }
            }
        }
    }

    #[test]
    fn a_token_from_the_future_is_not_used() {
        assert_eq!(
            verdict(&record(&["a"], 10_000, 13_600), &["a"], 1_000),
            "nothing"
        );
    }
}
