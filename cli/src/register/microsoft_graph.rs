//! Microsoft Graph as an API that the app itself calls. It is in every tenant, and nobody registers it.

use super::body::Access;

/// Its application id, the same everywhere
/// ([first-party applications](https://learn.microsoft.com/troubleshoot/entra/entra-id/governance/verify-first-party-apps-sign-in)).
pub(super) const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// What every sign-in needs, and these delegated scopes.
pub(super) fn access(scopes: &[String]) -> Access {
    let all = SIGN_IN.into_iter().chain(scopes.iter().map(String::as_str));
    Access {
        app_id: GRAPH.to_owned(),
        scopes: all.filter_map(id_of).map(str::to_owned).collect(),
    }
}

/// The scopes that consent is given to for every sign-in, and these.
pub(super) fn consented(scopes: &[String]) -> Vec<String> {
    let sign_in = SIGN_IN.into_iter().map(str::to_owned);
    sign_in.chain(scopes.iter().cloned()).collect()
}

/// Whether a resource is Microsoft Graph.
pub(super) fn is_it(resource: &str) -> bool {
    let known = ["https://graph.microsoft.com", GRAPH];
    known.iter().any(|it| it.eq_ignore_ascii_case(resource))
}

/// The id of a delegated scope; `None` for one that this tool does not know
/// ([permissions reference](https://learn.microsoft.com/graph/permissions-reference)).
pub(super) fn id_of(scope: &str) -> Option<&'static str> {
    let mut all = SCOPES.iter();
    all.find(|(name, _)| name.eq_ignore_ascii_case(scope))
        .map(|(_, id)| *id)
}

const SIGN_IN: [&str; 2] = ["openid", "offline_access"];
const SCOPES: [(&str, &str); 5] = [
    ("openid", "37f7f235-527c-4136-accd-4a02d197296e"),
    ("offline_access", "7427e0e9-2fba-42fe-b0c0-848c9e6a8182"),
    ("profile", "14dad69e-099b-42c9-810b-d002981feec1"),
    ("email", "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0"),
    ("User.Read", "e1fe6dd8-ba31-4d61-89e7-88639da4683d"),
];
