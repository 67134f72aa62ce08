//! The secrets that a profile's settings refer to, which the files of a deployment hand over.

use b2c_templates::Secrets;
use toml::{Table, Value};

use super::effective::effective;
use super::fresh::OWN_PROFILE;
use super::main_profile::{EMULATOR, main_profile};

/// Those of the profile that the app is deployed with: the one that people sign in with.
pub(crate) fn deployed(config: &str) -> Secrets {
    let document = config.parse().unwrap_or_default();
    of(&document, main_profile(&document).unwrap_or(OWN_PROFILE))
}

/// Those of the profile of the emulator.
pub(crate) fn emulated(config: &str) -> Secrets {
    of(&config.parse().unwrap_or_default(), EMULATOR)
}

fn of(document: &Table, profile: &str) -> Secrets {
    let settings = effective(document, profile);
    collect(Secrets::of(profile), &Value::Table(settings))
}

fn collect(found: Secrets, value: &Value) -> Secrets {
    match value {
        Value::Table(table) => match reference(table) {
            Some(("env", name)) => found.env(name),
            Some((_, path)) => found.file(path),
            None => {
                let below = table.iter().filter(|(key, _)| *key != BY_PLATFORM);
                below.fold(found, |found, (_, value)| collect(found, value))
            }
        },
        Value::Array(items) => items.iter().fold(found, collect),
        _ => found,
    }
}

/// A table is a reference if it has nothing but the one key.
fn reference(table: &Table) -> Option<(&str, &str)> {
    let mut entries = table.iter();
    let (key, value) = entries.next()?;
    let alone = entries.next().is_none() && matches!(key.as_str(), "env" | "file");
    Some((key.as_str(), value.as_str()?)).filter(|_| alone)
}

/// The token of a workload identity, which the platform writes into the container itself.
const BY_PLATFORM: &str = "client_assertion";

#[cfg(test)]
mod tests {
    use super::{deployed, emulated};

    #[test]
    fn each_profile_has_its_own_and_what_all_have() {
        let text = "active_profile = 'emulator'\n\
            [session]\ncookie_keys = [{ file = '/run/secrets/keys' }, { env = 'OLD_KEY' }]\n\
            [profile.emulator.provider]\nclient_secret = { env = 'EMULATOR' }\n\
            [profile.production.providers.a]\nclient_secret = { env = 'A' }\n\
            second_client_secret = { file = 'next.txt' }\n\
            [profile.production.providers.b]\nclient_assertion = { file = '/var/run/token' }\n";
        let secrets = deployed(text);
        assert_eq!(secrets.profile(), "production");
        assert_eq!(secrets.variables().collect::<Vec<_>>(), ["A", "OLD_KEY"]);
        let files: Vec<_> = secrets.files().collect();
        assert_eq!(files, ["/run/secrets/keys", "next.txt"]);

        let secrets = emulated(text);
        assert_eq!(
            secrets.variables().collect::<Vec<_>>(),
            ["EMULATOR", "OLD_KEY"]
        );
        assert_eq!(secrets.files().collect::<Vec<_>>(), ["/run/secrets/keys"]);
    }

    #[test]
    fn what_is_no_configuration_refers_to_nothing() {
        let secrets = deployed("<<<<<<<");
        assert_eq!(secrets.profile(), "tenant");
        assert_eq!(secrets.variables().count() + secrets.files().count(), 0);
    }
}
