//! What a browser or the store hands back.

use http::{HeaderMap, HeaderValue, header};
use url::Url;

use super::NOW;
use crate::cookie::{
    Cookies, KeyRing, Purpose, SealedSession, SignOuts, Ticket, Transaction, Transactions,
};
use crate::protocol::Demand;
use crate::secret::Secret;
use crate::session::Record;

/// The input's lines are the request's `Cookie` headers.
pub(super) fn cookie_header(data: &[u8]) {
    let cookies = cookies();
    let mut headers = HeaderMap::new();
    for line in data.split(|&byte| byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(header::COOKIE, value);
        }
    }
    let found = cookies.look(&headers);
    let carries = |text: &str| {
        data.windows(text.len().max(1))
            .any(|part| part == text.as_bytes())
    };
    for value in found.session.into_iter().chain(found.sign_out) {
        assert!(
            value.is_empty() || carries(value),
            "a value is the browser's own"
        );
        assert!(!value.contains(';'), "a value ends with its cookie");
    }
    for (name, value) in cookies.transactions(&headers) {
        assert!(name.starts_with(cookies.transaction_prefix()));
        assert!(value.is_empty() || carries(value));
    }

    // Whatever else the browser sends, the session's own cookie is found.
    let ticket = "A".repeat(64);
    if let Ok(value) = HeaderValue::from_str(&format!("{}={ticket}", cookies.session())) {
        headers.append(header::COOKIE, value);
    }
    assert_eq!(cookies.look(&headers).session, Some(&*ticket));
}

/// A session cookie's value.
pub(super) fn ticket(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // The same cookie holds a whole session where there is no store; the text stands for every piece.
    if let Some(sealed) = SealedSession::of(text, &[Some(text); 3]) {
        let bytes = sealed.sealed().map_or(0, |bytes| bytes.len());
        assert!(bytes <= text.len() * 4, "no more comes out than went in");
        assert!(Ticket::parse(text).is_none(), "one value is not both");
    }
    if let Some(ticket) = Ticket::parse(text) {
        assert_eq!(ticket.encode(), text, "one ticket has one form");
        assert!(!format!("{ticket:?}").contains(text));
    }
}

/// The value of a transaction cookie and of that of a sign-out, and what one carries.
pub(super) fn transaction_cookie(data: &[u8]) {
    let transactions = Transactions::new(KeyRing::of(KEY), cookies());
    let text = String::from_utf8_lossy(data);

    // Nobody else can make one.
    let name = name_of(&transactions, "state");
    let planted = HeaderValue::from_bytes(&[name.as_bytes(), b"=", data].concat());
    if let Ok(planted) = planted {
        let headers = HeaderMap::from_iter([(header::COOKIE, planted)]);
        assert!(
            transactions.find("state", &headers, NOW).is_none(),
            "forged"
        );
    }
    let sign_outs = SignOuts::new(KeyRing::of(KEY), cookies());
    let name = cookies().sign_out().to_owned();
    if let Ok(planted) = HeaderValue::from_bytes(&[name.as_bytes(), b"=", data].concat()) {
        let headers = HeaderMap::from_iter([(header::COOKIE, planted)]);
        assert!(sign_outs.came_back(&headers, Some("state"), NOW).is_none());
    }

    // What was sealed comes back as it was, under its own state only.
    let sealed = transaction(&text);
    let headers = carried(&transactions.begin(&sealed, &HeaderMap::new(), NOW));
    let found = transactions.find(&text, &headers, NOW);
    let found = found.as_ref().map(serde_json::to_value);
    let expected = serde_json::to_value(&sealed);
    assert_eq!(found.and_then(Result::ok), expected.ok(), "round trip");
    assert!(
        transactions
            .find(&format!("{text}x"), &headers, NOW)
            .is_none()
    );

    // An older or newer version's contents are read, or not, but never half.
    if let Ok(read) = serde_json::from_slice::<Transaction>(data) {
        let written = serde_json::to_vec(&read).unwrap_or_default();
        let again = serde_json::from_slice::<Transaction>(&written).ok();
        let again = again.map(|again| serde_json::to_vec(&again).unwrap_or_default());
        assert_eq!(again, Some(written));
    }
}

/// A session's record as the store returns it.
pub(super) fn stored_record(data: &[u8]) {
    let Some(ticket) = Ticket::parse(&"A".repeat(64)) else {
        return;
    };
    assert!(
        Record::open(data, &ticket).is_err(),
        "nobody else can seal one"
    );
    // Behind the seal: what another version of the app may have written.
    if let Ok(record) = serde_json::from_slice::<Record>(data) {
        let sealed = record.seal(&ticket);
        let opened = Record::open(&sealed, &ticket).ok();
        let written = |record: &Record| serde_json::to_value(record).ok();
        assert_eq!(opened.as_ref().and_then(written), written(&record));
        assert!(Record::open(&sealed, &Ticket::new()).is_err());
    }
}

#[expect(clippy::expect_used, reason = "the literal is a URL")]
fn cookies() -> Cookies {
    Cookies::new(&Url::parse("https://app.example").expect("a URL"))
}

fn transaction(text: &str) -> Transaction {
    Transaction {
        state: text.to_owned(),
        nonce: Secret::new(text),
        verifier: Secret::new(text),
        purpose: Purpose::SignIn,
        provider: text.to_owned(),
        user_flow: Some(text.to_owned()),
        scopes: vec![text.to_owned()],
        return_to: text.to_owned(),
        demand: Demand::default(),
        reactions: Vec::new(),
        started: NOW,
        begun_in: None,
        by_form: text.len() % 2 == 1,
    }
}

/// What a browser would send after these `Set-Cookie` values.
fn carried(set: &[HeaderValue]) -> HeaderMap {
    let pairs = set.iter().filter_map(|value| {
        let pair = value.to_str().ok()?.split(';').next()?;
        HeaderValue::from_str(pair).ok()
    });
    pairs.map(|pair| (header::COOKIE, pair)).collect()
}

fn name_of(transactions: &Transactions, state: &str) -> String {
    let ended = transactions.end(state);
    let pair = ended.to_str().unwrap_or_default();
    pair.split('=').next().unwrap_or_default().to_owned()
}

const KEY: &str = "0123456789abcdef0123456789abcdef";
