//! The Ingress that `docs/proxies.md` puts in front of a generated Service.

use std::fs;
use std::path::Path;

use cargo_b2c_init::{Kind, Template};

use super::{Generated, yaml};

#[test]
fn the_ingress_on_the_page_leads_to_the_generated_service() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/proxies.md");
    let page = fs::read_to_string(page).expect("the page");
    let (_, manifest) = page.split_once("```yaml\n").expect("a manifest");
    let (manifest, _) = manifest.split_once("```").expect("its end");
    let ingress = yaml::document(manifest);

    let generated = Generated::of(Template::WebApp, None, Kind::B2c);
    let objects = yaml::documents(generated.text("deploy/kubernetes.yaml"));
    let service = objects.iter().find(|object| object["kind"] == "Service");
    let service = service.expect("a Service");

    let rule = &ingress["spec"]["rules"][0];
    let backend = &rule["http"]["paths"][0]["backend"]["service"];
    assert_eq!(backend["name"], service["metadata"]["name"]);
    assert_eq!(backend["port"]["name"], service["spec"]["ports"][0]["name"]);
    assert_eq!(ingress["spec"]["tls"][0]["hosts"][0], rule["host"]);

    // Where the controller is that may reach the pods.
    let policy = objects
        .iter()
        .find(|object| object["kind"] == "NetworkPolicy");
    let policy = policy.expect("a NetworkPolicy").to_string();
    assert!(policy.contains("\"ingress-nginx\""), "{policy}");
}
