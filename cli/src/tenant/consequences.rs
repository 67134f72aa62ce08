//! What changes for the app from one kind of provider to another.

use b2c_templates::Kind;

/// What changes for an app whose users signed in at a provider of this kind, and do so at one of
/// another now (Microsoft, "Plan your migration to External ID").
pub(super) fn consequences(old: Kind, new: Kind) -> Vec<String> {
    if old == new {
        return Vec::new();
    }
    let mut changes = vec![
        "`sub` is another value for the same person: data that is kept by it needs a mapping, by \
         the e-mail address or by `oid` where the tenant stays"
            .to_owned(),
        format!(
            "the issuer is another one ({}): APIs and gateways that name it have to be told",
            issuer(new)
        ),
        "the redirect URI and the client secret belong to a registration there".to_owned(),
    ];
    changes.push(
        "web APIs are registered there anew: `resource` and `scopes` of [[downstream]] are those of \
         the new registration (api://{application id} by default)"
            .to_owned(),
    );
    if old.has_user_flows() {
        changes.push(
            "there are no user flows: the links to edit the profile and to reset the password \
             disappear; people reset their password on the sign-in page"
                .to_owned(),
        );
        changes.push(
            "tokens have `email` in place of `emails`, and neither `tfp` nor `extension_…` unless \
             the registration asks for them"
                .to_owned(),
        );
    }
    if new.has_user_flows() {
        changes.push(
            "there are user flows: sign_up_sign_in has to name one, and tokens have `emails` in \
             place of `email`"
                .to_owned(),
        );
    }
    changes
}

fn issuer(kind: Kind) -> &'static str {
    match kind {
        Kind::B2c => "https://{host}/{tenant id}/v2.0/",
        Kind::ExternalId => "https://{tenant id}.ciamlogin.com/{tenant id}/v2.0",
        Kind::Entra => "https://login.microsoftonline.com/{tenant id}/v2.0",
        Kind::Oidc => "what the provider's metadata says",
    }
}
