//! Who must have issued a token.

use serde_json::Value;

use super::claim_set::ClaimSet;

/// The issuer that tokens must name, from the provider's metadata.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Issuer {
    /// Compared exactly, as every issuer is.
    Exact(String),
    /// Entra's multi-tenant authorities: `https://login.microsoftonline.com/{tenantid}/v2.0`, where
    /// the token's own tenant (`tid`) belongs into the braces. Source: Microsoft Learn, "Access
    /// tokens in the Microsoft identity platform", "Validate the issuer".
    PerTenant {
        template: String,
        /// The tenants whose users may come, in lower case; `None` for all.
        allowed: Option<Vec<String>>,
    },
}

/// What stands in a multi-tenant issuer where the tenant's GUID belongs.
pub(crate) const TENANT_ID: &str = "{tenantid}";

impl Issuer {
    /// Whether the claims name this issuer.
    pub(crate) fn is_of(&self, claims: &impl ClaimSet) -> bool {
        self.check(claims).is_ok()
    }

    /// Whether an authorization response's `iss` is this issuer (RFC 9207 §2.4), in a multi-tenant
    /// one for any tenant: the ID token tells which.
    pub(crate) fn is_named(&self, iss: &str) -> bool {
        match self {
            Self::Exact(expected) => iss == expected,
            Self::PerTenant { template, .. } => {
                let (before, after) = template.split_once(TENANT_ID).unwrap_or((template, ""));
                let tenant = iss
                    .strip_prefix(before)
                    .and_then(|rest| rest.strip_suffix(after));
                tenant.is_some_and(is_guid)
            }
        }
    }

    /// The issuer of the same tenants' tokens of version 1.0, for tenants that are known by GUID.
    /// Source: Microsoft Learn, "Access tokens in the Microsoft identity platform", "Token formats".
    pub(crate) fn v1(&self, security_token_service: &str) -> Option<Self> {
        let of = |tenant: &str| format!("{security_token_service}/{tenant}/");
        match self {
            Self::Exact(issuer) => {
                let tenant = tenant_in(issuer)?;
                Some(Self::Exact(of(tenant)))
            }
            Self::PerTenant { allowed, .. } => Some(Self::PerTenant {
                template: of(TENANT_ID),
                allowed: allowed.clone(),
            }),
        }
    }

    /// Whether the claims name this issuer; else which of them does not fit.
    pub(super) fn check(&self, claims: &impl ClaimSet) -> Result<(), &'static str> {
        let text = |name| claims.claim(name).and_then(Value::as_str);
        let issuer = text("iss").ok_or("iss")?;
        match self {
            Self::Exact(expected) if issuer == expected => Ok(()),
            Self::Exact(_) => Err("iss"),
            Self::PerTenant { template, allowed } => {
                let tenant = text("tid").filter(|tenant| is_guid(tenant)).ok_or("tid")?;
                if issuer != template.replace(TENANT_ID, tenant) {
                    return Err("iss");
                }
                let tenant = tenant.to_ascii_lowercase();
                let welcome = allowed.as_ref().is_none_or(|list| list.contains(&tenant));
                if welcome { Ok(()) } else { Err("tid") }
            }
        }
    }
}

/// The GUID of the tenant whose issuer this is.
pub(super) fn tenant_in(issuer: &str) -> Option<&str> {
    issuer.split('/').find(|segment| is_guid(segment))
}

pub(crate) fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const HOME: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";
    const OTHER: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";

    fn verdict(issuer: &Issuer, tid: Option<&str>, iss: &str) -> Result<(), &'static str> {
        let claims = json!({ "tid": tid, "iss": iss });
        issuer.check(claims.as_object().unwrap())
    }

    #[test]
    fn a_multi_tenant_issuer_is_that_of_the_tokens_own_tenant() {
        let of = |tenant| format!("https://login.microsoftonline.com/{tenant}/v2.0");
        let any = Issuer::PerTenant {
            template: of(TENANT_ID),
            allowed: None,
        };
        assert_eq!(verdict(&any, Some(HOME), &of(HOME)), Ok(()));
        assert_eq!(verdict(&any, Some(OTHER), &of(HOME)), Err("iss"));
        assert!(any.is_named(&of(HOME)) && any.is_named(&of(OTHER)));
        assert!(!any.is_named(&of(TENANT_ID)) && !any.is_named("https://evil.example/v2.0"));
        assert_eq!(verdict(&any, None, &of(HOME)), Err("tid"));
        assert_eq!(verdict(&any, Some(TENANT_ID), &of(TENANT_ID)), Err("tid"));
        assert_eq!(verdict(&any, Some("../evil"), &of("../evil")), Err("tid"));

        let some = Issuer::PerTenant {
            template: of(TENANT_ID),
            allowed: Some(vec![HOME.to_owned()]),
        };
        let upper = HOME.to_ascii_uppercase();
        assert_eq!(verdict(&some, Some(HOME), &of(HOME)), Ok(()));
        assert_eq!(verdict(&some, Some(&upper), &of(&upper)), Ok(()));
        assert_eq!(verdict(&some, Some(OTHER), &of(OTHER)), Err("tid"));
    }
}
