use std::{
    fs,
    path::PathBuf,
    process::Command,
    time::{SystemTime, UNIX_EPOCH},
};

use b2c_emulator::{ClaimSource, Client, Emulator, Tenant, TenantBuilder, Tls, User, UserFlow};
use libtest_mimic::Failed;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::{credentials::Credentials, proxy::Proxy};

/// An emulator over TLS with a B2C tenant, one of External ID and two of Entra ID, and a proxy for
/// their host names.
pub(crate) struct Provider {
    pub(crate) emulator: Emulator,
    /// For what a witness writes, readable for every user.
    pub(crate) directory: TempDir,
    proxy: Proxy,
    proxy_port: u16,
    /// Last, since it drives everything above.
    _runtime: Runtime,
}

impl Provider {
    /// Starts it for an application with this redirect URI.
    pub(crate) fn start(redirect_uri: &str) -> Result<Self, Failed> {
        let runtime = Runtime::new()?;
        let directory = tempfile::Builder::new().prefix("witness-").tempdir()?;
        let credentials = Credentials::write(directory.path())?;
        let guard = runtime.enter();
        let builder = Emulator::builder()
            .tls(Tls::ephemeral())
            .client(application(redirect_uri))
            .client(Client::public(PUBLIC_CLIENT).allow_passwords())
            .user_flow(UserFlow::resource_owner("B2C_1_ropc"))
            .user_flow(UserFlow::sign_up_sign_in("B2C_1_mfa").mfa())
            .user_flow(custom_policy())
            .add_tenant(
                Tenant::external_id("fabrikam").client(credentials.of(application(redirect_uri))),
            )
            .add_tenant(contoso(redirect_uri, &credentials))
            .add_tenant(
                Tenant::entra("woodgrove").user(User::new("joan@woodgrove.example", "Passw0rd!")),
            );
        let mut hosts = builder.host_names()?;
        hosts.push("localhost".to_owned());
        let emulator = runtime.block_on(builder.start())?;
        let (proxy, proxy_port) = runtime.block_on(Proxy::start(hosts, emulator.port()))?;
        drop(guard);
        let provider = Self {
            emulator,
            directory,
            proxy,
            proxy_port,
            _runtime: runtime,
        };
        let pem = provider.emulator.ca_certificate_pem().unwrap_or_default();
        fs::write(provider.ca_file(), pem)?;
        Ok(provider)
    }

    /// The only certificate that witnesses trust.
    pub(crate) fn ca_file(&self) -> PathBuf {
        self.directory.path().join("ca.pem")
    }

    /// A B2C authority as an application writes it down.
    pub(crate) fn authority(&self, user_flow: &str) -> String {
        let emulator = &self.emulator;
        format!("{}/{}/{user_flow}", emulator.base_url(), emulator.tenant())
    }

    /// Tells a witness where everything is, in its environment.
    pub(crate) fn introduce(&self, witness: &mut Command) {
        let emulator = &self.emulator;
        let client = emulator.client();
        let scope = emulator.api_scope("demo.read");
        let proxy = format!("http://127.0.0.1:{}", self.proxy_port);
        witness
            .env("WITNESS_BASE", emulator.base_url())
            .env("WITNESS_TENANT", emulator.tenant())
            .env("WITNESS_TENANT_ID", emulator.tenant_id())
            .env("WITNESS_B2C_HOST", "b2cemulator.b2clogin.com")
            .env("WITNESS_CLIENT", client.client_id())
            .env("WITNESS_SECRET", client.client_secret())
            .env("WITNESS_PUBLIC_CLIENT", PUBLIC_CLIENT)
            .env("WITNESS_REDIRECT", &client.redirect_uris()[0])
            .env("WITNESS_SCOPE", scope);
        let mut tenants = emulator.tenants().skip(1);
        if let Some(customers) = tenants.next() {
            let scope = format!("api://{API}/demo.read");
            witness
                .env("WITNESS_CIAM_HOST", "fabrikam.ciamlogin.com")
                .env("WITNESS_CIAM_TENANT", customers.name())
                .env("WITNESS_CIAM_ID", customers.id())
                .env("WITNESS_CIAM_SCOPE", scope);
        }
        if let (Some(contoso), Some(woodgrove)) = (tenants.next(), tenants.next()) {
            witness
                .env("WITNESS_ENTRA_TENANT", contoso.name())
                .env("WITNESS_ENTRA_ID", contoso.id())
                .env("WITNESS_ENTRA_OTHER_ID", woodgrove.id())
                .env("WITNESS_ENTRA_SHARED_CLIENT", SHARED_CLIENT)
                .env("WITNESS_ENTRA_API", API)
                .env("WITNESS_CREDENTIALS", self.directory.path());
        }
        for name in ["REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] {
            witness.env(name, self.ca_file());
        }
        for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
            witness.env(name, &proxy);
        }
        for name in ["NO_PROXY", "no_proxy"] {
            witness.env(name, "localhost,127.0.0.1");
        }
    }

    /// Does what a witness asks for.
    pub(crate) fn obey(&self, command: &str) -> Result<(), Failed> {
        match command {
            "rotate-signing-key" => self.emulator.rotate_signing_key(),
            "revoke-customer" => self.revoke_customer()?,
            other => return Err(format!("a witness asks for '{other}', which is unknown").into()),
        }
        Ok(())
    }

    /// Revokes what Ada has been granted at External ID.
    fn revoke_customer(&self) -> Result<(), Failed> {
        let customers = self.emulator.in_tenant("fabrikam")?;
        let ada = customers.users()?.into_iter().next();
        let mut ada = serde_json::to_value(ada.ok_or("there is no customer")?)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        ada["valid_from"] = (now + 1).into();
        customers.change_user(serde_json::from_value::<User>(ada)?)?;
        Ok(())
    }

    /// Hosts that the witness wanted to reach and that are not the emulator's.
    pub(crate) fn strangers(&self) -> Vec<String> {
        self.proxy.strangers()
    }
}

/// A custom policy that hands a parameter of the request on.
fn custom_policy() -> UserFlow {
    let campaign = ClaimSource::Resolver("{OAUTH-KV:campaign}".to_owned());
    UserFlow::sign_up_sign_in("B2C_1A_signup_signin").output_claim("campaign", campaign)
}

/// An organization with an application, the API that it calls, and one for other organizations.
fn contoso(redirect_uri: &str, credentials: &Credentials) -> TenantBuilder {
    let api = Client::new(API, "the secret of the api");
    let shared = Client::new(SHARED_CLIENT, SECRET).redirect_uri(redirect_uri);
    Tenant::entra("contoso")
        .client(credentials.of(application(redirect_uri)))
        .client(credentials.of(api))
        .client(shared.multi_tenant())
}

/// The seeded application, with an app role and open to the hybrid flow.
fn application(redirect_uri: &str) -> Client {
    Client::new(CLIENT, SECRET)
        .redirect_uri(redirect_uri)
        .app_roles(["demo.app"])
        .issue_id_tokens()
}

const SECRET: &str = "emulator-secret-not-for-production";
const SHARED_CLIENT: &str = "44445555-eeee-6666-ffff-7777aaaa8888";
const CLIENT: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const PUBLIC_CLIENT: &str = "33334444-dddd-5555-eeee-6666ffff7777";
const API: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
