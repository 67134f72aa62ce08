//! Where browsers are sent, for a Content-Security-Policy.

use super::builder::B2cLayer;

impl B2cLayer {
    /// The origins of the providers' pages by the settings of this moment, for a
    /// Content-Security-Policy's `form-action`: those of
    /// [`Config::provider_origins`](crate::Config::provider_origins), after a reload too.
    pub fn provider_origins(&self) -> Vec<String> {
        let shell = self.shell();
        shell.config.provider_origins().map(str::to_owned).collect()
    }
}
