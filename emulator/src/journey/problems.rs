/// What is wrong with a form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Problems {
    alert: Option<String>,
    fields: Vec<(&'static str, String)>,
}

impl Problems {
    /// A problem with the form as a whole.
    pub(crate) fn alert(text: impl Into<String>) -> Self {
        Self {
            alert: Some(text.into()),
            fields: Vec::new(),
        }
    }

    /// A problem with one field.
    pub(crate) fn field(name: &'static str, text: impl Into<String>) -> Self {
        let mut problems = Self::default();
        problems.add(name, text);
        problems
    }

    /// Adds a problem; only the first one of a field is kept.
    pub(crate) fn add(&mut self, name: &'static str, text: impl Into<String>) {
        if self.of(name).is_none() {
            self.fields.push((name, text.into()));
        }
    }

    pub(crate) fn require(&mut self, name: &'static str, value: &str) {
        if value.is_empty() {
            self.add(name, "This information is required.");
        } else if value.chars().count() > LONGEST_VALUE {
            self.add(name, "This must have at most 250 characters.");
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.alert.is_none() && self.fields.is_empty()
    }

    /// What the page announces first.
    pub(crate) fn headline(&self) -> Option<&str> {
        match (&self.alert, self.fields.as_slice()) {
            (Some(alert), _) => Some(alert),
            (None, []) => None,
            (None, [(_, only)]) => Some(only),
            (None, _) => Some(SEVERAL),
        }
    }

    pub(crate) fn of(&self, name: &str) -> Option<&str> {
        self.fields
            .iter()
            .find(|(other, _)| *other == name)
            .map(|(_, text)| text.as_str())
    }

    pub(crate) fn fields(&self) -> &[(&'static str, String)] {
        &self.fields
    }
}

/// B2C's limit for string attributes.
const LONGEST_VALUE: usize = 250;
const SEVERAL: &str =
    "One or more fields are filled out incorrectly. Please check your entries and try again.";
