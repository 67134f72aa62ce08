//! `cargo b2c-init new`.

use b2c_templates::Template;

use super::arguments::New;
use super::held::Held;
use crate::error::Error;
use crate::project::{Checkout, NewProject, Plan};
use crate::run::{Run, check_ports};
use crate::terminal::{ColorChoice, Report, Style, Terminal};

pub(super) fn new(
    arguments: &New,
    color: ColorChoice,
    terminal: &mut Terminal,
) -> Result<Report, Error> {
    let checkout = Checkout::find();
    let mut project = NewProject::at(&arguments.path)
        .template(arguments.template)
        .kind(arguments.kind)
        .deploy(arguments.extras.all())
        .port(arguments.port)
        .emulator_port(arguments.emulator_port)
        .checkout(checkout.clone());
    if let Some(store) = arguments.store {
        project = project.store(store);
    }
    if let Some(name) = &arguments.name {
        project = project.name(name);
    }
    let plan = project.plan()?;

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
    let open = match arguments.template {
        Template::Api => "",
        _ => " --open",
    };
    let next = next_steps(&plan, checkout.is_some(), open, terminal);
    Ok(report.lines(next))
}

fn report(plan: &Plan, done: &str, terminal: &Terminal) -> Report {
    let title = format!("{done} {}", plan.name());
    let title = terminal.styled(Style::Bold, &title);
    let tree = plan.tree().into_iter().map(|line| format!("  {line}"));
    Report::done()
        .line(format!("{title}\n"))
        .lines(tree)
        .field("name", plan.name().as_str())
        .field("directory", plan.directory().to_string_lossy())
        .field("files", plan.to_json())
}

fn next_steps(plan: &Plan, in_checkout: bool, open: &str, terminal: &Terminal) -> Vec<String> {
    let title = terminal.styled(Style::Bold, "Next");
    let path = quoted(&plan.path().to_string_lossy());
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

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-~".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn paths_can_be_pasted_into_a_shell() {
        assert_eq!(quoted("/tmp/demo-1"), "/tmp/demo-1");
        assert_eq!(quoted("else where"), "'else where'");
        assert_eq!(quoted("ada's"), "'ada'\\''s'");
    }
}
