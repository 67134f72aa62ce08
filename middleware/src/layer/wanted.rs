//! What challenges and links ask of a sign-in.

use bytes::Bytes;
use http::Response;
use url::form_urlencoded;

use super::caller::Caller;
use super::outcome::Cause;
use super::shell::Shell;
use crate::challenge::Challenge;
use crate::config::{AllowedInLinks, ProviderSettings};
use crate::cookie::Purpose;
use crate::flow::{self, Begin, Refusal};
use crate::protocol::Demand;
use crate::provider::Provider;
use crate::session::Record;

impl Shell {
    /// Sends the browser to what a challenge asks for, and back to where it was.
    pub(super) async fn begin_for(
        &self,
        caller: &Caller,
        challenge: &Challenge,
    ) -> Response<Bytes> {
        let headers = caller.headers();
        let signed_in = match self.signed_in(&headers).await {
            Ok(signed_in) => signed_in.map(|live| live.record()),
            Err(error) => return self.store_unavailable(caller, &error),
        };
        let mut begin = Begin {
            scopes: self.tokens.full_scopes(challenge.scopes(), None),
            provider: challenge.provider().map(str::to_owned),
            demand: challenge.demand().clone(),
            ..Begin::sign_in(caller.return_path().unwrap_or("/"))
        };
        let steps_up = begin.demand.is_about_authentication();
        at_own_provider(&mut begin, steps_up, signed_in.as_deref());
        let begin = self.routed(begin, caller, signed_in.as_deref());
        let begin = self.with_purpose(begin, signed_in.as_deref());
        let cause = Cause::Challenged;
        self.begin(caller, (begin, cause), &headers).await
    }

    /// What the query of a link to one of the layer's paths asks for. Nothing of it is trusted yet.
    pub(super) fn wanted_demand(caller: &Caller) -> Demand {
        let mut demand = Demand::default();
        let query = caller.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()).take(MOST) {
            if name == "user_flow" {
                demand.user_flow = Some(value.into_owned());
            } else if !LINKS_OWN.contains(&&*name) {
                // What cannot be a parameter is none.
                let _ = demand.set(&name, &value);
            }
        }
        demand
    }

    /// Takes over what counts of what a link asks for, once the provider is known.
    pub(super) fn admit(
        &self,
        caller: &Caller,
        mut begin: Begin,
        signed_in: Option<&Record>,
    ) -> Begin {
        let steps_up = begin.asked.is_about_authentication();
        at_own_provider(&mut begin, steps_up, signed_in);
        let mut begin = self.routed(begin, caller, signed_in);
        let Some(provider) = self.provider_of(&begin) else {
            return begin;
        };
        let settings = &provider.settings;
        let steps_up = signed_in.is_some_and(|record| record.provider == settings.name);
        begin.demand = admitted(settings, std::mem::take(&mut begin.asked), steps_up);
        self.with_purpose(begin, signed_in)
    }

    /// Whether a link to the sign-in asks for nothing that the session does not have.
    pub(super) fn needs_nothing(&self, begin: &Begin, record: &Record) -> bool {
        let here = begin.provider.as_ref();
        let here = here.is_none_or(|name| *name == record.provider);
        let demand = &begin.demand;
        let provider = self.providers.get(&record.provider);
        let met = provider
            .is_some_and(|provider| flow::is_met(&provider.settings, demand, record, self.now()));
        here && begin.scopes.is_empty() && (met || !demand.is_about_authentication())
    }

    /// Why a user cannot be sent to a user flow that their provider does not have: it is another's,
    /// or nobody's.
    pub(super) fn no_such_flow(&self, name: &str, provider: &Provider) -> Refusal {
        let mut others = self.providers.all().iter();
        if others.any(|other| other.settings.user_flows.find(name).is_some()) {
            return Refusal::NotOffered;
        }
        Refusal::UnknownUserFlow {
            name: name.to_owned(),
            provider: provider.name().to_owned(),
        }
    }

    /// A sign-in, or a step up for whoever is signed in.
    fn with_purpose(&self, begin: Begin, signed_in: Option<&Record>) -> Begin {
        let provider = self.provider_of(&begin);
        let purpose = match provider {
            Some(provider) if begin.purpose == Purpose::SignIn => {
                flow::purpose(&provider.settings, &begin.demand, signed_in)
            }
            _ => begin.purpose,
        };
        Begin { purpose, ..begin }
    }
}

/// Whoever steps up, or needs a token more, does so at their own provider, if no other is named.
fn at_own_provider(begin: &mut Begin, steps_up: bool, signed_in: Option<&Record>) {
    if begin.provider.is_none() && (steps_up || !begin.scopes.is_empty()) {
        begin.provider = signed_in.map(|record| record.provider.clone());
    }
}

/// Whoever is signed in can be asked for more by any link. What a link asks of others, and what it
/// sends along, must be allowed.
fn admitted(settings: &ProviderSettings, asked: Demand, steps_up: bool) -> Demand {
    let AllowedInLinks {
        parameters: allowed,
        user_flows,
    } = &settings.allowed;
    let allows = |name: &str| allowed.iter().any(|one| one == name);
    let flow = |name: &String| settings.user_flows.find(name).map(str::to_owned);
    let may = |flow: &String| steps_up || user_flows.contains(flow);
    let mut demand = Demand {
        user_flow: asked.user_flow.as_ref().and_then(flow).filter(may),
        max_age: asked.max_age.filter(|_| steps_up || allows("max_age")),
        ..Demand::default()
    };
    if steps_up || allows("acr_values") {
        demand.acr_values = asked.acr_values;
    }
    demand.parameters = asked.parameters;
    demand.parameters.retain(allows);
    demand
}

/// What a link tells the layer itself. Read and checked elsewhere, so never repeated as it came.
const LINKS_OWN: [&str; 3] = ["provider", "return_to", "scope"];

/// How many pairs of a query are looked at.
const MOST: usize = 32;
