//! What a browser noticed during a journey, and what must not be among it.

use fantoccini::Client;
use libtest_mimic::Failed;
use serde_json::{Value, json};

use super::HOST;
use super::devtools::{DevTools, ReadLog};

/// The console, the requests and the cookies of one browser.
#[derive(Debug)]
pub struct Observations {
    /// Its console's warnings and errors.
    pub console: Vec<String>,
    /// The URLs that were asked for.
    pub requests: Vec<String>,
    /// All that it keeps, as the DevTools protocol has them.
    pub cookies: Vec<Value>,
}

impl Observations {
    /// What there is since the last time.
    pub(super) async fn read(client: &Client) -> Result<Self, Failed> {
        let console = client.issue_cmd(ReadLog("browser")).await?;
        let performance = client.issue_cmd(ReadLog("performance")).await?;
        let cookies = client
            .issue_cmd(DevTools("Network.getAllCookies", json!({})))
            .await;
        let cookies = cookies?;

        let entries = |log: &Value| log.as_array().cloned().unwrap_or_default();
        let severe = entries(&console)
            .into_iter()
            .filter(|entry| matches!(entry["level"].as_str(), Some("SEVERE" | "WARNING")));
        let requests = entries(&performance).into_iter().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let sent = message["method"] == "Network.requestWillBeSent";
            sent.then(|| {
                message["params"]["request"]["url"]
                    .as_str()
                    .map(str::to_owned)
            })
            .flatten()
        });
        Ok(Self {
            console: severe.map(|entry| entry["message"].to_string()).collect(),
            requests: requests.collect(),
            cookies: cookies["cookies"].as_array().cloned().unwrap_or_default(),
        })
    }

    /// No cookie without its attributes, no token in a URL, no request beyond this machine, and
    /// nothing on the console but what the journey means to provoke.
    pub fn check(&self, expected_on_console: &[&str]) -> Result<(), Failed> {
        if self.requests.is_empty() {
            return Err("the browser's requests were not recorded".into());
        }
        let unexpected = self.console.iter().find(|line| {
            !expected_on_console
                .iter()
                .any(|expected| line.contains(expected))
        });
        if let Some(line) = unexpected {
            return Err(format!("on the console: {line}").into());
        }
        for url in &self.requests {
            // `chrome:` is the browser's own new-tab page, served from its program file.
            let local = ["http://localhost:", "data:", "about:", "chrome:"]
                .iter()
                .any(|start| url.starts_with(start))
                || url.starts_with(&format!("https://{HOST}:"));
            if !local {
                return Err(format!("a request left this machine: {url}").into());
            }
            // Every JWT begins so; B2C's codes are JWEs, which begin otherwise.
            if ["eyJ0eXAi", "eyJhbGci", "access_token=", "id_token"]
                .iter()
                .any(|token| url.contains(token))
            {
                return Err(format!("a token in a URL: {url}").into());
            }
        }
        for cookie in &self.cookies {
            let name = &cookie["name"];
            // Entra ID's own pages read this one; it says that there is a session, not which.
            if cookie["httpOnly"] != true && name != "ESTSAUTHLIGHT" {
                return Err(format!("cookie {name} is not HttpOnly").into());
            }
            if !matches!(cookie["sameSite"].as_str(), Some("Lax" | "Strict" | "None")) {
                return Err(format!("cookie {name} has no SameSite").into());
            }
        }
        Ok(())
    }
}
