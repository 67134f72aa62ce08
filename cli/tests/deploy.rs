//! Files to run a project with, on request: what matters in them, and that they come later, too. There
//! is no container engine in these tests: images are not built, manifests not applied.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

#[path = "deploy/azure.rs"]
mod azure;
#[path = "deploy/compose.rs"]
mod compose;
#[path = "deploy/ending.rs"]
mod ending;
#[path = "deploy/front_end.rs"]
mod front_end;
#[path = "deploy/later.rs"]
mod later;
mod program;
#[path = "deploy/secrets.rs"]
mod secrets;
#[path = "deploy/yaml.rs"]
mod yaml;

use std::process::Command;

use cargo_b2c_init::{Deploy, File, Kind, NewProject, Store, Template};
use program::stderr;
use serde_json::Value;

/// The files of a project that may run everywhere.
struct Generated(Vec<File>);

impl Generated {
    fn of(template: Template, store: Option<Store>, kind: Kind) -> Self {
        let all = Deploy::PLACES.into_iter().chain(Deploy::CHECKS);
        let mut project = NewProject::at("/nowhere/demo")
            .checkout(None)
            .port(5005)
            .deploy(all);
        project = project.template(template).kind(kind);
        if let Some(store) = store {
            project = project.store(store);
        }
        Self(project.plan().expect("a plan").files().to_vec())
    }

    /// Every template with every store that it can have.
    fn all() -> Vec<(Option<Store>, Self)> {
        let mut all = Vec::new();
        for template in Template::ALL {
            let stores = match template.default_store() {
                Some(_) => Store::ALL.map(Some).to_vec(),
                None => vec![None],
            };
            for store in stores {
                let kept = store.or(template.default_store());
                all.push((kept, Self::of(template, store, Kind::B2c)));
            }
        }
        all
    }

    fn text(&self, path: &str) -> &str {
        let file = self.0.iter().find(|file| file.path() == path);
        file.unwrap_or_else(|| panic!("no {path}")).contents()
    }

    fn container(&self) -> Value {
        let objects = yaml::documents(self.text("deploy/kubernetes.yaml"));
        let deployment = objects
            .iter()
            .find(|it| it["kind"] == "Deployment")
            .expect("one");
        deployment["spec"]["template"]["spec"]["containers"][0].clone()
    }
}

#[test]
fn no_secret_stands_in_a_file_that_is_shared() {
    for (store, generated) in Generated::all() {
        // An API has no secret, and no file for it.
        let env = generated.0.iter().find(|file| file.path() == ".env");
        assert_eq!(env.is_some(), store.is_some());
        let env = env.map_or("", File::contents);
        let secrets = env.lines().filter_map(|line| line.split_once('='));
        let secrets = secrets.filter(|(name, value)| name.contains("KEY") && !value.is_empty());
        let secrets: Vec<_> = secrets.map(|(_, value)| value).collect();
        assert!(store.is_none() || !secrets.is_empty());
        for file in generated.0.iter().filter(|file| !file.is_secret()) {
            let shown = secrets
                .iter()
                .find(|secret| file.contents().contains(**secret));
            assert!(shown.is_none(), "{}", file.path());
        }
    }
}

#[test]
fn the_pod_is_locked_down_and_probed_where_it_listens() {
    for (store, generated) in Generated::all() {
        let container = generated.container();
        let security = &container["securityContext"];
        assert_eq!(security["readOnlyRootFilesystem"], "true");
        assert_eq!(security["allowPrivilegeEscalation"], "false");
        assert_eq!(security["capabilities"]["drop"][0], "ALL");
        let port = container["ports"][0]["containerPort"]
            .as_str()
            .expect("a port");
        let listen = container["env"].as_array().expect("a list").iter();
        let listen = listen
            .clone()
            .find(|it| it["name"] == "LISTEN")
            .expect("one");
        assert_eq!(listen["value"], format!("0.0.0.0:{port}"));
        assert!(
            generated
                .text("Dockerfile")
                .contains(&format!("EXPOSE {port}\n"))
        );
        for probe in ["startupProbe", "readinessProbe", "livenessProbe"] {
            let path = container[probe]["httpGet"]["path"]
                .as_str()
                .expect("a path");
            let routes = ["sign_in", "bearer"]
                .map(|layer| format!("nest_service(\"/health\", {layer}.health())"));
            let mut code = generated
                .0
                .iter()
                .filter(|file| file.path().starts_with("src/"));
            let is_routed = code.any(|file| {
                let mut routes = routes.iter();
                routes.any(|route| file.contents().contains(route))
            });
            assert!(is_routed, "{path} is an address of the app");
        }
        let paths = ["startupProbe", "readinessProbe", "livenessProbe"]
            .map(|probe| container[probe]["httpGet"]["path"].clone());
        assert_eq!(paths, ["/health/live", "/health/ready", "/health/live"]);
        let objects = yaml::documents(generated.text("deploy/kubernetes.yaml"));
        let one = |kind: &str| {
            let mut found = objects.iter().filter(|it| it["kind"] == kind);
            let object = found.next().unwrap_or_else(|| panic!("no {kind}"));
            assert!(found.next().is_none(), "{kind} twice");
            object["spec"].clone()
        };
        let deployment = one("Deployment");
        let pod = &deployment["template"]["spec"];
        assert_eq!(pod["securityContext"]["runAsNonRoot"], "true");
        assert_eq!(pod["automountServiceAccountToken"], "false");
        let label = "app.kubernetes.io/name";
        let labels = &deployment["template"]["metadata"]["labels"];
        assert_eq!(deployment["selector"]["matchLabels"], *labels);
        assert_eq!(one("Service")["selector"][label], labels[label]);
        assert_eq!(one("Service")["ports"][0]["targetPort"], "http");
        assert_eq!(one("PodDisruptionBudget")["maxUnavailable"], "1");
        let single = matches!(store, Some(Store::Memory | Store::Sqlite));
        assert_eq!(deployment["replicas"] == "1", single, "{store:?}");
        assert_eq!(pod["topologySpreadConstraints"].is_null(), single);
        let policy = one("NetworkPolicy");
        let egress = policy["egress"].to_string();
        assert!(
            egress.contains("\"443\"") && egress.contains("\"53\""),
            "{egress}"
        );
        assert_eq!(egress.contains("\"6379\""), store == Some(Store::Redis));
        assert_eq!(egress.contains("\"5432\""), store == Some(Store::Postgres));
        assert_eq!(policy["ingress"][0]["ports"][0]["port"], "http");
    }
}

#[test]
fn the_image_has_no_root_and_no_secret_and_keeps_dependencies_apart() {
    let (_, generated) = Generated::all().remove(0);
    let text = generated.text("Dockerfile");
    let instructions: Vec<&str> = text
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .collect();
    let last_stage = text.rsplit("\nFROM ").next().expect("a stage");
    assert!(
        last_stage.starts_with("gcr.io/distroless/static-debian12:nonroot"),
        "{last_stage}"
    );
    assert!(last_stage.contains("\nUSER 65532:65532\n"));
    assert!(
        last_stage.contains("HEALTHCHECK")
            && last_stage.contains("CMD [\"/usr/local/bin/busybox\"")
    );
    assert!(last_stage.contains("ENTRYPOINT [\"/app/demo\"]"));
    let place = |wanted: &str| {
        instructions
            .iter()
            .position(|line| line.starts_with(wanted))
    };
    let manifests = place("COPY Cargo.toml Cargo.lock ./").expect("the manifests first");
    assert!(
        manifests < place("COPY . .").expect("the rest"),
        "then the rest"
    );
    let pinned = instructions.iter().filter(|line| line.starts_with("FROM "));
    assert!(
        pinned
            .clone()
            .all(|line| line.contains(':') && !line.contains("latest"))
    );
    let ignored: Vec<&str> = generated.text(".dockerignore").lines().collect();
    for path in [".env", ".env.*", ".git", "target"] {
        assert!(ignored.contains(&path), "{path}");
    }
}

#[test]
fn the_container_app_is_probed_at_its_port() {
    for (_, generated) in Generated::all() {
        let app = yaml::document(generated.text("deploy/container-app.yaml"));
        let properties = &app["properties"];
        let port = &properties["configuration"]["ingress"]["targetPort"];
        assert_eq!(
            properties["configuration"]["ingress"]["allowInsecure"],
            "false"
        );
        let probes = properties["template"]["containers"][0]["probes"]
            .as_array()
            .expect("probes");
        let kinds: Vec<_> = probes.iter().filter_map(|it| it["type"].as_str()).collect();
        assert_eq!(kinds, ["Startup", "Readiness", "Liveness"]);
        for probe in probes {
            assert_eq!(probe["httpGet"]["port"], *port);
        }
    }
}

#[test]
fn the_container_apps_identity_is_there_before_it() {
    for (store, generated) in Generated::all() {
        let text = generated.text("deploy/container-app.yaml");
        let app = yaml::document(text);
        assert_eq!(app["identity"]["type"], "UserAssigned");
        let identities = app["identity"]["userAssignedIdentities"].as_object();
        let identities: Vec<_> = identities.expect("identities").keys().collect();
        let [identity] = identities.as_slice() else {
            panic!("{identities:?}");
        };
        assert!(identity.ends_with("/userAssignedIdentities/demo"));
        let configuration = &app["properties"]["configuration"];
        let registry = &configuration["registries"][0];
        let image = app["properties"]["template"]["containers"][0]["image"].as_str();
        let server = registry["server"].as_str().expect("a server");
        assert!(image.is_some_and(|image| image.starts_with(server)));
        assert_eq!(registry["identity"], identity.as_str());
        let secrets = configuration["secrets"].as_array();
        for secret in secrets.into_iter().flatten() {
            assert_eq!(secret["identity"], identity.as_str());
        }
        // What is told, in the order in which it works.
        let places = [
            "az identity create",
            "role AcrPull",
            "az containerapp create",
        ];
        let places = places.map(|command| text.find(command).expect(command));
        assert!(places.is_sorted(), "{text}");
        let role = text.find("Key Vault Secrets User");
        assert_eq!(role.is_some(), store.is_some());
        assert!(role.is_none_or(|role| role < places[2]), "{text}");
        for secret in secrets.into_iter().flatten() {
            let name = secret["name"].as_str().expect("a name");
            let command = format!("az keyvault secret set --vault-name <vault> --name {name} ");
            assert!(text.contains(&command), "{command}");
        }
    }
}

#[test]
fn the_unit_is_accepted_and_little_exposed() {
    if Command::new("systemd-analyze")
        .arg("--version")
        .output()
        .is_err()
    {
        assert!(
            std::env::var_os("CI").is_none_or(|ci| ci != "true"),
            "systemd-analyze is missing"
        );
        return;
    }
    let sandbox = tempfile::tempdir().expect("a directory");
    for (store, generated) in Generated::all() {
        let unit = generated.text("deploy/app.service");
        assert_eq!(
            unit.contains("LoadCredential="),
            store.is_some(),
            "what is there to hand over"
        );
        assert!(!unit.contains("SECRET="), "no secret in the environment");
        // Whatever is installed here.
        let unit = unit.replace("ExecStart=/usr/local/bin/demo", "ExecStart=/bin/true");
        let path = sandbox.path().join("demo.service");
        std::fs::write(&path, unit).expect("written");
        let verified = Command::new("systemd-analyze")
            .arg("verify")
            .arg(&path)
            .output();
        let verified = verified.expect("it runs");
        assert!(
            verified.status.success() && verified.stderr.is_empty(),
            "{}",
            stderr(&verified)
        );
        let mut exposure = Command::new("systemd-analyze");
        exposure
            .args(["security", "--offline=true", "--no-pager", "--threshold=20"])
            .arg(&path);
        let exposure = exposure.output().expect("it runs");
        assert!(exposure.status.success(), "more than 2.0 of 10");
    }
}

#[test]
fn the_workflow_checks_what_the_project_promises() {
    let (_, generated) = Generated::all().remove(0);
    let workflow = yaml::document(generated.text(".github/workflows/ci.yml"));
    assert_eq!(workflow["permissions"]["contents"], "read");
    let steps = workflow["jobs"]["check"]["steps"]
        .as_array()
        .expect("steps");
    let runs: Vec<_> = steps
        .iter()
        .filter_map(|step| step["run"].as_str())
        .collect();
    for wanted in [
        "cargo fmt --check",
        "clippy --all-targets --locked -- -D warnings",
        "cargo test --locked",
    ] {
        assert!(runs.iter().any(|run| run.contains(wanted)), "{wanted}");
    }
    let cache = steps.iter().find(|step| {
        step["uses"]
            .as_str()
            .is_some_and(|it| it.starts_with("actions/cache@"))
    });
    assert!(cache.is_some_and(|cache| {
        cache["with"]["key"]
            .as_str()
            .is_some_and(|it| it.contains("${{"))
    }));
    assert!(
        !generated
            .text(".github/workflows/ci.yml")
            .contains("secrets.")
    );
}
