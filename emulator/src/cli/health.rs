use super::{arguments::Health, client};
use crate::pages::ICON;
use crate::server::SPEAKS_HTTPS;

/// Succeeds if an emulator answers, over http or https: for a container's health check, in an image
/// that has no other program to ask with.
pub(super) fn health(order: &Health) -> Result<(), String> {
    let address = format!("127.0.0.1:{}", order.port);
    // A picture, which the record of requests leaves out.
    let request =
        format!("GET /favicon.ico HTTP/1.0\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let answer = client::exchange(&address, &request).map_err(|error| {
        format!("no emulator answers at {address}: {error}; name its port with --port")
    })?;
    // Its own picture: another server may well have one, too.
    if answer.ends_with(ICON) || answer.as_bytes() == SPEAKS_HTTPS {
        return Ok(());
    }
    Err(format!("what answers at {address} is no emulator"))
}
