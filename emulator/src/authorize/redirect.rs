use url::Url;

use super::Refusal;
use crate::{
    directory::{Client, Tenant},
    protocol::{Fault, Params, ResponseMode, ResponseType, Target},
};

/// Finds the application and the place that answers may be sent to.
pub(super) fn target<'a>(
    params: &Params,
    tenant: &'a Tenant,
) -> Result<(&'a Client, Target), Refusal> {
    let client_id = params
        .get("client_id")
        .ok_or(Refusal::Page(Fault::MissingClientId))?;
    let client = tenant.client(&client_id).ok_or_else(|| {
        Refusal::Page(Fault::UnknownClient {
            client_id: client_id.clone(),
            tenant: tenant.name.clone(),
        })
    })?;
    if client.is_disabled {
        return Err(Refusal::Page(Fault::DisabledClient {
            client_id,
            tenant: tenant.name.clone(),
        }));
    }
    if client.is_for_entra_only && tenant.kind.is_b2c() {
        return Err(Refusal::Page(Fault::ForeignClient(client_id)));
    }
    let registered = client
        .redirect_uris()
        .first()
        .ok_or_else(|| Refusal::Page(Fault::NoRegisteredRedirectUri(client_id.clone())))?;
    let uri = params
        .get("redirect_uri")
        .ok_or(Refusal::Page(Fault::MissingRedirectUri))?;
    if Url::parse(&uri).is_err() {
        return Err(Refusal::Page(Fault::MalformedRedirectUri(uri)));
    }

    let has_tokens = params
        .get("response_type")
        .and_then(|value| ResponseType::read(&value).ok())
        .is_some_and(ResponseType::has_tokens);
    let usual_mode = if has_tokens {
        ResponseMode::Fragment
    } else {
        ResponseMode::Query
    };
    let mode = params.get("response_mode");
    let target_at = |redirect_uri: &str| Target {
        redirect_uri: redirect_uri.to_owned(),
        mode: mode
            .as_deref()
            .and_then(ResponseMode::named)
            .unwrap_or(usual_mode),
        state: params.get("state"),
    };
    if !client.redirect_uris().contains(&uri) {
        // B2C tells the application, at a place that it knows.
        let fault = Fault::UnregisteredRedirectUri { uri, client_id };
        return Err(Refusal::Redirect(target_at(registered), fault));
    }
    let target = target_at(&uri);
    match mode.filter(|mode| ResponseMode::named(mode).is_none()) {
        Some(unknown) => Err(Refusal::Redirect(
            target,
            Fault::UnsupportedResponseMode(unknown),
        )),
        None => Ok((client, target)),
    }
}
