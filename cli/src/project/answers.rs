//! What was asked of a new project, as the lock file has it. A question more is a line in both
//! directions.

use toml::{Table, Value};

use super::name::ProjectName;
use super::new::NewProject;

impl NewProject {
    /// The answers, for the lock file. None of them is secret.
    pub(super) fn answers(&self, name: &ProjectName) -> Table {
        let mut answers = Table::new();
        let mut note = |key: &str, value: Value| drop(answers.insert(key.to_owned(), value));
        note(NAME, name.as_str().into());
        note(PORT, i64::from(self.port).into());
        note(EMULATOR_PORT, i64::from(self.emulator_port).into());
        let is_checkout = self.checkout.is_some();
        note(CRATES, if is_checkout { CHECKOUT } else { REGISTRY }.into());
        answers
    }

    /// The same project again, from the answers of its lock file. One that uses the registry's crates
    /// stays with them.
    pub(crate) fn answered(mut self, answers: &Table) -> Self {
        let text = |key: &str| answers.get(key).and_then(Value::as_str);
        let port = |key: &str| {
            let number = answers.get(key).and_then(Value::as_integer);
            number.and_then(|number| u16::try_from(number).ok())
        };
        self.name = text(NAME).map(str::to_owned).or(self.name);
        self.port = port(PORT).unwrap_or(self.port);
        self.emulator_port = port(EMULATOR_PORT).unwrap_or(self.emulator_port);
        self.checkout = self.checkout.filter(|_| text(CRATES) == Some(CHECKOUT));
        self
    }
}

const NAME: &str = "name";
const PORT: &str = "port";
const EMULATOR_PORT: &str = "emulator_port";
const CRATES: &str = "crates";
const CHECKOUT: &str = "checkout";
const REGISTRY: &str = "registry";

#[cfg(test)]
mod tests {
    use super::NewProject;

    #[test]
    fn answers_come_back_from_the_lock_file() {
        let asked = NewProject::at("x")
            .name("demo")
            .port(8080)
            .emulator_port(8081);
        for asked in [asked.clone(), asked.checkout(None)] {
            let name = "demo".parse().expect("a name");
            let answers = asked.answers(&name);
            let again = NewProject::at("x").answered(&answers);
            assert_eq!(again.answers(&name), answers);
        }
    }
}
