//! Whatever is sent, the answer is B2C's own or a page, and nothing grows without end.

use std::sync::LazyLock;

use b2c_emulator::{Emulator, UserFlow};
use proptest::prelude::*;
use reqwest::header;
use tokio::runtime::Runtime;

use crate::support::{Ask, SIGN_IN, encoded};

/// One emulator for every case, or starting it would be all that is tested.
struct Target {
    runtime: Runtime,
    emulator: Emulator,
    http: reqwest::Client,
}

static TARGET: LazyLock<Target> = LazyLock::new(|| {
    let runtime = Runtime::new().unwrap();
    let builder = Emulator::builder()
        .max_pending_sign_ins(50)
        .user_flow(UserFlow::sign_up_sign_in(SIGN_IN).userinfo());
    let emulator = runtime.block_on(builder.start()).unwrap();
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    Target {
        runtime,
        emulator,
        http,
    }
});

impl Target {
    fn url(&self, endpoint: &str) -> String {
        let (base, tenant) = (self.emulator.base_url(), self.emulator.tenant());
        let folder = if endpoint == "userinfo" {
            "openid"
        } else {
            "oauth2"
        };
        format!("{base}/{tenant}/{SIGN_IN}/{folder}/v2.0/{endpoint}")
    }

    fn get(&self, endpoint: &str, query: &str) -> (u16, String) {
        let url = format!("{}?{query}", self.url(endpoint));
        self.answer(self.http.get(url))
    }

    fn post(&self, endpoint: &str, form: Vec<u8>) -> (u16, String) {
        let request = self.http.post(self.url(endpoint)).body(form);
        let form_type = "application/x-www-form-urlencoded";
        self.answer(request.header(header::CONTENT_TYPE, form_type))
    }

    fn answer(&self, request: reqwest::RequestBuilder) -> (u16, String) {
        self.runtime.block_on(async {
            let response = request.send().await.unwrap();
            let status = response.status().as_u16();
            let location = response.headers().get(header::LOCATION).cloned();
            let body = response.text().await.unwrap();
            let location = location.map(|to| to.to_str().unwrap().to_owned());
            (status, location.unwrap_or(body))
        })
    }
}

/// A value that an attacker or a bug might send.
fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,24}",
        "[\\x00-\\x7f]{0,24}",
        Just("code".to_owned()),
        Just("openid offline_access".to_owned()),
        Just("00001111-aaaa-2222-bbbb-3333cccc4444".to_owned()),
        Just("http://localhost:5000/getAToken".to_owned()),
        Just("authorization_code".to_owned()),
        Just("refresh_token".to_owned()),
        Just("a.b.c.d.e".to_owned()),
    ]
}

fn fields(names: &'static [&'static str]) -> impl Strategy<Value = Vec<(String, String)>> {
    let name = prop_oneof![
        9 => proptest::sample::select(names).prop_map(str::to_owned),
        1 => "\\PC{0,8}",
    ];
    proptest::collection::vec((name, value()), 0..12)
}

fn written(fields: &[(String, String)]) -> String {
    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    encoded(&pairs)
}

const AUTHORIZE: &[&str] = &[
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "prompt",
    "max_age",
    "login_hint",
    "code_challenge",
    "code_challenge_method",
    "p",
];
const TOKEN: &[&str] = &[
    "grant_type",
    "client_id",
    "client_secret",
    "code",
    "refresh_token",
    "redirect_uri",
    "code_verifier",
    "scope",
    "client_info",
    "client_assertion",
    "username",
    "password",
];
const LOGOUT: &[&str] = &[
    "post_logout_redirect_uri",
    "state",
    "id_token_hint",
    "client_id",
    "p",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn an_authorization_request_is_answered(fields in fields(AUTHORIZE)) {
        let (status, answer) = TARGET.get("authorize", &written(&fields));
        prop_assert!(matches!(status, 200 | 302 | 400 | 404), "{status} {answer}");
        prop_assert!(status != 400 || answer.contains("AADB2C"), "{answer}");
    }

    #[test]
    fn a_token_request_is_answered(fields in fields(TOKEN)) {
        let (status, answer) = TARGET.post("token", written(&fields).into_bytes());
        prop_assert!(status == 400 && answer.contains("AADB2C"), "{status} {answer}");
    }

    #[test]
    fn a_form_of_any_bytes_is_answered(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
        let (status, answer) = TARGET.post("token", bytes);
        prop_assert!(status == 400 && answer.contains("AADB2C"), "{status} {answer}");
    }

    #[test]
    fn userinfo_is_refused(token in "\\PC{0,24}|[-_A-Za-z0-9]{0,9}\\.[-_A-Za-z0-9]{0,9}\\.[-_A-Za-z0-9]{0,9}") {
        let form = encoded(&[("access_token", token.as_str())]);
        let (status, answer) = TARGET.post("userinfo", form.into_bytes());
        prop_assert_eq!(status, 401, "{}", answer);
    }

    #[test]
    fn a_sign_out_is_answered(fields in fields(LOGOUT)) {
        let (status, answer) = TARGET.get("logout", &written(&fields));
        prop_assert!(matches!(status, 200 | 302 | 400 | 404), "{status} {answer}");
        prop_assert!(status != 400 || answer.contains("AADB2C"), "{answer}");
    }

    #[test]
    fn a_seed_is_planted_or_refused(
        text in "\\PC{0,40}|(users|clients|tenant|clock|user_flows|\\[\\[|\\]\\]|=|\"|1|\\n| ){0,20}",
    ) {
        let before = TARGET.emulator.users().len();
        if TARGET.emulator.import(&text).is_err() {
            prop_assert_eq!(TARGET.emulator.users().len(), before);
        }
    }
}

/// Inputs that are worth trying every time, one a line; seeds are divided by lines of `%%`.
#[test]
fn the_corpus_is_answered() {
    let is_own = |status: u16, answer: &str| {
        assert!(matches!(status, 200 | 302 | 400 | 404), "{status} {answer}");
        assert!(status != 400 || answer.contains("AADB2C"), "{answer}");
        assert!(!answer.contains("<script>alert"), "{answer}");
    };
    for query in include_str!("corpus/authorize.txt").lines() {
        let (status, answer) = TARGET.get("authorize", query);
        is_own(status, &answer);
    }
    for form in include_str!("corpus/token.txt").lines() {
        let (status, answer) = TARGET.post("token", form.as_bytes().to_vec());
        assert!(
            status == 400 && answer.contains("AADB2C"),
            "{form}: {status} {answer}"
        );
    }
    for query in include_str!("corpus/logout.txt").lines() {
        let (status, answer) = TARGET.get("logout", query);
        is_own(status, &answer);
    }
    let gardened = TARGET.runtime.block_on(Emulator::builder().start());
    let gardened = gardened.unwrap();
    for seed in include_str!("corpus/seeds.txt").split("\n%%\n") {
        // Planted or refused, in an emulator that no other test counts the users of.
        let _ = gardened.import(seed);
    }
}

#[test]
fn ten_thousand_abandoned_requests_leave_little_behind() {
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let emulator = Emulator::builder()
            .max_pending_sign_ins(100)
            .start()
            .await
            .unwrap();
        let url = format!("{}{}", emulator.base_url(), Ask::new(&emulator).path());
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let abandon = async || {
            for _ in 0..1250 {
                let page = http.get(&url).send().await.unwrap();
                assert_eq!(page.status(), 200);
                page.bytes().await.unwrap();
            }
        };
        tokio::join!(
            abandon(),
            abandon(),
            abandon(),
            abandon(),
            abandon(),
            abandon(),
            abandon(),
            abandon(),
        );
        assert_eq!(emulator.pending_sign_ins(), 100);
        assert_eq!(emulator.requests().len(), 500);
    });
}
