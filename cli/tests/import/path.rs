//! From a sample's configuration to a project whose app accepts it.

use std::fs;

use tower_b2c::Config;

use crate::support::{Sandbox, samples};

/// Files of a sample, the redirect URI that the app then has, whether it has an API to call.
const SAMPLES: &[(&[&str], &str, bool)] = &[
    (
        &["python-2022/app_config.py"],
        "http://localhost:5000/getAToken",
        true,
    ),
    (
        &["python-2023/app_config.py", "python-2023/sample.env"],
        "http://localhost:5000/getAToken",
        false,
    ),
    (
        &["python-2024/sample.env"],
        "http://localhost:5000/redirect",
        true,
    ),
    (
        &["external-id/sample.env"],
        "http://localhost:5000/redirect",
        true,
    ),
    (
        &["custom-domain/sample.env"],
        "https://app.contoso.com/signin/callback",
        false,
    ),
    (
        &["node-b2c/sample.env"],
        "http://localhost:3000/redirect",
        false,
    ),
    (
        &["node-entra/authConfig.js", "node-entra/sample.env"],
        "http://localhost:3000/auth/redirect",
        false,
    ),
    (
        &[
            "dotnet/appsettings.json",
            "dotnet/appsettings.Development.json",
        ],
        "http://localhost:5000/signin-oidc",
        true,
    ),
    (
        &["dotnet-entra/appsettings.json"],
        "http://localhost:5000/signin-oidc",
        true,
    ),
    (
        &["spring/application.yml"],
        "http://localhost:5000/getAToken",
        false,
    ),
    (
        &["spring-old/application.properties"],
        "http://localhost:8080/home",
        false,
    ),
    (
        &["oauth2-proxy/oauth2-proxy.cfg"],
        "https://app.contoso.com/oauth2/callback",
        false,
    ),
    (
        &["oauth2-proxy-alpha/alpha.yaml"],
        "http://localhost:5000/getAToken",
        false,
    ),
    (
        &["oauth2-proxy-b2c/oauth2-proxy.cfg"],
        "https://app.contoso.com/oauth2/callback",
        false,
    ),
];

#[test]
fn a_profile_of_the_template_gets_what_was_imported_and_keeps_its_comments() {
    for (files, redirect_uri, _) in SAMPLES {
        let sandbox = Sandbox::with_project();
        let before = sandbox.read("demo/b2c.toml");
        let files: Vec<_> = files.iter().map(|file| samples().join(file)).collect();
        let mut arguments: Vec<_> = files.iter().filter_map(|file| file.to_str()).collect();
        arguments.extend(["--into", "demo"]);
        let ended = sandbox.import(&arguments);
        assert_eq!(ended.code, Some(0), "{files:?}: {}", ended.said());

        let after = sandbox.read("demo/b2c.toml");
        for comment in before.lines().filter(|line| line.starts_with("# -")) {
            assert!(after.contains(comment), "{files:?}: {comment} is gone");
        }
        assert!(!after.contains("<your tenant>") || after.contains("kind = \"oidc\""));
        let config = Config::from_file(sandbox.path("demo/b2c.toml"));
        let config = config.profile("tenant").load();
        let config = config.unwrap_or_else(|error| panic!("{files:?}: {error}"));
        let redirect_uris: Vec<_> = config.redirect_uris().collect();
        assert_eq!(redirect_uris, [*redirect_uri], "{files:?}");
    }
}

#[test]
fn the_app_accepts_what_was_imported_from_each_sample() {
    for (files, redirect_uri, api) in SAMPLES {
        let sandbox = Sandbox::with_project();
        let files: Vec<_> = files.iter().map(|file| samples().join(file)).collect();
        let mut arguments: Vec<_> = files.iter().filter_map(|file| file.to_str()).collect();
        arguments.extend(["--into", "demo", "--profile", "staging"]);

        let ended = sandbox.import(&arguments);
        assert_eq!(ended.code, Some(0), "{files:?}: {}", ended.said());
        let config = Config::from_file(sandbox.path("demo/b2c.toml"))
            .profile("staging")
            .load();
        let config = config.unwrap_or_else(|error| panic!("{files:?}: {error}"));
        let redirect_uris: Vec<_> = config.redirect_uris().collect();
        assert_eq!(redirect_uris, [*redirect_uri], "{files:?}");
        assert_eq!(config.downstream("api").is_some(), *api, "{files:?}");
    }
}

#[test]
fn a_variable_is_looked_up_in_the_env_file_beside_the_source() {
    let sandbox = Sandbox::new();
    for (from, to) in [("app_config.py", "app_config.py"), ("sample.env", ".env")] {
        fs::copy(samples().join("python-2023").join(from), sandbox.path(to)).expect("copied");
    }
    let ended = sandbox.import(&["app_config.py"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stdout.contains("← .env:3"), "{}", ended.stdout);
    assert!(
        !ended.said().contains("of-this-process"),
        "{}",
        ended.said()
    );
}

#[test]
fn the_same_files_give_the_same_bytes() {
    let file = samples().join("dotnet/appsettings.json");
    let file = file.to_str().expect("UTF-8");
    let sandbox = Sandbox::new();
    let (one, other) = (
        sandbox.import(&[file, "--json"]),
        sandbox.import(&[file, "--json"]),
    );
    assert_eq!(one.stdout, other.stdout);
}

#[test]
fn line_endings_and_comments_of_the_project_stay() {
    let sandbox = Sandbox::with_project();
    let windows = sandbox.read("demo/b2c.toml").replace('\n', "\r\n");
    sandbox.write("demo/b2c.toml", &windows);
    let file = samples().join("python-2022/app_config.py");
    let file = file.to_str().expect("UTF-8");
    let ended = sandbox.import(&[file, "--into", "demo"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let config = sandbox.read("demo/b2c.toml");
    for line in windows.lines().filter(|line| line.starts_with('#')) {
        assert!(config.contains(line), "{line}");
    }
    assert_eq!(config.matches('\n').count(), config.matches("\r\n").count());
}

#[test]
fn what_people_set_by_hand_is_kept_and_told() {
    let sandbox = Sandbox::with_project();
    let file = samples().join("python-2022/app_config.py");
    let file = file.to_str().expect("UTF-8");
    let edited = sandbox.read("demo/b2c.toml").replace(
        "client_id = \"<application (client) id>\"",
        "client_id = \"by-hand\"  # ours",
    );
    sandbox.write("demo/b2c.toml", &edited);
    let ended = sandbox.import(&[file, "--into", "demo"]);
    assert_eq!(ended.code, Some(3), "{}", ended.said());
    assert!(ended.stderr.contains("client_id"), "{}", ended.stderr);
    assert_eq!(sandbox.read("demo/b2c.toml"), edited);

    let ended = sandbox.import(&[file, "--into", "demo", "--prefer", "mine"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let kept = sandbox.read("demo/b2c.toml");
    assert!(kept.contains("client_id = \"by-hand\"  # ours"));
    assert!(kept.contains("tenant = \"contoso.onmicrosoft.com\""));

    // Once more changes nothing.
    let ended = sandbox.import(&[file, "--into", "demo", "--prefer", "mine"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert_eq!(sandbox.read("demo/b2c.toml"), kept);
}

#[test]
fn a_tenant_that_is_many_needs_to_be_told_whose_users_may_come() {
    let sandbox = Sandbox::with_project();
    let id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    sandbox.write(
        "app_config.py",
        format!("AUTHORITY = \"https://login.microsoftonline.com/common\"\nCLIENT_ID = \"{id}\"\n"),
    );
    let ended = sandbox.import(&["app_config.py"]);
    assert!(
        ended
            .said()
            .contains("provider.allowed_tenants; the app needs it: --allowed-tenant")
    );
    let into = ["app_config.py", "--into", "demo"];
    let ended = sandbox.import(&into);
    assert_eq!(ended.code, Some(2), "{}", ended.said());
    assert!(
        ended.said().contains("--allowed-tenant GUID"),
        "{}",
        ended.said()
    );
    let ended = sandbox.import(&[&into[..], &["--allowed-tenant", id]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(
        sandbox
            .read("demo/b2c.toml")
            .contains(&format!("allowed_tenants = [\"{id}\"]"))
    );
}

#[test]
fn the_file_of_a_client_secret_is_named_and_not_read() {
    for sample in [
        "oauth2-proxy-azure/oauth2-proxy.cfg",
        "oauth2-proxy-tenants/alpha.yaml",
    ] {
        let sandbox = Sandbox::with_project();
        let file = sandbox.path("secret");
        fs::write(&file, "a secret of nobody's").expect("written");
        let text = fs::read_to_string(samples().join(sample)).expect("text");
        let name = sample.rsplit('/').next().expect("a name");
        let path = file.to_str().expect("UTF-8");
        sandbox.write(name, text.replace("/run/secrets/client", path));
        let ended = sandbox.import(&[name, "--into", "demo"]);
        assert_eq!(ended.code, Some(0), "{sample}: {}", ended.said());
        assert!(!ended.said().contains("put the client secret into .env"));
        let config = Config::from_file(sandbox.path("demo/b2c.toml"));
        let loaded = config.profile("tenant").load();
        assert!(loaded.is_ok(), "{sample}: {loaded:?}");
        let written = sandbox.read("demo/b2c.toml");
        assert!(written.contains(&format!("client_secret = {{ file = \"{path}\" }}")));
    }
}

#[test]
fn a_flow_that_signs_people_in_and_resets_passwords_is_no_mistake() {
    let sandbox = Sandbox::new();
    let told = |flow: &str| {
        sandbox.write(
            "sample.env",
            format!("B2C_TENANT_NAME=contoso\nSIGNUPSIGNIN_USER_FLOW={flow}\n"),
        );
        sandbox.import(&["sample.env"]).said()
    };
    for flow in ["b2c_1_susi_reset_v2", "B2C_1_signupsignin_with_reset"] {
        assert!(!told(flow).contains("each other's places"), "{flow}");
    }
    assert!(told("B2C_1_reset_password").contains("each other's places"));
}

#[test]
fn every_line_of_a_sample_is_used_or_listed() {
    let mut looked_at = 0;
    for directory in fs::read_dir(samples()).expect("samples").flatten() {
        let files = fs::read_dir(directory.path())
            .expect("a directory")
            .flatten();
        for file in files.map(|file| file.path()) {
            let is_lines = file.extension().is_some_and(|it| {
                ["env", "cfg", "properties"]
                    .iter()
                    .any(|known| it == *known)
            });
            let sandbox = Sandbox::new();
            let ended = sandbox.import(&[file.to_str().expect("UTF-8")]);
            if !is_lines || ended.code != Some(0) {
                continue;
            }
            let text = fs::read_to_string(&file).expect("text");
            let values: Vec<&str> = ended
                .stdout
                .lines()
                .filter_map(|line| {
                    let (setting, _) = line.split_once(" ← ")?;
                    Some(setting.split_once(" = ")?.1.trim().trim_matches('"'))
                })
                .collect();
            for (number, line) in (1..).zip(text.lines()) {
                let Some((name, value)) = line.split_once('=').filter(|_| !line.starts_with('#'))
                else {
                    continue;
                };
                looked_at += 1;
                let place = format!(":{number}");
                let is_told = ended.stdout.lines().any(|line| {
                    let ends = line.ends_with(&place);
                    ends || line.contains(&format!("{place}  "))
                });
                // What two settings say is shown at the first.
                let is_said = values.iter().any(|known| value.contains(known));
                let is_empty = value.trim().is_empty();
                assert!(
                    is_told || is_said || is_empty,
                    "{}: {name}\n{}",
                    file.display(),
                    ended.stdout
                );
            }
        }
    }
    assert!(looked_at > 50, "{looked_at}");
}
