//! The identity provider.

use std::error::Error;
use std::path::Path;

use b2c_emulator::Emulator;

/// An emulator in this process whose app is at this URL.
pub(crate) async fn start(base_url: &str, seed: Option<&Path>) -> Result<Emulator, Box<dyn Error>> {
    let mut emulator = Emulator::builder().redirect_uri(format!("{base_url}/getAToken"));
    if let Some(seed) = seed {
        let text = std::fs::read_to_string(seed)
            .map_err(|error| format!("cannot read {}: {error}", seed.display()))?;
        emulator = emulator.seed(text);
    }
    Ok(emulator.start().await?)
}
