//! The identity providers that the emulator plays, one per tenant.

use std::{iter, sync::Arc};

use aws_lc_rs::error::Unspecified;

use crate::{
    clock::Clock,
    control::{Faults, RequestLog},
    directory::{Tenant, TenantKind, UserFlow, is_shared_authority},
    grant::{GrantKind, Vault},
    graph::Registrations,
    journey::Journeys,
    jwt::KeyRing,
    pages::Pages,
    random::{Sequence, numbered},
    seed::Planted,
    session::Sessions,
};

/// Everything that a request to a tenant can meet.
pub(crate) struct Provider {
    pub(crate) base_url: String,
    pub(crate) settings: Settings,
    pub(crate) tenant: Tenant,
    /// Ids that are the same in every run.
    pub(crate) ids: Option<Sequence>,
    pub(crate) clock: Arc<Clock>,
    pub(crate) keys: Arc<KeyRing>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) journeys: Arc<Journeys>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) faults: Arc<Faults>,
    pub(crate) log: Arc<RequestLog>,
    pub(crate) pages: Arc<Pages>,
    pub(crate) registrations: Arc<Registrations>,
}

/// The providers of every tenant.
pub(crate) struct Providers {
    default: Arc<Provider>,
    more: Vec<Arc<Provider>>,
}

/// What the builder decides.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct Settings {
    /// Of access and ID tokens, in seconds.
    pub(crate) token_lifetime: i64,
    pub(crate) single_use_refresh_tokens: bool,
    /// Is the user of `login_hint` signed in without a page?
    pub(crate) auto_sign_in: bool,
    /// The time at which the clock stands still, in a run like any other.
    pub(crate) deterministic_at: Option<i64>,
    /// Do other machines reach it, under any name?
    pub(crate) public: bool,
    /// May a header of a request order misbehaviours?
    pub(crate) misbehave_header: bool,
    pub(crate) most_pending_sign_ins: usize,
}

impl Provider {
    /// The lifetime of a user flow's access and ID tokens, in seconds.
    pub(crate) fn token_lifetime(&self, user_flow: &UserFlow) -> i64 {
        let own = user_flow.settings.token_lifetime;
        own.unwrap_or(self.settings.token_lifetime)
    }

    /// `http` or `https`.
    pub(crate) fn scheme(&self) -> &str {
        self.base_url
            .split_once(':')
            .map_or("http", |(scheme, _)| scheme)
    }

    pub(crate) fn is_secure(&self) -> bool {
        self.scheme() == "https"
    }

    /// The same provider with another directory.
    pub(crate) fn with_tenant(&self, tenant: Tenant) -> Self {
        Self {
            base_url: self.base_url.clone(),
            settings: self.settings.clone(),
            tenant,
            ids: self.ids.clone(),
            clock: Arc::clone(&self.clock),
            keys: Arc::clone(&self.keys),
            vault: Arc::clone(&self.vault),
            journeys: Arc::clone(&self.journeys),
            sessions: Arc::clone(&self.sessions),
            faults: Arc::clone(&self.faults),
            log: Arc::clone(&self.log),
            pages: Arc::clone(&self.pages),
            registrations: Arc::clone(&self.registrations),
        }
    }
}

impl Providers {
    /// Creates a provider per tenant; they share the clock, the log and the misbehaviours, and
    /// the signing keys of their product.
    pub(crate) fn new(
        base_url: &str,
        tenants: Vec<Tenant>,
        settings: &Settings,
    ) -> Result<Self, Unspecified> {
        let clock = Arc::new(Clock::default());
        if settings.deterministic_at.is_some() {
            clock.freeze(settings.deterministic_at);
        }
        let ids = settings.deterministic_at.map(|_| Sequence::default());
        let keys = Arc::new(KeyRing::development().ok_or(Unspecified)?);
        // A certificate takes time, so there is none until somebody needs it.
        let has_entra = tenants.iter().any(|tenant| !tenant.kind.is_b2c());
        let entra_keys = if has_entra {
            Arc::new(KeyRing::entra().ok_or(Unspecified)?)
        } else {
            Arc::clone(&keys)
        };
        let faults = Arc::new(Faults::default());
        let log = Arc::new(RequestLog::default());
        let pages = Arc::new(Pages::new().map_err(|_| Unspecified)?);
        // One cookie serves every tenant of External ID and Entra ID at a host.
        let entra_sessions = Arc::new(Sessions::new());
        let provider = |tenant: Tenant| -> Result<_, Unspecified> {
            let (keys, sessions) = if tenant.kind.is_b2c() {
                (&keys, Arc::new(Sessions::new()))
            } else {
                (&entra_keys, Arc::clone(&entra_sessions))
            };
            Ok(Arc::new(Provider {
                base_url: base_url.to_owned(),
                tenant,
                clock: Arc::clone(&clock),
                keys: Arc::clone(keys),
                ids: ids.clone(),
                vault: Arc::new(numbered(ids.as_ref(), Vault::new)?),
                journeys: Arc::new(Journeys::new(settings.most_pending_sign_ins)),
                sessions,
                faults: Arc::clone(&faults),
                log: Arc::clone(&log),
                pages: Arc::clone(&pages),
                registrations: Arc::default(),
                settings: settings.clone(),
            }))
        };
        let mut all = tenants.into_iter().map(provider);
        let all = Self {
            default: all.next().ok_or(Unspecified)??,
            more: all.collect::<Result<_, _>>()?,
        };
        Ok(all.with_guests())
    }

    /// The provider of the default tenant.
    pub(crate) fn default(&self) -> &Arc<Provider> {
        &self.default
    }

    /// Every provider, the default one first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Provider>> + Clone {
        iter::once(&self.default).chain(&self.more)
    }

    /// The signing keys of every product.
    pub(crate) fn key_rings(&self) -> impl Iterator<Item = &KeyRing> {
        let first_entra = self.all().find(|provider| !provider.tenant.kind.is_b2c());
        let first_b2c = self.all().find(|provider| provider.tenant.kind.is_b2c());
        let rings = [first_b2c, first_entra].into_iter().flatten();
        rings.map(|provider| &*provider.keys)
    }

    /// The provider that a host, a tenant's name and a policy lead to. Without a host it is the
    /// emulator's own.
    pub(crate) fn find(
        &self,
        host: Option<&str>,
        tenant: &str,
        policy: Option<&str>,
        client_id: Option<&str>,
    ) -> Option<&Arc<Provider>> {
        let serves = |provider: &&Arc<Provider>| {
            provider.tenant.is_called(tenant)
                && host.is_none_or(|host| provider.tenant.is_served_at(host))
        };
        // A B2C tenant is a tenant of Entra ID, too; the policy tells which one is meant. What
        // `common` stands for follows from the application.
        let is_shared = is_shared_authority(tenant);
        let knows = |tenant: &Tenant, client_id: &str| {
            if is_shared {
                tenant.registers(client_id)
            } else {
                tenant.client(client_id).is_some()
            }
        };
        let fits = |provider: &&Arc<Provider>| {
            let tenant = &provider.tenant;
            match policy {
                Some(policy) => tenant.user_flow(policy).is_some(),
                None => {
                    !tenant.kind.is_b2c()
                        && client_id.is_none_or(|client_id| knows(tenant, client_id))
                }
            }
        };
        let mut serving = self.all().filter(serves);
        let first = serving.clone().next();
        serving.find(fits).or(first)
    }

    /// The provider of Entra ID that has issued a code or a refresh token.
    pub(crate) fn issuer_of(&self, grant: &str) -> Option<&Arc<Provider>> {
        let kinds = [GrantKind::Code, GrantKind::RefreshToken];
        let mut entra = self
            .all()
            .filter(|one| one.tenant.kind == TenantKind::Entra);
        entra.find(|one| {
            kinds
                .iter()
                .any(|kind| one.vault.open(grant, *kind).is_ok())
        })
    }

    /// Lets every tenant of Entra ID know the applications of the others that are open to it.
    fn with_guests(self) -> Self {
        let linked = |provider: &Arc<Provider>| {
            let tenants = self.all().map(|other| &other.tenant);
            match provider.tenant.receiving(tenants) {
                Some(tenant) => Arc::new(provider.with_tenant(tenant)),
                None => Arc::clone(provider),
            }
        };
        Self {
            default: linked(&self.default),
            more: self.more.iter().map(linked).collect(),
        }
    }

    /// The same providers, one of them with another directory.
    pub(crate) fn with_one(&self, changed: &Arc<Provider>, tenant: Tenant) -> Self {
        let changed_id = (changed.tenant.kind, &changed.tenant.id);
        let new = Arc::new(changed.with_tenant(tenant));
        let replaced = |provider: &Arc<Provider>| {
            let is_it = (provider.tenant.kind, &provider.tenant.id) == changed_id;
            Arc::clone(if is_it { &new } else { provider })
        };
        let all = Self {
            default: replaced(&self.default),
            more: self.more.iter().map(replaced).collect(),
        };
        all.with_guests()
    }

    /// Providers of these tenants, and of no other; a tenant that was there keeps its journeys and
    /// its sessions.
    pub(crate) fn with_tenants(&self, tenants: Vec<Planted>) -> Result<Self, Unspecified> {
        let mut all: Vec<Arc<Provider>> = Vec::new();
        for (tenant, before) in tenants {
            let provider = match before {
                Some(before) => before.with_tenant(tenant),
                None => self.fresh(tenant, &all)?,
            };
            all.push(Arc::new(provider));
        }
        let mut all = all.into_iter();
        let all = Self {
            default: all.next().ok_or(Unspecified)?,
            more: all.collect(),
        };
        Ok(all.with_guests())
    }

    /// A provider of a tenant that was not there before, with the keys of its product, and with the
    /// sessions of its product where they are shared.
    fn fresh(&self, tenant: Tenant, new: &[Arc<Provider>]) -> Result<Provider, Unspecified> {
        let is_b2c = tenant.kind.is_b2c();
        let mut known = self.all().chain(new);
        let akin = known.find(|other| other.tenant.kind.is_b2c() == is_b2c);
        let sessions = match akin {
            Some(other) if !is_b2c => Arc::clone(&other.sessions),
            _ => Arc::new(Sessions::new()),
        };
        let keys = match akin {
            Some(other) => Arc::clone(&other.keys),
            None if is_b2c => Arc::new(KeyRing::development().ok_or(Unspecified)?),
            None => Arc::new(KeyRing::entra().ok_or(Unspecified)?),
        };
        let settings = &self.default.settings;
        Ok(Provider {
            keys,
            vault: Arc::new(numbered(self.default.ids.as_ref(), Vault::new)?),
            journeys: Arc::new(Journeys::new(settings.most_pending_sign_ins)),
            sessions,
            registrations: Arc::default(),
            ..self.default.with_tenant(tenant)
        })
    }
}
