use std::{
    fs,
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{Arc, OnceLock, mpsc},
    time::Duration,
};

use e2e::{Requirement, Workspace};
use libtest_mimic::Failed;

use crate::{
    apache::{self, Apache},
    provider::Provider,
    report::Report,
};

/// A client that somebody else wrote, and the script that uses it.
#[derive(Clone, Debug)]
pub(crate) struct Witness {
    kind: Kind,
    id: &'static str,
    name: &'static str,
    version: String,
    /// Filled by the first test that needs it.
    report: Arc<OnceLock<Result<Report, Failed>>>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Python { package: &'static str },
    Node { package: &'static str },
    Apache,
}

impl Witness {
    /// Every one, in the order of the matrix.
    pub(crate) fn all() -> Vec<Self> {
        let python = |id, name, package| Self::new(Kind::Python { package }, id, name);
        let node = |id, name, package| Self::new(Kind::Node { package }, id, name);
        vec![
            python("msal_python", "MSAL Python", "msal"),
            node("msal_node", "MSAL Node", "@azure/msal-node"),
            python("identity_web", "identity (Python)", "identity"),
            node("openid_client", "openid-client (Node)", "openid-client"),
            Self::new(Kind::Apache, "mod_auth_openidc", "Apache mod_auth_openidc"),
        ]
    }

    fn new(kind: Kind, id: &'static str, name: &'static str) -> Self {
        Self {
            kind,
            id,
            name,
            version: kind.version(),
            report: Arc::default(),
        }
    }

    /// A name for a test, and of its script.
    pub(crate) fn id(&self) -> &'static str {
        self.id
    }

    /// A name for people, and its version.
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.name, self.version)
            .trim_end()
            .to_owned()
    }

    /// What the machine has to have.
    pub(crate) fn needs(&self) -> Vec<Requirement> {
        let tools = Workspace::target().join("tools");
        match self.kind {
            Kind::Python { package } => python(&tools, package, &self.version),
            Kind::Node { package } => {
                let manifest = tools.join("node/node_modules").join(package);
                vec![
                    Requirement::program(
                        "node",
                        "apt-get install nodejs npm (version 20 or newer)",
                    ),
                    Requirement::file(package, &manifest.join("package.json"), NODE_INSTALL),
                ]
            }
            Kind::Apache => {
                let file = |name, path| Requirement::file(name, Path::new(path), APACHE_INSTALL);
                let mut needs = python(&tools, "requests", &pinned("requests"));
                needs.push(file("apache2", apache::PROGRAM));
                needs.push(file("mod_auth_openidc", apache::MODULE));
                needs
            }
        }
    }

    /// What it witnesses; it runs once.
    pub(crate) fn report(&self) -> Result<Report, Failed> {
        self.report.get_or_init(|| self.run()).clone()
    }

    /// Does everything that it tries work?
    pub(crate) fn passes(&self) -> Result<(), Failed> {
        let failures = self.report()?.failures();
        match failures.as_slice() {
            [] => Ok(()),
            _ => Err(failures.join("\n").into()),
        }
    }

    fn run(&self) -> Result<Report, Failed> {
        if self.kind != Kind::Apache {
            return self.listen(&Provider::start("http://localhost:5000/getAToken")?, None);
        }
        let port = loopback::free_port();
        let provider = Provider::start(&format!("http://localhost:{port}/redirect_uri"))?;
        let _apache = Apache::start(&provider, port)?;
        let site = format!("http://localhost:{port}");
        let report = self.listen(&provider, Some(&site))?;
        Ok(report.with_log(&apache::log(provider.directory.path())))
    }

    /// Runs the script, does what it asks for, and takes its report.
    fn listen(&self, provider: &Provider, site: Option<&str>) -> Result<Report, Failed> {
        let mut command = self.command()?;
        provider.introduce(&mut command);
        if let Some(site) = site {
            command.env("WITNESS_SITE", site);
        }
        // Advice of the clients' authors to their users.
        command.env("PYTHONWARNINGS", "ignore");
        command.env("NODE_NO_WARNINGS", "1");
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the witness has no pipes".into());
        };
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
            lines.try_for_each(|line| sender.send(line))
        });
        let mut report = Err("the witness left without a report".into());
        let mut log = String::new();
        loop {
            let line = match lines.recv_timeout(TIME_LIMIT) {
                Ok(line) => line,
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    child.kill()?;
                    report = Err(format!("the witness is silent for {TIME_LIMIT:?}").into());
                    break;
                }
            };
            if let Some(command) = line.strip_prefix("do: ") {
                provider.obey(command)?;
                stdin.write_all(b"done\n")?;
            } else if let Some(json) = line.strip_prefix("report: ") {
                report = Report::parse(json);
            } else {
                log.push_str(&line);
                log.push('\n');
            }
        }
        child.wait()?;
        let strangers = provider.strangers();
        if !strangers.is_empty() {
            return Err(format!("the witness wanted to reach {strangers:?}").into());
        }
        report.map(|report| report.with_log(&log))
    }

    fn command(&self) -> Result<Command, Failed> {
        let sources = Workspace::root().join("tests/interop");
        let tools = Workspace::target().join("tools");
        if matches!(self.kind, Kind::Node { .. }) {
            // Modules are looked for beside the script.
            let directory = tools.join("node");
            for entry in fs::read_dir(sources.join("node"))? {
                let path = entry?.path();
                if path.extension().is_some_and(|extension| extension == "mjs") {
                    fs::copy(&path, directory.join(path.file_name().unwrap_or_default()))?;
                }
            }
            let mut node = Command::new("node");
            node.arg(directory.join(format!("{}.mjs", self.id)));
            return Ok(node);
        }
        let script = match self.kind {
            Kind::Apache => sources.join("apache/visit.py"),
            _ => sources.join("python").join(format!("{}.py", self.id)),
        };
        let path = std::env::join_paths([tools.join("python"), sources.join("python")])?;
        let mut python = Command::new("python3");
        python.arg(script).env("PYTHONPATH", path);
        python.env("PYTHONDONTWRITEBYTECODE", "1");
        Ok(python)
    }
}

impl Kind {
    /// The version that is installed or, of pinned packages, that has to be.
    fn version(self) -> String {
        match self {
            Self::Python { package } => pinned(package),
            Self::Node { package } => {
                let manifest = Workspace::root().join("tests/interop/node/package.json");
                let text = fs::read_to_string(manifest).unwrap_or_default();
                let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
                let version = json["dependencies"][package].as_str();
                version.unwrap_or_default().to_owned()
            }
            // As old or new as the system; the matrix must not depend on it.
            Self::Apache => String::new(),
        }
    }
}

/// The version that requirements.txt asks for.
fn pinned(package: &str) -> String {
    let file = Workspace::root().join("tests/interop/python/requirements.txt");
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix(package)?.strip_prefix("=="));
    line.unwrap_or_default().to_owned()
}

fn python(tools: &Path, package: &'static str, version: &str) -> Vec<Requirement> {
    let metadata = format!("python/{package}-{version}.dist-info/METADATA");
    vec![
        Requirement::program("python3", "apt-get install python3 python3-pip"),
        Requirement::file(package, &tools.join(metadata), PYTHON_INSTALL),
    ]
}

/// Between two lines that a witness writes.
const TIME_LIMIT: Duration = Duration::from_secs(90);
const PYTHON_INSTALL: &str =
    "python3 -m pip install --target target/tools/python -r tests/interop/python/requirements.txt";
const NODE_INSTALL: &str = "mkdir -p target/tools/node && cp tests/interop/node/package*.json target/tools/node/ && npm ci --prefix target/tools/node";
const APACHE_INSTALL: &str = "apt-get install apache2-bin libapache2-mod-auth-openidc";
