//! The operations of the admin API as methods.

use super::{Emulator, InTenant};
use crate::{
    OperationError, SeedError,
    control::{Forgery, LogoutNotice, RecordedRequest},
    directory::{AttributeType, Client, User},
    jwt::forge,
    server::{deliver, end_sessions},
};

impl Emulator {
    /// The same operations in another tenant, found by its name, its domain or its GUID.
    ///
    /// ```
    /// # use b2c_emulator::{Emulator, User};
    /// # fn add(emulator: &Emulator) -> Result<(), b2c_emulator::OperationError> {
    /// let fabrikam = emulator.in_tenant("fabrikam")?;
    /// fabrikam.add_user(User::new("joan@fabrikam.example", "Passw0rd!"))?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn in_tenant(&self, tenant: &str) -> Result<InTenant<'_>, OperationError> {
        InTenant::new(&self.world, tenant)
    }

    /// Adds a user.
    pub fn add_user(&self, user: impl Into<User>) -> Result<User, OperationError> {
        self.world.add_user(None, user.into())
    }

    /// Replaces a user, found by the object id of the new one.
    pub fn change_user(&self, user: impl Into<User>) -> Result<User, OperationError> {
        let user = user.into();
        let members = serde_json::to_value(&user)?;
        let members = members.as_object().cloned().unwrap_or_default();
        self.world.change_user(None, &user.object_id, &members)
    }

    /// Deletes a user, found by object id or sign-in name. Refresh tokens are refused from now on.
    pub fn delete_user(&self, id: &str) -> Result<(), OperationError> {
        self.world.delete_user(None, id)
    }

    /// Every application.
    pub fn clients(&self) -> Vec<Client> {
        self.provider().tenant.clients.clone()
    }

    /// Registers another application.
    pub fn add_client(&self, client: Client) -> Result<Client, OperationError> {
        self.world.add_client(None, client)
    }

    /// Replaces a registration, found by the client id of the new one.
    pub fn change_client(&self, client: &Client) -> Result<Client, OperationError> {
        self.world.replace_client(None, client)
    }

    /// Deletes a registration.
    pub fn delete_client(&self, client_id: &str) -> Result<(), OperationError> {
        self.world.delete_client(None, client_id)
    }

    /// Declares another custom attribute, `LoyaltyId` for the claim `extension_LoyaltyId`. Users
    /// may have values of it from now on.
    pub fn add_attribute(&self, name: &str, kind: AttributeType) -> Result<(), OperationError> {
        self.world.add_attribute(None, name, kind).map(drop)
    }

    /// Withdraws a custom attribute, with the values that users have of it;
    /// [`OperationError::Invalid`] while a user flow asks for it.
    pub fn delete_attribute(&self, name: &str) -> Result<(), OperationError> {
        self.world.delete_attribute(None, name)
    }

    /// Makes a token that nobody has been issued, good or bad.
    ///
    /// ```
    /// # use b2c_emulator::{Algorithm, Emulator, Forgery};
    /// # fn forge(emulator: &Emulator) -> Result<(), b2c_emulator::OperationError> {
    /// let forgery = Forgery::access_token("ada@emulator.example").algorithm(Algorithm::None);
    /// let token = emulator.forge(&forgery)?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn forge(&self, forgery: &Forgery) -> Result<String, OperationError> {
        forge(forgery, &self.provider())
    }

    /// Signs with a new key from now on, and stops listing the old one at once.
    pub fn rotate_signing_key_without_grace(&self) {
        self.world.rotate_key(false);
    }

    /// The authorization, token and sign-out requests among the last 500, oldest first.
    pub fn audit(&self) -> Vec<RecordedRequest> {
        self.provider().log.audit()
    }

    /// Ends every session of a user, found by sign-in name or object id, in whatever browser, as
    /// an administrator would, and returns how many there were. Applications with a
    /// [`backchannel_logout_uri`](Client::backchannel_logout_uri) have been told by then.
    pub async fn sign_out(&self, user: &str) -> Result<usize, OperationError> {
        let object_id = self.world.user(None, user)?.object_id;
        let provider = self.provider();
        let (ended, letters) = end_sessions(&object_id, &provider);
        deliver(letters, &provider).await;
        Ok(ended)
    }

    /// The last 500 logout tokens that were posted to applications, oldest first. They were
    /// posted by the time that the sign-out was answered.
    pub fn logout_notices(&self) -> Vec<LogoutNotice> {
        self.provider().log.notices()
    }

    /// Everything that is registered in every tenant, as a seed in TOML.
    pub fn export(&self) -> String {
        self.world.export()
    }

    /// Replaces everything that a seed names; nothing if there is a mistake in it. With `[[tenant]]`
    /// it names all tenants, and others are gone.
    pub fn import(&self, toml: &str) -> Result<(), SeedError> {
        self.world.import(toml)
    }

    /// Goes back to how the emulator was started: users, keys, clock, misbehaviours, records.
    pub fn reset(&self) {
        self.world.reset();
    }

    /// What is wrong with the seed file that is followed; the state before it is still in place.
    pub fn seed_problem(&self) -> Option<SeedError> {
        self.world.seed_problem()
    }

    /// The admin API's address, `http://127.0.0.1:PORT`; `None` if it was not asked for.
    pub fn admin_url(&self) -> Option<String> {
        let admin = self.admin.as_ref()?;
        Some(format!("http://127.0.0.1:{}", admin.port))
    }

    /// The address of Microsoft Graph's stand-in for a tenant, without a version; `None` if the admin
    /// API was not asked for, whose token it takes.
    ///
    /// ```
    /// # use b2c_emulator::Emulator;
    /// # fn graph(emulator: &Emulator) -> Option<String> {
    /// let applications = format!("{}/v1.0/applications", emulator.graph_url("b2cemulator")?);
    /// # Some(applications)
    /// # }
    /// ```
    pub fn graph_url(&self, tenant: &str) -> Option<String> {
        Some(format!("{}/graph/{tenant}", self.admin_url()?))
    }

    /// The admin API's token; `None` if it was not asked for.
    pub fn admin_token(&self) -> Option<&str> {
        Some(&self.admin.as_ref()?.token)
    }
}
