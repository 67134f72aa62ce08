//! What `docs/proxies.md` and `docs/grpc.md` put in front of generated Services.

use std::fs;
use std::path::Path;

use cargo_b2c_init::{Kind, Template};
use serde_json::Value;

use super::{Generated, yaml};

/// The objects of all manifests on a page.
fn objects_of(page: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../docs")
        .join(page);
    let text = fs::read_to_string(path).expect("the page");
    let blocks = text.split("```yaml\n").skip(1);
    let manifests = blocks.map(|block| block.split_once("```").expect("its end").0);
    manifests.flat_map(yaml::documents).collect()
}

fn one<'a>(objects: &'a [Value], kind: &str) -> &'a Value {
    let mut found = objects.iter().filter(|object| object["kind"] == kind);
    let object = found.next().unwrap_or_else(|| panic!("no {kind}"));
    assert!(found.next().is_none(), "{kind} twice");
    object
}

fn generated(template: Template) -> (Generated, Vec<Value>) {
    let generated = Generated::of(template, None, Kind::B2c);
    let objects = yaml::documents(generated.text("deploy/kubernetes.yaml"));
    (generated, objects)
}

#[test]
fn the_route_on_the_page_leads_from_its_gateway_to_the_generated_service() {
    let page = objects_of("proxies.md");
    let (files, objects) = generated(Template::WebApp);
    let service = one(&objects, "Service");

    let (gateway, route) = (one(&page, "Gateway"), &one(&page, "HTTPRoute")["spec"]);
    let listener = &gateway["spec"]["listeners"][0];
    let parent = &route["parentRefs"][0];
    assert_eq!(parent["name"], gateway["metadata"]["name"]);
    assert_eq!(parent["sectionName"], listener["name"]);
    assert_eq!(route["hostnames"][0], listener["hostname"]);
    assert_eq!(listener["tls"]["mode"], "Terminate");
    let rule = &route["rules"][0];
    let backend = &rule["backendRefs"][0];
    assert_eq!(backend["name"], service["metadata"]["name"]);
    assert_eq!(backend["port"], service["spec"]["ports"][0]["port"]);

    // Whoever is signing in has the time that the app gives them.
    let request = rule["timeouts"]["request"].as_str().expect("a bound");
    let request = request.strip_suffix('s').expect("seconds");
    let own = format!("LONGEST_REQUEST: Duration = Duration::from_secs({request})");
    assert!(files.text("src/shutdown.rs").contains(&own), "{own}");
}

#[test]
fn the_ingress_on_the_page_leads_to_the_generated_service() {
    let page = objects_of("proxies.md");
    let (_, objects) = generated(Template::WebApp);
    let service = one(&objects, "Service");
    let ingress = one(&page, "Ingress");
    let rule = &ingress["spec"]["rules"][0];
    let backend = &rule["http"]["paths"][0]["backend"]["service"];
    assert_eq!(backend["name"], service["metadata"]["name"]);
    assert_eq!(backend["port"]["name"], service["spec"]["ports"][0]["name"]);
    assert_eq!(ingress["spec"]["tls"][0]["hosts"][0], rule["host"]);
}

#[test]
fn who_may_reach_the_pods_is_for_people_to_write() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/proxies.md");
    let page = fs::read_to_string(page).expect("the page");
    for template in Template::ALL {
        let (_, objects) = generated(template);
        let policy = one(&objects, "NetworkPolicy");
        let from = &policy["spec"]["ingress"][0]["from"][0]["namespaceSelector"];
        let label = from["matchLabels"]["kubernetes.io/metadata.name"].as_str();
        let label = label.expect("a namespace");
        // No label may have such characters, so it cannot be forgotten in silence.
        assert!(label.starts_with('<') && label.ends_with('>'), "{label}");
        assert!(
            page.contains(&format!("`{label}`")),
            "{label} is not explained"
        );
    }
}

#[test]
fn the_grpc_route_on_the_page_leads_to_the_generated_service_of_grpc() {
    let page = objects_of("grpc.md");
    let (files, objects) = generated(Template::Grpc);
    let (service, route) = (one(&page, "Service"), &one(&page, "GRPCRoute")["spec"]);
    let deployment = one(&objects, "Deployment");
    let labels = &deployment["spec"]["template"]["metadata"]["labels"];
    assert_eq!(service["spec"]["selector"], *labels);
    let port = &service["spec"]["ports"][0];
    assert_eq!(port["appProtocol"], "kubernetes.io/h2c");
    let rule = &route["rules"][0];
    let backend = &rule["backendRefs"][0];
    assert_eq!(backend["name"], service["metadata"]["name"]);
    assert_eq!(backend["port"], port["port"]);
    // The address that the manifest tells of, and the service that the project has.
    let address = format!(
        "LISTEN_GRPC=0.0.0.0:{}",
        port["targetPort"].as_str().expect("a port")
    );
    assert!(
        files.text("deploy/kubernetes.yaml").contains(&address),
        "{address}"
    );
    let name = rule["matches"][0]["method"]["service"].as_str();
    let (package, name) = name.and_then(|name| name.rsplit_once('.')).expect("a name");
    let proto = files.text("proto/notes.proto");
    assert!(proto.contains(&format!("package {package};")), "{package}");
    assert!(proto.contains(&format!("service {name} {{")), "{name}");

    // A host has either kind of route.
    let other = objects_of("proxies.md");
    let web = &one(&other, "HTTPRoute")["spec"];
    assert_ne!(web["hostnames"], route["hostnames"]);
    let gateway = one(&other, "Gateway");
    assert_eq!(route["parentRefs"][0]["name"], gateway["metadata"]["name"]);
}
