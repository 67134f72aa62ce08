//! A secret is shown by nothing, and goes only where git does not see it.

use std::fs;

use proptest::prelude::*;

use crate::support::{Ended, Sandbox, samples};

/// A secret in each language, at the place of the client secret and at places for others.
fn sources(secret: &str) -> Vec<(&'static str, String)> {
    let id = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0";
    vec![
        (
            "app_config.py",
            format!(
                "b2c_tenant = 'contoso'\nSECRET = '{secret}'\nCLIENT_SECRET = f'{{SECRET}}'\n\
                 signupsignin_user_flow = 'B2C_1_susi'\nCLIENT_ID = '{id}'\n\
                 REDIS = 'redis://:{secret}@localhost'\nENDPOINT = 'https://a/?code={secret}'\n"
            ),
        ),
        (
            "settings.env",
            format!(
                "AUTHORITY=https://contoso.ciamlogin.com\nCLIENT_ID={id}\nCLIENT_SECRET='{secret}'\n\
                 SESSION_SECRET=\"{secret}\"\nREDIRECT_URI=https://a.example/{secret}\n"
            ),
        ),
        (
            "appsettings.json",
            format!(
                "{{\"AzureAd\": {{\"Instance\": \"https://user:{secret}@login.contoso.com\", \
                 \"TenantId\": \"contoso.com\", \"ClientId\": \"{id}\", \
                 \"ClientSecret\": \"{secret}\"}}, \
                 \"ConnectionStrings\": {{\"Db\": \"Password={secret}\"}}}}"
            ),
        ),
        (
            "authConfig.js",
            format!(
                "const secret = `{secret}`;\nexport const c = {{ auth: {{ clientId: '{id}', \
                 authority: 'https://contoso.ciamlogin.com', clientSecret: secret }} }};\n"
            ),
        ),
        (
            "application.yml",
            format!(
                "azure:\n  activedirectory:\n    b2c:\n      tenant: contoso\n      client-id: {id}\n\
                 \x20     client-secret: '{secret}'\n      user-flows:\n        sign-up-or-sign-in: B2C_1_susi\nspring:\n  datasource:\n    password: '{secret}'\n"
            ),
        ),
        (
            "oauth2-proxy.cfg",
            format!(
                "client_id = '{id}'\nclient_secret = '{secret}'\ncookie_secret = '{secret}'\n\
                 oidc_issuer_url = 'https://id.contoso.com'\n"
            ),
        ),
    ]
}

/// The same with a mistake after the secret, or with another secret that disagrees.
fn broken(source: &str) -> [String; 3] {
    let half: String = source.chars().take(source.chars().count() / 2).collect();
    [
        format!("{source}\n'\"`{{[("),
        half,
        source.replacen("CLIENT_SECRET", "CLIENT_SECRET_ 'x", 1),
    ]
}

fn gives_nothing_away(ended: &Ended, secret: &str, what: &str) {
    assert!(!ended.said().contains(secret), "{what}: {}", ended.said());
    let most = secret.chars().take(4).collect::<String>();
    assert!(
        !ended.said().contains(&most),
        "{what} tells its beginning: {}",
        ended.said()
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, failure_persistence: None, ..ProptestConfig::default() })]

    /// What Azure makes for secrets, and what people make up: no word that is there anyway.
    #[test]
    fn no_output_has_a_secret_in_it(secret in "[A-Z][0-9][a-z]~[A-Za-z0-9~._#$%&+=:;, -]{6,36}[a-z]") {
        let sandbox = Sandbox::with_project();
        for (name, source) in sources(&secret) {
            for text in broken(&source) {
                sandbox.write(name, text);
                for arguments in [vec![name], vec![name, "--json"]] {
                    gives_nothing_away(&sandbox.import(&arguments), &secret, name);
                }
            }
            sandbox.write(name, &source);
            let into = [name, "--into", "demo", "--profile"];
            let stem = name.split('.').next().unwrap_or_default();
            for last in [vec![stem, "--diff"], vec![stem, "-n", "--json"], vec![stem, "-v"]] {
                let ended = sandbox.import(&[&into[..], &last[..]].concat());
                prop_assert_eq!(ended.code, Some(0), "{}: {}", name, ended.said());
                gives_nothing_away(&ended, &secret, name);
            }
            let config = sandbox.read("demo/b2c.toml");
            prop_assert!(!config.contains(&secret), "{}", config);
            // What the app reads is the secret, byte for byte.
            let variable = format!("B2C_{}_CLIENT_SECRET", stem.replace('-', "_").to_uppercase());
            let read = dotenvy::from_path_iter(sandbox.path("demo/.env")).expect("there");
            let read = read.map(|line| line.expect("a line")).find(|(key, _)| *key == variable);
            prop_assert_eq!(read.map(|(_, value)| value), Some(secret.clone()), "{}", name);
        }
    }
}

#[test]
fn a_secret_that_git_would_commit_is_refused() {
    let sandbox = Sandbox::with_project();
    sandbox.git(&["init", "-q"]);
    let ignored = sandbox.read("demo/.gitignore");
    sandbox.write("demo/.gitignore", ignored.replace("/.env\n", ""));
    let before = (sandbox.read("demo/b2c.toml"), sandbox.read("demo/.env"));
    let file = samples().join("python-2022/app_config.py");
    let file = file.to_str().expect("UTF-8");
    let ended = sandbox.import(&[file, "--into", "demo"]);
    assert_eq!(ended.code, Some(5), "{}", ended.said());
    assert!(ended.stderr.contains(".gitignore"), "{}", ended.stderr);
    assert_eq!(
        (sandbox.read("demo/b2c.toml"), sandbox.read("demo/.env")),
        before
    );

    // Ignored, and tracked all the same: it was added before.
    sandbox.git(&["add", "-f", "demo/.env"]);
    sandbox.write("demo/.gitignore", ignored);
    let ended = sandbox.import(&[file, "--into", "demo"]);
    assert_eq!(ended.code, Some(5), "{}", ended.said());

    sandbox.git(&["rm", "-q", "--cached", "demo/.env"]);
    let ended = sandbox.import(&[file, "--into", "demo"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
}

#[test]
fn a_source_that_git_tracks_is_warned_about() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "-q"]);
    let source = fs::read(samples().join("python-2022/app_config.py")).expect("read");
    sandbox.write("app_config.py", source);
    assert!(
        !sandbox
            .import(&["app_config.py"])
            .stderr
            .contains("tracked by git")
    );
    sandbox.git(&["add", "app_config.py"]);
    let ended = sandbox.import(&["app_config.py"]);
    assert!(
        ended.stderr.contains("app_config.py is tracked by git"),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains("line 11"), "{}", ended.stderr);
}

#[test]
fn another_secret_that_is_there_stays_unless_it_is_to_be_replaced() {
    let sandbox = Sandbox::with_project();
    let file = samples().join("python-2022/app_config.py");
    let import = [file.to_str().expect("UTF-8"), "--into", "demo"];
    let line = |sandbox: &Sandbox| {
        let text = fs::read_to_string(sandbox.path("demo/.env")).expect("read");
        let line = text
            .lines()
            .find(|line| line.starts_with("B2C_CLIENT_SECRET="));
        line.expect("a line").to_owned()
    };
    let env = fs::read_to_string(sandbox.path("demo/.env")).expect("read");
    let own = "B2C_CLIENT_SECRET=of-my-own";
    sandbox.write("demo/.env", env.replace("B2C_CLIENT_SECRET=", own));

    let ended = sandbox.import(&import);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert_eq!(line(&sandbox), own);
    let warning = ".env has another client secret as B2C_CLIENT_SECRET, and keeps it; --force";
    assert!(ended.stderr.contains(warning), "{}", ended.said());
    assert!(!ended.said().contains("of-my-own"), "{}", ended.said());

    let ended = sandbox.import(&[&import[..], &["--force"]].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(line(&sandbox).contains("Tk8Q~a-secret-of-nobody"));
    // The same once more is nothing to be told.
    let ended = sandbox.import(&import);
    assert!(
        !ended.stderr.contains("another client secret"),
        "{}",
        ended.said()
    );
}

#[cfg(unix)]
#[test]
fn the_file_with_the_secret_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;

    let sandbox = Sandbox::with_project();
    fs::remove_file(sandbox.path("demo/.env")).expect("removed");
    let file = samples().join("python-2022/app_config.py");
    let ended = sandbox.import(&[file.to_str().expect("UTF-8"), "--into", "demo"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let mode = fs::metadata(sandbox.path("demo/.env"))
        .expect("there")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}
