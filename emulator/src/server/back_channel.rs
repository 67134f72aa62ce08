//! Back-channel sign-out: logout tokens are posted to the applications of a session
//! ([OpenID Connect Back-Channel Logout 1.0, section 2.5][spec]).
//!
//! [spec]: https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest

use std::{fmt, io, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::timeout,
};
use url::{Host, Position, Url, form_urlencoded};

use crate::{
    address::Endpoint,
    control::{LogoutNotice, LogoutTokenFlaw, Misbehaviour, Misbehaviours, Occasion},
    jwt::logout_token,
    provider::Provider,
    session::Session,
};

/// A logout token on its way.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    client_id: String,
    uri: String,
    logout_token: String,
}

/// Why the application gave no answer.
#[derive(Debug)]
enum Problem {
    Uri,
    Io(io::Error),
    Silence,
    NoHttp,
}

/// Writes to every application of a session that has ended and wants to know.
pub(crate) fn letters(session: &Session, provider: &Provider) -> Vec<Letter> {
    let bad = Misbehaviours::of_this_request();
    let now = provider.clock.now();
    let mut letters = Vec::new();
    for application in &session.applications {
        let client = provider.tenant.client(&application.client_id);
        let Some(uri) = client.and_then(|client| client.logout_token_uri()) else {
            continue;
        };
        let token = logout_token(application, &session.sid, now, &provider.keys, &bad);
        let letter = token.map(|logout_token| Letter {
            client_id: application.client_id.clone(),
            uri: uri.to_owned(),
            logout_token,
        });
        let twice = bad.has(&Misbehaviour::BadLogoutToken(LogoutTokenFlaw::Twice));
        let copy = letter.clone().filter(|_| twice);
        letters.extend(letter);
        letters.extend(copy);
    }
    letters
}

/// Ends every session of a user; returns how many there were, and what the applications are told.
pub(crate) fn end_sessions(object_id: &str, provider: &Provider) -> (usize, Vec<Letter>) {
    let now = provider.clock.now();
    let ended = provider.sessions.end_of(&provider.tenant, object_id, now);
    let occasion = Occasion {
        tenant: Some(&provider.tenant),
        endpoint: Some(Endpoint::Logout),
        ..Occasion::default()
    };
    let bad = provider.faults.at(&occasion, Vec::new());
    let letters = ended
        .iter()
        .flat_map(|session| bad.during(|| letters(session, provider)));
    (ended.len(), letters.collect())
}

/// Posts them, all at once, and notes what became of each.
pub(crate) async fn deliver(letters: Vec<Letter>, provider: &Provider) {
    let mut posts = JoinSet::new();
    for (index, letter) in letters.into_iter().enumerate() {
        posts.spawn(async move {
            let result = timeout(PATIENCE, post(&letter)).await;
            (index, letter, result.unwrap_or(Err(Problem::Silence)))
        });
    }
    let mut answers = posts.join_all().await;
    answers.sort_by_key(|(index, ..)| *index);
    for (_, letter, result) in answers {
        provider.log.add_notice(LogoutNotice {
            at: provider.clock.now(),
            client_id: letter.client_id,
            uri: letter.uri,
            logout_token: letter.logout_token,
            problem: result.as_ref().err().map(ToString::to_string),
            status: result.ok(),
        });
    }
}

/// Returns the status of the answer.
async fn post(letter: &Letter) -> Result<u16, Problem> {
    let url = Url::parse(&letter.uri).map_err(|_| Problem::Uri)?;
    let host = url.host().filter(|_| url.scheme() == "http");
    let port = url.port_or_known_default().unwrap_or(80);
    let mut stream = match host.ok_or(Problem::Uri)? {
        Host::Domain(name) => TcpStream::connect((name, port)).await,
        Host::Ipv4(address) => TcpStream::connect((address, port)).await,
        Host::Ipv6(address) => TcpStream::connect((address, port)).await,
    }?;
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", &letter.logout_token)
        .finish();
    let request = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        &url[Position::BeforePath..Position::AfterQuery],
        &url[Position::BeforeHost..Position::AfterPort],
        body.len(),
    );
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    // A server may leave the connection open; what follows the first line is of no interest.
    while !answer.contains(&b'\n') && answer.len() < LONGEST_LINE {
        if stream.read_buf(&mut answer).await? == 0 {
            break;
        }
    }
    status(&answer).ok_or(Problem::NoHttp)
}

/// `HTTP/1.1 204 No Content` (RFC 9112, section 4).
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|&byte| byte == b'\r').next()?;
    let line = str::from_utf8(line).ok()?.strip_prefix("HTTP/1.")?;
    line.get(2..5)?.parse().ok()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uri => f.write_str(
                "backchannel_logout_uri is no http:// URL; the emulator speaks plain http there",
            ),
            Self::Io(error) => write!(f, "the application could not be reached: {error}"),
            Self::Silence => f.write_str("the application did not answer within five seconds"),
            Self::NoHttp => f.write_str("the application's answer is not HTTP"),
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_LINE: usize = 8 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_status_and_nothing_else() {
        assert_eq!(status(b"HTTP/1.1 204 No Content\r\n\r\n"), Some(204));
        assert_eq!(status(b"HTTP/1.0 400\r\nA: b\r\n\r\n"), Some(400));
        for broken in [&b""[..], b"HTTP/1.1", b"HTTP/2 200\r\n", b"\x16\x03\x01"] {
            assert_eq!(status(broken), None);
        }
    }
}
