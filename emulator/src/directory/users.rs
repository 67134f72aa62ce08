use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Attribute, User, claim_name};

/// The accounts of a tenant.
#[derive(Debug)]
pub(crate) struct Users {
    accounts: Mutex<Vec<User>>,
    /// The custom attributes that an account can have.
    attributes: Mutex<Vec<Attribute>>,
    seeded: usize,
}

/// Why a sign-in name and a password do not open an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum SignInProblem {
    UnknownUser,
    WrongPassword,
    /// An administrator has locked the account.
    Locked,
    /// There were too many wrong passwords.
    TemporarilyLocked,
}

impl Users {
    pub(crate) fn new(accounts: Vec<User>, attributes: Vec<Attribute>) -> Self {
        Self {
            seeded: accounts.len(),
            accounts: Mutex::new(accounts),
            attributes: Mutex::new(attributes),
        }
    }

    /// The custom attributes that an account can have.
    pub(crate) fn attributes(&self) -> Vec<Attribute> {
        self.declared().clone()
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<Attribute> {
        let declared = self.declared();
        let found = declared.iter().find(|attribute| attribute.name == name);
        found.cloned()
    }

    /// Declares a custom attribute; returns `false` if there is one of that name.
    pub(crate) fn declare(&self, attribute: Attribute) -> bool {
        let mut declared = self.declared();
        let is_it = |known: &Attribute| known.name.eq_ignore_ascii_case(&attribute.name);
        let is_new = !declared.iter().any(is_it);
        if is_new {
            declared.push(attribute);
        }
        is_new
    }

    /// Takes a custom attribute away, and every value of it; returns `false` if there is none.
    pub(crate) fn withdraw(&self, name: &str) -> bool {
        let mut declared = self.declared();
        let before = declared.len();
        declared.retain(|attribute| attribute.name != name);
        for user in self.lock().iter_mut() {
            user.extensions.remove(name);
        }
        declared.len() < before
    }

    /// What is wrong with the custom attributes of an account: where, and what.
    pub(crate) fn misfit(&self, user: &User) -> Option<String> {
        user.extensions.iter().find_map(|(name, value)| {
            let problem = match self.attribute(name) {
                Some(attribute) if attribute.fits(value) => return None,
                Some(attribute) => format!("expected a value of type {}", attribute.kind.name()),
                None => "expected an attribute that the tenant declares".to_owned(),
            };
            Some(format!("{}: found '{value}', {problem}", claim_name(name)))
        })
    }

    /// Returns a copy of every account.
    pub(crate) fn all(&self) -> Vec<User> {
        self.lock().clone()
    }

    pub(crate) fn by_id(&self, object_id: &str) -> Option<User> {
        self.find(|user| user.object_id == object_id)
    }

    /// Local accounts only. Sign-in names are compared without regard to letter case.
    pub(crate) fn by_sign_in_name(&self, name: &str) -> Option<User> {
        self.find(|user| {
            user.identity_provider.is_none() && user.sign_in_name.eq_ignore_ascii_case(name)
        })
    }

    /// Ten wrong passwords in a row lock an account for a minute, as B2C's smart lock-out does.
    pub(crate) fn sign_in(
        &self,
        name: &str,
        password: &str,
        now: i64,
    ) -> Result<User, SignInProblem> {
        let mut accounts = self.lock();
        let user = accounts
            .iter_mut()
            .find(|user| user.sign_in_name.eq_ignore_ascii_case(name))
            .filter(|user| user.identity_provider.is_none())
            .ok_or(SignInProblem::UnknownUser)?;
        if user.is_locked {
            return Err(SignInProblem::Locked);
        }
        if now < user.locked_until {
            return Err(SignInProblem::TemporarilyLocked);
        }
        if user.password == password {
            user.wrong_passwords = 0;
            return Ok(user.clone());
        }
        user.wrong_passwords += 1;
        if user.wrong_passwords % MOST_WRONG_PASSWORDS == 0 {
            user.locked_until = now + LOCK_OUT;
        }
        Err(SignInProblem::WrongPassword)
    }

    /// Adds an account; returns `false` if its sign-in name is taken.
    pub(crate) fn add(&self, user: User) -> bool {
        let mut accounts = self.lock();
        let taken = accounts
            .iter()
            .filter(|other| other.identity_provider == user.identity_provider)
            .any(|other| other.sign_in_name.eq_ignore_ascii_case(&user.sign_in_name));
        if !taken {
            // A script that signs up for ever must not eat the memory.
            if accounts.len() >= self.seeded + MOST_SIGN_UPS {
                accounts.remove(self.seeded);
            }
            accounts.push(user);
        }
        !taken
    }

    /// Changes an account and returns its new state.
    pub(crate) fn update(&self, object_id: &str, change: impl FnOnce(&mut User)) -> Option<User> {
        let mut accounts = self.lock();
        let user = accounts
            .iter_mut()
            .find(|user| user.object_id == object_id)?;
        change(user);
        Some(user.clone())
    }

    /// Removes an account, found by object id or sign-in name, and returns it.
    pub(crate) fn remove(&self, id: &str) -> Option<User> {
        let mut accounts = self.lock();
        let index = accounts
            .iter()
            .position(|user| user.object_id == id || user.sign_in_name.eq_ignore_ascii_case(id))?;
        Some(accounts.remove(index))
    }

    /// The account of an identity provider's user.
    pub(crate) fn federated(&self, domain: &str, name: &str) -> Option<User> {
        self.find(|user| {
            user.identity_provider.as_deref() == Some(domain)
                && user.sign_in_name.eq_ignore_ascii_case(name)
        })
    }

    fn find(&self, wanted: impl Fn(&User) -> bool) -> Option<User> {
        self.lock().iter().find(|user| wanted(user)).cloned()
    }

    fn declared(&self) -> MutexGuard<'_, Vec<Attribute>> {
        self.attributes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<User>> {
        self.accounts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const MOST_SIGN_UPS: usize = 10_000;
const MOST_WRONG_PASSWORDS: u32 = 10;
const LOCK_OUT: i64 = 60;
