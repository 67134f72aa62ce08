//! A browser with empty pockets, and what a person does with it.

pub mod chromedriver;
mod devtools;
mod inspector;
mod observations;

use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use libtest_mimic::Failed;
use serde_json::{Value, json};

pub use self::devtools::DevTools;
use self::devtools::ReadLog;
pub use self::inspector::Inspector;
pub use self::observations::Observations;
use crate::Workspace;

/// One Chromium with a fresh profile.
pub struct Browser {
    client: Client,
    profile: tempfile::TempDir,
}

impl Browser {
    /// Starts it.
    pub async fn start() -> Result<Self, Failed> {
        let profile = tempfile::tempdir()?;
        let capabilities = json!({
            "goog:chromeOptions": {
                "args": [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                    // Containers have little shared memory.
                    "--disable-dev-shm-usage",
                    "--no-first-run", "--disable-background-networking",
                    "--disable-component-update", "--disable-sync", "--window-size=1180,900",
                    format!("--user-data-dir={}", profile.path().display()),
                    // An app of another site than the provider's, on this machine.
                    format!("--host-resolver-rules=MAP {} 127.0.0.1", HOST),
                ],
            },
            // Its certificate is the test's own.
            "acceptInsecureCerts": true,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
        });
        let Value::Object(capabilities) = capabilities else {
            return Err("no object".into());
        };
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&chromedriver::url()?)
            .await?;
        Ok(Self { client, profile })
    }

    /// Goes to this address.
    pub async fn opens(&self, url: &str) -> Result<(), Failed> {
        self.client.goto(url).await.map_err(Failed::from)
    }

    /// Clicks a link or button; the next look waits for what comes of it.
    pub async fn clicks(&self, css: &str) -> Result<(), Failed> {
        let element = self.finds(Locator::Css(css)).await?;
        element.click().await.map_err(Failed::from)
    }

    /// Clicks the link or button with this text.
    pub async fn clicks_text(&self, text: &str) -> Result<(), Failed> {
        let path =
            format!("//a[normalize-space()='{text}'] | //button[normalize-space()='{text}']");
        let element = self.finds(Locator::XPath(&path)).await?;
        element.click().await.map_err(Failed::from)
    }

    /// Waits for an element.
    async fn finds(&self, locator: Locator<'_>) -> Result<Element, Failed> {
        let element = self
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(locator)
            .await;
        element.map_err(|error| format!("no {locator:?} on the page: {error}").into())
    }

    /// Types into a field, in place of what is there.
    pub async fn types(&self, css: &str, text: &str) -> Result<(), Failed> {
        let field = self.finds(Locator::Css(css)).await?;
        field.clear().await?;
        field.send_keys(text).await.map_err(Failed::from)
    }

    /// Waits until the page's address begins so, and its text has this in it.
    pub async fn sees(&self, url: &str, text: &str) -> Result<(), Failed> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let (address, body) = (self.url().await?, self.text().await.unwrap_or_default());
            if address.starts_with(url) && body.contains(text) {
                return Ok(());
            }
            if tokio::time::Instant::now() > deadline {
                return Err(
                    format!("expected {text:?} at {url}; at {address} there is:\n{body}").into(),
                );
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// The page's address.
    pub async fn url(&self) -> Result<String, Failed> {
        self.client
            .current_url()
            .await
            .map(Into::into)
            .map_err(Failed::from)
    }

    /// The text that is visible.
    pub async fn text(&self) -> Result<String, Failed> {
        let body = self.client.find(Locator::Css("body")).await?;
        body.text().await.map_err(Failed::from)
    }

    /// The text of one element.
    pub async fn text_of(&self, css: &str) -> Result<String, Failed> {
        let element = self.finds(Locator::Css(css)).await?;
        element.text().await.map_err(Failed::from)
    }

    /// Runs a script in the page.
    pub async fn runs(&self, script: &str) -> Result<Value, Failed> {
        self.client
            .execute(script, Vec::new())
            .await
            .map_err(Failed::from)
    }

    /// Waits until a script answers `true`. Between two documents it cannot be run.
    pub async fn becomes(&self, script: &str) -> Result<(), Failed> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !matches!(self.runs(script).await, Ok(Value::Bool(true))) {
            if tokio::time::Instant::now() > deadline {
                return Err(format!("it never became so: {script}").into());
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        Ok(())
    }

    /// Runs a script that calls back.
    pub async fn runs_async(&self, script: &str) -> Result<Value, Failed> {
        self.client
            .execute_async(script, Vec::new())
            .await
            .map_err(Failed::from)
    }

    /// Shows pages as someone does who prefers dark colours.
    pub async fn prefers_dark(&self, dark: bool) -> Result<(), Failed> {
        let value = if dark { "dark" } else { "light" };
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": value }] });
        self.devtools(DevTools("Emulation.setEmulatedMedia", features))
            .await
            .map(|_| ())
    }

    /// Makes the window this wide, in pixels.
    pub async fn has_width(&self, width: u32) -> Result<(), Failed> {
        self.client
            .set_window_size(width, 900)
            .await
            .map_err(Failed::from)
    }

    /// Keeps a picture of the page in `target/screenshots/`.
    pub async fn pictures(&self, name: &str) -> Result<(), Failed> {
        let directory = Workspace::target().join("screenshots");
        std::fs::create_dir_all(&directory)?;
        let picture = self.client.screenshot().await?;
        std::fs::write(directory.join(format!("{name}.png")), picture).map_err(Failed::from)
    }

    /// What the browser noticed up to now.
    pub async fn observations(&self) -> Result<Observations, Failed> {
        Observations::read(&self.client).await
    }

    /// The responses that the browser got since this, or [`observations`](Self::observations), was
    /// read last, redirects among them, as the DevTools protocol has them.
    pub async fn responses(&self) -> Result<Vec<Value>, Failed> {
        let log = self.client.issue_cmd(ReadLog("performance")).await;
        let log = log?;
        let responses = log.as_array().into_iter().flatten().filter_map(|entry| {
            let message: Value = serde_json::from_str(entry["message"].as_str()?).ok()?;
            let message = &message["message"];
            let response = match message["method"].as_str()? {
                "Network.requestWillBeSent" => &message["params"]["redirectResponse"],
                "Network.responseReceived" => &message["params"]["response"],
                _ => return None,
            };
            response.is_object().then(|| response.clone())
        });
        Ok(responses.collect())
    }

    /// Sends a command of the DevTools protocol.
    pub async fn devtools(&self, command: DevTools) -> Result<Value, Failed> {
        self.client.issue_cmd(command).await.map_err(Failed::from)
    }

    /// Closes it.
    pub async fn ends(self) -> Result<(), Failed> {
        self.client.close().await?;
        // Chromium may still write into its profile for a moment; what is left is temporary.
        let _ = self.profile.close();
        Ok(())
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
/// An app of another site than the provider's; Chromium is told that it is this machine.
pub const HOST: &str = "app.example";
