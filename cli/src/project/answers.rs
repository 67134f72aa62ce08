//! What was asked of a new project, as the lock file has it. A question more is a line in both
//! directions.

use b2c_templates::{Deploy, Unknown};
use toml::{Table, Value};

use super::name::ProjectName;
use super::new::NewProject;
use crate::lock::KIND;

impl NewProject {
    /// The answers, for the lock file. None of them is secret.
    pub(super) fn answers(&self, name: &ProjectName) -> Table {
        let mut answers = Table::new();
        let mut note = |key: &str, value: Value| drop(answers.insert(key.to_owned(), value));
        note(NAME, name.as_str().into());
        note(KIND, self.kind.name().into());
        if let Some(store) = self.chosen_store() {
            note(STORE, store.name().into());
        }
        if !self.deploy.is_empty() {
            let names = self.deploy.iter().map(|deploy| Value::from(deploy.name()));
            note(DEPLOY, Value::Array(names.collect()));
        }
        note(PORT, i64::from(self.port).into());
        note(EMULATOR_PORT, i64::from(self.emulator_port).into());
        let is_checkout = self.checkout.is_some();
        note(CRATES, if is_checkout { CHECKOUT } else { REGISTRY }.into());
        answers
    }

    /// The same project again, from the answers of its lock file; what an older version of this tool did
    /// not ask has the default. One that uses the registry's crates stays with them.
    ///
    /// # Errors
    ///
    /// An answer is one that this version does not know.
    pub(crate) fn answered(mut self, answers: &Table) -> Result<Self, Unknown> {
        let text = |key: &str| answers.get(key).and_then(Value::as_str);
        let port = |key: &str| {
            let number = answers.get(key).and_then(Value::as_integer);
            number.and_then(|number| u16::try_from(number).ok())
        };
        self.name = text(NAME).map(str::to_owned).or(self.name);
        self.kind = text(KIND).map_or(Ok(self.kind), str::parse)?;
        self.store = text(STORE).map(str::parse).transpose()?;
        let deploy = answers.get(DEPLOY).and_then(Value::as_array);
        for name in deploy.into_iter().flatten().filter_map(Value::as_str) {
            self.deploy.insert(name.parse()?);
        }
        self.port = port(PORT).unwrap_or(self.port);
        self.emulator_port = port(EMULATOR_PORT).unwrap_or(self.emulator_port);
        self.checkout = self.checkout.filter(|_| text(CRATES) == Some(CHECKOUT));
        Ok(self)
    }
}

const NAME: &str = "name";
const STORE: &str = "store";
const DEPLOY: &str = "deploy";
const PORT: &str = "port";
const EMULATOR_PORT: &str = "emulator_port";
const CRATES: &str = "crates";
pub(super) const CHECKOUT: &str = "checkout";
pub(super) const REGISTRY: &str = "registry";

/// The answers of a lock file, with more files for places to run at.
pub(crate) fn with_deploy(answers: &Table, more: &[Deploy]) -> Table {
    let mut answers = answers.clone();
    let known = answers.get(DEPLOY).and_then(Value::as_array);
    let mut names: Vec<Value> = known.cloned().unwrap_or_default();
    for deploy in more {
        if !names
            .iter()
            .any(|known| known.as_str() == Some(deploy.name()))
        {
            names.push(deploy.name().into());
        }
    }
    if !names.is_empty() {
        answers.insert(DEPLOY.to_owned(), Value::Array(names));
    }
    answers
}

#[cfg(test)]
mod tests {
    use b2c_templates::{Deploy, Kind, Store};
    use toml::Table;

    use super::NewProject;

    #[test]
    fn answers_come_back_from_the_lock_file() {
        let asked = NewProject::at("x")
            .name("demo")
            .kind(Kind::Entra)
            .store(Store::Redis)
            .deploy([Deploy::Compose, Deploy::Github])
            .port(8080)
            .emulator_port(8081);
        for asked in [asked.clone(), asked.checkout(None)] {
            let name = "demo".parse().expect("a name");
            let answers = asked.answers(&name);
            let again = NewProject::at("x").answered(&answers);
            assert_eq!(again.expect("known").answers(&name), answers);
        }
    }

    #[test]
    fn a_lock_file_from_before_a_question_has_its_default() {
        let again = NewProject::at("x").answered(&Table::new()).expect("known");
        assert_eq!((again.kind, again.store), (Kind::B2c, None));
        let newer = Table::from_iter([("kind".to_owned(), "saml".into())]);
        assert!(NewProject::at("x").answered(&newer).is_err());
    }
}
