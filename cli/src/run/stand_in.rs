//! The emulator that stands in for the project's provider.

use b2c_emulator::{Emulator, EmulatorBuilder, Tenant, TenantBuilder};
use b2c_templates::Kind;
use toml::Table;
use url::Url;

use crate::tenant::{OfKind as _, effective};

/// Which product the emulator is, and whose tenant it has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct StandIn {
    pub(super) kind: Kind,
    tenant: Option<String>,
    issuer: Option<String>,
}

impl StandIn {
    /// The one that a profile's provider asks for.
    pub(super) fn for_profile(file: &Table, profile: &str) -> Self {
        let settings = effective(file, profile);
        let provider = settings.get("provider");
        let setting = |key: &str| {
            let text = provider.and_then(|provider| provider.get(key)?.as_str());
            text.map(str::to_owned)
        };
        let kind = provider.and_then(|provider| provider.kind().ok());
        Self {
            kind: kind.unwrap_or_default(),
            tenant: setting("tenant"),
            issuer: setting("issuer"),
        }
    }

    /// The emulator, for an app at this address with this redirect URI. An API has none.
    pub(super) fn emulator(&self, app_url: &str, redirect_uri: &str) -> EmulatorBuilder {
        let builder = Emulator::builder();
        let Some(tenant) = self.tenant() else {
            return match redirect_uri {
                "" => builder,
                uri => builder.redirect_uri(uri),
            };
        };
        builder.default_tenant(match redirect_uri {
            "" => tenant,
            // Sign-outs lead to registered addresses only.
            uri => tenant.redirect_uri(uri).redirect_uri(format!("{app_url}/")),
        })
    }

    /// What the emulator has in place of its usual tenant of B2C.
    fn tenant(&self) -> Option<TenantBuilder> {
        let name = self.tenant.as_deref().unwrap_or("b2cemulator");
        match self.kind {
            Kind::B2c => None,
            Kind::ExternalId => Some(Tenant::external_id(name)),
            Kind::Entra => Some(Tenant::entra(name)),
            Kind::Oidc => {
                let url = Url::parse(self.issuer.as_deref()?).ok()?;
                let id = url.path_segments()?.next()?.to_owned();
                Some(Tenant::entra("b2cemulator").id(id))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use b2c_emulator::TenantKind;
    use b2c_templates::Kind;

    use super::StandIn;
    use crate::project::NewProject;

    /// The tenant of the emulator that a new project of this kind is run beside.
    async fn tenant_for(kind: Kind) -> (TenantKind, String, String) {
        let plan = NewProject::at("demo").kind(kind).plan().expect("a plan");
        let mut files = plan.files().iter();
        let file = files.find(|file| file.path() == "b2c.toml");
        let table = file.expect("settings").contents().parse().expect("TOML");
        let stand_in = StandIn::for_profile(&table, "emulator");
        let redirect_uri = "http://localhost:5000/getAToken";
        let emulator = stand_in.emulator("http://localhost:5000", redirect_uri);
        let emulator = emulator.start().await.expect("started");
        let tenant = emulator.tenants().next().expect("a tenant");
        (
            tenant.kind(),
            tenant.name().to_owned(),
            tenant.id().to_owned(),
        )
    }

    #[tokio::test]
    async fn the_emulator_is_what_the_project_signs_in_at() {
        let name = "b2cemulator.onmicrosoft.com";
        for (kind, expected) in [
            (Kind::B2c, TenantKind::B2c),
            (Kind::ExternalId, TenantKind::ExternalId),
            (Kind::Entra, TenantKind::Entra),
        ] {
            let (found, found_name, _) = tenant_for(kind).await;
            assert_eq!((found, found_name.as_str()), (expected, name));
        }
        let (kind, _, id) = tenant_for(Kind::Oidc).await;
        assert_eq!(kind, TenantKind::Entra);
        // As the issuer in the project has it.
        assert_eq!(id, "aaaabbbb-0000-cccc-1111-dddd2222eeee");
    }
}
