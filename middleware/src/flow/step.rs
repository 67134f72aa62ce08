//! The outcomes of a decision, for the shell to carry out.

use super::refusal::Refusal;
use crate::config::Parameters;
use crate::cookie::{Purpose, Route, Transaction};
use crate::protocol::{Demand, Reaction};
use crate::secret::Secret;

/// What the layer has to do next.
#[derive(Debug)]
pub(crate) enum Step {
    /// Send the browser to a provider.
    Begin(Begin),
    /// Ask the token endpoint for what the code stands for.
    Redeem {
        transaction: Transaction,
        code: Secret,
        /// In the hybrid flow the ID token that came with the code.
        id_token: Option<Secret>,
    },
    /// Send the browser to a path of the app.
    ReturnTo(String),
    /// As [`ReturnTo`](Self::ReturnTo), remembering for a moment that the user cancelled, so that
    /// a protected page there does not send them straight back.
    ReturnCancelled(String),
    /// Show a page that says what went wrong.
    Refuse(Refusal),
}

/// An authorization request to be made.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Begin {
    pub(crate) purpose: Purpose,
    /// The provider to send the browser to; `None` for the default one, or the user's choice.
    pub(crate) provider: Option<String>,
    /// Local path and query to come back to.
    pub(crate) return_to: String,
    /// Scopes in full, beyond those of the first downstream API.
    pub(crate) scopes: Vec<String>,
    /// What is asked for besides; trusted.
    pub(crate) demand: Demand,
    /// What a link asks for besides; the provider's settings say what of it counts.
    pub(crate) asked: Demand,
    /// What was done in this journey about errors of the provider.
    pub(crate) reactions: Vec<Reaction>,
    /// Whether this replaces a sign-in that went astray. It does so once.
    pub(crate) restart: bool,
    /// Drawn for a browser that had none; to be kept there.
    pub(crate) drawn: Option<Route>,
}

impl Begin {
    /// Prefix of the `state` of a restarted sign-in: if that too comes back unknown, the browser
    /// keeps no cookies and restarting again would loop. It is only a hint and needs no secrecy.
    pub(crate) const RESTART_MARK: &'static str = "again.";

    pub(crate) fn sign_in(return_to: impl Into<String>) -> Self {
        Self::new(Purpose::SignIn, return_to)
    }

    pub(crate) fn new(purpose: Purpose, return_to: impl Into<String>) -> Self {
        Self {
            purpose,
            provider: None,
            return_to: return_to.into(),
            scopes: Vec::new(),
            demand: Demand::default(),
            asked: Demand::default(),
            reactions: Vec::new(),
            restart: false,
            drawn: None,
        }
    }

    pub(crate) fn at(self, provider: impl Into<String>) -> Self {
        Self {
            provider: Some(provider.into()),
            ..self
        }
    }

    /// What the authorization request carries beyond the protocol's own parameters. An edit or a
    /// reset is no sign-in, so it takes nothing that is about one.
    pub(crate) fn parameters(&self, configured: Parameters) -> Parameters {
        if matches!(self.purpose, Purpose::SignIn | Purpose::StepUp) {
            return self.demand.over(configured);
        }
        let mut parameters = self.demand.over(Parameters::default());
        parameters.retain(|name| !ABOUT_SIGN_IN.contains(&name));
        let mut all = configured;
        all.extend(&parameters);
        all
    }

    /// The same once more, because of an error of the provider.
    pub(crate) fn repeating(transaction: &Transaction, reaction: Reaction) -> Self {
        let mut reactions = transaction.reactions.clone();
        reactions.push(reaction);
        Self {
            scopes: transaction.scopes.clone(),
            demand: transaction.demand.clone(),
            reactions,
            ..Self::new(transaction.purpose, &transaction.return_to).at(&transaction.provider)
        }
    }

    pub(crate) fn restarted(self) -> Self {
        Self {
            restart: true,
            ..self
        }
    }
}

const ABOUT_SIGN_IN: [&str; 5] = ["prompt", "max_age", "acr_values", "id_token_hint", "claims"];
