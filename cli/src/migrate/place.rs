//! Where in `b2c.toml` the provider is.

use toml_edit::{DocumentMut, Item, TableLike};

use super::stage::Stage;
use crate::error::Error;
use crate::project::CONFIG_FILE;
use crate::tenant::{Kind, OfKind as _};

/// The tables that a migration is about: a profile's, or those at the top of the file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Place {
    profile: Option<String>,
    /// Whether the provider is at the top of the file, for all profiles.
    at_top: bool,
}

impl Place {
    /// Finds them.
    ///
    /// # Errors
    ///
    /// There is no provider; or it is put together from two tables, so that nobody could tell which of
    /// them to rewrite.
    pub(crate) fn find(document: &DocumentMut, profile: Option<&str>) -> Result<Self, Error> {
        let has = |table: Option<&dyn TableLike>| {
            table.is_some_and(|table| KEYS.iter().any(|key| table.contains_key(key)))
        };
        let top = has(Some(document.as_table()));
        let own = profile.and_then(|name| document.get("profile")?.get(name)?.as_table_like());
        let at_top = match (top, has(own)) {
            (true, false) => true,
            (false, true) => false,
            (true, true) => {
                let profile = profile.unwrap_or_default();
                return Err(Error::refused(
                    format!(
                        "{CONFIG_FILE} has a part of the provider at its top and a part in \
                         [profile.{profile}]"
                    ),
                    format!("move all of it into [profile.{profile}.provider] first"),
                ));
            }
            (false, false) => {
                return Err(Error::refused(
                    format!("{CONFIG_FILE} has no provider in this profile"),
                    "name another with --profile; `tenant list` lists them",
                ));
            }
        };
        let profile = profile.map(str::to_owned);
        Ok(Self { profile, at_top })
    }

    /// The profile, if one is in use.
    pub(crate) fn profile(&self) -> Option<&str> {
        self.profile.as_deref()
    }

    /// The profile, if the provider is in its tables.
    pub(crate) fn own_profile(&self) -> Option<&str> {
        self.profile().filter(|_| !self.at_top)
    }

    /// The keys that lead to a table of it.
    pub(crate) fn path<'a>(&'a self, below: &[&'a str]) -> Vec<&'a str> {
        let own = self.own_profile();
        let prefix = own.into_iter().flat_map(|name| ["profile", name]);
        prefix.chain(below.iter().copied()).collect()
    }

    /// The table or value there.
    pub(crate) fn get<'d>(&self, document: &'d DocumentMut, below: &[&str]) -> Option<&'d Item> {
        let mut item = document.as_item();
        for key in self.path(below) {
            item = item.get(key)?;
        }
        Some(item)
    }

    /// A setting as the app reads it: the profile's, else that at the top of the file.
    pub(crate) fn setting<'d>(
        &self,
        document: &'d DocumentMut,
        table: &str,
        key: &str,
    ) -> Option<&'d str> {
        let own = self
            .profile()
            .and_then(|name| document.get("profile")?.get(name)?.get(table)?.get(key));
        let item = own.or_else(|| document.get(table)?.get(key));
        item.and_then(Item::as_str)
    }

    /// The providers by name and kind; `default` for the only one of `[provider]`.
    pub(crate) fn providers(&self, document: &DocumentMut) -> Vec<(String, Option<Kind>)> {
        if let Some(only) = self.get(document, &["provider"]) {
            return vec![(ONLY.to_owned(), only.kind().ok())];
        }
        let several = self.get(document, &["providers"]);
        let several = several.and_then(Item::as_table_like);
        let all = several.into_iter().flat_map(|all| all.iter());
        all.map(|(name, one)| (name.to_owned(), one.kind().ok()))
            .collect()
    }

    /// The keys that lead to the provider of this name.
    pub(crate) fn provider_path<'a>(
        &'a self,
        document: &DocumentMut,
        name: &'a str,
    ) -> Vec<&'a str> {
        if self.get(document, &["provider"]).is_some() {
            self.path(&["provider"])
        } else {
            self.path(&["providers", name])
        }
    }

    /// The environment variable that this provider's client secret is in, if it is in one.
    pub(crate) fn secret_variable(&self, document: &DocumentMut, name: &str) -> Option<String> {
        let mut item = document.as_item();
        for key in self.provider_path(document, name) {
            item = item.get(key)?;
        }
        let variable = item.get("client_secret")?.get("env");
        variable.and_then(Item::as_str).map(str::to_owned)
    }

    /// How far the move is.
    ///
    /// # Errors
    ///
    /// There is nothing to move from, or more than one provider to choose from.
    pub(crate) fn stage(&self, document: &DocumentMut) -> Result<Stage, Error> {
        Stage::of(&self.providers(document))
    }
}

const KEYS: [&str; 2] = ["provider", "providers"];

/// The layer's name for the provider of `[provider]`; sessions have it.
pub(crate) const ONLY: &str = "default";
