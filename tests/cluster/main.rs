//! `examples/cluster` as users, operators and bad luck treat it: three instances behind nginx, taken in
//! turns, with sessions in Redis.
//!
//! What is measured is printed with `--nocapture`. `CLUSTER_SESSIONS` sets how many sessions the load
//! has (default: 500).

#![allow(unreachable_pub, reason = "a test binary has no public API")]
#![allow(clippy::print_stdout, reason = "what is measured")]

mod agreement;
mod command;
mod crowd;
mod documentation;
mod ledger;
mod load;
mod loss;
mod member;
mod proxy_log;
mod round;
mod running;

use e2e::browser::chromedriver;
use e2e::{Requirement, Workspace};
use libtest_mimic::{Arguments, Failed, Trial};

fn main() {
    let servers = [
        Requirement::program("nginx", "apt-get install nginx"),
        Requirement::program("redis-server", "apt-get install redis-server"),
    ];
    let chromium = [
        Requirement::program("chromium", "apt-get install chromium"),
        Requirement::program("chromedriver", "apt-get install chromium-driver"),
    ];
    let axe_path = Workspace::target().join("tools/node_modules/axe-core/axe.min.js");
    let axe = Requirement::file(
        "axe-core",
        &axe_path,
        "npm install --prefix target/tools axe-core@4",
    );
    let with_browser = [servers.as_slice(), &chromium].concat();
    let with_axe = [with_browser.as_slice(), &[axe]].concat();
    let trial = |name, run: fn() -> Result<(), Failed>| Requirement::test(&servers, name, run);
    let tests = vec![
        Trial::test(
            "documentation::its_snippets_are_the_examples",
            documentation::compare,
        ),
        Trial::test("command::missing_programs", command::missing_programs),
        trial("command::ctrl_c_ends_everything", command::ctrl_c),
        trial("command::it_says_what_has_ended", command::says_what_ended),
        trial(
            "command::an_instance_that_stops_finishes_its_requests",
            command::finishes,
        ),
        trial("agreement::twenty_sign_outs", agreement::twenty_sign_outs),
        trial("loss::redis_comes_back_empty", loss::redis_comes_back_empty),
        trial(
            "loss::an_instance_redeems_a_code_and_dies",
            loss::an_answer_is_lost,
        ),
        trial("load::five_hundred_sessions", load::five_hundred_sessions),
        Requirement::test(&with_browser, "round::through_chromium", round::chromium),
        Requirement::test(&with_axe, "round::accessibility", move || {
            round::accessibility(&axe_path)
        }),
    ];
    // Each has processes of its own, and two cores carry one cluster.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let conclusion = libtest_mimic::run(&arguments, tests);
    chromedriver::stop();
    conclusion.exit();
}

/// An error as libtest-mimic wants it.
fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}

/// Runs a future on a runtime of its own.
fn block_on<T>(future: impl Future<Output = Result<T, Failed>>) -> Result<T, Failed> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build();
    runtime.map_err(failed)?.block_on(future)
}
