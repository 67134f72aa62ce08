use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, ser::SerializeMap};

use super::{
    AttributeValue, Extensions,
    attribute::{bare_name, claim_name},
    extensions::Aside,
};
use crate::random;

/// A local account.
#[derive(Clone, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
pub struct User {
    #[serde(default = "random::guid")]
    pub(crate) object_id: String,
    pub(crate) sign_in_name: String,
    pub(crate) password: String,
    #[serde(default)]
    pub(crate) display_name: String,
    #[serde(default)]
    pub(crate) given_name: String,
    #[serde(default)]
    pub(crate) surname: String,
    #[serde(default)]
    pub(crate) city: String,
    #[serde(default)]
    pub(crate) country: String,
    /// The telephone for the second factor.
    #[serde(default)]
    pub(crate) phone_number: Option<String>,
    /// The domain of the identity provider that the account belongs to.
    #[serde(default)]
    pub(crate) identity_provider: Option<String>,
    #[serde(default)]
    pub(crate) must_change_password: bool,
    /// An administrator has locked the account.
    #[serde(default)]
    pub(crate) is_locked: bool,
    /// Grants from before this time are revoked.
    #[serde(default)]
    pub(crate) valid_from: i64,
    /// In a row.
    #[serde(default)]
    pub(crate) wrong_passwords: u32,
    #[serde(default)]
    pub(crate) locked_until: i64,
    /// Written and read as `extension_{name}`.
    #[serde(skip)]
    pub(crate) extensions: Extensions,
}

impl User {
    /// Describes an account with a new object id, named like the part before the `@`.
    ///
    /// ```
    /// use b2c_emulator::{Emulator, User};
    ///
    /// let builder = Emulator::builder().user(
    ///     User::new("katherine@emulator.example", "Passw0rd!")
    ///         .display_name("Katherine Johnson")
    ///         .city("Hampton"),
    /// );
    /// ```
    #[expect(
        clippy::new_ret_no_self,
        reason = "an account is described before it exists"
    )]
    pub fn new(sign_in_name: impl Into<String>, password: impl Into<String>) -> UserBuilder {
        let sign_in_name = sign_in_name.into();
        let display_name = sign_in_name
            .split('@')
            .next()
            .unwrap_or_default()
            .to_owned();
        UserBuilder(Self {
            object_id: random::guid(),
            sign_in_name,
            password: password.into(),
            display_name,
            given_name: String::new(),
            surname: String::new(),
            city: String::new(),
            country: String::new(),
            phone_number: None,
            identity_provider: None,
            must_change_password: false,
            is_locked: false,
            valid_from: i64::MIN,
            wrong_passwords: 0,
            locked_until: i64::MIN,
            extensions: Extensions::new(),
        })
    }

    /// The e-mail address that the user signs in with.
    pub fn sign_in_name(&self) -> &str {
        &self.sign_in_name
    }

    /// The password, in clear: nobody real has an account here.
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The display name (`name`).
    pub fn display_name(&self) -> &str {
        &self.display_name
    }

    /// The object id (`sub` and `oid`).
    pub fn object_id(&self) -> &str {
        &self.object_id
    }

    /// The value of a custom attribute (`extension_{name}`), if the user has one.
    pub fn attribute(&self, name: &str) -> Option<&AttributeValue> {
        self.extensions.get(bare_name(name))
    }
}

impl<'de> Deserialize<'de> for User {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut extensions = Extensions::new();
        let user = Self::deserialize(Aside {
            inner: deserializer,
            extensions: &mut extensions,
        })?;
        Ok(Self { extensions, ..user })
    }
}

impl Serialize for User {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, text) in [
            ("object_id", &self.object_id),
            ("sign_in_name", &self.sign_in_name),
            ("password", &self.password),
            ("display_name", &self.display_name),
            ("given_name", &self.given_name),
            ("surname", &self.surname),
            ("city", &self.city),
            ("country", &self.country),
        ] {
            map.serialize_entry(name, text)?;
        }
        for (name, text) in [
            ("phone_number", &self.phone_number),
            ("identity_provider", &self.identity_provider),
        ] {
            if let Some(text) = text {
                map.serialize_entry(name, text)?;
            }
        }
        map.serialize_entry("must_change_password", &self.must_change_password)?;
        map.serialize_entry("is_locked", &self.is_locked)?;
        map.serialize_entry("valid_from", &self.valid_from)?;
        map.serialize_entry("wrong_passwords", &self.wrong_passwords)?;
        map.serialize_entry("locked_until", &self.locked_until)?;
        for (name, value) in &self.extensions {
            map.serialize_entry(&claim_name(name), value)?;
        }
        map.end()
    }
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("object_id", &self.object_id)
            .field("sign_in_name", &self.sign_in_name)
            .field("display_name", &self.display_name)
            .finish_non_exhaustive()
    }
}

/// Describes a [`User`]; made by [`User::new`].
#[derive(Clone, Debug)]
pub struct UserBuilder(User);

impl UserBuilder {
    /// Sets the object id. Default: a random GUID.
    pub fn object_id(mut self, id: impl Into<String>) -> Self {
        self.0.object_id = id.into();
        self
    }

    /// Sets the display name. Default: the part of the sign-in name before the `@`.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.0.display_name = name.into();
        self
    }

    /// Sets the given name. Default: none.
    pub fn given_name(mut self, name: impl Into<String>) -> Self {
        self.0.given_name = name.into();
        self
    }

    /// Sets the surname. Default: none.
    pub fn surname(mut self, name: impl Into<String>) -> Self {
        self.0.surname = name.into();
        self
    }

    /// Sets the city. Default: none.
    pub fn city(mut self, city: impl Into<String>) -> Self {
        self.0.city = city.into();
        self
    }

    /// Sets the country or region. Default: none.
    pub fn country(mut self, country: impl Into<String>) -> Self {
        self.0.country = country.into();
        self
    }

    /// Registers a telephone for the second factor. Default: none.
    pub fn phone_number(mut self, number: impl Into<String>) -> Self {
        self.0.phone_number = Some(number.into());
        self
    }

    /// Sets a custom attribute that the tenant declares, `LoyaltyId` for the claim
    /// `extension_LoyaltyId`. Default: none.
    pub fn attribute(mut self, name: &str, value: impl Into<AttributeValue>) -> Self {
        let name = bare_name(name).to_owned();
        self.0.extensions.insert(name, value.into());
        self
    }

    /// Demands a new password at the next sign-in. Default: off.
    pub fn must_change_password(mut self) -> Self {
        self.0.must_change_password = true;
        self
    }

    /// Locks the account (`AADB2C90111`). Default: open.
    pub fn locked(mut self) -> Self {
        self.0.is_locked = true;
        self
    }
}

impl From<UserBuilder> for User {
    fn from(builder: UserBuilder) -> Self {
        builder.0
    }
}
