use serde_json::{Value, json};

use crate::{address::Authority, directory::Tenant, jwt::PublicKey};

/// The OpenID Connect metadata of a tenant; the members come in Entra's order. `shared` is
/// `common`, `organizations` or `consumers`, which stand for several.
pub(crate) fn discovery_document(
    authority: &Authority,
    tenant: &Tenant,
    shared: Option<&str>,
) -> Value {
    let authority = &match shared {
        Some(segment) => Authority {
            tenant_path: segment.to_owned(),
            ..authority.clone()
        },
        None => authority.clone(),
    };
    let region = if shared.is_some() {
        Value::Null
    } else {
        json!("WW")
    };
    json!({
        "token_endpoint": authority.token(),
        "token_endpoint_auth_methods_supported": [
            "client_secret_post", "private_key_jwt", "client_secret_basic"
        ],
        "jwks_uri": authority.keys(),
        "response_modes_supported": ["query", "fragment", "form_post"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "issuer": issuer(authority, tenant, shared),
        "request_uri_parameter_supported": false,
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "authorization_endpoint": authority.authorize(),
        "device_authorization_endpoint": authority.below_tenant("oauth2/v2.0/devicecode"),
        "http_logout_supported": true,
        "frontchannel_logout_supported": true,
        "end_session_endpoint": authority.logout(),
        "claims_supported": [
            "sub", "iss", "cloud_instance_name", "cloud_instance_host_name",
            "cloud_graph_host_name", "msgraph_host", "aud", "exp", "iat", "auth_time", "acr",
            "nonce", "preferred_username", "name", "tid", "ver", "at_hash", "c_hash", "email"
        ],
        "kerberos_endpoint": authority.below_tenant("kerberos"),
        "tenant_region_scope": region,
        "cloud_instance_name": "microsoftonline.com",
        "cloud_graph_host_name": "graph.windows.net",
        "msgraph_host": "graph.microsoft.com",
        "rbac_url": "https://pas.windows.net"
    })
}

/// The JSON Web Key Set: the members of Entra's keys, in Entra's order.
pub(crate) fn key_set(
    keys: &[PublicKey],
    authority: &Authority,
    tenant: &Tenant,
    shared: Option<&str>,
) -> Value {
    let issuer = issuer(authority, tenant, shared);
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            let certificate = key.certificate.as_ref();
            json!({
                "kty": "RSA",
                "use": "sig",
                "kid": key.kid,
                "x5t": certificate.map(|certificate| &certificate.thumbprint),
                "n": key.modulus,
                "e": key.exponent,
                "x5c": certificate.map(|certificate| [&certificate.encoded]),
                "issuer": issuer,
            })
        })
        .collect();
    json!({ "keys": keys })
}

/// What MSAL asks about an authority that it does not know: its metadata and its aliases.
pub(crate) fn instance_document(authority: &Authority, host: &str) -> Value {
    let metadata = json!({
        "preferred_network": host,
        "preferred_cache": host,
        "aliases": [host],
    });
    json!({
        "tenant_discovery_endpoint": authority.metadata(),
        "api-version": "1.1",
        "metadata": [metadata],
    })
}

/// Of any organization it is a template; personal accounts have a tenant of their own.
fn issuer(authority: &Authority, tenant: &Tenant, shared: Option<&str>) -> String {
    let issuer = authority.issuer(tenant);
    match shared {
        Some(segment) if segment.eq_ignore_ascii_case("consumers") => {
            issuer.replace(&tenant.id, PERSONAL_ACCOUNTS)
        }
        Some(_) => issuer.replace(&tenant.id, "{tenantid}"),
        None => issuer,
    }
}

/// <https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference>, `tid`
const PERSONAL_ACCOUNTS: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
