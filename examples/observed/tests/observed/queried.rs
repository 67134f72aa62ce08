//! A Prometheus that scrapes the example, asked what the dashboard asks.

use std::process::{Child, Command, Stdio};

use e2e::{Person, Workspace};
use libtest_mimic::Failed;
use serde_json::Value;

use crate::dashboard::expressions;
use crate::rules;
use crate::running::{Running, run, until};

/// It understands every expression; those about what has happened have a value.
pub fn dashboard() -> Result<(), Failed> {
    run(async {
        let running = Running::start(None).await?;
        let prometheus = Prometheus::start(&running)?;
        let scraped = async || prometheus.has("up == 1").await;
        until("Prometheus scrapes", scraped).await?;
        Person::new(&running.app)?.signs_in("/profile").await?;
        // A rate takes two scrapes, some series begin with the sign-in, and a scrape may be in its midst.
        let mut outcome = Ok(());
        let answered = async || {
            outcome = prometheus.answers_all().await;
            outcome.is_ok()
        };
        let in_time = until("every expression has a value", answered).await;
        in_time.or(outcome)
    })
}

/// Runs until it is dropped.
struct Prometheus {
    process: Child,
    address: String,
}

impl Prometheus {
    fn start(running: &Running) -> Result<Self, Failed> {
        let folder = Workspace::scratch("observed-prometheus")?;
        let target = running.management.trim_start_matches("http://");
        let alerts = rules::folder().join("alerts.yml");
        let alerts = alerts.display();
        let configuration = format!(
            "global: {{ scrape_interval: 1s }}\nrule_files: [{alerts}]\nscrape_configs:\n  \
             - job_name: observed\n    static_configs: [{{ targets: [{target:?}] }}]\n"
        );
        let file = folder.join("prometheus.yml");
        std::fs::write(&file, configuration)?;
        let address = format!("127.0.0.1:{}", loopback::free_port());
        let process = Command::new("prometheus")
            .arg(format!("--config.file={}", file.display()))
            .arg(format!(
                "--storage.tsdb.path={}",
                folder.join("data").display()
            ))
            .arg(format!("--web.listen-address={address}"))
            .stderr(Stdio::null())
            .spawn()?;
        let address = format!("http://{address}");
        Ok(Self { process, address })
    }

    /// What the dashboard asks has a value each, but what an app with sessions in memory, and without
    /// APIs, has nothing of.
    async fn answers_all(&self) -> Result<(), Failed> {
        let nothing_of = [
            "_api_calls_",
            "_redis_",
            "_bearer_",
            "metadata_fetched_timestamp",
        ];
        let mut empty = Vec::new();
        for expression in expressions()? {
            let expression = expression
                .replace("$__rate_interval", "1m")
                .replace("$job", ".*");
            if self.asks(&expression).await?.is_empty() {
                empty.push(expression);
            }
        }
        empty.retain(|one| !nothing_of.iter().any(|about| one.contains(about)));
        if empty.is_empty() {
            return Ok(());
        }
        Err(format!("nothing comes of {empty:#?}").into())
    }

    async fn has(&self, expression: &str) -> bool {
        let answer = self.asks(expression).await;
        answer.is_ok_and(|found| !found.is_empty())
    }

    async fn asks(&self, expression: &str) -> Result<Vec<Value>, Failed> {
        let mut url = url::Url::parse(&format!("{}/api/v1/query", self.address))?;
        url.query_pairs_mut().append_pair("query", expression);
        let answer: Value = serde_json::from_str(&reqwest::get(url).await?.text().await?)?;
        if answer["status"] != "success" {
            return Err(format!("{expression}: {answer}").into());
        }
        Ok(answer["data"]["result"]
            .as_array()
            .cloned()
            .unwrap_or_default())
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
