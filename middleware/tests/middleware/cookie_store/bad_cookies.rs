//! What comes back from a browser may be anything.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;

use super::{Jar, NAME, SIGNED_IN, STRANGER, Verbose, ask, session_of, storeless};
use crate::support::sealing::{seal, unseal};
use crate::support::{KEY, World};

async fn world() -> World {
    storeless()
        .config(|file| {
            file.set("session.store", "cookie")
                .set("session.cookie_max_bytes", 14_000)
        })
        .parts(|builder| builder.events(Verbose(3000)))
        .build()
        .await
}

async fn signed_in(world: &World, name: &str) -> Jar {
    let mut visitor = world.visitor();
    let page = visitor.opens("/login").await;
    visitor.enters(&page, name, "Passw0rd!").await;
    session_of(visitor.cookies())
}

#[tokio::test]
async fn pieces_that_are_missing_changed_or_anothers_are_no_session() {
    let world = world().await;
    let ada = signed_in(&world, "ada@emulator.example").await;
    let grace = signed_in(&world, "grace@emulator.example").await;
    assert!(
        ada.len() >= 2 && ada.len() == grace.len(),
        "{:?}",
        ada.keys()
    );
    let second = format!("{NAME}.1");
    let with = |name: &str, value: &str| {
        let mut jar = ada.clone();
        jar.insert(name.to_owned(), value.to_owned());
        jar
    };
    let flipped = |name: &str, at: usize| {
        let mut bytes = ada[name].clone().into_bytes();
        bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
        with(name, &String::from_utf8(bytes).unwrap())
    };
    let without = |name: &str| {
        let mut jar = ada.clone();
        jar.remove(name);
        jar
    };
    let swapped = {
        let (head, tail) = (ada[NAME].clone(), ada[&second].clone());
        let mut jar = with(NAME, &format!("{}.{tail}", &head[..1]));
        jar.insert(second.clone(), head[2..].to_owned());
        jar
    };
    let cases = [
        ("the second piece is missing", without(&second)),
        (
            "another user's second piece",
            with(&second, &grace[&second]),
        ),
        ("another user's first piece", with(NAME, &grace[NAME])),
        ("pieces swapped", swapped),
        ("first piece tampered with", flipped(NAME, 50)),
        ("second piece tampered with", flipped(&second, 50)),
        ("truncated", with(&second, &ada[&second][..40])),
        ("extended", with(&second, &format!("{}AAAA", ada[&second]))),
        ("counted less", with(NAME, &format!("1{}", &ada[NAME][1..]))),
        (
            "counted absurdly",
            with(NAME, &format!("9{}", &ada[NAME][1..])),
        ),
        ("no base64", with(&second, "%%%%")),
        ("a ticket", with(NAME, &"A".repeat(64))),
        ("empty", with(NAME, "")),
    ];
    for (case, jar) in cases {
        for app in [&world.app, &world.second] {
            let answer = ask(app, &jar, "/").await;
            assert_eq!(
                (answer.status, answer.body.as_str()),
                (StatusCode::OK, STRANGER),
                "{case}"
            );
            let mut left = jar.clone();
            answer.keep(&mut left);
            assert!(
                left.is_empty(),
                "{case}: all of it is taken away, but {:?}",
                left.keys()
            );
        }
    }
    // A piece too many is an old one's, and does no harm.
    let stale = with(&format!("{NAME}.3"), "AAAA");
    for app in [&world.app, &world.second] {
        assert_eq!(ask(app, &stale, "/").await.body, SIGNED_IN);
        assert_eq!(ask(app, &ada, "/").await.body, SIGNED_IN, "unharmed");
    }
}

/// The cookies of sealed bytes.
fn jar_of(sealed: &[u8]) -> Jar {
    let text = URL_SAFE_NO_PAD.encode(sealed);
    let pieces: Vec<_> = text.as_bytes().chunks(3900).collect();
    let count = pieces.len().max(1);
    let mut jar = Jar::from([(NAME.to_owned(), format!("{count}."))]);
    for (number, piece) in pieces.into_iter().enumerate() {
        let piece = String::from_utf8(piece.to_vec()).unwrap();
        match number {
            0 => jar.get_mut(NAME).unwrap().push_str(&piece),
            number => drop(jar.insert(format!("{NAME}.{number}"), piece)),
        }
    }
    jar
}

#[tokio::test]
async fn nothing_is_taken_that_was_sealed_for_another_use_place_or_version() {
    let world = storeless().build().await;
    let ada = signed_in(&world, "ada@emulator.example").await;
    let whole: String = ada.values().map(String::as_str).collect();
    let sealed = URL_SAFE_NO_PAD.decode(&whole[2..]).unwrap();
    let text = unseal(KEY.as_bytes(), "session cookie", NAME.as_bytes(), &sealed);
    let jar = |key: &str, label: &str, place: &str, text: &[u8]| {
        let sealed = seal(key.as_bytes(), label, place.as_bytes(), text);
        jar_of(&sealed)
    };
    let again = jar(KEY, "session cookie", NAME, &text);
    assert_eq!(
        ask(&world.second, &again, "/").await.body,
        SIGNED_IN,
        "the page describes it"
    );
    let another = "another key of thirty-two letters";
    for (case, jar) in [
        ("another key", jar(another, "session cookie", NAME, &text)),
        ("another use", jar(KEY, "transaction cookie", NAME, &text)),
        (
            "another place",
            jar(KEY, "session cookie", "b2c-session-5001", &text),
        ),
        ("cut off", jar(KEY, "session cookie", NAME, &text[..100])),
        ("empty", jar(KEY, "session cookie", NAME, b"")),
        (
            "no record",
            jar(
                KEY,
                "session cookie",
                NAME,
                &[&text[..81], b"\x01{}".as_slice()].concat(),
            ),
        ),
    ] {
        assert_eq!(ask(&world.second, &jar, "/").await.body, STRANGER, "{case}");
    }
    let plain = jar_of(&text);
    assert_eq!(
        ask(&world.second, &plain, "/").await.body,
        STRANGER,
        "in the clear"
    );

    // A newer version's is for another instance.
    let mut newer = text.clone();
    newer[0] = 2;
    for newer in [newer, {
        let mut record = text;
        record[81] = 2;
        record
    }] {
        let answer = ask(
            &world.second,
            &jar(KEY, "session cookie", NAME, &newer),
            "/",
        )
        .await;
        assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(answer.headers.contains_key("retry-after"));
        assert!(
            answer.session_lines().is_empty(),
            "and stays in the browser"
        );
    }
}
