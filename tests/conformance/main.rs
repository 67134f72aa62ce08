//! The layer against each module of the OpenID Foundation's conformance suite for relying parties,
//! as the emulator reproduces them, by the suite's names. What comes of it is written to
//! `middleware/CONFORMANCE.md`; with `UPDATE_CONFORMANCE=1` the test rewrites it.

#![allow(unreachable_pub, reason = "a test binary has no public API")]

mod bench;
mod hybrid;
mod id_tokens;
mod modules;
mod page;
mod provider_metadata;
mod refresh;
mod sign_out;
mod third_party;
mod userinfo;

use libtest_mimic::{Arguments, Trial};

use self::modules::{How, MODULES};

fn main() {
    let reproduced = MODULES
        .iter()
        .filter(|module| matches!(module.how, How::Reproduced(_)));
    let mut tests: Vec<Trial> = reproduced
        .map(|module| Trial::test(module.name, || module.verdict().map(drop)))
        .collect();
    tests.push(Trial::test(
        "the_page_says_what_was_run",
        page::says_what_was_run,
    ));
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}
