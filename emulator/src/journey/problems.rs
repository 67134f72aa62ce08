use std::borrow::Cow;

use crate::protocol::Fault;

/// What is wrong with a form; the texts are named by their keys in `texts/*.json`.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems {
    alert: Option<&'static str>,
    code: Option<u32>,
    /// The name that the alert speaks of.
    subject: Option<String>,
    fields: Vec<(Cow<'static, str>, &'static str)>,
}

impl Problems {
    /// A problem with the form as a whole.
    pub(crate) fn alert(key: &'static str) -> Self {
        Self {
            alert: Some(key),
            ..Self::default()
        }
    }

    /// A problem that B2C has a number for.
    pub(crate) fn refusal(fault: &Fault) -> Self {
        Self {
            code: Some(fault.code()),
            ..Self::alert(match fault {
                Fault::InvalidCredentials => "wrongPassword",
                Fault::AccountLocked => "accountLocked",
                Fault::AccountTemporarilyLocked => "accountTemporarilyLocked",
                _ => "unknownAccount",
            })
        }
    }

    /// A field that could be markup.
    pub(crate) fn unsafe_input(name: &str) -> Self {
        Self {
            code: Some(Fault::UnsafeInput(String::new()).code()),
            subject: Some(name.chars().take(LONGEST_VALUE).collect()),
            ..Self::alert("unsafeInput")
        }
    }

    /// A problem with one field.
    pub(crate) fn field(name: &'static str, key: &'static str) -> Self {
        let mut problems = Self::default();
        problems.add(name, key);
        problems
    }

    /// Adds a problem; only the first one of a field is kept.
    pub(crate) fn add(&mut self, name: impl Into<Cow<'static, str>>, key: &'static str) {
        let name = name.into();
        if !self.fields.iter().any(|(other, _)| *other == name) {
            self.fields.push((name, key));
        }
    }

    pub(crate) fn require(&mut self, name: impl Into<Cow<'static, str>>, value: &str) {
        if value.is_empty() {
            self.add(name, "required");
        } else if value.chars().count() > LONGEST_VALUE {
            self.add(name, "tooLong");
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.alert.is_none() && self.fields.is_empty()
    }

    /// What the page announces first.
    pub(crate) fn headline(&self) -> Option<&'static str> {
        match (self.alert, self.fields.as_slice()) {
            (Some(alert), _) => Some(alert),
            (None, []) => None,
            (None, [(_, only)]) => Some(only),
            (None, _) => Some("severalProblems"),
        }
    }

    /// Puts the name that a text speaks of in its place.
    pub(crate) fn filled_in(&self, text: &str) -> String {
        match &self.subject {
            Some(subject) => text.replace("{0}", subject),
            None => text.to_owned(),
        }
    }

    /// B2C's number for the problem, if it has one.
    pub(crate) fn code(&self) -> Option<u32> {
        self.code
    }

    pub(crate) fn fields(&self) -> &[(Cow<'static, str>, &'static str)] {
        &self.fields
    }
}

/// B2C's limit for string attributes.
const LONGEST_VALUE: usize = 250;
