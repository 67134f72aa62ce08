//! Whether the app answers yet.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::sleep;

use super::child::Child;
use crate::error::Error;

/// Waits until the app answers a request, whatever the answer.
pub(super) async fn wait_until_ready(app: &mut Child, port: u16) -> Result<(), Error> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(status) = app.status()? {
            let message =
                format!("the app stopped before it answered ({status}); its messages are above");
            return Err(Error::App(message));
        }
        if spawn_blocking(move || answers(port)).await.unwrap_or(false) {
            return Ok(());
        }
        if Instant::now() >= deadline {
            let seconds = PATIENCE.as_secs();
            let message = format!("the app did not answer on port {port} within {seconds} seconds");
            return Err(Error::App(message));
        }
        sleep(PAUSE).await;
    }
}

fn answers(port: u16) -> bool {
    [
        IpAddr::from(Ipv4Addr::LOCALHOST),
        IpAddr::from(Ipv6Addr::LOCALHOST),
    ]
    .into_iter()
    .any(|address| ask(SocketAddr::new(address, port)).is_ok_and(|answer| answer == *b"HTTP/"))
}

fn ask(address: SocketAddr) -> std::io::Result<[u8; 5]> {
    let mut stream = TcpStream::connect_timeout(&address, REQUEST)?;
    stream.set_read_timeout(Some(REQUEST))?;
    let port = address.port();
    // In one piece: who answers before the rest has come resets the connection.
    let request = format!("GET / HTTP/1.1\r\nhost: localhost:{port}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut answer = [0; 5];
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(50);
const REQUEST: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpListener;

    use super::answers;

    #[test]
    fn any_http_answer_will_do() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let server = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let _ = stream.read(&mut [0; 512]).expect("a request");
            stream
                .write_all(b"HTTP/1.1 503 Service Unavailable\r\n\r\n")
                .expect("an answer");
        });
        assert!(answers(port));
        server.join().expect("no panic");
    }

    #[test]
    fn a_port_that_nobody_listens_on_does_not_answer() {
        assert!(!answers(loopback::free_port()));
    }
}
