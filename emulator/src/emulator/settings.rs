//! What an application has to know of its emulator, as its configuration writes it.

use super::{Emulator, EmulatorBuilder};
use crate::directory::{Tenant, UserFlow, UserFlowKind};

impl Emulator {
    /// Describes an emulator for the application at this address: its redirect URI
    /// (`{base_url}/getAToken`) and the address after a sign-out (`{base_url}/`) are registered, and
    /// [`b2c_toml`](Self::b2c_toml) is about it.
    ///
    /// ```
    /// use b2c_emulator::{Emulator, User};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), b2c_emulator::StartError> {
    /// let emulator = Emulator::for_app("http://localhost:5000")
    ///     .user(User::new("mary@emulator.example", "Passw0rd!").display_name("Mary Jackson"))
    ///     .start()
    ///     .await?;
    /// assert!(emulator.b2c_toml().contains(emulator.base_url()));
    /// # Ok(())
    /// # }
    /// ```
    pub fn for_app(base_url: &str) -> EmulatorBuilder {
        let base_url = base_url.trim_end_matches('/');
        let mut builder = Self::builder()
            .redirect_uri(format!("{base_url}/getAToken"))
            .redirect_uri(format!("{base_url}/"));
        base_url.clone_into(&mut builder.app);
        builder
    }

    /// The settings of an application of the default tenant as a `b2c.toml` of tower-b2c: the default
    /// client, the tenant's first user flow of each kind under its usual name and further ones to sign in
    /// with under their own, the first API as `[[downstream]]` `demo` and as `[api]`. Secrets are
    /// references to [`environment`](Self::environment).
    ///
    /// The address is that of [`for_app`](Self::for_app), else `http://localhost:5000`.
    pub fn b2c_toml(&self) -> String {
        let provider = self.provider();
        let tenant = &provider.tenant;
        let base_url = self.base_url();
        let mut tables = vec![
            format!("[app]\nbase_url = {:?}\n", self.app),
            format!("[session]\ncookie_key = {{ env = {COOKIE_KEY:?} }}\n"),
            format!(
                "[provider]\nkind = {:?}\nemulator = true\ninstance = {base_url:?}\ntenant = {:?}\n\
                 client_id = {:?}\nclient_secret = {{ env = {CLIENT_SECRET:?} }}\n",
                tenant.kind.name(),
                tenant.name,
                self.client().client_id(),
            ),
        ];
        if tenant.kind.is_b2c() {
            let flows = named(tenant).into_iter();
            let lines = flows.map(|(name, user_flow)| format!("{name} = {user_flow:?}\n"));
            tables.push(format!(
                "[provider.user_flows]\n{}",
                lines.collect::<String>()
            ));
        }
        if let Some(api) = tenant.apis.first() {
            let (resource, scopes) = (&api.app_id_uri, &api.scopes);
            tables.push(format!(
                "[[downstream]]\nname = \"demo\"\nbase_url = \"{base_url}/api\"\n\
                 resource = {resource:?}\nscopes = {scopes:?}\n"
            ));
            let audience = &api.client_id;
            tables.push(format!(
                "[api]\naudiences = [{audience:?}]\nscopes = {scopes:?}\n"
            ));
        }
        tables.join("\n")
    }

    /// The variables that [`b2c_toml`](Self::b2c_toml) refers to: the default client's secret, and a key
    /// for cookies that is no secret.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        [
            (CLIENT_SECRET, self.client().client_secret().to_owned()),
            (
                COOKIE_KEY,
                "a key of an emulator, for tests only".to_owned(),
            ),
        ]
    }
}

/// The user flows, each with the name that a configuration has for it.
fn named(tenant: &Tenant) -> Vec<(String, &str)> {
    let mut found: Vec<(String, &str)> = Vec::new();
    for user_flow in &tenant.user_flows {
        let usual = usual_name(user_flow);
        let is_taken = |name: &str| found.iter().any(|(taken, _)| taken == name);
        match usual {
            Some(name) if !is_taken(name) => found.push((name.to_owned(), user_flow.name())),
            _ if user_flow.kind().signs_in() => {
                found.push((user_flow.lower_case_name(), user_flow.name()));
            }
            _ => {}
        }
    }
    found
}

fn usual_name(user_flow: &UserFlow) -> Option<&'static str> {
    match user_flow.kind() {
        UserFlowKind::SignUpOrSignIn | UserFlowKind::SignIn => Some("sign_up_sign_in"),
        UserFlowKind::ProfileEditing => Some("edit_profile"),
        UserFlowKind::PasswordReset => Some("reset_password"),
        UserFlowKind::ResourceOwner => None,
    }
}

const CLIENT_SECRET: &str = "B2C_EMULATOR_CLIENT_SECRET";
const COOKIE_KEY: &str = "B2C_COOKIE_KEY";
