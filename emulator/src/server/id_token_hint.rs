//! The `id_token_hint` parameter, where a user flow reads it.

use super::visit::Visit;
use crate::{
    directory::Client,
    jwt::{Statement, Unverified},
    protocol::{Fault, issuer},
};

/// Which application was the ID token issued to? `None` without a hint where none is needed.
pub(super) fn client_of_hint<'a>(
    visit: &Visit<'a>,
    is_required: bool,
) -> Result<Option<&'a Client>, Fault> {
    let Some(token) = visit.query.get("id_token_hint") else {
        return if is_required {
            Err(Fault::HintMissing)
        } else {
            Ok(None)
        };
    };
    let provider = visit.provider;
    let tenant = &provider.tenant;
    let now = provider.clock.now();
    let statement = Statement::read(&token, &provider.keys).map_err(|problem| match problem {
        Unverified::Signature => Fault::HintSignature,
        _ => Fault::HintInvalid,
    })?;
    let expected = issuer(&visit.authority, tenant, visit.user_flow);
    let is_own = statement.iss == expected
        || statement.iss == visit.authority.issuer(tenant)
        || statement.iss.starts_with(&provider.base_url);
    if !is_own {
        return Err(Fault::HintIssuer(expected));
    }
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
    Ok(Some(client))
}

const SKEW: i64 = 300;
