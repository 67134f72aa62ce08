//! Each secret that the settings of a profile refer to is handed over where the app runs, and no other.

use std::collections::BTreeSet;

use cargo_b2c_init::{Deploy, NewProject, Store, Template};
use serde_json::Value;

use super::program::Demo;
use super::{Generated, yaml};

/// `env NAME` and `file /path`, as a profile needs them, or as a file hands them over.
type Handed = BTreeSet<String>;

/// What the settings of a profile refer to, with paths as they are in the image.
fn wanted(config: &str, profile: &str) -> Handed {
    let mut document: toml::Table = config.parse().expect("TOML");
    let profiles = document.remove("profile").expect("profiles");
    let own = profiles[profile].clone();
    let mut found = Handed::new();
    let mut pending = vec![toml::Value::Table(document), own];
    while let Some(next) = pending.pop() {
        match next {
            toml::Value::Table(table) => {
                for how in ["env", "file"] {
                    let name = table.get(how).and_then(toml::Value::as_str);
                    found.extend(name.map(|name| match (how, name.starts_with('/')) {
                        ("file", false) => format!("file /app/{name}"),
                        _ => format!("{how} {name}"),
                    }));
                }
                pending.extend(table.into_iter().map(|(_, value)| value));
            }
            toml::Value::Array(items) => pending.extend(items),
            _ => {}
        }
    }
    found
}

/// A place as a text reads it; those that are none are told.
fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    let text = value[key].as_str();
    text.unwrap_or_else(|| panic!("no {key} in {value}"))
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn mounted(mount: &Value, path: &str) -> String {
    let at = text(mount, "mountPath");
    match mount["subPath"].as_str() {
        Some(one) => {
            assert_eq!(one, path, "the file itself");
            format!("file {at}")
        }
        None => format!("file {at}/{path}"),
    }
}

fn of_kubernetes(manifest: &str) -> Handed {
    let objects = yaml::documents(manifest);
    let deployment = objects.iter().find(|it| it["kind"] == "Deployment");
    let pod = &deployment.expect("one")["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    let mut handed = Handed::new();
    let mut keys = BTreeSet::new();
    for variable in list(&container["env"]) {
        let reference = &variable["valueFrom"]["secretKeyRef"];
        if !reference.is_null() {
            assert_eq!(reference["name"], "demo");
            assert!(keys.insert(text(reference, "key")), "a key is one secret's");
            handed.insert(format!("env {}", text(variable, "name")));
        }
    }
    let mut unused: BTreeSet<&str> = BTreeSet::new();
    for volume in list(&pod["volumes"]) {
        let name = text(volume, "name");
        assert!(unused.insert(name), "{name} twice");
        let mut mounts = list(&container["volumeMounts"]);
        let mount = mounts.find(|mount| mount["name"] == name).expect("a mount");
        if volume["secret"].is_null() {
            continue;
        }
        assert_eq!(volume["secret"]["secretName"], "demo");
        assert_eq!(mount["readOnly"], "true");
        for item in list(&volume["secret"]["items"]) {
            assert!(keys.insert(text(item, "key")), "a key is one secret's");
            let is_new = handed.insert(mounted(mount, text(item, "path")));
            assert!(is_new, "twice: {item}");
        }
    }
    handed
}

fn of_container_app(manifest: &str) -> Handed {
    let app = yaml::document(manifest);
    let template = &app["properties"]["template"];
    let container = &template["containers"][0];
    let mut handed = Handed::new();
    let mut used = BTreeSet::new();
    for variable in list(&container["env"]) {
        if let Some(reference) = variable["secretRef"].as_str() {
            assert!(used.insert(reference), "{reference} twice");
            handed.insert(format!("env {}", text(variable, "name")));
        }
    }
    for volume in list(&template["volumes"]) {
        assert_eq!(volume["storageType"], "Secret");
        let mut mounts = list(&container["volumeMounts"]);
        let mount = mounts.find(|mount| mount["volumeName"] == volume["name"]);
        for item in list(&volume["secrets"]) {
            let reference = text(item, "secretRef");
            assert!(used.insert(reference), "{reference} twice");
            handed.insert(mounted(mount.expect("a mount"), text(item, "path")));
        }
    }
    let mut known = BTreeSet::new();
    for secret in list(&app["properties"]["configuration"]["secrets"]) {
        let name = text(secret, "name");
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(name.chars().all(allowed), "{name}");
        let url = text(secret, "keyVaultUrl");
        assert!(secret["value"].is_null() && url.ends_with(&format!("/secrets/{name}")));
        assert!(known.insert(name), "{name} twice");
    }
    assert_eq!(known, used);
    handed
}

/// By what the unit says that the settings of the machine refer to.
fn of_unit(unit: &str) -> Handed {
    let mut handed = Handed::new();
    let mut told = BTreeSet::new();
    for line in unit.lines().filter_map(|line| line.strip_prefix("#   { ")) {
        let (reference, becomes) = line.split_once(" }").expect("a reference");
        let (how, name) = reference.split_once(" = ").expect("a reference");
        let name = name.trim_matches('"');
        let file = match becomes.strip_prefix(" becomes { file = ") {
            Some(file) => file.trim_end_matches(" }").trim_matches('"'),
            None => name,
        };
        let id = file.strip_prefix("/run/credentials/demo.service/");
        told.insert(id.unwrap_or_else(|| panic!("{line}")).to_owned());
        let name = match (how, name.starts_with('/')) {
            ("file", false) => format!("/app/{name}"),
            _ => name.to_owned(),
        };
        handed.insert(format!("{how} {name}"));
    }
    let loaded = unit.lines().filter_map(|line| {
        let (id, from) = line.strip_prefix("LoadCredential=")?.split_once(':')?;
        assert_eq!(from, format!("/etc/demo/{id}"));
        Some(id.to_owned())
    });
    assert_eq!(loaded.collect::<BTreeSet<_>>(), told);
    handed
}

fn of_compose(compose: &str, env: Option<&str>) -> Handed {
    let compose = yaml::document(compose);
    let app = &compose["services"]["app"];
    let mut handed = Handed::new();
    let file = app["env_file"].as_str().and(env).unwrap_or_default();
    let lines = file.lines().filter_map(|line| line.split_once('='));
    handed.extend(lines.map(|(name, _)| format!("env {name}")));
    let own = app["environment"].as_object().into_iter().flatten();
    handed.extend(own.map(|(name, _)| format!("env {name}")));
    for secret in list(&app["secrets"]) {
        let source = &compose["secrets"][text(secret, "source")];
        assert!(text(source, "file").starts_with("./.env."), "not for git");
        handed.insert(format!("file {}", text(secret, "target")));
    }
    handed
}

/// Compares all of them; `read` has a project's files.
fn compare(read: impl Fn(&str) -> Option<String>, profile: &str, what: &str) {
    let text = |path: &str| read(path).unwrap_or_else(|| panic!("no {path}"));
    let config = text("b2c.toml");
    let deployed = wanted(&config, profile);
    let kubernetes = text("deploy/kubernetes.yaml");
    assert_eq!(of_kubernetes(&kubernetes), deployed, "kubernetes, {what}");
    let app = text("deploy/container-app.yaml");
    assert_eq!(of_container_app(&app), deployed, "container app, {what}");
    let unit = text("deploy/app.service");
    assert_eq!(of_unit(&unit), deployed, "unit, {what}");
    for (manifest, line) in [
        // A name such as `on` is no text otherwise.
        (kubernetes, format!("value: \"{profile}\"\n")),
        (app, format!("value: \"{profile}\"\n")),
        (unit, format!("B2C_PROFILE={profile}\n")),
    ] {
        assert!(manifest.contains(&line), "{line} in {what}");
    }
    let emulated = wanted(&config, "emulator");
    let compose = of_compose(&text("compose.yaml"), read(".env").as_deref());
    let missing: Vec<_> = emulated.difference(&compose).collect();
    assert!(missing.is_empty(), "compose, {what}: {missing:?}");
    let files = |handed: &Handed| {
        let files = handed.iter().filter(|one| one.starts_with("file "));
        files.cloned().collect::<Vec<_>>()
    };
    assert_eq!(files(&compose), files(&emulated), "compose, {what}");
}

fn everywhere(template: Template, store: Option<Store>) -> Demo {
    Demo::with(|project: NewProject| {
        let project = project.template(template).deploy(Deploy::PLACES);
        match store {
            Some(store) => project.store(store),
            None => project,
        }
    })
}

#[test]
fn every_secret_of_the_configuration_is_handed_over_and_no_other() {
    for (store, generated) in Generated::all() {
        let read = |path: &str| {
            let mut files = generated.0.iter();
            let file = files.find(|file| file.path() == path)?;
            Some(file.contents().to_owned())
        };
        compare(read, "tenant", &format!("{store:?}"));
    }
}

#[test]
fn files_of_secrets_are_mounted_once_the_settings_refer_to_them() {
    for template in Template::ALL {
        let stores = match template.default_store() {
            Some(_) => Store::ALL.map(Some).to_vec(),
            None => vec![None],
        };
        for store in stores {
            let demo = everywhere(template, store);
            if store.is_some() {
                let file = ["--client-secret-file", "/run/secrets/client-secret"];
                let set = ["tenant", "set", "contoso", "--profile", "tenant"];
                demo.succeeds(&[&set[..], &file].concat());
                demo.replace(
                    "b2c.toml",
                    "cookie_key = { env = \"B2C_COOKIE_KEY\" }",
                    "cookie_keys = [{ file = \"/run/secrets/keys/cookie\" }, { file = \"old-key\" }]",
                );
                demo.replace(
                    "b2c.toml",
                    "client_secret = { file = \"/run/secrets/client-secret\" }",
                    "client_secret = { file = \"/run/secrets/client-secret\" }\n\
                     second_client_secret = { file = \"/vault/b2c/client-secret\" }",
                );
            } else {
                demo.replace(
                    "b2c.toml",
                    "[profile.tenant.api]\n",
                    "[profile.tenant.api]\ndpop_nonce_secret = \
                     [{ file = \"/run/credentials/demo.service/nonces\" }, { env = \"OLD_NONCES\" }]\n",
                );
            }
            demo.succeeds(&["update"]);
            let read = |path: &str| demo.has(path).then(|| demo.read(path));
            compare(read, "tenant", &format!("{template} {store:?}"));
            demo.succeeds(&["update", "--check"]);
        }
    }
}

#[test]
fn the_profile_that_people_sign_in_with_is_the_one_that_is_deployed() {
    let demo = everywhere(Template::WebApp, None);
    let add = ["tenant", "add", "production", "--tenant", "contoso"];
    let id = ["--client-id", "00001111-aaaa-2222-bbbb-3333cccc4444"];
    let flow = ["--sign-up-sign-in", "B2C_1_susi"];
    demo.succeeds(&[&add[..], &id, &flow].concat());
    demo.succeeds(&["tenant", "use", "production"]);
    demo.succeeds(&["update"]);
    let read = |path: &str| demo.has(path).then(|| demo.read(path));
    compare(read, "production", "another profile");
    assert!(
        demo.read("deploy/kubernetes.yaml")
            .contains("B2C_PRODUCTION_CLIENT_SECRET")
    );
}

#[test]
fn the_platforms_own_token_is_nobodys_secret() {
    let demo = everywhere(Template::WebApp, None);
    demo.replace(
        "b2c.toml",
        "client_secret = { env = \"B2C_CLIENT_SECRET\" }",
        "client_assertion = { file = \"/var/run/secrets/azure/tokens/azure-identity-token\" }",
    );
    demo.succeeds(&["update"]);
    for path in ["deploy/kubernetes.yaml", "deploy/container-app.yaml"] {
        let manifest = demo.read(path);
        assert!(!manifest.contains("azure-identity-token"), "{manifest}");
        assert!(!manifest.contains("CLIENT_SECRET"), "{manifest}");
    }
}
