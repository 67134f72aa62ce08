//! The list of errors, held against what is on the wire: every code on every channel of its own.

mod table;
mod tokens;

use std::collections::BTreeSet;

use b2c_emulator::{Client, Emulator, Endpoint, Forgery, Misbehaviour, Scope, User, UserFlow};

use self::{
    table::Table,
    tokens::{at_the_token_endpoint, in_version_1, password_form},
};
use crate::support::{Ask, Bench, SIGN_IN};

const APP: &str = "http://localhost:5000/getAToken";
const SPA: &str = "spa";
const OFF: &str = "off";
const ENTRA_ONLY: &str = "entra-only";
const BARE: &str = "bare";
const READER: &str = "reader";
const OTHER: &str = "other";
const ROPC: &str = "B2C_1_ropc";
/// Asks for ID tokens as hints, in requests and at sign-out.
const HINTED: &str = "B2C_1A_hinted";

async fn bench() -> Bench {
    let app = |id| Client::new(id, "secret").redirect_uri(APP);
    let builder = Emulator::builder()
        .client(Client::public(SPA).spa_redirect_uri(APP))
        .client(app(OFF).disabled())
        .client(app(ENTRA_ONLY).entra_only())
        .client(Client::new(BARE, "secret"))
        .client(app(READER).granted_scopes(["demo.read"]))
        .client(app(OTHER))
        .client(app("hybrid").issue_id_tokens().issue_access_tokens())
        .client(app("no-openid").without_openid())
        .client(
            Client::public("native")
                .native_redirect_uri(APP)
                .forbid_public_clients(),
        )
        .client(Client::public("ropc").allow_passwords())
        .user(User::new("locked@emulator.example", "Passw0rd!").locked())
        .user_flow(UserFlow::sign_up_sign_in("B2C_1A_pinned").pinned_to(OTHER))
        .user_flow(UserFlow::sign_up_sign_in("B2C_1A_susi"))
        .user_flow(hinted())
        .user_flow(UserFlow::resource_owner(ROPC));
    Bench::of(builder).await
}

/// Where a request has to be changed, and which code that leads to on the redirect.
fn refused_on_the_redirect(good: &Ask, write: &str) -> Vec<(Ask, &'static str)> {
    let with = |name: &str, value: &str| good.clone().with(name, value);
    let own = "00001111-aaaa-2222-bbbb-3333cccc4444";
    vec![
        (with("redirect_uri", "https://else.example/"), "AADB2C90006"),
        (good.clone().without("scope"), "AADB2C90010"),
        (good.clone().at("B2C_1A_pinned"), "AADB2C90011"),
        (with("response_type", "none"), "AADB2C90013"),
        (with("response_mode", "cookie"), "AADB2C90014"),
        (with("prompt", "ask"), "AADB2C90043"),
        (
            with("domain_hint", "nowhere").at("B2C_1A_susi"),
            "AADB2C90051",
        ),
        (with("prompt", "none"), "AADB2C90077"),
        (with("ui_locales", "e!"), "AADB2C90112"),
        (with("scope", "offline_access"), "AADB2C90115"),
        (
            with("scope", "openid https://else.example/x"),
            "AADB2C90117",
        ),
        (with("max_age", "-1"), "AADB2C90120"),
        (with("login_hint", "<b>"), "AADB2C90122"),
        (with("code_challenge_method", "S512"), "AADB2C90184"),
        (
            with("client_id", READER).with("scope", write),
            "AADB2C90205",
        ),
        (with("scope", "\""), "AADB2C99005"),
        (
            with("client_id", SPA).without("code_challenge"),
            "AADB2C99059",
        ),
        (with("client_id", "no-openid"), "AADB2C90107"),
        (with("scope", &format!("{own} {write}")), "AADB2C90146"),
        (with("id_token_hint", "x").at(HINTED), "AADB2C90210"),
        (good.clone().at(HINTED), "AADB2C90272"),
    ]
}

/// The same of requests for tokens.
fn refused_in_the_fragment(good: &Ask) -> Vec<(Ask, &'static str)> {
    let hybrid = good.clone().with("client_id", "hybrid");
    vec![
        (good.clone(), "AADB2C90057"),
        (hybrid.clone().without("nonce"), "AADB2C90009"),
        (
            hybrid.clone().with("scope", "openid calendar"),
            "AADB2C90055",
        ),
        (hybrid.clone().with("scope", "hybrid"), "AADB2C90110"),
        (hybrid.with("scope", "openid"), "AADB2C90123"),
    ]
}

#[tokio::test]
async fn every_listed_error_is_met_as_listed() {
    let mut bench = bench().await;
    let list = bench.visitor.get("/emulator/errors.json").await.json();
    let mut table = Table {
        list,
        met: BTreeSet::new(),
    };
    let ask = bench.ask();
    let write = bench.emulator.api_scope("demo.write");
    for (ask, code) in refused_on_the_redirect(&ask, &write) {
        table.redirect(&bench.open(&ask).await, code);
    }
    let hybrid = ask.with("response_type", "code id_token token");
    for (ask, code) in refused_in_the_fragment(&hybrid) {
        table.fragment(&bench.open(&ask).await, code);
    }
    in_version_1(&mut bench, &mut table).await;
    on_pages(&mut bench, &mut table).await;
    hints(&mut bench, &mut table).await;
    at_the_token_endpoint(&mut bench, &mut table).await;
    on_the_way(&mut bench, &mut table).await;
    ordered(&mut bench, &mut table).await;
    assert_eq!(table.missing(), MET_ELSEWHERE, "listed, and not met here");
}

async fn on_pages(bench: &mut Bench, table: &mut Table) {
    let ask = bench.ask();
    let with = |name: &str, value: &str| ask.clone().with(name, value);
    for (ask, code) in [
        (ask.clone().without("redirect_uri"), "AADB2C90004"),
        (with("redirect_uri", "/return"), "AADB2C90005"),
        (with("client_id", BARE), "AADB2C90007"),
        (ask.clone().without("client_id"), "AADB2C90008"),
        (with("client_id", "nobody"), "AADB2C90018"),
        (with("client_id", ENTRA_ONLY), "AADB2C90068"),
        (with("client_id", OFF), "AADB2C90092"),
    ] {
        table.page(&bench.open(&ask).await, code);
    }
    let tenant = bench.emulator.tenant().to_owned();
    let path = format!("/{tenant}/oauth2/v2.0/authorize?p=B2C_1_nowhere");
    table.page(&bench.visitor.get(&path).await, "AADB2C90066");
    let flow = format!("/{tenant}/{SIGN_IN}");
    let path = format!("{flow}/oauth2/v2.0/authorize");
    table.page(&bench.visitor.post(&path, &[]).await, "AADB2C90015");
    let path = format!("{flow}/oauth2/v2.0/logout?post_logout_redirect_uri=x");
    table.page(&bench.visitor.get(&path).await, "AADB2C90067");
    let path = format!("{flow}/api/SelfAsserted?tx=unknown");
    for (cookie, code) in [
        (None, "AADB2C90046"),
        (Some("cut"), "AADB2C90211"),
        (Some("?"), "AADB2C90212"),
    ] {
        bench.visitor.cookies.clear();
        let name = "x-ms-cpim-csrf".to_owned();
        bench
            .visitor
            .cookies
            .extend(cookie.map(|value| (name, value.to_owned())));
        table.page(&bench.visitor.get(&path).await, code);
    }
    bench.visitor.cookies.clear();
}

fn hinted() -> UserFlow {
    UserFlow::sign_up_sign_in(HINTED)
        .require_id_token_hint()
        .require_id_token_in_logout()
}

/// ID tokens in which something is wrong, in a request and at sign-out.
async fn hints(bench: &mut Bench, table: &mut Table) {
    let forge = |forgery: Forgery| bench.emulator.forge(&forgery).unwrap();
    let ada = || Forgery::id_token("ada@emulator.example").user_flow(HINTED);
    let now = 4_000_000_000_i64;
    let hints = [
        ("x".to_owned(), "AADB2C90210"),
        (forge(ada().claim("aud", "else")), "AADB2C90209"),
        (
            forge(ada().claim("iss", "https://else.example/")),
            "AADB2C90232",
        ),
        (forge(ada().claim("exp", 1)), "AADB2C90208"),
        (forge(ada().claim("nbf", now)), "AADB2C90234"),
        (forge(ada().bad_signature()), "AADB2C90233"),
    ];
    let tenant = bench.emulator.tenant().to_owned();
    let path = format!("/{tenant}/{HINTED}/oauth2/v2.0/logout");
    table.page(&bench.visitor.get(&path).await, "AADB2C90272");
    for (hint, code) in hints {
        let ask = bench.ask().at(HINTED).with("id_token_hint", &hint);
        table.redirect(&bench.open(&ask).await, code);
        let path = format!("{path}?id_token_hint={hint}");
        table.page(&bench.visitor.get(&path).await, code);
    }
}

async fn on_the_way(bench: &mut Bench, table: &mut Table) {
    let ask = bench.ask().with("prompt", "login");
    let page = bench.open(&ask).await;
    let submit = |name, password| [("signInName", name), ("password", password)];
    for (name, password, code) in [
        ("nobody@emulator.example", "x", "AADB2C90053"),
        ("ada@emulator.example", "x", "AADB2C90054"),
        ("locked@emulator.example", "x", "AADB2C90111"),
        ("<b>", "x", "AADB2C90122"),
    ] {
        let answer = bench.visitor.submit(&page, &submit(name, password)).await;
        if code != "AADB2C90054" {
            table.inline(&answer, code);
        }
    }
    let page = bench.open(&ask).await;
    for _ in 0..10 {
        let wrong = submit("grace@emulator.example", "x");
        bench.visitor.submit(&page, &wrong).await;
    }
    let right = submit("grace@emulator.example", "Passw0rd!");
    let answer = bench.visitor.submit(&page, &right).await;
    table.inline(&answer, "AADB2C90114");
    let grace = password_form("grace@emulator.example", "ropc");
    table.token(&bench.token(ROPC, &grace).await, "AADB2C90114");
    let page = bench.open(&ask).await;
    let answer = bench.visitor.click(&page, "forgotPassword").await;
    table.redirect(&answer, "AADB2C90118");
    let page = bench.open(&ask).await;
    let answer = bench.visitor.submit(&page, &[("action", "cancel")]).await;
    table.redirect(&answer, "AADB2C90091");
}

/// Those that a misbehaviour orders by their number, on every channel that they are listed for.
async fn ordered(bench: &mut Bench, table: &mut Table) {
    let code = bench
        .sign_in(&bench.ask().with("prompt", "login"))
        .await
        .code();
    let form = bench.redemption(&code);
    let errors = table.list["errors"].as_array().unwrap().clone();
    for error in errors {
        let code = error["code"].as_str().unwrap();
        let Ok(misbehaviour) = Misbehaviour::named(code) else {
            continue;
        };
        for listed in error["channels"].as_array().unwrap() {
            let channel = listed["channel"].as_str().unwrap();
            let endpoint = match channel {
                "token" => Endpoint::Token,
                _ => Endpoint::Authorize,
            };
            let scope = Scope::everything().endpoint(endpoint).next(1);
            bench.emulator.misbehave_for(scope, misbehaviour.clone());
            match channel {
                "token" => table.token(&bench.token(SIGN_IN, &form).await, code),
                "page" => table.page(&bench.open(&bench.ask()).await, code),
                _ => table.redirect(&bench.open(&bench.ask()).await, code),
            }
            bench.emulator.behave();
        }
    }
}

/// What takes a setting or a way of its own; the test that is about it stands behind it.
const MET_ELSEWHERE: &[&str] = &[
    "AADB2C90054 inline",   // page_scripts; the page words it as B2C's page does
    "AADB2C90107 token",    // settings_errors
    "AADB2C90121 redirect", // single_sign_on
    "AADB2C90128 token",    // other_grants
    "AADB2C90145 redirect", // settings_errors
    "AADB2C90151 redirect", // user_flow_settings
    "AADB2C90157 redirect", // user_flow_settings
    "AADB2C90255 redirect", // page_scripts
    "AADB2C99001 redirect", // settings_errors
    "AADB2C99002 redirect", // identity_providers
    "AADB2C99015 token",    // settings_errors
    "AADB2C99016 token",    // settings_errors
    "AADB2C99017 token",    // settings_errors
];
