use super::Emulator;
use crate::{
    address::Authority,
    directory::Client,
    protocol::{issuer, with_query},
};

impl Emulator {
    /// The URL at which somebody else starts a sign-in of an application of the default tenant:
    /// its [`initiate_login_uri`](Client::initiate_login_uri) with the issuer of the first user
    /// flow as `iss`, and a `login_hint` ([OpenID Connect Core, section 4][spec]). `None` if there
    /// is no such application, or no such URL of it.
    ///
    /// [spec]: https://openid.net/specs/openid-connect-core-1_0.html#ThirdPartyInitiatedLogin
    pub fn third_party_login_url(
        &self,
        client_id: &str,
        login_hint: Option<&str>,
    ) -> Option<String> {
        let provider = self.provider();
        let tenant = &provider.tenant;
        let uri = tenant.client(client_id).and_then(Client::login_uri)?;
        let user_flow = tenant.user_flows.first()?;
        let authority = Authority::usual(&provider.base_url, tenant, user_flow);
        let issuer = issuer(&authority, tenant, user_flow);
        let mut parameters = vec![("iss", issuer.as_str())];
        parameters.extend(login_hint.map(|hint| ("login_hint", hint)));
        Some(with_query(uri, '?', &parameters))
    }
}
