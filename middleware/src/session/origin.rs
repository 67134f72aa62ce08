//! Where a session comes from: what its sign-out needs to know.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::secret::Secret;

/// Facts of the sign-in that outlive changes of the claims.
#[derive(Clone, Default, Deserialize, Serialize)]
#[serde(default)]
pub(crate) struct Origin {
    /// The ID token's issuer.
    pub(crate) issuer: String,
    /// The session at the provider (`sid`), if it names it.
    pub(crate) provider_session: Option<String>,
    /// For `id_token_hint`; kept only where the configuration asks for it.
    pub(crate) id_token: Option<Secret>,
    /// The browser as it names itself, shortened.
    pub(crate) user_agent: Option<String>,
}

impl Origin {
    /// From the claims of a verified ID token.
    pub(crate) fn of(claims: &Map<String, Value>) -> Self {
        let text = |name| claims.get(name).and_then(Value::as_str);
        Self {
            issuer: text("iss").unwrap_or_default().to_owned(),
            provider_session: text("sid").filter(|sid| !sid.is_empty()).map(str::to_owned),
            id_token: None,
            user_agent: None,
        }
    }
}
