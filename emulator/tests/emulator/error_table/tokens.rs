//! What the token endpoint refuses.

use super::{ENTRA_ONLY, OFF, OTHER, READER, ROPC, SPA, Table};
use crate::support::{Ask, Bench, EDIT, SIGN_IN, VERIFIER, changed};

pub(super) async fn at_the_token_endpoint(bench: &mut Bench, table: &mut Table) {
    let code = bench.sign_in(&bench.ask()).await.code();
    let good = bench.redemption(&code);
    let own = bench.emulator.client().client_id().to_owned();
    let two = format!("{own} {}", bench.emulator.api_scope("demo.read"));
    for (name, value, code) in [
        ("client_id", None, "AADB2C90008"),
        ("client_id", Some("nobody"), "AADB2C90018"),
        ("client_id", Some(ENTRA_ONLY), "AADB2C90068"),
        ("client_id", Some(OFF), "AADB2C90092"),
        ("client_id", Some(OTHER), "AADB2C90279"),
        ("client_secret", None, "AADB2C90079"),
        ("client_secret", Some("x"), "AADB2C90081"),
        ("grant_type", None, "AADB2C90083"),
        ("code", Some("a.b..c.d"), "AADB2C90085"),
        ("grant_type", Some("device_code"), "AADB2C90086"),
        ("code", Some("x"), "AADB2C90090"),
        ("scope", Some("https://else.example/x"), "AADB2C90117"),
        ("redirect_uri", Some("https://else.example/"), "AADB2C90136"),
        (
            "code_verifier",
            Some(&VERIFIER.replace('d', "e")),
            "AADB2C90182",
        ),
        ("code_verifier", None, "AADB2C90183"),
        ("scope", Some(&two), "AADB2C90146"),
        ("scope", Some("\""), "AADB2C99005"),
        ("token_type", Some("mac"), "AADB2C99013"),
        ("client_assertion", Some("x"), "AADB2C99027"),
    ] {
        let form = changed(&good, name, value);
        table.token(&bench.token(SIGN_IN, &form).await, code);
    }
    table.token(&bench.token(EDIT, &good).await, "AADB2C90088");
    let path = format!("/{}/{SIGN_IN}/oauth2/token", bench.emulator.tenant());
    let fields: Vec<(&str, &str)> = good.iter().map(|(a, b)| (&**a, &**b)).collect();
    table.token(&bench.visitor.post(&path, &fields).await, "AADB2C90087");
    let path = format!("/{}/{SIGN_IN}/oauth2/v2.0/token", bench.emulator.tenant());
    table.token(&bench.visitor.get(&path).await, "AADB2C90226");
    let path = format!(
        "/{}/oauth2/v2.0/token?p=B2C_1_nowhere",
        bench.emulator.tenant()
    );
    table.token(&bench.visitor.post(&path, &fields).await, "AADB2C90066");
    let write = bench.emulator.api_scope("demo.write");
    let narrow = bench.sign_in(&narrow(bench)).await.code();
    let narrow = changed(&bench.redemption(&narrow), "scope", Some(&write));
    table.token(&bench.token(SIGN_IN, &narrow).await, "AADB2C90082");
    let reader = bench
        .ask()
        .with("client_id", READER)
        .with("prompt", "login");
    let read = bench.emulator.api_scope("demo.read");
    let reader = bench.sign_in(&reader.with("scope", &read)).await.code();
    let reader = changed(&bench.redemption(&reader), "client_id", Some(READER));
    let reader = changed(&reader, "client_secret", Some("secret"));
    let reader = changed(&reader, "scope", Some(&write));
    table.token(&bench.token(SIGN_IN, &reader).await, "AADB2C90205");
    for (client, secret, code) in [
        (SPA, Some("secret"), "AADB2C90084"),
        ("native", None, "AADB2C90058"),
    ] {
        let ask = bench
            .ask()
            .with("client_id", client)
            .with("prompt", "login");
        let answer = bench.sign_in(&ask).await.code();
        let form = changed(&bench.redemption(&answer), "client_id", Some(client));
        let form = changed(&form, "client_secret", secret);
        table.token(&bench.token(SIGN_IN, &form).await, code);
    }
    // Used up.
    assert_eq!(bench.token(SIGN_IN, &good).await.status, 200);
    table.token(&bench.token(SIGN_IN, &good).await, "AADB2C90080");
    let good = password_form("ada@emulator.example", "ropc");
    for (form, code) in [
        (
            password_form("locked@emulator.example", "ropc"),
            "AADB2C90111",
        ),
        (
            password_form("nobody@emulator.example", "ropc"),
            "AADB2C90225",
        ),
        (password_form("ada@emulator.example", OTHER), "AADB2C90224"),
        (changed(&good, "scope", Some("openid")), "AADB2C90123"),
        (changed(&good, "response_type", Some("none")), "AADB2C90013"),
        (changed(&good, "scope", Some("ropc")), "AADB2C90110"),
    ] {
        table.token(&bench.token(ROPC, &form).await, code);
    }
}

pub(super) fn password_form(user: &str, client: &str) -> Vec<(String, String)> {
    let pairs = [
        ("grant_type", "password"),
        ("response_type", "token id_token"),
        ("client_id", client),
        ("username", user),
        ("password", "Passw0rd!"),
        ("scope", &format!("openid {client}")),
    ];
    pairs.map(|(a, b)| (a.to_owned(), b.to_owned())).to_vec()
}

/// A request for less than the application may have, which asks for the password again.
fn narrow(bench: &Bench) -> Ask {
    let read = bench.emulator.api_scope("demo.read");
    let ask = bench.ask().with("scope", &format!("openid {read}"));
    ask.with("prompt", "login")
}

/// Version 1 of the protocol has words of its own for a refused scope.
pub(super) async fn in_version_1(bench: &mut Bench, table: &mut Table) {
    let write = bench.emulator.api_scope("demo.write");
    let read = bench.emulator.api_scope("demo.read");
    let ask = bench.ask().with("client_id", READER);
    for (scope, code) in [
        ("openid https://else.example/x", "AADB2C90012"),
        (&*write, "AADB2C90056"),
    ] {
        let version_1 = |ask: &Ask| ask.path().replace("/v2.0", "");
        let refused = ask.clone().with("scope", scope);
        table.redirect(&bench.visitor.get(&version_1(&refused)).await, code);
        let good = ask.clone().with("scope", &read).with("prompt", "login");
        let page = bench.visitor.get(&version_1(&good)).await;
        let ada = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        let answer = bench.visitor.submit(&page, &ada).await.code();
        let form = changed(&bench.redemption(&answer), "client_id", Some(READER));
        let form = changed(&form, "client_secret", Some("secret"));
        let form = changed(&form, "scope", Some(scope));
        let fields: Vec<(&str, &str)> = form.iter().map(|(a, b)| (&**a, &**b)).collect();
        let path = format!("/{}/{SIGN_IN}/oauth2/token", bench.emulator.tenant());
        table.token(&bench.visitor.post(&path, &fields).await, code);
    }
}
