use serde_json::{Map, Value};

use super::OperationError;
use crate::{directory::User, world::World};

impl World {
    pub(crate) fn users(&self, tenant: Option<&str>) -> Result<Vec<User>, OperationError> {
        Ok(self.provider_of(tenant)?.tenant.users.all())
    }

    /// A user, found by object id or sign-in name.
    pub(crate) fn user(&self, tenant: Option<&str>, id: &str) -> Result<User, OperationError> {
        let provider = self.provider_of(tenant)?;
        let users = &provider.tenant.users;
        let user = users.by_id(id).or_else(|| users.by_sign_in_name(id));
        user.ok_or(OperationError::NotFound("user"))
    }

    pub(crate) fn add_user(
        &self,
        tenant: Option<&str>,
        user: User,
    ) -> Result<User, OperationError> {
        let name = user.sign_in_name.clone();
        if name.is_empty() {
            return Err(OperationError::Invalid("sign_in_name is empty".to_owned()));
        }
        let provider = self.provider_of(tenant)?;
        let users = &provider.tenant.users;
        if let Some(problem) = users.misfit(&user) {
            return Err(OperationError::Invalid(problem));
        }
        if users.by_id(&user.object_id).is_some() {
            return Err(OperationError::Taken(user.object_id));
        }
        if users.add(user.clone()) {
            Ok(user)
        } else {
            Err(OperationError::Taken(name))
        }
    }

    /// Replaces the named members of an account.
    pub(crate) fn change_user(
        &self,
        tenant: Option<&str>,
        id: &str,
        patch: &Map<String, Value>,
    ) -> Result<User, OperationError> {
        let provider = self.provider_of(tenant)?;
        let users = &provider.tenant.users;
        let user = self.user(tenant, id)?;
        let changed: User = merged(&user, patch)?;
        let namesake = users.by_sign_in_name(&changed.sign_in_name);
        if changed.object_id != user.object_id {
            return Err(OperationError::Invalid(
                "an object_id does not change".to_owned(),
            ));
        }
        if let Some(problem) = users.misfit(&changed) {
            return Err(OperationError::Invalid(problem));
        }
        if namesake.is_some_and(|other| other.object_id != user.object_id) {
            return Err(OperationError::Taken(changed.sign_in_name));
        }
        users
            .update(&user.object_id, |user| *user = changed)
            .ok_or(OperationError::NotFound("user"))
    }

    pub(crate) fn delete_user(&self, tenant: Option<&str>, id: &str) -> Result<(), OperationError> {
        if self.provider_of(tenant)?.tenant.users.remove(id).is_some() {
            Ok(())
        } else {
            Err(OperationError::NotFound("user"))
        }
    }
}

/// `object` with some of its members replaced.
pub(super) fn merged<T>(object: &T, patch: &Map<String, Value>) -> Result<T, OperationError>
where
    T: serde::Serialize + serde::de::DeserializeOwned,
{
    let mut value = serde_json::to_value(object)?;
    if let Some(members) = value.as_object_mut() {
        members.extend(patch.clone());
    }
    Ok(serde_json::from_value(value)?)
}
