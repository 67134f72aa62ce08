//! The journey from the callback to a session.

use serde_json::{Map, Value};

use super::refusal::Refusal;
use super::step::{Begin, Step};
use crate::config::{Lifetimes, ProviderSettings};
use crate::cookie::{Purpose, Transaction};
use crate::protocol::{Callback, ProviderError, Reaction, TokenAnswer};
use crate::session::{Authentication, Claims, Grant, Origin, Record};
use crate::time::Timestamp;
use crate::tokens;

/// What to do about an answer to a transaction of this browser.
pub(crate) fn answer(
    provider: &ProviderSettings,
    transaction: Transaction,
    callback: Callback,
) -> Step {
    match callback {
        Callback::Code { code, id_token, .. } => Step::Redeem {
            transaction,
            code,
            id_token,
        },
        Callback::Error { error, .. } => provider_error(provider, &transaction, error),
    }
}

fn provider_error(
    provider: &ProviderSettings,
    transaction: &Transaction,
    error: ProviderError,
) -> Step {
    let reaction = error.reaction();
    if reaction == Reaction::Cancelled {
        return Step::ReturnCancelled(transaction.return_to.clone());
    }
    match react(provider, transaction, &error) {
        Some(begin) => Step::Begin(begin),
        None => Step::Refuse(Refusal::by(provider, error)),
    }
}

/// How the journey goes on in spite of an error, if it can. The same is done once in a journey.
pub(crate) fn react(
    provider: &ProviderSettings,
    transaction: &Transaction,
    error: &ProviderError,
) -> Option<Begin> {
    let reaction = error.reaction();
    if transaction.reactions.contains(&reaction) {
        return None;
    }
    let again = || Begin::repeating(transaction, reaction);
    match reaction {
        Reaction::ResetPassword => {
            let offered = provider.user_flows.reset_password.is_some();
            let resetting = transaction.purpose == Purpose::ResetPassword;
            (offered && !resetting).then(|| Begin {
                purpose: Purpose::ResetPassword,
                scopes: Vec::new(),
                ..again()
            })
        }
        Reaction::InteractionRequired => {
            let mut begin = again();
            let parameters = &mut begin.demand.parameters;
            let silent = parameters
                .remove("prompt")
                .is_some_and(|prompt| prompt == "none");
            let prompt = interactive_prompt(error).filter(|_| !silent);
            // Both are parameters' own values, and what the provider asked for was checked.
            if let Some(prompt) = prompt {
                let _ = parameters.insert("prompt", prompt);
            }
            if let Some(claims) = error.claims() {
                let _ = parameters.insert("claims", claims);
            }
            Some(begin)
        }
        Reaction::SignInAgain | Reaction::SessionRevoked => Some(again()),
        _ => None,
    }
}

/// What the provider's pages must ask so that the same does not come of it.
fn interactive_prompt(error: &ProviderError) -> Option<&'static str> {
    match (error.code(), error.error()) {
        (Some("AADSTS16000" | "AADSTS16001"), _) | (_, "account_selection_required") => {
            Some("select_account")
        }
        (Some("AADSTS65001"), _) | (_, "consent_required") => Some("consent"),
        (_, "login_required") => Some("login"),
        _ => None,
    }
}

/// What to do about an answer that belongs to no transaction of this browser: replayed, expired,
/// from another browser, or made up.
pub(crate) fn unknown_answer(
    provider: &ProviderSettings,
    callback: Callback,
    signed_in: bool,
) -> Step {
    let home = "/".to_owned();
    match callback {
        // Arrives without state when the redirect URI is not registered; the operator must see it.
        Callback::Error { error, .. } if error.code() == Some("AADB2C90006") => {
            Step::Refuse(Refusal::by(provider, error))
        }
        _ if signed_in => Step::ReturnTo(home),
        Callback::Error { error, .. } => match error.reaction() {
            Reaction::ResetPassword if provider.user_flows.reset_password.is_some() => {
                Step::Begin(Begin::new(Purpose::ResetPassword, home).at(&provider.name))
            }
            Reaction::Cancelled => Step::ReturnTo(home),
            _ => Step::Refuse(Refusal::Unasked(error)),
        },
        Callback::Code { state, .. } if state.starts_with(Begin::RESTART_MARK) => {
            Step::Refuse(Refusal::CookiesLost)
        }
        Callback::Code { .. } => Step::Begin(Begin::sign_in(home).at(&provider.name).restarted()),
    }
}

/// The record of a new session.
pub(crate) fn new_record(
    transaction: &Transaction,
    answer: &TokenAnswer,
    claims: Map<String, Value>,
    lifetimes: Lifetimes,
    now: Timestamp,
) -> Record {
    let granted = tokens::granted(answer, &transaction.scopes);
    let missing = transaction
        .scopes
        .iter()
        .filter(|scope| !granted.contains(scope));
    let user_flow = transaction.user_flow.as_deref();
    let authentication = Authentication::of(user_flow, &claims, now);
    let mut record = Record {
        origin: Origin::of(&claims),
        claims: Claims::new(claims),
        edited: Map::new(),
        provider: transaction.provider.clone(),
        user_flow: transaction.user_flow.clone(),
        signed_in_at: now,
        expires_at: now + lifetimes.absolute,
        grant: answer.refresh_token.as_ref().map(|refresh_token| Grant {
            user_flow: transaction.user_flow.clone(),
            refresh_token: refresh_token.clone(),
            expires_at: answer.refresh_expires_at,
        }),
        tokens: Vec::new(),
        ungranted: missing.cloned().collect(),
        authentications: vec![authentication],
        refresh_pause: None,
        unknown: Map::new(),
        bound_until: None,
    };
    tokens::keep(&mut record, answer, &transaction.scopes, None, now);
    record
}

#[cfg(test)]
mod tests {
    use Purpose::{EditProfile, ResetPassword, SignIn};

    use super::*;
    use crate::protocol::Demand;
    use crate::secret::Secret;

    fn provider(reset: bool) -> ProviderSettings {
        let reset = if reset {
            "reset_password = \"B2C_1_reset\""
        } else {
            ""
        };
        let text = format!(
            "[app]\nbase_url = \"https://app.example\"\n[provider]\ntenant = \"contoso\"\n\
             client_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\nclient_secret = {{ env = \"S\" }}\n\
             [provider.user_flows]\nsign_up_sign_in = \"B2C_1_susi\"\n{reset}"
        );
        crate::config::Config::from_text(text)
            .environment([("S", "secret")])
            .load()
            .unwrap()
            .providers
            .remove(0)
    }

    fn transaction(purpose: Purpose) -> Transaction {
        Transaction {
            state: "state".to_owned(),
            nonce: Secret::new("nonce"),
            verifier: Secret::new("verifier"),
            purpose,
            provider: "default".to_owned(),
            user_flow: Some("B2C_1_susi".to_owned()),
            scopes: Vec::new(),
            return_to: "/orders?page=2".to_owned(),
            demand: Demand::default(),
            reactions: Vec::new(),
            started: Timestamp(0),
            begun_in: None,
            by_form: false,
        }
    }

    fn error(code: &str) -> Callback {
        let error = ProviderError::new("access_denied", &format!("{code}: text"));
        Callback::Error {
            state: Some("state".to_owned()),
            error,
            iss: None,
        }
    }

    fn code(state: &str) -> Callback {
        Callback::Code {
            state: state.to_owned(),
            code: Secret::new("code"),
            id_token: None,
            iss: None,
        }
    }

    /// The step in a word, so that a journey reads as a table.
    fn word(step: &Step) -> String {
        match step {
            Step::Begin(begin) => {
                let again = if begin.restart { " again" } else { "" };
                format!("{:?}{again} {}", begin.purpose, begin.return_to)
            }
            Step::Redeem { .. } => "redeem".to_owned(),
            Step::ReturnTo(path) => format!("return {path}"),
            Step::ReturnCancelled(path) => format!("cancelled {path}"),
            Step::Refuse(refusal) => format!("page {}", refusal.status().as_u16()),
        }
    }

    #[test]
    fn answers_to_a_pending_transaction() {
        let with =
            |purpose, callback| word(&answer(&provider(true), transaction(purpose), callback));
        assert_eq!(with(SignIn, code("state")), "redeem");
        assert_eq!(
            with(SignIn, error("AADB2C90118")),
            "ResetPassword /orders?page=2"
        );
        assert_eq!(with(ResetPassword, error("AADB2C90118")), "page 500");
        assert_eq!(
            with(SignIn, error("AADB2C90091")),
            "cancelled /orders?page=2"
        );
        assert_eq!(
            with(EditProfile, error("AADB2C90091")),
            "cancelled /orders?page=2"
        );
        assert_eq!(
            with(SignIn, error("AADB2C90273")),
            "cancelled /orders?page=2"
        );
        assert_eq!(with(SignIn, error("AADB2C90289")), "page 503");
        assert_eq!(with(SignIn, error("AADB2C90006")), "page 500");
        assert_eq!(with(SignIn, error("AADB2C90046")), "page 400");
        assert_eq!(with(SignIn, error("AADB2C90111")), "page 403");

        let without = answer(&provider(false), transaction(SignIn), error("AADB2C90118"));
        assert_eq!(word(&without), "page 500");
    }

    #[test]
    fn answers_that_nobody_waits_for() {
        let anonymous = |callback| word(&unknown_answer(&provider(true), callback, false));
        assert_eq!(anonymous(code("state")), "SignIn again /");
        assert_eq!(anonymous(code("again.state")), "page 400");
        assert_eq!(anonymous(error("AADB2C90091")), "return /");
        assert_eq!(anonymous(error("AADB2C90118")), "ResetPassword /");
        assert_eq!(anonymous(error("AADB2C90006")), "page 500");
        assert_eq!(anonymous(error("AADB2C90117")), "page 400");

        let signed_in = |callback| word(&unknown_answer(&provider(true), callback, true));
        assert_eq!(signed_in(code("state")), "return /");
        assert_eq!(signed_in(code("again.state")), "return /");
        assert_eq!(signed_in(error("AADB2C90006")), "page 500");
    }
}
