//! The example as a process beside an emulator.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use b2c_emulator::Emulator;
use libtest_mimic::Failed;
use serde_json::Value;

/// An app that runs until it is dropped.
pub struct Running {
    /// Runs as long as the app does.
    pub provider: Emulator,
    /// The app's URL.
    pub app: String,
    /// Where Prometheus finds it.
    pub management: String,
    lines: Arc<Mutex<Vec<String>>>,
    process: Child,
}

impl Running {
    /// Starts it; spans go to this collector, if any.
    pub async fn start(collector: Option<&str>) -> Result<Self, Failed> {
        let (app, management) = (loopback::free_port(), loopback::free_port());
        let (app, management) = (
            format!("http://localhost:{app}"),
            format!("127.0.0.1:{management}"),
        );
        let emulator = Emulator::builder().redirect_uri(format!("{app}/getAToken"));
        let emulator = emulator.start().await?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_example-observed"));
        command
            .env("B2C__APP__BASE_URL", &app)
            .env("B2C__PROVIDER__INSTANCE", emulator.base_url())
            .env("MANAGEMENT_ADDRESS", &management)
            .env("OTEL_BSP_SCHEDULE_DELAY", "100")
            .env_remove("RUST_LOG")
            .env_remove("OTEL_EXPORTER_OTLP_ENDPOINT")
            .stdout(Stdio::piped());
        if let Some(collector) = collector {
            command.env("OTEL_EXPORTER_OTLP_ENDPOINT", collector);
        }
        let mut process = command.spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let lines = Arc::<Mutex<Vec<String>>>::default();
        let heard = Arc::clone(&lines);
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
                heard.push(line);
            }
        });
        let running = Self {
            provider: emulator,
            app,
            management: format!("http://{management}"),
            lines,
            process,
        };
        until("the app serves", async || running.scrape().await.is_ok()).await?;
        Ok(running)
    }

    /// What Prometheus would see now.
    pub async fn scrape(&self) -> Result<String, Failed> {
        let answer = reqwest::get(format!("{}/metrics", self.management)).await?;
        Ok(answer.error_for_status()?.text().await?)
    }

    /// The log lines so far.
    pub fn log(&self) -> Result<Vec<Value>, Failed> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let lines = lines.iter().map(|line| serde_json::from_str(line));
        Ok(lines.collect::<Result<_, _>>()?)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits for something that is bound to happen.
pub async fn until(what: &str, mut happened: impl AsyncFnMut() -> bool) -> Result<(), Failed> {
    let started = Instant::now();
    while !happened().await {
        if started.elapsed() > Duration::from_secs(60) {
            return Err(format!("in a minute not: {what}").into());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// Runs an asynchronous test.
pub fn run(test: impl Future<Output = Result<(), Failed>>) -> Result<(), Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread();
    { runtime }.enable_all().build()?.block_on(test)
}
