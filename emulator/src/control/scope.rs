use crate::{address::Endpoint, directory::Tenant};

/// Where and how often a [`Misbehaviour`](super::Misbehaviour) shows; by default everywhere it
/// can, always.
///
/// ```
/// use b2c_emulator::{Endpoint, Scope};
///
/// // The next two token requests of one application, each with even odds.
/// let scope = Scope::client("00001111-aaaa-2222-bbbb-3333cccc4444")
///     .endpoint(Endpoint::Token)
///     .next(2)
///     .probability(0.5);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scope {
    /// Name, domain or GUID.
    pub(crate) tenant: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) user_flow: Option<String>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) next: Option<u32>,
    pub(crate) probability: Option<f64>,
}

impl Scope {
    /// Every request.
    pub fn everything() -> Self {
        Self::default()
    }

    /// The requests to one tenant, given by its name, its domain or its GUID.
    pub fn tenant(name: impl Into<String>) -> Self {
        Self {
            tenant: Some(name.into()),
            ..Self::default()
        }
    }

    /// The requests of one application. Metadata and keys are read by nobody in particular.
    pub fn client(client_id: impl Into<String>) -> Self {
        Self {
            client: Some(client_id.into()),
            ..Self::default()
        }
    }

    /// The requests to one user flow.
    pub fn user_flow(name: impl Into<String>) -> Self {
        Self {
            user_flow: Some(name.into()),
            ..Self::default()
        }
    }

    /// Narrows the scope to an endpoint.
    pub fn endpoint(mut self, endpoint: Endpoint) -> Self {
        self.endpoint = Some(endpoint);
        self
    }

    /// Narrows the scope to a tenant, given by its name, its domain or its GUID.
    pub fn in_tenant(mut self, name: impl Into<String>) -> Self {
        self.tenant = Some(name.into());
        self
    }

    /// Narrows the scope to a user flow.
    pub fn at_user_flow(mut self, name: impl Into<String>) -> Self {
        self.user_flow = Some(name.into());
        self
    }

    /// Ends after so many requests have been treated badly.
    pub fn next(mut self, requests: u32) -> Self {
        self.next = Some(requests);
        self
    }

    /// Leaves a request alone in the other cases; between 0 and 1.
    pub fn probability(mut self, probability: f64) -> Self {
        self.probability = Some(probability.clamp(0.0, 1.0));
        self
    }

    /// Does a request belong to it?
    pub(crate) fn covers(&self, occasion: &Occasion<'_>) -> bool {
        let is_or_any = |wanted: Option<&str>, found: Option<&str>| {
            wanted
                .is_none_or(|wanted| found.is_some_and(|found| found.eq_ignore_ascii_case(wanted)))
        };
        let is_there = |name: &String| {
            let tenant = occasion.tenant;
            tenant.is_some_and(|tenant| tenant.is_known_as(name))
        };
        self.tenant.as_ref().is_none_or(is_there)
            && is_or_any(self.client.as_deref(), occasion.client_id)
            && is_or_any(self.user_flow.as_deref(), occasion.user_flow)
            && self
                .endpoint
                .is_none_or(|endpoint| occasion.endpoint == Some(endpoint))
    }
}

/// A request, as far as a scope asks about it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Occasion<'a> {
    pub(crate) tenant: Option<&'a Tenant>,
    pub(crate) endpoint: Option<Endpoint>,
    pub(crate) client_id: Option<&'a str>,
    pub(crate) user_flow: Option<&'a str>,
    pub(crate) is_refresh: bool,
}
