use serde_json::{Map, Value};

use crate::{
    OperationError,
    address::Endpoint,
    control::{Forgery, Misbehaviour, Scope},
    directory::{AttributeType, Client, User},
    jwt::forge,
    server::{deliver, end_sessions},
    world::World,
};

/// The operations in one tenant; made by [`Emulator::in_tenant`](super::Emulator::in_tenant).
///
/// Each that has a result is [`OperationError::NotFound`] when an import has taken the tenant away.
#[derive(Clone)]
pub struct InTenant<'a> {
    world: &'a World,
    id: String,
}

impl<'a> InTenant<'a> {
    pub(super) fn new(world: &'a World, tenant: &str) -> Result<Self, OperationError> {
        let id = world.provider_of(Some(tenant))?.tenant.id.clone();
        Ok(Self { world, id })
    }

    /// Every user: seeded, added and signed up.
    pub fn users(&self) -> Result<Vec<User>, OperationError> {
        self.world.users(Some(&self.id))
    }

    /// Adds a user.
    pub fn add_user(&self, user: impl Into<User>) -> Result<User, OperationError> {
        self.world.add_user(Some(&self.id), user.into())
    }

    /// Replaces a user, found by the object id of the new one.
    pub fn change_user(&self, user: impl Into<User>) -> Result<User, OperationError> {
        let user = user.into();
        let members = members(&user)?;
        self.world
            .change_user(Some(&self.id), &user.object_id, &members)
    }

    /// Deletes a user, found by object id or sign-in name. Refresh tokens are refused from now on.
    pub fn delete_user(&self, id: &str) -> Result<(), OperationError> {
        self.world.delete_user(Some(&self.id), id)
    }

    /// Every application.
    pub fn clients(&self) -> Result<Vec<Client>, OperationError> {
        self.world.clients(Some(&self.id))
    }

    /// Registers another application.
    pub fn add_client(&self, client: Client) -> Result<Client, OperationError> {
        self.world.add_client(Some(&self.id), client)
    }

    /// Replaces a registration, found by the client id of the new one.
    pub fn change_client(&self, client: &Client) -> Result<Client, OperationError> {
        self.world.replace_client(Some(&self.id), client)
    }

    /// Deletes a registration.
    pub fn delete_client(&self, client_id: &str) -> Result<(), OperationError> {
        self.world.delete_client(Some(&self.id), client_id)
    }

    /// Declares another custom attribute.
    pub fn add_attribute(&self, name: &str, kind: AttributeType) -> Result<(), OperationError> {
        self.world
            .add_attribute(Some(&self.id), name, kind)
            .map(drop)
    }

    /// Withdraws a custom attribute, with the values that users have of it;
    /// [`OperationError::Invalid`] while a user flow asks for it.
    pub fn delete_attribute(&self, name: &str) -> Result<(), OperationError> {
        self.world.delete_attribute(Some(&self.id), name)
    }

    /// Ends every session of a user, found by sign-in name or object id, and returns how many
    /// there were. Applications with a
    /// [`backchannel_logout_uri`](Client::backchannel_logout_uri) have been told by then.
    pub async fn sign_out(&self, user: &str) -> Result<usize, OperationError> {
        let provider = self.world.provider_of(Some(&self.id))?;
        let object_id = self.world.user(Some(&self.id), user)?.object_id;
        let (ended, letters) = end_sessions(&object_id, &provider);
        deliver(letters, &provider).await;
        Ok(ended)
    }

    /// Makes an endpoint of the tenant misbehave, in addition to what it does already.
    pub fn misbehave(&self, endpoint: Endpoint, misbehaviour: Misbehaviour) {
        self.misbehave_for(Scope::everything().endpoint(endpoint), misbehaviour);
    }

    /// Makes the requests of a scope misbehave in the tenant, in addition to what they meet
    /// already.
    ///
    /// ```
    /// # use b2c_emulator::{Emulator, Misbehaviour, Scope};
    /// # fn misbehave(emulator: &Emulator) -> Result<(), b2c_emulator::OperationError> {
    /// let fabrikam = emulator.in_tenant("fabrikam")?;
    /// fabrikam.misbehave_for(Scope::everything().next(1), Misbehaviour::WrongIssuer);
    /// # Ok(())
    /// # }
    /// ```
    pub fn misbehave_for(&self, scope: Scope, misbehaviour: Misbehaviour) {
        let scope = scope.in_tenant(&self.id);
        self.world.provider().faults.add(scope, misbehaviour);
    }

    /// Ends every misbehaviour of the tenant alone.
    pub fn behave(&self) -> Result<(), OperationError> {
        self.world.behave(Some(&self.id))
    }

    /// Makes a token of the tenant that nobody has been issued, good or bad.
    pub fn forge(&self, forgery: &Forgery) -> Result<String, OperationError> {
        forge(forgery, &*self.world.provider_of(Some(&self.id))?)
    }

    /// Everything that is registered in the tenant, as a seed without `[[tenant]]`.
    pub fn export(&self) -> Result<String, OperationError> {
        self.world.export_tenant(&self.id)
    }

    /// Replaces everything in the tenant that a seed without `[[tenant]]` names.
    pub fn import(&self, toml: &str) -> Result<(), OperationError> {
        self.world.import_tenant(&self.id, toml)
    }
}

/// The members of an object, to replace others.
fn members(object: &impl serde::Serialize) -> Result<Map<String, Value>, OperationError> {
    let value = serde_json::to_value(object)?;
    Ok(value.as_object().cloned().unwrap_or_default())
}
