//! A project and the tenant that it is registered in.

use std::process::{Command, Output};

use b2c_emulator::{Emulator, Endpoint, RecordedRequest, Tenant, UserFlow};
use serde_json::Value;

use super::program::{Demo, stderr, stdout};

/// A project whose profile `tenant` is one that the emulator plays.
pub(crate) struct Bench {
    pub(crate) demo: Demo,
    pub(crate) emulator: Emulator,
    tenant: &'static str,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        let bench = Self::of("b2cemulator", "b2c").await;
        bench.demo.replace(
            "b2c.toml",
            "B2C_1_signupsignin1\"\n# Remove",
            "B2C_1_susi\"\n# Remove",
        );
        bench
    }

    pub(crate) async fn of(tenant: &'static str, kind: &str) -> Self {
        Self::with(Demo::new(), tenant, kind).await
    }

    /// For this project.
    pub(crate) async fn with(demo: Demo, tenant: &'static str, kind: &str) -> Self {
        let woodgrove =
            Tenant::external_id("woodgrove").user_flow(UserFlow::sign_up_sign_in("second"));
        let emulator = Emulator::builder()
            .add_tenant(woodgrove)
            .add_tenant(Tenant::entra("contoso"))
            .admin_port(0)
            .auto_sign_in(true)
            .start()
            .await
            .expect("started");
        demo.succeeds(&["tenant", "set", tenant, "--kind", kind]);
        Self {
            demo,
            emulator,
            tenant,
        }
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        let graph = self.emulator.graph_url(self.tenant).expect("an admin API");
        program
            .arg("register")
            .args(arguments)
            .args(["--graph-url", &graph]);
        program
            .current_dir(self.demo.root())
            .env_remove("B2C_PROFILE");
        program.env("B2C_INIT_GRAPH_TOKEN", self.token());
        program
    }

    pub(crate) fn token(&self) -> &str {
        self.emulator.admin_token().expect("an admin API")
    }

    pub(crate) fn register(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("it runs")
    }

    pub(crate) fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.register(arguments);
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output) + &stderr(&output)
    }

    /// The JSON document of a run that succeeds.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let output = self.register(&[arguments, &["--json"]].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// A setting of the profile.
    pub(crate) fn setting(&self, key: &str) -> String {
        let document: toml::Table = self.demo.read("b2c.toml").parse().expect("TOML");
        let value = &document["profile"]["tenant"]["provider"][key];
        value.as_str().expect("text").to_owned()
    }

    pub(crate) fn secret(&self) -> String {
        let env = dotenvy::from_path_iter(self.demo.root().join(".env")).expect("readable");
        let line = env.flatten().find(|(name, _)| name == "B2C_CLIENT_SECRET");
        line.expect("a line").1
    }

    /// The requests to Graph that change something, `POST /v1.0/applications`.
    pub(crate) fn changes(&self) -> Vec<String> {
        let requests = self.emulator.requests();
        let at_graph = |it: &&RecordedRequest| it.endpoint() == Some(Endpoint::Graph);
        let changes = requests
            .iter()
            .filter(at_graph)
            .filter(|it| it.method() != "GET");
        let prefix = format!("/graph/{}", self.tenant);
        changes
            .map(|it| format!("{} {}", it.method(), it.path().replace(&prefix, "")))
            .collect()
    }

    /// Signs Ada in with what is in the project's files now.
    pub(crate) async fn signs_in(&self, user_flow: &str, callback: &str) {
        let id = self.setting("client_id");
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        let endpoint = |name: &str| {
            let (origin, tenant) = (self.emulator.base_url(), self.emulator.tenant());
            let url = format!("{origin}/{tenant}/{user_flow}/oauth2/v2.0/{name}");
            url::Url::parse(&url).expect("a URL")
        };
        let mut url = endpoint("authorize");
        url.query_pairs_mut().extend_pairs([
            ("client_id", id.as_str()),
            ("redirect_uri", callback),
            ("response_type", "code"),
            ("scope", "openid offline_access"),
            ("nonce", "n"),
            ("login_hint", "ada@emulator.example"),
        ]);
        let answer = http.get(url).send().await.expect("an answer");
        let location = answer.headers().get("location").expect("a redirect");
        let location = url::Url::parse(location.to_str().expect("text")).expect("a URL");
        let code = location.query_pairs().find(|(name, _)| name == "code");
        let code = code.unwrap_or_else(|| panic!("{location}")).1.into_owned();
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", &id),
            ("client_secret", &self.secret()),
            ("redirect_uri", callback),
            ("code", &code),
        ];
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(form)
            .finish();
        let token = http.post(endpoint("token")).body(form);
        let token = token.header("content-type", "application/x-www-form-urlencoded");
        let answer = token
            .send()
            .await
            .expect("an answer")
            .text()
            .await
            .expect("text");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert!(answer["id_token"].is_string(), "{answer}");
    }
}
