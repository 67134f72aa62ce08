//! The projects that `cargo b2c-init new` writes build without a warning, pass their own tests, and sign
//! people in in a real browser.
//!
//! A few of them, unlike each other. `GENERATED=pairwise` tries so many that every template has met every
//! kind of provider and every session store, and those each other, which takes ten minutes;
//! `GENERATED=all` every one, in an hour, and what is published; `GENERATED=packages` the latter alone.

#![allow(unreachable_pub, reason = "a test binary has no public API")]

#[cfg(unix)]
mod api;
#[cfg(unix)]
mod grpc;
#[cfg(unix)]
mod journey;
mod packages;
#[cfg(unix)]
mod process;
mod project;
#[cfg(unix)]
mod servers;
#[cfg(unix)]
mod shutdown;
#[cfg(unix)]
mod stranger;
mod variant;

#[cfg(unix)]
#[allow(dead_code, reason = "shared with the tests of the stores")]
#[path = "../../middleware/tests/stores/postgres_process.rs"]
mod postgres_process;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_b2c_init::{Kind, Template};
#[cfg(unix)]
use e2e::Requirement;
use e2e::Workspace;
use libtest_mimic::{Arguments, Failed, Trial};

use self::project::Place;
use self::variant::Variant;

fn main() {
    let which = std::env::var("GENERATED").unwrap_or_default();
    let variants = match which.as_str() {
        "all" => Variant::all(),
        "packages" => Vec::new(),
        "pairwise" => Variant::pairwise(),
        _ => Variant::few(),
    };
    let mut tests = vec![Trial::test("variants::every_pair", variant::every_pair)];
    for variant in variants {
        tests.push(trial(variant));
        #[cfg(unix)]
        tests.extend(journey(variant));
    }
    tests.push(Trial::test(
        "packages::are_complete",
        packages::are_complete,
    ));
    #[cfg(unix)]
    tests.push(Trial::test("stranger::hour", stranger::hour));
    if ["all", "packages"].contains(&which.as_str()) {
        tests.push(Trial::test(
            "packages::install_and_scaffold",
            packages::install_and_scaffold,
        ));
    }
    let mut arguments = Arguments::from_args();
    // They share a build cache.
    arguments.test_threads = Some(1);
    let conclusion = libtest_mimic::run(&arguments, tests);
    project::remove_all();
    #[cfg(unix)]
    {
        e2e::browser::chromedriver::stop();
        servers::stop();
    }
    conclusion.exit();
}

/// The project builds without a warning, passes its own tests, and does both with the versions that
/// this workspace was tested with. Within the workspace or outside of it makes no difference.
fn trial(variant: Variant) -> Trial {
    Trial::test(variant.name(), move || {
        let place = Place::of(variant)?;
        let root = place.root.as_path();
        runs(cargo_in(root).args(["fmt", "--check"]))?;
        let lints = ["clippy", "--all-targets", "--", "-D", "warnings"];
        runs(cargo_in(root).args(lints).args(["-W", "clippy::pedantic"]))?;
        runs(cargo_in(root).arg("test"))?;
        #[cfg(unix)]
        if variant.template == Template::Bff
            && variant.kind == Kind::ExternalId
            && servers::requirements(variant.store).is_empty()
        {
            shutdown::ends_in_order(root)?;
            shutdown::reloads(root)?;
        }
        #[cfg(unix)]
        if variant.template == Template::Api && variant.kind == Kind::Entra {
            api::reloads_and_ends(root)?;
        }
        #[cfg(unix)]
        if variant.template == Template::Grpc && servers::requirements(variant.store).is_empty() {
            grpc::follows_its_web_app(root)?;
        }
        uses_tested_versions(root)
    })
}

/// A person's way through the app, if it has pages.
#[cfg(unix)]
fn journey(variant: Variant) -> Option<Trial> {
    let mut needs = vec![
        Requirement::program("chromium", "apt-get install chromium"),
        Requirement::program("chromedriver", "apt-get install chromium-driver"),
    ];
    needs.extend(servers::requirements(variant.store));
    let name = format!("journey::{}", variant.name());
    let run = move || Place::of(variant).and_then(|place| journey::in_browser(variant, &place));
    (variant.template != Template::Api).then(|| Requirement::test(&needs, &name, run))
}

/// The versions that the project's lock file has are among those of this workspace.
fn uses_tested_versions(project: &Path) -> Result<(), Failed> {
    let versions = |path: &Path| -> Result<BTreeSet<String>, Failed> {
        let text = std::fs::read_to_string(path.join("Cargo.lock")).map_err(failed)?;
        let packages = text.split("[[package]]").skip(1);
        let lines = packages.map(|package| package.lines().skip(1).take(2));
        Ok(lines
            .map(|lines| lines.collect::<Vec<_>>().join(" "))
            .collect())
    };
    let (used, tested) = (versions(project)?, versions(&Workspace::root())?);
    let own = format!("name = \"{}\"", name_of(project));
    let untested: Vec<_> = used
        .difference(&tested)
        .filter(|package| !package.starts_with(&own))
        .collect();
    if untested.is_empty() {
        return Ok(());
    }
    Err(format!("not in the workspace's lock file: {untested:?}").into())
}

fn name_of(project: &Path) -> String {
    let name = project.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// cargo in a project with a name of its own, with the workspace's build cache.
fn cargo_in(project: &Path) -> Command {
    let mut cargo = Workspace::cargo();
    let target: PathBuf = Workspace::target();
    cargo.current_dir(project).env("CARGO_TARGET_DIR", target);
    cargo
}

fn runs(command: &mut Command) -> Result<(), Failed> {
    let output = command.output().map_err(failed)?;
    if output.status.success() {
        return Ok(());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Err(format!(
        "{command:?}: {}\n{}{}",
        output.status,
        text(&output.stdout),
        text(&output.stderr)
    )
    .into())
}

fn failed(error: impl std::fmt::Display) -> Failed {
    error.to_string().into()
}
