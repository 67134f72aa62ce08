//! The custom attributes that people enter about themselves.

use super::Problems;
use crate::{
    directory::{Attribute, AttributeType, AttributeValue, User, UserFlow, Users},
    protocol::Params,
};

/// A custom attribute that a user flow asks for, with what was typed.
#[derive(Clone, Debug)]
pub(crate) struct CustomField {
    pub(crate) attribute: Attribute,
    pub(crate) text: String,
}

impl CustomField {
    /// The fields of a user flow, empty.
    fn all(user_flow: &UserFlow, users: &Users) -> Vec<Self> {
        let names = user_flow.settings.attributes.iter();
        let attributes = names.filter_map(|name| users.attribute(name));
        attributes
            .map(|attribute| Self {
                attribute,
                text: String::new(),
            })
            .collect()
    }

    /// The fields of a user flow, with what is known about the user.
    pub(crate) fn of(user: Option<&User>, user_flow: &UserFlow, users: &Users) -> Vec<Self> {
        let mut fields = Self::all(user_flow, users);
        for field in &mut fields {
            let value = user.and_then(|user| user.attribute(&field.attribute.name));
            field.text = value.map(ToString::to_string).unwrap_or_default();
        }
        fields
    }

    /// The fields of a user flow, as a form has them.
    pub(crate) fn read(form: &Params, user_flow: &UserFlow, users: &Users) -> Vec<Self> {
        let mut fields = Self::all(user_flow, users);
        for field in &mut fields {
            field.text = form.trimmed(&field.attribute.claim());
            if field.attribute.kind == AttributeType::Boolean {
                // A box that is not ticked is not sent.
                let is_ticked = ["true", "on", "1"].contains(&field.text.as_str());
                field.text = is_ticked.to_string();
            }
        }
        fields
    }

    /// Every attribute is required, as in a fresh user flow.
    pub(super) fn check(&self, problems: &mut Problems) {
        let name = self.attribute.claim();
        if !self.text.is_empty() && self.value().is_none() {
            problems.add(name, "invalidNumber");
        } else {
            problems.require(name, &self.text);
        }
    }

    pub(super) fn write_to(self, user: &mut User) {
        if let Some(value) = self.value() {
            user.extensions.insert(self.attribute.name, value);
        }
    }

    fn value(&self) -> Option<AttributeValue> {
        match self.attribute.kind {
            AttributeType::Int => Some(AttributeValue::Int(self.text.parse().ok()?)),
            AttributeType::Boolean => Some(AttributeValue::Boolean(self.text == "true")),
            AttributeType::String => Some(AttributeValue::String(self.text.clone())),
        }
    }
}
