//! The two forms of a seed: one about a single tenant, one about all of them.

use serde::{Deserialize, Serialize};

use super::directory::{Directory, Link};
use crate::{
    directory::{Api, Attribute, Client, IssuerForm, TenantKind, User, UserFlow},
    operation::{ClockState, MisbehaviourEntry},
};

/// `[[tenant]]`: every tenant that there is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Many {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clock: Option<ClockState>,
    pub(super) tenant: Vec<Directory>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) misbehaviours: Vec<MisbehaviourEntry>,
}

/// Sections at the top: one tenant, which is there already.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct One {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tenant: Option<Facts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) clock: Option<ClockState>,
    #[serde(skip_serializing_if = "Option::is_none")]
    attribute: Option<Vec<Attribute>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_flows: Option<Vec<UserFlow>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clients: Option<Vec<Client>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    links: Option<Vec<Link>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apis: Option<Vec<Api>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    users: Option<Vec<User>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) misbehaviours: Vec<MisbehaviourEntry>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Facts {
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<TenantKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    custom_domains: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verified_domains: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer_form: Option<IssuerForm>,
}

impl One {
    pub(super) fn of(tenant: Directory) -> Self {
        Self {
            tenant: Some(Facts {
                kind: tenant.kind,
                name: tenant.name,
                id: tenant.id,
                custom_domains: tenant.custom_domains,
                verified_domains: tenant.verified_domains,
                issuer_form: tenant.issuer_form,
            }),
            attribute: tenant.attribute,
            user_flows: tenant.user_flows,
            clients: tenant.clients,
            links: tenant.links,
            apis: tenant.apis,
            users: tenant.users,
            ..Self::default()
        }
    }

    pub(super) fn directory(self) -> Directory {
        let facts = self.tenant.unwrap_or_default();
        Directory {
            kind: facts.kind,
            name: facts.name,
            id: facts.id,
            custom_domains: facts.custom_domains,
            verified_domains: facts.verified_domains,
            issuer_form: facts.issuer_form,
            attribute: self.attribute,
            user_flows: self.user_flows,
            clients: self.clients,
            links: self.links,
            apis: self.apis,
            users: self.users,
        }
    }
}
