//! Whose tokens an API accepts, once it is registered.

use toml::{Table, Value};
use toml_edit::TableLike;

use super::apply::TenantChange;
use super::effective::{effective, text_at};
use super::profile::{list, put, with_table};
use super::settings::Tenant;
use crate::error::Error;
use crate::merge::{is_fill_in_text, parse};
use crate::project::{CONFIG_FILE, is_api};
use b2c_templates::Kind;

impl TenantChange {
    /// Plans `api.audiences` of a profile, where the project is an API that has none: the claim `aud` of
    /// version 2.0 tokens is the API's application id
    /// ([access token claims](https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference)).
    ///
    /// # Errors
    ///
    /// `b2c.toml` cannot be read.
    pub(crate) fn add_audience(&mut self, profile: &str, id: &str) -> Result<(), Error> {
        let text = self.changes.read(CONFIG_FILE)?.unwrap_or_default();
        if !lacks_audience(&text, profile) {
            return Ok(());
        }
        let text = with_audience(&text, profile, id)?;
        self.changes.write(CONFIG_FILE, &text)
    }
}

/// The text after these settings were set in `before`, with an API's new client id as what the claim `aud`
/// of its tokens says: that is so at Microsoft, where the application id of an API is its audience. An API
/// that names audiences keeps them, but for the client id that it had before. Nothing is known of what
/// other providers say there.
///
/// # Errors
///
/// The text is not TOML.
pub(super) fn with_own_audience(
    (before, text): (&str, &str),
    profile: &str,
    tenant: &Tenant,
) -> Result<String, Error> {
    let same = || Ok(text.to_owned());
    let (Some(id), None) = (tenant.text_of("client_id"), &tenant.audiences) else {
        return same();
    };
    let [before, after] = [before, text].map(|text| settings(text, profile));
    let kind = text_at(&after, &["provider", "kind"]);
    if kind == Kind::Oidc.name() || !is_api(&text.parse().unwrap_or_default()) {
        return same();
    }
    let former = text_at(&before, &["provider", "client_id"]);
    let is_former = audiences(&after).is_some_and(|list| {
        list.len() == 1 && list.first().and_then(Value::as_str) == Some(former)
    });
    if lacks_audience(text, profile) || is_former {
        with_audience(text, profile, id)
    } else {
        same()
    }
}

/// Whether this is an API that names no audiences in this profile. One that names them for each provider,
/// or for all profiles, has its own way.
pub(crate) fn lacks_audience(text: &str, profile: &str) -> bool {
    let settings = settings(text, profile);
    let for_each = settings.get("api").and_then(|api| api.get("providers"));
    let is_to_come = |one: &Value| one.as_str().is_some_and(is_fill_in_text);
    is_api(&text.parse().unwrap_or_default())
        && for_each.is_none()
        && audiences(&settings).is_none_or(|list| list.iter().all(is_to_come))
}

fn settings(text: &str, profile: &str) -> Table {
    effective(&text.parse().unwrap_or_default(), profile)
}

fn audiences(settings: &Table) -> Option<&Vec<Value>> {
    settings.get("api")?.get("audiences")?.as_array()
}

fn with_audience(text: &str, profile: &str, id: &str) -> Result<String, Error> {
    let mut document = parse(CONFIG_FILE, text)?;
    let path = ["profile", profile, "api"];
    let put_id = &mut |api: &mut dyn TableLike| put(api, "audiences", list(&[id.to_owned()]));
    with_table(document.as_table_mut(), &path, put_id);
    Ok(document.to_string())
}

#[cfg(test)]
mod tests {
    use super::{Tenant, with_own_audience};

    #[test]
    fn an_apis_client_id_is_its_audience_at_microsoft() {
        let base = "[profile.x.provider]\nkind = 'KIND'\nclient_id = 'new'\n[profile.x.api]\n";
        for (kind, audiences, expected) in [
            (
                "b2c",
                "audiences = [] # aud\n",
                "audiences = [\"new\"] # aud\n",
            ),
            ("b2c", "audiences = ['<id>']\n", "audiences = [\"new\"]\n"),
            (
                "b2c",
                "audiences = ['api://<id>']\n",
                "audiences = [\"new\"]\n",
            ),
            ("entra", "", "audiences = [\"new\"]\n"),
            ("entra", "audiences = ['old']\n", "audiences = [\"new\"]\n"),
            (
                "entra",
                "audiences = ['api://a']\n",
                "audiences = ['api://a']\n",
            ),
            ("oidc", "audiences = []\n", "audiences = []\n"),
        ] {
            let base = base.replace("KIND", kind);
            let text = format!("{base}{audiences}");
            let before = text.replace("'new'", "'old'");
            let tenant = Tenant::new().client_id("new");
            let set = with_own_audience((&before, &text), "x", &tenant).expect("TOML");
            assert_eq!(set, format!("{base}{expected}"));
            let given = tenant.audiences(["other".to_owned()]);
            let kept = with_own_audience((&before, &text), "x", &given).expect("TOML");
            assert_eq!(kept, text);
        }
        let app = "[profile.x.app]\n[profile.x.provider]\nclient_id = 'new'\n[profile.x.api]\n";
        let tenant = Tenant::new().client_id("new");
        let kept = with_own_audience(("", app), "x", &tenant).expect("TOML");
        assert_eq!(kept, app);
    }
}
