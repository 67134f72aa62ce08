//! An app's settings for an emulator.

use b2c_emulator::Emulator;
use tower_b2c::{Config, ConfigError};

/// The settings of an app at `http://localhost:5000` whose users sign in at this emulator, with a flow
/// `stepup` and further tables.
///
/// # Errors
///
/// The tables are not as they should be.
pub fn settings(emulator: &Emulator, tables: &str) -> Result<Config, ConfigError> {
    settings_at(emulator, "http://localhost:5000", tables)
}

/// The same for an app at another base URL.
///
/// # Errors
///
/// As those of [`settings`].
pub fn settings_at(
    emulator: &Emulator,
    base_url: &str,
    tables: &str,
) -> Result<Config, ConfigError> {
    let client = emulator.client();
    let text = format!(
        "[app]\n\
         base_url = '{base_url}'\n\
         [provider]\n\
         kind = 'b2c'\n\
         emulator = true\n\
         instance = '{}'\n\
         tenant = '{}'\n\
         client_id = '{}'\n\
         client_secret = {{ env = 'B2C_CLIENT_SECRET' }}\n\
         [provider.user_flows]\n\
         sign_up_sign_in = 'B2C_1_signupsignin1'\n\
         edit_profile = 'B2C_1_profileediting1'\n\
         reset_password = 'B2C_1_passwordreset1'\n\
         stepup = 'B2C_1A_stepup'\n\
         {tables}",
        emulator.base_url(),
        emulator.tenant(),
        client.client_id(),
    );
    let secret = [("B2C_CLIENT_SECRET", client.client_secret())];
    Config::from_text(text).environment(secret).load()
}
