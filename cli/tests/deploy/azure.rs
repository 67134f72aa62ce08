//! The Bicep files of `docs/azure.md`: no compiler is here, so what they have in common with what is
//! generated is compared, and that nothing of them was lost.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cargo_b2c_init::{Kind, Store, Template};

use super::{Generated, yaml};

/// The blocks in their order: Front Door, Application Gateway, Container Apps.
fn blocks() -> [String; 3] {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/azure.md");
    let page = fs::read_to_string(page).expect("the page");
    let blocks = page.split("```bicep\n").skip(1);
    let blocks = blocks.map(|block| block.split_once("\n```").expect("its end").0.to_owned());
    let blocks: Vec<_> = blocks.collect();
    blocks.try_into().expect("three of them")
}

/// The lines without comments and without what stands in quotation marks.
fn code(block: &str) -> String {
    let mut code = String::new();
    for line in block.lines() {
        // A comment begins a line of its own; `//` elsewhere is in an address.
        if line.trim_start().starts_with("//") {
            continue;
        }
        assert_eq!(line.matches('\'').count() % 2, 0, "an open text: {line}");
        let outside: String = line.split('\'').step_by(2).collect();
        code.push_str(&outside);
        code.push('\n');
    }
    code
}

/// The values of `name: 'value'`.
fn values<'a>(block: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!("{name}: '");
    let found = block.split(start.as_str()).skip(1);
    found.filter_map(|rest| rest.split('\'').next()).collect()
}

#[test]
fn brackets_are_closed_and_names_are_known() {
    for block in blocks() {
        let code = code(&block);
        let mut open = Vec::new();
        for c in code.chars() {
            match c {
                '{' | '[' | '(' => open.push(c),
                '}' => assert_eq!(open.pop(), Some('{'), "{code}"),
                ']' => assert_eq!(open.pop(), Some('['), "{code}"),
                ')' => assert_eq!(open.pop(), Some('('), "{code}"),
                _ => {}
            }
        }
        assert!(open.is_empty(), "{open:?}");
        // Each parameter and variable is used where it is not declared.
        for line in block.lines() {
            let mut words = line.split_whitespace();
            if let (Some("param" | "var"), Some(name)) = (words.next(), words.next()) {
                let whole = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
                let uses = block.split(whole).filter(|word| *word == name).count();
                assert!(uses > 1, "{name} is of no use");
            }
        }
    }
}

#[test]
fn firewalls_let_the_same_arguments_pass() {
    let [front_door, gateway, _] = blocks();
    let arguments = |block: &str| {
        let (_, list) = block.split_once("var secretArguments = [").expect("a list");
        let (list, _) = list.split_once(']').expect("its end");
        let names = list
            .split(',')
            .map(|name| name.trim().trim_matches('\'').to_owned());
        names.collect::<BTreeSet<_>>()
    };
    let passed = arguments(&front_door);
    assert_eq!(passed, arguments(&gateway));
    for name in ["code", "state", "id_token"] {
        assert!(passed.contains(name), "{name}");
    }
    let of = |block: &str| {
        values(block, "matchVariable")
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        of(&front_door),
        [
            "QueryStringArgNames",
            "RequestBodyPostArgNames",
            "RequestCookieNames"
        ]
    );
    assert_eq!(of(&gateway), ["RequestArgNames", "RequestCookieNames"]);
    // What is excluded is looked at no more, so it is these and nothing else.
    for block in [&front_door, &gateway] {
        assert_eq!(
            values(block, "selectorMatchOperator").last(),
            Some(&"StartsWith")
        );
        assert!(!block.contains("EqualsAny") && !block.contains("requestBodyCheck: false"));
    }
}

#[test]
fn nothing_is_cached_and_a_slow_sign_in_has_its_time() {
    let [front_door, gateway, _] = blocks();
    assert!(
        !code(&front_door).contains("cacheConfiguration"),
        "{front_door}"
    );
    let generated = Generated::of(Template::WebApp, None, Kind::B2c);
    let shutdown = generated.text("src/shutdown.rs");
    for (block, setting) in [
        (&front_door, "originResponseTimeoutSeconds: "),
        (&gateway, "requestTimeout: "),
    ] {
        let (_, rest) = block.split_once(setting).expect(setting);
        let seconds = rest.split_whitespace().next().expect("a number");
        let own = format!("LONGEST_REQUEST: Duration = Duration::from_secs({seconds})");
        assert!(shutdown.contains(&own), "{setting}{seconds}");
    }
    assert_eq!(values(&front_door, "probePath"), ["/health/ready"]);
    assert!(gateway.contains("path: '/health/ready'"), "{gateway}");
}

#[test]
fn the_container_app_is_the_generated_one() {
    let [_, _, app] = blocks();
    let generated = Generated::of(Template::WebApp, Some(Store::Redis), Kind::B2c);
    let text = generated.text("deploy/container-app.yaml");
    let manifest = yaml::document(text);
    let template = &manifest["properties"]["template"];
    let container = &template["containers"][0];

    let variables = container["env"].as_array().expect("variables").iter();
    for variable in variables {
        let name = variable["name"].as_str().expect("a name");
        let line = match (variable["value"].as_str(), variable["secretRef"].as_str()) {
            (Some(value), _) => format!("{{ name: '{name}', value: '{value}' }}"),
            (_, secret) => format!(
                "{{ name: '{name}', secretRef: '{}' }}",
                secret.expect("one")
            ),
        };
        assert!(app.contains(&line), "{line}");
    }
    let secrets = manifest["properties"]["configuration"]["secrets"].as_array();
    for secret in secrets.expect("secrets") {
        let name = secret["name"].as_str().expect("a name");
        let line = format!(
            "{{ name: '{name}', keyVaultUrl: '${{vault}}/secrets/{name}', identity: identityId }}"
        );
        assert!(app.contains(&line), "{line}");
    }
    let probes = container["probes"].as_array().expect("probes");
    let kinds: Vec<_> = probes.iter().filter_map(|it| it["type"].as_str()).collect();
    assert_eq!(values(&app, "type")[1..], kinds);
    let paths: Vec<_> = probes
        .iter()
        .filter_map(|it| it["httpGet"]["path"].as_str())
        .collect();
    assert_eq!(values(&app, "path"), paths);
    let grace = template["terminationGracePeriodSeconds"]
        .as_str()
        .expect("seconds");
    assert!(
        app.contains(&format!("terminationGracePeriodSeconds: {grace}\n")),
        "{grace}"
    );
    let most = template["scale"]["maxReplicas"].as_str().expect("a number");
    assert!(app.contains(&format!("maxReplicas: {most}\n")), "{most}");
}
