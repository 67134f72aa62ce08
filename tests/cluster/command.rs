//! The command itself.

use std::process::Command;
use std::time::Duration;

use libtest_mimic::Failed;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::block_on;
use crate::member::{self, Member};
use crate::running::{Cluster, NAMES, program, send};

/// Without Redis it says what to install, and nothing is started.
pub fn missing_programs() -> Result<(), Failed> {
    let bin = tempfile::tempdir()?;
    std::os::unix::fs::symlink("/bin/true", bin.path().join("nginx"))?;
    let output = Command::new(program()?).env("PATH", bin.path()).output()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let is_kind = told.starts_with("error: redis-server is missing")
        && told.contains("apt-get install redis-server");
    if output.status.code() != Some(1) || !is_kind || !output.stdout.is_empty() {
        return Err(format!("without redis-server: {output:?}").into());
    }
    Ok(())
}

/// By either signal: success, and no process is left.
pub fn ctrl_c() -> Result<(), Failed> {
    for signal in ["INT", "TERM"] {
        let mut cluster = Cluster::start(&[])?;
        let everything = NAMES.iter().chain(&["redis", "nginx"]);
        let processes = everything.map(|name| cluster.process(name));
        let processes = processes.collect::<Result<Vec<_>, _>>()?;
        if !processes.iter().all(|process| is_running(*process)) {
            return Err("the cluster names processes that are not there".into());
        }
        let status = cluster.ends(signal)?;
        if status.code() != Some(0) {
            return Err(format!("after SIG{signal}: {status}").into());
        }
        let told = cluster.told().join("\n");
        if told.contains("has ended") || told.contains("error") {
            return Err(format!("an orderly end is no news:\n{told}").into());
        }
        if let Some(left) = processes.iter().find(|process| is_running(**process)) {
            return Err(format!("process {left} is left after SIG{signal}").into());
        }
    }
    Ok(())
}

/// Whoever killed it: which instance is gone, and how it comes back. The others go on.
pub fn says_what_ended() -> Result<(), Failed> {
    let mut cluster = Cluster::start(&[])?;
    let (old, address) = (cluster.process("two")?, cluster.instance("two")?);
    send("KILL", old)?;
    let told = cluster.tells("two has ended")?;
    if !told.contains("SIGKILL") || !told.contains("'start two'") {
        return Err(told.into());
    }
    cluster.orders("kill two", "error: there is no two that runs")?;
    cluster.orders("start one", "error: one runs already")?;
    cluster.orders("dance", "error: 'dance' is no order; there are: kill NAME")?;
    cluster.orders("start two", "two ")?;
    if cluster.process("two")? == old || cluster.instance("two")? != address {
        return Err("it is the same process, or elsewhere".into());
    }
    Ok(())
}

/// A request that waits for the store when SIGTERM comes is answered before the process ends.
pub fn finishes() -> Result<(), Failed> {
    let seed = tempfile::NamedTempFile::new()?;
    std::fs::write(seed.path(), member::seed(1))?;
    let mut cluster = Cluster::start(&["--seed", &seed.path().to_string_lossy()])?;
    block_on(async {
        let http = member::client()?;
        let mut member = Member::new(&http, &cluster.url, 0);
        member.signs_in().await?;
        // An instance that is new has to ask the store.
        cluster.orders("stop one", "one is stopped")?;
        cluster.orders("start one", "one ")?;
        let (one, process) = (cluster.instance("one")?, cluster.process("one")?);
        let cookies = member.person.cookies_for(&cluster.url)?;
        send("STOP", cluster.process("redis")?)?;
        let address = one.trim_start_matches("http://").to_owned();
        let request = format!(
            "GET / HTTP/1.1\r\nhost: {address}\r\ncookie: {cookies}\r\nconnection: close\r\n\r\n"
        );
        let mut connection = TcpStream::connect(&address).await?;
        connection.write_all(request.as_bytes()).await?;
        // Whoever comes later is answered: the first has been accepted.
        http.get(format!("{one}/live")).send().await?;
        http.get(format!("{one}/live")).send().await?;
        send("TERM", process)?;
        while TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        send("CONT", cluster.process("redis")?)?;
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await?;
        // Or 503, if Redis was away for longer than the layer waits.
        let is_answered = ["HTTP/1.1 200 ", "HTTP/1.1 503 "]
            .iter()
            .any(|status| answer.starts_with(status));
        if !is_answered || !answer.contains("x-instance: ") {
            return Err(answer.into());
        }
        let told = cluster.tells("one has ended")?;
        told.contains("exit status: 0")
            .then_some(())
            .ok_or_else(|| told.into())
    })
}

/// Not ended, and no zombie that nobody has looked after yet.
fn is_running(process: u32) -> bool {
    let state = Command::new("ps")
        .args(["-o", "stat=", "-p", &process.to_string()])
        .output();
    state.is_ok_and(|state| {
        let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
        !state.is_empty() && !state.starts_with('Z')
    })
}
