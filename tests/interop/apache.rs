use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
};

use e2e::Workspace;
use libtest_mimic::Failed;

use crate::provider::Provider;

/// Apache with mod_auth_openidc; stopped when dropped.
pub(crate) struct Apache {
    child: Child,
}

impl Apache {
    /// Starts it in the provider's directory and waits until it listens.
    pub(crate) fn start(provider: &Provider, port: u16) -> Result<Self, Failed> {
        let directory = provider.directory.path();
        let site = directory.join("site");
        let mut read = vec![directory.to_owned(), provider.ca_file(), site.clone()];
        for (folder, text) in [("protected", "inside\n"), ("public", "outside\n")] {
            let folder = site.join(folder);
            let page = folder.join("index.html");
            fs::create_dir_all(&folder)?;
            fs::write(&page, text)?;
            read.extend([folder, page]);
        }
        for path in read {
            Workspace::open_to_workers(&path)?;
        }
        let config = directory.join("httpd.conf");
        fs::write(&config, configuration(provider, port)?)?;
        let mut command = Command::new(PROGRAM);
        command.args(["-D", "FOREGROUND", "-f"]).arg(&config);
        provider.introduce(&mut command);
        let child = command.stdin(Stdio::null()).spawn()?;
        let apache = Self { child };
        match loopback::wait_for(port) {
            Ok(()) => Ok(apache),
            Err(error) => Err(format!("apache: {error}: {}", log(directory)).into()),
        }
    }
}

impl Drop for Apache {
    fn drop(&mut self) {
        // Being asked, it ends its workers, too.
        let id = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &id]).status();
        let _ = self.child.wait();
    }
}

fn configuration(provider: &Provider, port: u16) -> Result<String, Failed> {
    let emulator = &provider.emulator;
    let template = Workspace::root().join("tests/interop/apache/httpd.conf");
    let mut text = fs::read_to_string(template)?;
    for (name, value) in [
        ("{port}", port.to_string()),
        (
            "{directory}",
            provider.directory.path().display().to_string(),
        ),
        ("{modules}", MODULES.to_owned()),
        ("{authority}", provider.authority("B2C_1_signupsignin1")),
        ("{client}", emulator.client().client_id().to_owned()),
        ("{secret}", emulator.client().client_secret().to_owned()),
        ("{scope}", emulator.api_scope("demo.read")),
        ("{ca}", provider.ca_file().display().to_string()),
    ] {
        text = text.replace(name, &value);
    }
    Ok(text)
}

/// The last words of its error log.
pub(crate) fn log(directory: &Path) -> String {
    let text = fs::read_to_string(directory.join("error.log")).unwrap_or_default();
    let lines: Vec<&str> = text.lines().rev().take(12).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

pub(crate) const PROGRAM: &str = "/usr/sbin/apache2";
pub(crate) const MODULE: &str = "/usr/lib/apache2/modules/mod_auth_openidc.so";
const MODULES: &str = "/usr/lib/apache2/modules";
