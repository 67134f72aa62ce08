//! `cargo b2c-init man`.

use clap::builder::StyledStr;
use clap::{Args, Command};

use super::completions::direct;
use super::help;
use crate::error::Error;
use crate::terminal::Report;

/// Write a manual page to standard output
#[derive(Args, Debug)]
#[command(before_help = help::MAN, help_template = help::TEMPLATE)]
pub(super) struct Man {
    /// The command [default: all of them, in an overview]
    command: Option<String>,
}

pub(super) fn man(arguments: &Man) -> Result<Report, Error> {
    let mut program = direct();
    program.build();
    let command = match &arguments.command {
        None => program,
        Some(name) => match program.find_subcommand(name) {
            Some(found) => found.clone(),
            None => {
                return Err(Error::Usage(format!(
                    "there is no command \"{name}\", so no page about it"
                )));
            }
        },
    };
    let page = render(command).map_err(|error| Error::io("write the manual page", error))?;
    let page = String::from_utf8_lossy(&page).into_owned();
    Ok(Report::done().line(page.trim_end()).field("page", page))
}

/// The page; examples and exit codes are at its end.
fn render(command: Command) -> std::io::Result<Vec<u8>> {
    let parts = [command.get_before_help(), command.get_after_help()];
    let parts: Vec<_> = parts.into_iter().flatten().map(plain).collect();
    let command = command
        .before_help(None::<&str>)
        .after_help(parts.join("\n\n"));
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(page)
}

fn plain(text: &StyledStr) -> String {
    text.to_string()
}
