use super::{AuthorizationRequest, resolvers::output_claims};
use crate::{
    address::Authority,
    control::Misbehaviours,
    directory::{TenantKind, UserFlow},
    grant::{Grant, GrantKind, Identity},
    journey::SignedIn,
    jwt::{Hashes, Issue, access_token, access_token_v2, id_token, id_token_v2},
    protocol::{Answer, Fault, Report, client_info, issuer},
    provider::Provider,
    random,
    token::ClientProof,
};

impl AuthorizationRequest {
    /// Answers the application with a code and tokens for the user who has signed in. The session
    /// is named where the application wants to be told of its end.
    pub(crate) fn complete(
        &self,
        signed_in: SignedIn,
        sid: Option<String>,
        provider: &Provider,
        authority: &Authority,
        user_flow: &UserFlow,
    ) -> Answer {
        let now = provider.clock.now();
        let mut grant = self.grant(signed_in, now, authority, user_flow);
        let tenant = &provider.tenant;
        if let Some(client) = tenant.client(&self.client_id) {
            grant.identity.sid = sid.filter(|_| client.knows_sessions(tenant));
            grant.identity.narrow(client, tenant);
        }
        match self.fields(&grant, provider, authority, user_flow) {
            Ok(fields) => self.target.success(fields),
            Err(fault) => self.target.failure(&Report::new(fault, now)),
        }
    }

    fn grant(
        &self,
        signed_in: SignedIn,
        now: i64,
        authority: &Authority,
        user_flow: &UserFlow,
    ) -> Grant {
        let auth_time = signed_in.auth_time;
        let mut identity = Identity::of(signed_in);
        identity.requested = self.claims.clone();
        identity.outputs = output_claims(self, user_flow, &authority.origin, now);
        Grant {
            kind: GrantKind::Code,
            id: random::token(),
            version: authority.version,
            user_flow: user_flow.name().to_owned(),
            client_id: self.client_id.clone(),
            redirect_uri: self.target.redirect_uri.clone(),
            platform: self.platform,
            scopes: self.scopes.clone(),
            nonce: self.nonce.clone(),
            challenge: self.challenge.clone(),
            auth_time,
            issued_at: now,
            expires_at: now + code_lifetime(authority.kind),
            window_ends_at: now.saturating_add(user_flow.settings.refresh_window),
            identity,
        }
    }

    /// `state`, `client_info`, `code`, then the tokens: the order seen from B2C.
    fn fields(
        &self,
        grant: &Grant,
        provider: &Provider,
        authority: &Authority,
        user_flow: &UserFlow,
    ) -> Result<Vec<(&'static str, String)>, Fault> {
        let tenant = &provider.tenant;
        let is_b2c = tenant.kind.is_b2c();
        let bad = Misbehaviours::of_this_request();
        let issue = Issue {
            issuer: &issuer(authority, tenant, user_flow),
            tenant_id: &tenant.id,
            client_id: &self.client_id,
            user_flow,
            nonce: self.nonce.as_deref(),
            auth_time: grant.auth_time,
            now: provider.clock.now(),
            lifetime: provider.token_lifetime(user_flow),
            identity: &grant.identity,
            keys: &provider.keys,
            bad: &bad,
        };
        let mut fields = Vec::new();
        if self.wants_client_info {
            let client_info = client_info(&grant.identity, user_flow.name(), tenant);
            fields.push(("client_info", client_info));
        }
        let mut hashes = Hashes::default();
        if self.response_type.code {
            let code = provider.vault.issue(grant)?;
            hashes.code = Some(code.clone());
            fields.push(("code", code));
        }
        if self.response_type.token
            && let Some(access) = &self.scopes.access
        {
            let token = if is_b2c {
                access_token(&issue, access)
            } else {
                access_token_v2(&issue, access, ClientProof::Nothing.azpacr())
            };
            let token = token.ok_or(Fault::InternalError)?;
            hashes.access_token = Some(token.clone());
            fields.push(("access_token", token));
            fields.push(("token_type", "Bearer".to_owned()));
            fields.push(("expires_in", issue.lifetime.to_string()));
            fields.push(("scope", access.requested.join(" ")));
        }
        if self.response_type.id_token {
            let token = if is_b2c {
                id_token(&issue, &hashes)
            } else {
                id_token_v2(&issue, self.scopes.has_requested("email"), &hashes)
            };
            let token = token.ok_or(Fault::InternalError)?;
            fields.push(("id_token", token));
        }
        Ok(fields)
    }
}

/// 300 seconds were observed at B2C, whose documentation says "about 10 minutes"; Entra keeps to
/// these.
fn code_lifetime(kind: TenantKind) -> i64 {
    if kind.is_b2c() { 300 } else { 600 }
}
