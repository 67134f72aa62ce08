//! From the process's arguments to its exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use super::arguments::{Arguments, Cargo, Command};
use super::{
    add, completions, diff, doctor, eject, explain, import, man, migrate, new, register, run,
    schema, tenant, undo, update,
};
use crate::change::recover;
use crate::error::Error;
use crate::terminal::{ColorChoice, Report, Terminal, Voice};

/// Does what the arguments ask, reports errors, returns the exit code.
///
/// Accepts the arguments that cargo passes to a subcommand (`cargo-b2c-init b2c-init …`) and
/// those of a direct call (`cargo-b2c-init …`).
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words = as_subcommand(arguments);
    let arguments = match Cargo::try_parse_from(&words) {
        Ok(Cargo::B2cInit(arguments)) => arguments,
        Err(error) => return misunderstood(&words, &error),
    };
    let Arguments {
        command,
        quiet,
        verbose,
        json,
        color,
    } = arguments;
    let voice = Voice {
        quiet,
        verbose,
        json,
    };
    let mut terminal = Terminal::standard(color, voice);
    let name = command.name();
    let command = match command {
        Command::Emulator(arguments) if !json => return b2c_emulator::cli::main(*arguments),
        other => other,
    };
    let result = carry_out(command, json, color, &mut terminal);
    ExitCode::from(terminal.finish(name, result).code())
}

fn carry_out(
    command: Command,
    json: bool,
    color: ColorChoice,
    terminal: &mut Terminal,
) -> Result<Report, Error> {
    if json && !command.has_json() {
        let name = command.name();
        let message = format!("`{name}` goes on until Ctrl-C here, and has no --json");
        return Err(Error::Usage(message));
    }
    if let Some(place) = command.place()
        && recover(&place.directory)?
    {
        terminal.message("Took back a change that was interrupted.");
    }
    match command {
        Command::New(arguments) => new::new(&arguments, color, terminal),
        Command::Add(arguments) => add::add(&arguments, color, terminal),
        Command::Run(arguments) => run::run(&arguments, color, terminal).map(|()| Report::done()),
        Command::Tenant(arguments) => tenant::tenant(&arguments),
        Command::Update(arguments) => update::update(&arguments, terminal),
        Command::Diff(arguments) => diff::diff(&arguments),
        Command::Import(arguments) => import::import(&arguments),
        Command::Migrate(arguments) => migrate::migrate(&arguments),
        Command::Register(arguments) => register::register(&arguments, terminal),
        Command::Undo(arguments) => undo::undo(&arguments),
        Command::Eject(arguments) => eject::eject(&arguments),
        Command::Doctor(arguments) => doctor::doctor(&arguments, terminal),
        Command::Explain(arguments) => explain::explain(&arguments, terminal),
        Command::Schema(_) => Ok(schema::schema()),
        Command::Completions(arguments) => Ok(completions::completions(&arguments)),
        Command::Man(arguments) => man::man(&arguments),
        // Has its own conventions, and is called before this.
        Command::Emulator(_) => Ok(Report::done()),
    }
}

/// Tells of a command line that makes no sense, or helps: to a program as a document like every other.
fn misunderstood(words: &[OsString], error: &clap::Error) -> ExitCode {
    let mut options = words.iter().take_while(|word| *word != "--");
    if !error.use_stderr() || !options.any(|word| word == "--json") {
        let _ = error.print();
        return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    }
    let voice = Voice {
        json: true,
        ..Voice::default()
    };
    let mut terminal = Terminal::standard(ColorChoice::default(), voice);
    let result = Err(Error::Usage(mistake(error)));
    ExitCode::from(terminal.finish(&named(words), result).code())
}

/// What is wrong with a command line, without the usage that people get with it.
fn mistake(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let text = text.split("\n\nUsage:").next().unwrap_or_default();
    let text = text.split("\n\nFor more information").next();
    text.unwrap_or_default().trim_end().to_owned()
}

/// The command that these words name, as far as they do: `tenant set`.
fn named(words: &[OsString]) -> String {
    let root = Cargo::command();
    let mut command = &root;
    let mut names = Vec::new();
    for word in words.iter().skip(1) {
        if let Some(below) = command.find_subcommand(word) {
            names.push(below.get_name());
            command = below;
        }
    }
    names.get(1..).unwrap_or_default().join(" ")
}

fn as_subcommand(arguments: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = arguments.into_iter().collect();
    if arguments.get(1).is_none_or(|first| first != SUBCOMMAND) {
        let place = arguments.len().min(1);
        arguments.insert(place, SUBCOMMAND.into());
    }
    arguments
}

const SUBCOMMAND: &str = "b2c-init";

#[cfg(test)]
mod tests {
    use super::as_subcommand;

    #[test]
    fn a_direct_call_reads_like_one_by_cargo() {
        let by_cargo = ["cargo-b2c-init", "b2c-init", "new", "demo"].map(Into::into);
        let direct = ["cargo-b2c-init", "new", "demo"].map(Into::into);
        assert_eq!(as_subcommand(direct), by_cargo);
        assert_eq!(as_subcommand(by_cargo.clone()), by_cargo);
        assert_eq!(
            as_subcommand(["cargo-b2c-init".into()]),
            ["cargo-b2c-init", "b2c-init"]
        );
    }
}
