//! `cargo b2c-init new`.

use super::arguments::New;
use crate::error::Error;
use crate::project::{Checkout, NewProject, Plan};
use crate::run::{Run, check_ports};
use crate::terminal::{ColorChoice, Style, Terminal};

pub(super) fn new(
    arguments: &New,
    color: ColorChoice,
    terminal: &mut Terminal,
) -> Result<(), Error> {
    let checkout = Checkout::find();
    let mut project = NewProject::at(&arguments.path)
        .port(arguments.port)
        .emulator_port(arguments.emulator_port)
        .checkout(checkout.clone());
    if let Some(name) = &arguments.name {
        project = project.name(name);
    }
    let plan = project.plan()?;

    if arguments.dry_run {
        show(&plan, "Would create", terminal);
        return Ok(());
    }
    if arguments.run {
        // Before anything is written: a taken port is the likeliest thing to stop the rest.
        check_ports(arguments.port, arguments.emulator_port)?;
    }
    plan.write()?;

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
        return run.start(terminal);
    }
    show(&plan, "Created", terminal);
    next_steps(&plan, checkout.is_some(), terminal);
    Ok(())
}

fn show(plan: &Plan, done: &str, terminal: &mut Terminal) {
    if terminal.is_quiet() {
        return;
    }
    let title = format!("{done} {}", plan.name());
    let title = terminal.styled(Style::Bold, &title);
    terminal.data(&format!("{title}\n"));
    for line in plan.tree() {
        terminal.data(&format!("  {line}"));
    }
}

fn next_steps(plan: &Plan, in_checkout: bool, terminal: &mut Terminal) {
    if terminal.is_quiet() {
        return;
    }
    let title = terminal.styled(Style::Bold, "Next");
    let path = quoted(&plan.path().to_string_lossy());
    terminal.data(&format!("\n{title}\n"));
    // The alias of a checkout is known in its root, and looks for the generator there.
    if in_checkout {
        terminal.data(&format!("  cargo b2c-init run -C {path} --open"));
    } else {
        terminal.data(&format!("  cd {path}\n  cargo b2c-init run --open"));
    }
    terminal.data("\nREADME.md says how to use your own tenant.");
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
