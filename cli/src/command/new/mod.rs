//! `cargo b2c-init new`.

mod answers;
mod provider;
mod review;
mod understand;
mod wizard;

use answers::Answers;
use b2c_templates::Template;
pub(super) use provider::Provider;
use review::{Verdict, review};

use super::arguments::New;
use super::held::Held;
use super::tenant::{read_secret, refuse_secret};
use crate::error::Error;
use crate::project::{Checkout, Plan};
use crate::run::{Run, check_ports};
use crate::terminal::{ColorChoice, Dialog, Report, Style, Terminal, somebody_is_there, word};

pub(super) fn new(
    arguments: &New,
    color: ColorChoice,
    terminal: &mut Terminal,
) -> Result<Report, Error> {
    refuse_secret(arguments.provider.client_secret.as_ref())?;
    let checkout = Checkout::find();
    let mut answers = Answers::of(arguments);
    if arguments.provider.client_secret_stdin {
        answers.secret = Some(read_secret()?);
    }
    let asks = asks(arguments, terminal);
    if arguments.path.is_none() && !asks {
        let message = "which directory? For example: cargo b2c-init new demo";
        return Err(Error::Usage(message.to_owned()));
    }
    answers.check_options(arguments)?;
    let plan = if asks {
        let mut dialog = Dialog::open(terminal)?;
        dialog.show(&[HINT.to_owned()]);
        agreed(&mut dialog, arguments, &mut answers)?
    } else {
        answers.project(arguments).plan()?
    };

    if arguments.diff {
        let diff = plan.diff();
        let report = fields(&plan).field("dry_run", true);
        return Ok(report.diff(diff.trim_end()).field("diff", diff));
    }
    if arguments.dry_run {
        return Ok(report(&plan, "Would create", terminal).field("dry_run", true));
    }
    if arguments.run {
        // Before anything is written: a taken port is the likeliest thing to stop the rest.
        check_ports(arguments.port, arguments.emulator_port)?;
    }
    let held = Held::start();
    plan.write_unless(&|| held.asked())?;

    if arguments.run {
        terminal.message(&format!(
            "Created {}/ ({} files)",
            plan.path().display(),
            plan.files().len()
        ));
        let run = Run::of(plan.directory())
            .shown_as(plan.path())
            .open(arguments.open)
            .cargo_option("--offline", arguments.cargo.offline)
            .cargo_option("--locked", arguments.cargo.locked)
            .color(color)
            .checkout(checkout);
        return run.start(terminal).map(|()| Report::done());
    }
    let report = report(&plan, "Created", terminal).field("dry_run", false);
    // A browser has nothing to show of an API.
    let open = match answers.template {
        Template::Api => "",
        _ => " --open",
    };
    let report = report.lines(next_steps(&plan, checkout.is_some(), open, terminal));
    if !asks {
        return Ok(report);
    }
    let line = answers.command_line(arguments);
    Ok(report.line(format!("\nThe same without questions:\n\n  {line}")))
}

/// Whether somebody is there to be asked, and wants to be.
fn asks(arguments: &New, terminal: &Terminal) -> bool {
    let wants_none = arguments.yes || arguments.run || terminal.is_quiet() || terminal.is_json();
    !wants_none && somebody_is_there()
}

/// Asks until somebody agrees to what would be written.
fn agreed(dialog: &mut Dialog<'_>, arguments: &New, answers: &mut Answers) -> Result<Plan, Error> {
    if arguments.path.is_some() {
        // Before the first question: a directory that is in use is no use.
        answers.project(arguments).plan()?;
    }
    loop {
        *answers = wizard::ask(dialog, arguments, answers.clone())?;
        let plan = answers.project(arguments).plan()?;
        if review(dialog, answers, &plan)? == Verdict::Write {
            return Ok(plan);
        }
    }
}

fn report(plan: &Plan, done: &str, terminal: &Terminal) -> Report {
    let title = format!("{done} {}", plan.name());
    let title = terminal.styled(Style::Bold, &title);
    let tree = plan.tree().into_iter().map(|line| format!("  {line}"));
    fields(plan).line(format!("{title}\n")).lines(tree)
}

fn fields(plan: &Plan) -> Report {
    Report::done()
        .field("name", plan.name().as_str())
        .field("directory", plan.directory().to_string_lossy())
        .field("files", plan.to_json())
}

fn next_steps(plan: &Plan, in_checkout: bool, open: &str, terminal: &Terminal) -> Vec<String> {
    let title = terminal.styled(Style::Bold, "Next");
    let path = word(&plan.path().to_string_lossy());
    // The alias of a checkout is known in its root, and looks for the generator there.
    let commands = if in_checkout {
        format!("  cargo b2c-init run -C {path}{open}")
    } else {
        format!("  cd {path}\n  cargo b2c-init run{open}")
    };
    vec![
        format!("\n{title}\n"),
        commands,
        "\nREADME.md says how to use your own tenant.".to_owned(),
    ]
}

const HINT: &str = "Type an answer, or press Enter for the one that is shown. Ctrl-U clears the line; Ctrl-C leaves and writes \
                    nothing.";
