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
