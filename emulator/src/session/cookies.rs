use cookie::{Cookie, SameSite, time::Duration};

use crate::protocol::Fault;

/// The emulator's cookies in a request, named as B2C names them.
///
/// Over https they are `SameSite=None; Secure`, as at B2C. Plain http allows neither, so there they
/// are `SameSite=Lax`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cookies {
    pub(crate) session: Option<String>,
    pub(crate) csrf: Option<String>,
}

impl Cookies {
    /// Reads the `Cookie` headers of a request.
    pub(crate) fn read<'a>(headers: impl Iterator<Item = &'a str>, tenant_name: &str) -> Self {
        let session_name = session_cookie_name(tenant_name);
        let mut cookies = Self::default();
        for cookie in headers.flat_map(Cookie::split_parse).flatten() {
            if cookie.name() == session_name {
                cookies.session = Some(cookie.value().to_owned());
            } else if cookie.name() == CSRF_COOKIE {
                cookies.csrf = Some(cookie.value().to_owned());
            }
        }
        cookies
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

    /// A `Set-Cookie` that starts a session; it survives the browser for some days if told.
    pub(crate) fn set_session(
        tenant_name: &str,
        id: &str,
        days: Option<u32>,
        secure: bool,
    ) -> String {
        let mut cookie = built(session_cookie_name(tenant_name), id.to_owned(), secure);
        if let Some(days) = days {
            cookie.set_max_age(Duration::days(days.into()));
        }
        cookie.to_string()
    }

    /// A `Set-Cookie` that ends the session.
    pub(crate) fn clear_session(tenant_name: &str, secure: bool) -> String {
        let mut cookie = built(session_cookie_name(tenant_name), String::new(), secure);
        cookie.set_max_age(Duration::ZERO);
        cookie.to_string()
    }

    /// A `Set-Cookie` that ties a browser to its journeys.
    pub(crate) fn set_csrf(token: &str, secure: bool) -> String {
        built(CSRF_COOKIE.to_owned(), token.to_owned(), secure).to_string()
    }
}

/// Is this a token that the emulator could have set, perhaps before a restart?
pub(crate) fn is_csrf_token(token: &str) -> bool {
    token.len() == CSRF_LENGTH && token.bytes().all(is_csrf_byte)
}

fn is_csrf_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

fn session_cookie_name(tenant_name: &str) -> String {
    format!("x-ms-cpim-sso:{tenant_name}_0")
}

fn built(name: String, value: String, secure: bool) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(if secure {
            SameSite::None
        } else {
            SameSite::Lax
        })
        .build()
}

const CSRF_LENGTH: usize = 43;
const CSRF_COOKIE: &str = "x-ms-cpim-csrf";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_its_own_cookies_among_others() {
        let header = "x=1; x-ms-cpim-sso:t_0=abc; =; x-ms-cpim-csrf=def; y";
        let cookies = Cookies::read([header].into_iter(), "t");
        assert_eq!(cookies.session.as_deref(), Some("abc"));
        assert_eq!(cookies.csrf.as_deref(), Some("def"));
    }

    #[test]
    fn writes_cookies_for_http_and_https() {
        assert_eq!(
            Cookies::set_session("t", "abc", None, false),
            "x-ms-cpim-sso:t_0=abc; HttpOnly; SameSite=Lax; Path=/"
        );
        assert_eq!(
            Cookies::clear_session("t", false),
            "x-ms-cpim-sso:t_0=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
        );
        assert_eq!(
            Cookies::set_csrf("abc", true),
            "x-ms-cpim-csrf=abc; HttpOnly; SameSite=None; Secure; Path=/"
        );
    }
}
