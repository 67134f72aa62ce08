//! What is asked of an addition.

use toml::{Table, Value};

use super::server::Server;
use crate::project::{DEFAULT_EMULATOR_PORT, DEFAULT_PORT};

/// What is asked of an addition, none of it secret.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Answers {
    pub(crate) server: Server,
    /// The port that the app listens on.
    pub(crate) port: u16,
    pub(crate) emulator_port: u16,
    /// The file of the module, beneath the crate's directory: `src/auth.rs`.
    pub(crate) module: String,
    /// Where `Layer` comes from, `tower` or `tower_layer`; hyper's module names it.
    pub(crate) layer: String,
}

impl Answers {
    /// For the lock file.
    pub(super) fn to_table(&self) -> Table {
        let mut table = Table::new();
        table.insert(SERVER.to_owned(), self.server.name().into());
        table.insert(PORT.to_owned(), i64::from(self.port).into());
        table.insert(
            EMULATOR_PORT.to_owned(),
            i64::from(self.emulator_port).into(),
        );
        table.insert(MODULE.to_owned(), self.module.as_str().into());
        table.insert(LAYER.to_owned(), self.layer.as_str().into());
        table
    }

    /// From the lock file; `None` where it does not say what is served with.
    pub(super) fn of(table: &Table) -> Option<Self> {
        let text = |key: &str| table.get(key).and_then(Value::as_str);
        let port = |key: &str| {
            let number = table.get(key).and_then(Value::as_integer);
            number.and_then(|number| u16::try_from(number).ok())
        };
        Some(Self {
            server: text(SERVER)?.parse().ok()?,
            port: port(PORT).unwrap_or(DEFAULT_PORT),
            emulator_port: port(EMULATOR_PORT).unwrap_or(DEFAULT_EMULATOR_PORT),
            module: text(MODULE).unwrap_or("src/auth.rs").to_owned(),
            layer: text(LAYER).unwrap_or("tower").to_owned(),
        })
    }
}

const SERVER: &str = "server";
const PORT: &str = "port";
const EMULATOR_PORT: &str = "emulator_port";
const MODULE: &str = "module";
const LAYER: &str = "layer_crate";

#[cfg(test)]
mod tests {
    use super::Answers;
    use crate::add::Server;

    #[test]
    fn answers_come_back_from_the_lock_file() {
        for server in Server::ALL {
            let answers = Answers {
                server,
                port: 3000,
                emulator_port: 8401,
                module: "src/sign_in.rs".to_owned(),
                layer: "tower_layer".to_owned(),
            };
            assert_eq!(Answers::of(&answers.to_table()), Some(answers));
        }
    }
}
