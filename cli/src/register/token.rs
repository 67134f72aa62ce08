//! The token for Microsoft Graph: the user's own, never on a command line.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

use crate::error::Error;
use crate::status::Status;
use crate::terminal::SecretText;

/// The environment variable that has the token.
pub(super) const TOKEN_VARIABLE: &str = "B2C_INIT_GRAPH_TOKEN";

/// The token of the environment, else the Azure CLI's for this tenant.
///
/// # Errors
///
/// There is neither, or `az` says why not.
pub(crate) fn token(tenant: &str) -> Result<SecretText, Error> {
    let given = std::env::var(TOKEN_VARIABLE).unwrap_or_default();
    if !given.trim().is_empty() {
        return Ok(SecretText::new(given.trim()));
    }
    let mut az = Command::new(if cfg!(windows) { "az.cmd" } else { "az" });
    az.args(["account", "get-access-token", "--resource-type", "ms-graph"]);
    az.args([
        "--tenant",
        tenant,
        "--query",
        "accessToken",
        "--output",
        "tsv",
    ]);
    let output = match az.stdin(Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(missing(
                format!(
                    "there is no token for Microsoft Graph: {TOKEN_VARIABLE} is not set, and there is no `az`"
                ),
                tenant,
            ));
        }
        Err(error) => return Err(Error::io("run az, which has a token", error)),
    };
    let token = SecretText::new(String::from_utf8_lossy(&output.stdout).trim());
    if output.status.success() && !token.is_empty() {
        return Ok(token);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = said.lines().find(|line| !line.trim().is_empty());
    Err(missing(
        format!(
            "az has no token for Microsoft Graph: {}",
            said.unwrap_or("it says nothing")
        ),
        tenant,
    ))
}

fn missing(reason: String, tenant: &str) -> Error {
    Error::Graph {
        reason,
        hint: format!(
            "az login --tenant {tenant} --allow-no-subscriptions; or put a token into {TOKEN_VARIABLE}; or \
             let --print write a script for somebody who may"
        ),
        status: Status::Refused,
    }
}
