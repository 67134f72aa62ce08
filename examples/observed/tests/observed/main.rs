//! The example as its operators see it: what Prometheus scrapes, what a collector of OpenTelemetry gets,
//! what stands in the log; and whether dashboard and alert rules speak of what there is.

#![allow(unreachable_pub, reason = "a test binary has no public API")]

mod collector;
mod dashboard;
mod exported;
mod expressions;
mod queried;
mod rules;
mod running;
mod scraped;
mod table;

use e2e::Requirement;
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let promtool = [Requirement::program(
        "promtool",
        "apt-get install prometheus",
    )];
    let prometheus = [Requirement::program(
        "prometheus",
        "apt-get install prometheus",
    )];
    let trial = |name: &str, run: fn() -> Result<(), Failed>| Trial::test(name, run);
    let with_promtool =
        |name, run: fn() -> Result<(), Failed>| Requirement::test(&promtool, name, run);
    let tests = vec![
        trial("dashboard::it_asks_for_what_there_is", dashboard::names),
        trial("dashboard::it_shows_every_metric", dashboard::completeness),
        trial("dashboard::grafana_can_lay_it_out", dashboard::layout),
        trial("rules::they_ask_for_what_there_is", rules::names),
        trial("rules::each_fires_in_a_scenario", rules::completeness),
        with_promtool("rules::promtool_accepts_them", rules::check),
        with_promtool("rules::they_fire_when_they_should", rules::test),
        trial(
            "scraped::what_rules_wait_for_is_there_from_the_start",
            scraped::first_events,
        ),
        trial("scraped::a_sign_in_is_seen", scraped::sign_in),
        trial(
            "scraped::an_error_page_is_found_in_the_log",
            scraped::error_page,
        ),
        trial("exported::spans_reach_a_collector", exported::spans),
        trial(
            "exported::the_apps_own_span_is_as_the_conventions_want_it",
            exported::own_spans,
        ),
        Requirement::test(
            &prometheus,
            "queried::prometheus_answers_the_dashboard",
            queried::dashboard,
        ),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}
