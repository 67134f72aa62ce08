use super::OperationError;
use crate::{
    directory::{Attribute, AttributeType, bare_name},
    world::World,
};

impl World {
    pub(crate) fn attributes(
        &self,
        tenant: Option<&str>,
    ) -> Result<Vec<Attribute>, OperationError> {
        Ok(self.provider_of(tenant)?.tenant.users.attributes())
    }

    /// Declares a custom attribute.
    pub(crate) fn add_attribute(
        &self,
        tenant: Option<&str>,
        name: &str,
        kind: AttributeType,
    ) -> Result<Attribute, OperationError> {
        let attribute = Attribute {
            name: bare_name(name).to_owned(),
            kind,
        };
        if !attribute.has_good_name() {
            let problem = format!(
                "name: found '{}', expected letters, digits and underscores",
                attribute.name
            );
            return Err(OperationError::Invalid(problem));
        }
        let provider = self.provider_of(tenant)?;
        if provider.tenant.users.declare(attribute.clone()) {
            Ok(attribute)
        } else {
            Err(OperationError::Taken(attribute.name))
        }
    }

    /// Withdraws a custom attribute, with the values that users have of it.
    pub(crate) fn delete_attribute(
        &self,
        tenant: Option<&str>,
        name: &str,
    ) -> Result<(), OperationError> {
        let provider = self.provider_of(tenant)?;
        let (tenant, name) = (&provider.tenant, bare_name(name));
        let asking = tenant.user_flows.iter().find(|flow| {
            let mut asked = flow.settings.attributes.iter();
            asked.any(|asked| asked == name)
        });
        if let Some(flow) = asking {
            let problem = format!("the user flow '{}' asks for '{name}'", flow.name());
            return Err(OperationError::Invalid(problem));
        }
        if tenant.users.withdraw(name) {
            Ok(())
        } else {
            Err(OperationError::NotFound("attribute"))
        }
    }
}
