//! Everything together: started in order, watched, ended in the reverse order.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use aws_lc_rs::rand;
use b2c_emulator::Emulator;
use tempfile::TempDir;
use tokio::process::Command;
use tokio::sync::mpsc;

use crate::arguments;
use crate::interrupt::Interrupt;
use crate::nginx::Nginx;
use crate::order::{self, Order};
use crate::process::{Exit, Process};
use crate::redis::Redis;
use crate::{port, program, provider};

/// Starts a cluster and keeps it until Ctrl-C or SIGTERM.
pub(crate) async fn run(arguments: arguments::Cluster) -> Result<(), Box<dyn Error>> {
    let mut interrupt = Interrupt::listen()?;
    let mut lines = order::listen();
    let (mut cluster, mut exits) = Cluster::prepare(&arguments).await?;
    let outcome = tokio::select! {
        () = interrupt.wait() => Ok(()),
        outcome = cluster.start() => outcome,
    };
    if outcome.is_ok() {
        loop {
            tokio::select! {
                biased;
                () = interrupt.wait() => break,
                Some(exit) = exits.recv() => cluster.tell_of(&exit),
                Some(line) = lines.recv() => tokio::select! {
                    () = interrupt.wait() => break,
                    () = cluster.obey(&line) => {}
                },
            }
        }
    }
    cluster.stop().await?;
    outcome
}

/// What runs, by its name.
struct Cluster {
    base_url: String,
    emulator: Emulator,
    redis: Redis,
    nginx: Nginx,
    instances: BTreeMap<&'static str, u16>,
    program: PathBuf,
    cookie_key: String,
    http: reqwest::Client,
    running: BTreeMap<String, Process>,
    exits: mpsc::UnboundedSender<Exit>,
    /// Those that were stopped, whose end is no news.
    expected: Vec<String>,
    _directory: TempDir,
}

impl Cluster {
    /// Looks for everything that is needed before anything is started.
    async fn prepare(
        arguments: &arguments::Cluster,
    ) -> Result<(Self, mpsc::UnboundedReceiver<Exit>), Box<dyn Error>> {
        let nginx = program::find("nginx", "nginx")?;
        let redis = program::find("redis-server", "redis-server")?;
        let [free, redis_port, one, two, three] = port::free()?;
        let port = arguments.port.map_or(Ok(free), port::check)?;
        let base_url = format!("http://localhost:{port}");
        let directory = tempfile::Builder::new().prefix("cluster-").tempdir()?;
        let emulator = provider::start(&base_url, arguments.seed.as_deref()).await?;
        let instances = [one, two, three];
        let nginx = Nginx::new(nginx, &directory.path().join("nginx"), port, instances)?;
        let redis_files = directory.path().join("redis");
        let redis = Redis::new(redis, &redis_files, redis_port, arguments.persist)?;
        let (sender, exits) = mpsc::unbounded_channel();
        let cluster = Self {
            base_url,
            emulator,
            redis,
            nginx,
            instances: NAMES.into_iter().zip(instances).collect(),
            program: std::env::current_exe()?,
            cookie_key: cookie_key()?,
            http: reqwest::Client::builder().timeout(PATIENCE).build()?,
            running: BTreeMap::new(),
            exits: sender,
            expected: Vec::new(),
            _directory: directory,
        };
        Ok((cluster, exits))
    }

    async fn start(&mut self) -> Result<(), Box<dyn Error>> {
        println!("emulator  {}", self.emulator.base_url());
        self.start_one("redis").await?;
        for name in NAMES {
            self.spawn(name)?;
        }
        for name in NAMES {
            self.is_up(name).await?;
        }
        self.start_one("nginx").await?;
        println!("sign in as");
        for user in self.emulator.users().iter().take(3) {
            println!("  {} with {}", user.sign_in_name(), user.password());
        }
        println!("orders: {}", order::HELP);
        println!("open {}", self.base_url);
        Ok(())
    }

    /// In the order in which nobody waits for somebody who is gone.
    async fn stop(&mut self) -> Result<(), Box<dyn Error>> {
        self.stop_one("nginx", "QUIT").await?;
        let mut instances = Vec::new();
        for name in NAMES {
            instances.extend(self.running.remove(name));
        }
        for instance in &instances {
            instance.signal("TERM").await?;
        }
        for instance in &instances {
            instance.stop("TERM").await?;
        }
        self.stop_one("redis", "TERM").await
    }

    async fn obey(&mut self, line: &str) {
        let outcome = match Order::read(line) {
            Ok(order) => self.carry_out(order).await,
            Err(refusal) => Err(refusal.into()),
        };
        if let Err(error) = outcome {
            println!("error: {error}");
        }
    }

    async fn carry_out(&mut self, order: Order) -> Result<(), Box<dyn Error>> {
        match order {
            Order::Kill(name) => self.known(&name)?.signal("KILL").await?,
            Order::Stop(name) => {
                self.known(&name)?;
                self.stop_one(&name, "TERM").await?;
                println!("{name} is stopped");
            }
            Order::Start(name) => self.start_one(&name).await?,
            Order::Roll => {
                for name in NAMES {
                    self.stop_one(name, "TERM").await?;
                    self.start_one(name).await?;
                    // Until nginx tries it again.
                    tokio::time::sleep(FAIL_TIMEOUT + FAIL_TIMEOUT / 2).await;
                }
                println!("all instances are new");
            }
        }
        Ok(())
    }

    /// A process ended that nobody stopped.
    fn tell_of(&mut self, exit: &Exit) {
        let Exit { name, status } = exit;
        if let Some(at) = self.expected.iter().position(|expected| expected == name) {
            self.expected.swap_remove(at);
            return;
        }
        println!("{name} has ended: {status}; 'start {name}' starts it again");
    }

    async fn start_one(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        if self.running.get(name).is_some_and(Process::is_running) {
            return Err(format!("{name} runs already").into());
        }
        self.spawn(name)?;
        self.is_up(name).await
    }

    async fn stop_one(&mut self, name: &str, signal: &str) -> Result<(), Box<dyn Error>> {
        if let Some(process) = self.running.remove(name)
            && process.is_running()
        {
            self.expected.push(name.to_owned());
            process.stop(signal).await?;
        }
        Ok(())
    }

    fn known(&self, name: &str) -> Result<&Process, Box<dyn Error>> {
        let process = self.running.get(name).filter(|found| found.is_running());
        process.ok_or_else(|| format!("there is no {name} that runs").into())
    }

    fn spawn(&mut self, name: &str) -> Result<(), Box<dyn Error>> {
        let mut command = self.command(name)?;
        let process = Process::start(name, &mut command, &self.exits)
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        self.running.insert(name.to_owned(), process);
        Ok(())
    }

    fn command(&self, name: &str) -> Result<Command, String> {
        match name {
            "redis" => Ok(self.redis.command()),
            "nginx" => Ok(self.nginx.command()),
            _ => self.instance(name),
        }
    }

    /// All instances have the same settings, but for name and port.
    fn instance(&self, name: &str) -> Result<Command, String> {
        let port = self.instances.get(name);
        let port = port.ok_or_else(|| format!("there is no {name}; there are: {}", order::HELP))?;
        let provider = self.emulator.base_url();
        let tenant = self.emulator.tenant();
        let api = format!(
            "[{{ name = 'demo', base_url = '{provider}/api', \
             resource = 'https://{tenant}/demo-api', scopes = ['demo.read'] }}]"
        );
        let mut command = Command::new(&self.program);
        command
            .args(["instance", "--name", name, "--port", &port.to_string()])
            .env("B2C__APP__BASE_URL", &self.base_url)
            .env("B2C__PROVIDER__INSTANCE", provider)
            .env("B2C__DOWNSTREAM", api)
            .env("B2C_CLIENT_SECRET", self.emulator.client().client_secret())
            .env("B2C_COOKIE_KEY", &self.cookie_key)
            .env("REDIS_URL", self.redis.url());
        Ok(command)
    }

    /// Waits until it can be used, and says where it is.
    async fn is_up(&self, name: &str) -> Result<(), Box<dyn Error>> {
        let process = self.known(name)?;
        let begun = Instant::now();
        while !self.answers(name).await {
            if !process.is_running() {
                return Err(format!("{name} ended at once").into());
            }
            if begun.elapsed() > PATIENCE {
                return Err(format!("{name} is not ready within {PATIENCE:?}").into());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let at = match name {
            "redis" => self.redis.url(),
            "nginx" => format!("{} log {}", self.base_url, self.nginx.log().display()),
            _ => format!("http://127.0.0.1:{}", self.instances[name]),
        };
        println!("{name:<9} {at} process {}", process.id());
        Ok(())
    }

    async fn answers(&self, name: &str) -> bool {
        let port = match name {
            "redis" => self.redis.port(),
            "nginx" => self.nginx.port(),
            _ => self.instances[name],
        };
        if name == "redis" {
            return tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok();
        }
        let answer = self.http.get(format!("http://127.0.0.1:{port}/ready"));
        let answer = answer.send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}

/// Seals pending sign-ins; the same for all instances.
fn cookie_key() -> Result<String, Box<dyn Error>> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| "the system has no random numbers")?;
    Ok(bytes.iter().fold(String::new(), |mut key, byte| {
        // Writing to a string does not fail.
        let _ = write!(key, "{byte:02x}");
        key
    }))
}

const NAMES: [&str; 3] = ["one", "two", "three"];
const PATIENCE: Duration = Duration::from_secs(20);
/// `fail_timeout` in `nginx.conf`.
const FAIL_TIMEOUT: Duration = Duration::from_secs(1);
