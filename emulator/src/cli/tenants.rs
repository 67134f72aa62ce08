use std::path::PathBuf;

use clap::Args;

use crate::{Emulator, EmulatorBuilder, Tenant, Tls};

/// Which tenants there are.
#[derive(Args, Debug)]
pub(super) struct Tenants {
    /// Name of the default tenant, the part before .onmicrosoft.com
    #[arg(long, value_name = "NAME", default_value = "b2cemulator")]
    tenant: String,

    /// Host name of the default tenant's own; may be repeated
    #[arg(long = "custom-domain", value_name = "HOST")]
    custom_domains: Vec<String>,

    /// Add an External ID tenant; may be repeated
    #[arg(long = "external-id", value_name = "NAME")]
    external_id: Vec<String>,

    /// Add an Entra ID tenant; may be repeated
    #[arg(long = "entra", value_name = "NAME")]
    entra: Vec<String>,
}

impl Tenants {
    /// Describes an emulator that has them.
    pub(super) fn builder(self) -> EmulatorBuilder {
        let builder = Emulator::builder().tenant(self.tenant);
        let builder = self
            .custom_domains
            .into_iter()
            .fold(builder, EmulatorBuilder::custom_domain);
        let external_id = self.external_id.into_iter().map(Tenant::external_id);
        external_id
            .chain(self.entra.into_iter().map(Tenant::entra))
            .fold(builder, EmulatorBuilder::add_tenant)
    }
}

/// Where certificates are kept.
#[derive(Args, Debug)]
pub(super) struct CertificatePlace {
    /// Directory that keeps the certificate authority [default: a directory of this user]
    #[arg(long, value_name = "DIRECTORY")]
    ca_dir: Option<PathBuf>,
}

impl CertificatePlace {
    pub(super) fn tls(&self) -> Tls {
        self.ca_dir.as_ref().map_or_else(Tls::of_user, Tls::kept_in)
    }
}
