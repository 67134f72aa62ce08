//! Just enough of HTTP to talk to an emulator on this machine.

use std::{
    env, fs,
    io::{self, Read, Write},
    net::TcpStream,
    time::Duration,
};

use url::Url;

use super::arguments::{Admin, TOKEN_VARIABLE};

/// Sends an order to a running emulator and returns the body of its answer.
pub(super) fn send(admin: &Admin, method: &str, path: &str, body: &str) -> Result<String, String> {
    let token = token(admin)?;
    let address = authority(&admin.url)?;
    let length = body.len();
    let request = format!(
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    );
    let answer = exchange(&address, &request).map_err(|error| {
        format!(
            "no emulator answers at {}: {error}; name it with --admin",
            admin.url
        )
    })?;
    let (head, body) = answer
        .split_once("\r\n\r\n")
        .ok_or_else(|| format!("{} is not an emulator's admin API", admin.url))?;
    let status = head.split(' ').nth(1).unwrap_or_default();
    if status.starts_with('2') {
        return Ok(body.to_owned());
    }
    let document: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let reason = document["error"].as_str().unwrap_or(status);
    Err(reason.to_owned())
}

fn token(admin: &Admin) -> Result<String, String> {
    if let Some(path) = &admin.token_file {
        let token = fs::read_to_string(path);
        let token = token.map_err(|error| format!("{}: {error}", path.display()))?;
        return Ok(token.trim().to_owned());
    }
    env::var(TOKEN_VARIABLE)
        .map_err(|_| format!("give the admin token with --admin-token-file or {TOKEN_VARIABLE}"))
}

fn authority(url: &str) -> Result<String, String> {
    let parsed = Url::parse(url)
        .ok()
        .filter(|parsed| parsed.scheme() == "http");
    parsed
        .and_then(|parsed| {
            Some(format!(
                "{}:{}",
                parsed.host_str()?,
                parsed.port_or_known_default()?
            ))
        })
        .ok_or_else(|| {
            format!("'{url}' is not the address of an admin API; expected http://127.0.0.1:PORT")
        })
}

/// Sends a request of HTTP/1.0, whose answer ends with the connection.
pub(super) fn exchange(address: &str, request: &str) -> io::Result<String> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

const PATIENCE: Duration = Duration::from_secs(30);
