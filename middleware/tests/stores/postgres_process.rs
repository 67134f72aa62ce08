//! The process of a PostgreSQL, which does not run as root.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use libtest_mimic::Failed;

/// Whether the server's programs are here; Debian has them beside the path.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let debian = debian.flatten().map(|version| version.path().join("bin"));
    let system = [PathBuf::from("/usr/sbin")];
    let mut places = std::env::split_paths(&path).chain(debian).chain(system);
    places.find_map(|place| Some(place.join(name)).filter(|program| program.is_file()))
}

/// A program as a user who may run servers: PostgreSQL refuses to run as root.
pub fn unprivileged(program: &Path) -> Command {
    if !is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", NOBODY, "--regid", NOBODY, "--clear-groups", "--"])
        .arg(program);
    command
}

/// A folder that this user may write in.
pub fn own_folder(name: &str) -> PathBuf {
    let id = std::process::id();
    std::env::temp_dir().join(format!("tower-b2c-postgres-{id}-{name}"))
}

pub fn hand_over(folder: &Path) -> Result<(), Failed> {
    if is_root() {
        run(Command::new("chown").arg(NOBODY).arg(folder))?;
    }
    Ok(())
}

/// Removes what all servers of this process began from.
pub fn clean_up() {
    let _ = std::fs::remove_dir_all(own_folder("template"));
}

/// A new database in a folder of its own.
pub fn folder_of(port: u16) -> Result<PathBuf, Failed> {
    let folder = own_folder(&port.to_string());
    run(Command::new("cp").arg("-a").arg(template()?).arg(&folder))?;
    Ok(folder)
}

/// A folder as `initdb` makes it, once for all servers.
fn template() -> Result<PathBuf, Failed> {
    static MAKING: Mutex<()> = Mutex::new(());
    let _turn = MAKING.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = own_folder("template");
    if folder.join("PG_VERSION").is_file() {
        return Ok(folder);
    }
    std::fs::create_dir_all(&folder)?;
    hand_over(&folder)?;
    let initdb = program("initdb").ok_or("initdb is missing")?;
    let mut command = unprivileged(&initdb);
    command
        .args([
            "--username=postgres",
            "--auth=trust",
            "--no-sync",
            "--encoding=UTF8",
            // The environment's may not be one that this machine has.
            "--locale=C",
            "-D",
        ])
        .arg(&folder);
    run(&mut command)?;
    Ok(folder)
}

/// Starts it in this folder, and waits until it lets people in.
pub fn launch(folder: &Path, port: u16) -> Result<Child, Failed> {
    let process = spawn(folder, port)?;
    is_ready(port)?;
    Ok(process)
}

/// Starts it in this folder.
pub fn spawn(folder: &Path, port: u16) -> Result<Child, Failed> {
    let server = program("postgres").ok_or("postgres is missing")?;
    let mut command = unprivileged(&server);
    command
        .arg("-D")
        .arg(folder)
        .args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k", "", "-F"])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    Ok(command.spawn()?)
}

/// Waits until it lets people in; it listens before.
pub fn is_ready(port: u16) -> Result<(), Failed> {
    let ready = program("pg_isready").ok_or("pg_isready is missing")?;
    let started = Instant::now();
    let port = port.to_string();
    loop {
        let asked = Command::new(&ready)
            .args(["-q", "-h", "127.0.0.1", "-p", &port])
            .status()?;
        if asked.success() {
            return Ok(());
        }
        if started.elapsed() > Duration::from_secs(60) {
            return Err("PostgreSQL is not ready within 60 s".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn is_root() -> bool {
    let asked = Command::new("id").arg("-u").output();
    asked.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

pub fn run(command: &mut Command) -> Result<(), Failed> {
    let output = command.output()?;
    if output.status.success() {
        return Ok(());
    }
    let told = String::from_utf8_lossy(&output.stderr);
    Err(format!("{command:?}: {told}").into())
}

/// Debian's `nobody`, in numbers.
const NOBODY: &str = "65534";
