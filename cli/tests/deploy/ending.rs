//! Whoever ends the app gives it the time that it takes.

use serde_json::Value;

use super::{Generated, yaml};

/// The seconds between two parts of a text.
fn seconds(text: &str, before: &str, after: &str) -> u64 {
    let (_, rest) = text
        .split_once(before)
        .unwrap_or_else(|| panic!("no {before}"));
    let (number, _) = rest.split_once(after).expect("its end");
    number.parse().expect("whole seconds")
}

fn number(value: &Value) -> u64 {
    let text = value.as_str().expect("a number");
    text.parse().expect("whole seconds")
}

/// `SHUTDOWN_DELAY` of a container.
fn delay(container: &Value) -> u64 {
    let mut variables = container["env"].as_array().expect("a list").iter();
    let delay = variables.find(|it| it["name"] == "SHUTDOWN_DELAY");
    number(&delay.expect("a delay")["value"])
}

#[test]
fn the_end_has_the_time_that_the_app_takes() {
    for (_, generated) in Generated::all() {
        let requests = seconds(
            generated.text("src/shutdown.rs"),
            "const LONGEST_REQUEST: Duration = Duration::from_secs(",
            ")",
        );
        // The token endpoint twice, metadata, keys and claims, ten seconds each.
        assert!(requests >= 5 * 10, "{requests}");
        let main = generated.text("src/main.rs");
        let store = if main.contains(".finish(") {
            seconds(main, ".finish(Duration::from_secs(", ")")
        } else {
            0
        };
        let own = requests + store;

        let container = generated.container();
        let objects = yaml::documents(generated.text("deploy/kubernetes.yaml"));
        let deployment = objects.iter().find(|it| it["kind"] == "Deployment");
        let pod = &deployment.expect("one")["spec"]["template"]["spec"];
        let grace = number(&pod["terminationGracePeriodSeconds"]);
        assert!(grace > delay(&container) + own, "kubernetes: {grace}");

        let app = yaml::document(generated.text("deploy/container-app.yaml"));
        let template = &app["properties"]["template"];
        let grace = number(&template["terminationGracePeriodSeconds"]);
        let delay = delay(&template["containers"][0]);
        assert!(grace > delay + own, "container app: {grace}");

        let unit = seconds(
            generated.text("deploy/app.service"),
            "TimeoutStopSec=",
            "\n",
        );
        assert!(unit > own, "unit: {unit}");
        let compose = seconds(generated.text("compose.yaml"), "stop_grace_period: ", "s\n");
        assert!(compose > own, "compose: {compose}");
    }
}

#[test]
fn a_unit_reloads_whatever_it_runs() {
    for (_, generated) in Generated::all() {
        let unit = generated.text("deploy/app.service");
        assert!(
            unit.contains("\nExecReload=/bin/kill -HUP $MAINPID\n"),
            "{unit}"
        );
        assert!(
            generated
                .text("src/main.rs")
                .contains("SignalKind::hangup()")
        );
    }
}
