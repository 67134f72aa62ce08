//! Other people's clients, unmodified, against the emulator over TLS. What they witness is
//! written to `emulator/PARITY.md`; with `UPDATE_PARITY=1` the test rewrites it.
//!
//! And the layer against other people's provider, npm's oidc-provider: `oidc_provider`.

mod apache;
mod credentials;
mod features;
mod oidc_provider;
mod parity;
mod provider;
mod proxy;
mod report;
mod witness;

use e2e::Requirement;
use libtest_mimic::{Arguments, Trial};

use crate::witness::Witness;

fn main() {
    let witnesses = Witness::all();
    let mut tests: Vec<Trial> = witnesses
        .iter()
        .map(|witness| {
            let name = format!("{}_signs_in", witness.id());
            let tested = witness.clone();
            Requirement::test(&witness.needs(), &name, move || tested.passes())
        })
        .collect();
    let needs: Vec<Requirement> = witnesses.iter().flat_map(Witness::needs).collect();
    tests.push(Requirement::test(
        &needs,
        "parity_is_what_was_witnessed",
        move || parity::is_what_was_witnessed(&witnesses),
    ));
    tests.extend(oidc_provider::tests());
    // Witnesses are quick; several at once would only disturb each other's time limits.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    libtest_mimic::run(&arguments, tests).exit();
}
