//! The `id_token_hint` parameter, where a user flow reads it.

use super::visit::Visit;
use crate::{
    directory::Client,
    jwt::{Statement, Unverified},
    protocol::{Fault, issuer},
};

/// An `id_token_hint` that has passed every check.
pub(super) struct Hint<'a> {
    /// The application that the token was issued to.
    pub(super) client: &'a Client,
    pub(super) statement: Statement,
}

impl<'a> Hint<'a> {
    /// Reads the parameter; `None` without one where none is needed.
    pub(super) fn read(visit: &Visit<'a>, is_required: bool) -> Result<Option<Self>, Fault> {
        let Some(token) = visit.query.get("id_token_hint") else {
            return if is_required {
                Err(Fault::HintMissing)
            } else {
                Ok(None)
            };
        };
        let statement = Self::genuine(visit, &token)?;
        let provider = visit.provider;
        let now = provider.clock.now();
        let tenant = &provider.tenant;
        let client = tenant.client(&statement.aud).ok_or_else(|| {
            let clients = tenant.clients.iter().map(Client::client_id);
            Fault::HintAudience(clients.collect::<Vec<_>>().join(", "))
        })?;
        if statement.exp <= now {
            return Err(Fault::HintExpired);
        }
        if statement.nbf > now + SKEW {
            return Err(Fault::HintNotYet);
        }
        Ok(Some(Self { client, statement }))
    }

    /// Checks who has signed the token: the application with the policy's key, or the emulator.
    fn genuine(visit: &Visit<'_>, token: &str) -> Result<Statement, Fault> {
        let fault = |problem| match problem {
            Unverified::Signature => Fault::HintSignature,
            _ => Fault::HintInvalid,
        };
        if let Some(key) = &visit.user_flow.settings.id_token_hint_key {
            match Statement::read_shared(token, key) {
                Err(Unverified::Algorithm) => {}
                result => return result.map_err(fault),
            }
        }
        let provider = visit.provider;
        let statement = Statement::read(token, &provider.keys).map_err(fault)?;
        let expected = issuer(&visit.authority, &provider.tenant, visit.user_flow);
        // The host may have another name, and the other user flow another form of issuer.
        let is_own = [&visit.authority.origin, &provider.base_url]
            .iter()
            .any(|origin| {
                let rest = statement.iss.strip_prefix(origin.as_str());
                rest.is_some_and(|rest| rest.contains(&provider.tenant.id))
            });
        if is_own {
            Ok(statement)
        } else {
            Err(Fault::HintIssuer(expected))
        }
    }
}

const SKEW: i64 = 300;
