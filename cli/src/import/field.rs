//! What a setting of another tool means here.

/// The meanings that import knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Field {
    /// A URL that says kind, tenant and perhaps user flow.
    Authority,
    EditAuthority,
    ResetAuthority,
    /// A URL of an External ID tenant with a custom domain, or of another OpenID provider.
    OidcAuthority,
    /// The URL of an endpoint, which says as much as an authority where it is Microsoft's.
    Endpoint,
    /// What oauth2-proxy calls the sort of provider.
    Provider,
    /// The origin of the sign-in pages.
    Instance,
    /// A name or a domain.
    Tenant,
    TenantId,
    /// GUIDs of tenants whose users may sign in.
    AllowedTenants,
    ClientId,
    ClientSecret,
    ClientSecretFile,
    SignIn,
    EditProfile,
    ResetPassword,
    /// An absolute URL, or a path.
    Redirect,
    Scopes,
    ApiUrl,
    /// Understood, and of no use here; why.
    Known(&'static str),
}

/// A setting's name without case, `-` and `_`, and without the numbers of lists.
pub(super) fn normal(key: &str) -> String {
    let mut in_brackets = false;
    let kept = key.chars().filter(|&c| {
        let kept = !in_brackets && !matches!(c, '-' | '_' | '[');
        in_brackets = (in_brackets || c == '[') && c != ']';
        kept
    });
    // .NET reads `AzureAdB2C:ClientId` and `AzureAdB2C__ClientId` alike.
    kept.map(|c| {
        if c == ':' {
            '.'
        } else {
            c.to_ascii_lowercase()
        }
    })
    .collect()
}

/// What a setting means, by its name in the normal form.
pub(super) fn field(key: &str) -> Option<Field> {
    let key = key.strip_prefix("oauth2proxy").unwrap_or(key);
    if key.contains("downstreamapi") && key.ends_with(".baseurl") {
        return Some(Field::ApiUrl);
    }
    if key.contains("protectedresources") && key.contains(".scopes.") {
        return Some(Field::Scopes);
    }
    let found = NAMES.iter().find(|(names, _)| {
        let mut names = names.iter();
        names.any(|name| {
            key.strip_suffix(name)
                .is_some_and(|before| before.is_empty() || before.ends_with('.'))
        })
    });
    found.map(|(_, field)| *field)
}

const SESSIONS: Field = Field::Known("sessions are set in [session] of b2c.toml");
const COOKIES: Field = Field::Known("the app has a cookie key of its own");
const SIGN_OUT: Field = Field::Known("set app.after_sign_out if it is not the start page");
const DERIVED: Field = Field::Known("the provider's metadata says it");

/// The first that fits counts, so longer names stand first.
const NAMES: &[(&[&str], Field)] = &[
    (
        &[
            "authorities.editprofile.authority",
            "authorities.editprofile",
            "b2cprofileauthority",
            "editprofilepolicyauthority",
        ],
        Field::EditAuthority,
    ),
    (
        &[
            "authorities.resetpassword.authority",
            "authorities.forgotpassword.authority",
            "authorities.passwordreset.authority",
            "b2cresetpasswordauthority",
            "resetpasswordpolicyauthority",
        ],
        Field::ResetAuthority,
    ),
    (
        &[
            "names.signupsignin",
            "b2c.susi",
            "signupsigninuserflow",
            "signupsigninpolicyid",
            "signupsigninpolicy",
            "policies.policyname",
            "userflows.signuporsignin",
            "policies.signuporsignin",
            "policies.signupsignin",
            "susipolicyid",
        ],
        Field::SignIn,
    ),
    (
        &[
            "names.editprofile",
            "b2c.profile",
            "editprofileuserflow",
            "editprofilepolicyid",
            "userflows.profileedit",
            "policies.profileedit",
            "policies.editprofile",
        ],
        Field::EditProfile,
    ),
    (
        &[
            "names.resetpassword",
            "names.forgotpassword",
            "b2c.password",
            "resetpassworduserflow",
            "resetpasswordpolicyid",
            "userflows.passwordreset",
            "policies.passwordreset",
            "policies.resetpassword",
        ],
        Field::ResetPassword,
    ),
    (&["authorities.signupsignin.authority"], Field::Authority),
    (&["metadata.authority"], Field::Instance),
    (
        &[
            "authority",
            "authorities.signupsignin",
            "signupsigninpolicyauthority",
            "identitymetadata",
            "b2c.baseuri",
            "issueruri",
            "issuerurl",
            "oidcissuerurl",
        ],
        Field::Authority,
    ),
    (&["oidcauthority"], Field::OidcAuthority),
    (&["loginurl", "redeemurl"], Field::Endpoint),
    (&["provider"], Field::Provider),
    (
        &["instance", "authoritydomain", "cloudinstance"],
        Field::Instance,
    ),
    (
        &[
            "b2ctenantname",
            "b2ctenant",
            "tenantname",
            "tenantsubdomain",
            "domain",
            "tenant",
            "azuretenant",
        ],
        Field::Tenant,
    ),
    (
        &[
            "entraidallowedtenants",
            "entraidallowedtenant",
            "microsoftentraidconfig.allowedtenants",
        ],
        Field::AllowedTenants,
    ),
    (&["tenantid"], Field::TenantId),
    (&["clientid", "appclientid"], Field::ClientId),
    (
        &["clientsecret", "appclientsecret", "clientcredential"],
        Field::ClientSecret,
    ),
    (&["clientsecretfile"], Field::ClientSecretFile),
    (
        &[
            "redirecturi",
            "appredirecturi",
            "redirecturl",
            "redirectpath",
            "replyurl",
            "callbackpath",
        ],
        Field::Redirect,
    ),
    (&["scopes", "scope"], Field::Scopes),
    (&["endpoint", "graphmeendpoint"], Field::ApiUrl),
    (
        &["graphapiendpoint"],
        Field::Known("the whole URL of an API is what is called"),
    ),
    (&["sessiontype", "sessionstoretype", "cookiename"], SESSIONS),
    (
        &[
            "sessionsecret",
            "expresssessionsecret",
            "secretkey",
            "cookiesecret",
            "cookieencryptionkeys.key",
            "cookieencryptionkeys.iv",
            "usecookieinsteadofsession",
        ],
        COOKIES,
    ),
    (
        &[
            "logoutendpoint",
            "logouturi",
            "logoutsuccessurl",
            "postlogoutredirecturi",
            "signedoutcallbackpath",
            "destroysessionurl",
        ],
        SIGN_OUT,
    ),
    (
        &[
            "knownauthorities",
            "oidcjwksurl",
            "jwkseturi",
            "authorizationuri",
            "tokenuri",
        ],
        DERIVED,
    ),
    (
        &["authoritytemplate"],
        Field::Known("the authorities are made of it"),
    ),
    // passport-azure-ad's.
    (&["isb2c"], Field::Known("the kind of the provider says it")),
    (
        &["responsemode"],
        Field::Known("set provider.response_mode if answers are to come by form_post"),
    ),
    (
        &["responsetype"],
        Field::Known("the code flow is used; provider.response_type has the other one"),
    ),
    (
        &["validateissuer", "issuer"],
        Field::Known("the issuer is always checked, against the metadata"),
    ),
    (
        &["noncelifetime", "noncemaxamount"],
        Field::Known("seven sign-ins may be pending in a browser, for 15 minutes each"),
    ),
    (
        &["clockskew"],
        Field::Known("clocks may differ by 120 seconds"),
    ),
    (
        &["allowhttpforredirecturl"],
        Field::Known("http is for localhost, and only there"),
    ),
    (
        &["loggingnopii"],
        Field::Known("neither secrets nor people are logged"),
    ),
    (
        &["serverport", "server.port"],
        Field::Known("the port is that of app.base_url"),
    ),
];

#[cfg(test)]
mod tests {
    use super::{Field, field, normal};

    #[test]
    fn names_are_read_whatever_their_spelling() {
        for (key, expected) in [
            ("AzureAdB2C.SignUpSignInPolicyId", Some(Field::SignIn)),
            ("AzureAdB2C:ClientId", Some(Field::ClientId)),
            ("b2c_tenant", Some(Field::Tenant)),
            ("providers[0].oidcConfig.issuerURL", Some(Field::Authority)),
            ("OAUTH2_PROXY_CLIENT_ID", Some(Field::ClientId)),
            (
                "spring.cloud.azure.active-directory.b2c.user-flows.profile-edit",
                Some(Field::EditProfile),
            ),
            ("ServerClientId", None),
            ("Logging.LogLevel.Default", None),
        ] {
            assert_eq!(field(&normal(key)), expected, "{key}");
        }
    }
}
