use cookie::{Cookie, SameSite, time::Duration};

use crate::{
    directory::{Tenant, TenantKind, derived_guid},
    protocol::Fault,
};

/// The emulator's cookies in a request, named as the tenant's product names them.
///
/// B2C's are `x-ms-cpim-sso:{tenant}_0` and `x-ms-cpim-csrf`. At External ID and Entra ID a session
/// is `ESTSAUTH`, and `ESTSAUTHPERSISTENT` if it outlives the browser; `ESTSAUTHLIGHT` shows its
/// GUID to scripts, and `esctx` binds a request to a browser
/// (<https://learn.microsoft.com/entra/identity/authentication/concept-authentication-web-browser-cookies>).
///
/// Over https they are `SameSite=None; Secure`, as at B2C. Plain http allows neither, so there they
/// are `SameSite=Lax`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cookies {
    pub(crate) session: Option<String>,
    pub(crate) csrf: Option<String>,
}

impl Cookies {
    /// Reads the `Cookie` headers of a request to a tenant.
    pub(crate) fn read<'a>(headers: impl Iterator<Item = &'a str>, tenant: &Tenant) -> Self {
        let session_names = session_names(tenant);
        let csrf_name = csrf_name(tenant.kind);
        let mut sessions = [const { None }; 2];
        let mut csrf = None;
        for cookie in headers.flat_map(Cookie::split_parse).flatten() {
            let value = || Some(cookie.value().to_owned());
            if let Some(index) = session_names.iter().position(|name| name == cookie.name()) {
                sessions[index] = value();
            } else if cookie.name() == csrf_name {
                csrf = value();
            }
        }
        let [transient, persistent] = sessions;
        Self {
            session: transient.or(persistent),
            csrf,
        }
    }

    /// Says what is wrong with the value that ties the browser to its journeys, if it is none that
    /// the emulator has set. A browser without one has lost it.
    pub(crate) fn fault(&self) -> Option<Fault> {
        let csrf = self.csrf.as_deref().filter(|csrf| !is_csrf_token(csrf))?;
        let is_part = csrf.len() < CSRF_LENGTH && csrf.bytes().all(is_csrf_byte);
        Some(if is_part {
            Fault::IncompleteCookie
        } else {
            Fault::InvalidCookie
        })
    }

    /// Every `Set-Cookie` that starts a session; it survives the browser for some days if told.
    pub(crate) fn set_session(
        tenant: &Tenant,
        id: &str,
        days: Option<u32>,
        secure: bool,
    ) -> Vec<String> {
        let days = days.map(|days| Duration::days(days.into()));
        let mut kept: Vec<_> = session_names(tenant)
            .into_iter()
            .map(|name| (name, days))
            .collect();
        if let [transient, _] = kept.as_mut_slice() {
            transient.1 = None;
            kept.truncate(if days.is_some() { 2 } else { 1 });
        }
        let mut cookies = Vec::new();
        for (name, days) in kept {
            let mut cookie = built(name, id.to_owned(), secure);
            cookie.set_max_age(days);
            cookies.push(cookie.to_string());
        }
        if !tenant.kind.is_b2c() {
            let light = built(LIGHT.to_owned(), derived_guid(id), secure);
            cookies.push(light.to_string());
        }
        cookies
    }

    /// Every `Set-Cookie` that ends the session.
    pub(crate) fn clear_session(tenant: &Tenant, secure: bool) -> Vec<String> {
        let mut names = session_names(tenant);
        if !tenant.kind.is_b2c() {
            names.push(LIGHT.to_owned());
        }
        let cleared = |name| {
            let mut cookie = built(name, String::new(), secure);
            cookie.set_max_age(Duration::ZERO);
            cookie.to_string()
        };
        names.into_iter().map(cleared).collect()
    }

    /// A `Set-Cookie` that ties a browser to its journeys.
    pub(crate) fn set_csrf(kind: TenantKind, token: &str, secure: bool) -> String {
        built(csrf_name(kind).to_owned(), token.to_owned(), secure).to_string()
    }
}

/// Is this a token that the emulator could have set, perhaps before a restart?
pub(crate) fn is_csrf_token(token: &str) -> bool {
    token.len() == CSRF_LENGTH && token.bytes().all(is_csrf_byte)
}

fn is_csrf_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// The names of session cookies; the second one, if there is one, outlives the browser.
fn session_names(tenant: &Tenant) -> Vec<String> {
    if tenant.kind.is_b2c() {
        vec![format!("x-ms-cpim-sso:{}_0", tenant.name)]
    } else {
        vec![TRANSIENT.to_owned(), PERSISTENT.to_owned()]
    }
}

fn csrf_name(kind: TenantKind) -> &'static str {
    if kind.is_b2c() {
        "x-ms-cpim-csrf"
    } else {
        "esctx"
    }
}

fn built(name: String, value: String, secure: bool) -> Cookie<'static> {
    let is_for_scripts = name == LIGHT;
    Cookie::build((name, value))
        .path("/")
        .http_only(!is_for_scripts)
        .secure(secure)
        .same_site(if secure {
            SameSite::None
        } else {
            SameSite::Lax
        })
        .build()
}

const CSRF_LENGTH: usize = 43;
const TRANSIENT: &str = "ESTSAUTH";
const PERSISTENT: &str = "ESTSAUTHPERSISTENT";
const LIGHT: &str = "ESTSAUTHLIGHT";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_cookies_among_others() {
        let tenant = Tenant::b2c("t").build().unwrap();
        let header = "x=1; x-ms-cpim-sso:t.onmicrosoft.com_0=abc; =; x-ms-cpim-csrf=def; y";
        let cookies = Cookies::read([header].into_iter(), &tenant);
        assert_eq!(cookies.session.as_deref(), Some("abc"));
        assert_eq!(cookies.csrf.as_deref(), Some("def"));

        let tenant = Tenant::entra("t").build().unwrap();
        let cookies = Cookies::read([header].into_iter(), &tenant);
        assert!(cookies.session.is_none() && cookies.csrf.is_none());
        for (header, id) in [
            ("ESTSAUTHPERSISTENT=old; esctx=def", "old"),
            ("ESTSAUTHPERSISTENT=old; ESTSAUTH=new; esctx=def", "new"),
        ] {
            let cookies = Cookies::read([header].into_iter(), &tenant);
            assert_eq!(cookies.session.as_deref(), Some(id));
            assert_eq!(cookies.csrf.as_deref(), Some("def"));
        }
    }

    #[test]
    fn writes_cookies_for_http_and_https() {
        let tenant = Tenant::b2c("t").build().unwrap();
        assert_eq!(
            Cookies::set_session(&tenant, "abc", None, false),
            ["x-ms-cpim-sso:t.onmicrosoft.com_0=abc; HttpOnly; SameSite=Lax; Path=/"]
        );
        assert_eq!(
            Cookies::clear_session(&tenant, false),
            ["x-ms-cpim-sso:t.onmicrosoft.com_0=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"]
        );
        assert_eq!(
            Cookies::set_csrf(tenant.kind, "abc", true),
            "x-ms-cpim-csrf=abc; HttpOnly; SameSite=None; Secure; Path=/"
        );
    }

    #[test]
    fn writes_what_entra_calls_them() {
        let tenant = Tenant::external_id("t").build().unwrap();
        let [transient, light] = &Cookies::set_session(&tenant, "abc", None, true)[..] else {
            panic!("not two cookies");
        };
        assert_eq!(
            transient,
            "ESTSAUTH=abc; HttpOnly; SameSite=None; Secure; Path=/"
        );
        // For scripts, which must not learn the session's id.
        assert!(light.starts_with("ESTSAUTHLIGHT=") && !light.contains("abc"));
        assert!(!light.contains("HttpOnly"), "{light}");
        let kept = Cookies::set_session(&tenant, "abc", Some(30), true);
        assert_eq!(
            kept[1],
            "ESTSAUTHPERSISTENT=abc; HttpOnly; SameSite=None; Secure; Path=/; Max-Age=2592000"
        );
        assert_eq!(Cookies::clear_session(&tenant, true).len(), 3);
        assert!(Cookies::set_csrf(tenant.kind, "abc", true).starts_with("esctx=abc; "));
    }
}
