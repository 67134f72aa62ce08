//! Journeys in a real, headless Chromium: the generated app and the emulator as users see them.
//!
//! Each journey has a browser, an emulator and an app of its own, and ends with a look at what the
//! browser noticed: errors, cookies, URLs, requests. Screenshots are in `target/screenshots/`.

#![allow(unreachable_pub, reason = "a test binary has no public API")]

mod accessibility;
mod app;
mod grpc_web;
mod journeys;
mod kinds;
#[cfg(unix)]
mod newcomer;
mod single_page;
mod site;
mod tls;

#[path = "../grpc/bench.rs"]
#[allow(
    dead_code,
    clippy::unwrap_used,
    reason = "shared with the tests of gRPC; a journey ends at the first surprise"
)]
mod bench;
#[path = "../grpc/web.rs"]
#[allow(
    clippy::unwrap_used,
    reason = "shared with the tests of gRPC; a journey ends at the first surprise"
)]
mod web;

use e2e::browser::{Browser, chromedriver};
use e2e::{OidcProvider, Requirement, Workspace};
use libtest_mimic::{Arguments, Failed, Trial};

use self::app::App;

fn main() {
    let chromium = [
        Requirement::program("chromium", "apt-get install chromium"),
        Requirement::program("chromedriver", "apt-get install chromium-driver"),
    ];
    let tests = [
        of_the_app(&chromium),
        of_other_kinds(&chromium),
        of_accessibility(&chromium),
    ];
    // Two cores carry one browser well and two badly.
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let conclusion = libtest_mimic::run(&arguments, tests.into_iter().flatten().collect());
    chromedriver::stop();
    conclusion.exit();
}

fn of_the_app(chromium: &[Requirement]) -> Vec<Trial> {
    let journey = |name, run: fn() -> Result<(), Failed>| Requirement::test(chromium, name, run);
    vec![
        #[cfg(unix)]
        journey(
            "newcomer::the_readmes_command_leads_to_a_signed_in_page",
            newcomer::signs_in,
        ),
        journey("home_is_for_everybody", || {
            journeys::run("home", journeys::home)
        }),
        journey("a_protected_page_returns_to_its_very_url", || {
            journeys::run("protected", journeys::protected_page)
        }),
        journey("signing_up", || journeys::run("sign-up", journeys::sign_up)),
        journey("a_wrong_password", || {
            journeys::run("wrong-password", journeys::wrong_password)
        }),
        journey("cancelling", || journeys::run("cancel", journeys::cancel)),
        journey("a_forgotten_password", || {
            journeys::run("reset", journeys::forgotten_password)
        }),
        journey("editing_the_profile", || {
            journeys::run("edit", journeys::edit_profile)
        }),
        journey("calling_the_web_api", || {
            journeys::run("api", journeys::call_api)
        }),
        journey(
            "an_expired_token_is_refreshed_unnoticed",
            journeys::token_refresh,
        ),
        journey("signing_out", || {
            journeys::run("sign-out", journeys::sign_out)
        }),
        journey("a_provider_that_is_away", || {
            journeys::run("away", journeys::provider_away)
        }),
        journey("single_page::notes_and_another_api", single_page::notes),
        journey(
            "single_page::a_session_that_ends_meanwhile",
            single_page::session_that_ends,
        ),
        journey("the_hand_written_example", journeys::example),
        journey("grpc_web_from_a_page", grpc_web::page),
    ]
}

fn of_other_kinds(chromium: &[Requirement]) -> Vec<Trial> {
    let with_oidc_provider = [chromium, &OidcProvider::needs()].concat();
    let journey = |name, run: fn() -> Result<(), Failed>| Requirement::test(chromium, name, run);
    vec![
        journey("kinds::external_id", || {
            kinds::signs_in_and_out("external-id")
        }),
        journey("kinds::entra_id", || kinds::signs_in_and_out("entra")),
        journey("kinds::choosing_among_several", kinds::choosing),
        journey("kinds::b2c_answers_by_form_post_across_sites", || {
            kinds::form_post("b2c")
        }),
        journey("kinds::entra_id_answers_by_form_post_across_sites", || {
            kinds::form_post("entra")
        }),
        journey("kinds::stepping_up", kinds::stepping_up),
        journey(
            "kinds::front_channel_sign_out_across_sites",
            kinds::front_channel_sign_out,
        ),
        Requirement::test(&with_oidc_provider, "kinds::oidc", kinds::oidc),
    ]
}

fn of_accessibility(chromium: &[Requirement]) -> Vec<Trial> {
    let axe_path = Workspace::target().join("tools/node_modules/axe-core/axe.min.js");
    let axe = Requirement::file(
        "axe-core",
        &axe_path,
        "npm install --prefix target/tools axe-core@4",
    );
    let with_axe = [chromium, &[axe]].concat();
    vec![
        Requirement::test(
            &with_axe,
            "accessibility::no_page_has_a_serious_violation",
            {
                let axe_path = axe_path.clone();
                move || accessibility::every_page(&axe_path)
            },
        ),
        Requirement::test(
            &with_axe,
            "accessibility::nor_has_a_front_end_of_scripts",
            {
                let axe_path = axe_path.clone();
                move || accessibility::single_page(&axe_path)
            },
        ),
        Requirement::test(
            &with_axe,
            "accessibility::nor_has_the_page_that_asks_for_the_provider",
            {
                let axe_path = axe_path.clone();
                move || accessibility::the_choice_of_provider(&axe_path)
            },
        ),
        Requirement::test(
            &with_axe,
            "accessibility::nor_has_any_other_page_of_the_emulator",
            move || accessibility::every_other_page_of_the_emulator(&axe_path),
        ),
    ]
}

/// An error as libtest-mimic wants it.
fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}
