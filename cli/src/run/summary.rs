//! What a newcomer needs to know once everything runs.

use b2c_emulator::{Emulator, Forgery};
use b2c_templates::Kind;

use super::settings::Settings;
use crate::terminal::{Style, Terminal};

pub(super) fn summary(settings: &Settings, emulator: &Emulator, terminal: &mut Terminal) {
    let url = settings.app_url.as_str();
    if terminal.is_quiet() {
        terminal.data(url);
        return;
    }
    let (label, link) = (heading(terminal, "Open"), terminal.styled(Style::Link, url));
    terminal.data(&format!("\n  {label}{link}\n"));

    let kind = settings.stand_in.kind;
    if settings.redirect_uri.is_empty() {
        token(settings, emulator, terminal);
    } else {
        people(kind, emulator, terminal);
    }

    let label = heading(terminal, "Emulator");
    let note = format!("stands in for {}, on this machine only", kind.product());
    let note = terminal.styled(Style::Dim, &note);
    terminal.data(&format!("\n  {label}{}  {note}", emulator.base_url()));
    let label = heading(terminal, "Ctrl-C");
    terminal.data(&format!("  {label}stops both\n"));
}

/// Who can sign in.
fn people(kind: Kind, emulator: &Emulator, terminal: &mut Terminal) {
    let users = emulator.users();
    let widths = (
        users
            .iter()
            .map(|user| user.sign_in_name().len())
            .max()
            .unwrap_or(0),
        users
            .iter()
            .map(|user| user.password().len())
            .max()
            .unwrap_or(0),
    );
    for (index, user) in users.iter().enumerate() {
        let label = heading(terminal, if index == 0 { "Sign in" } else { "" });
        let (name, password) = (user.sign_in_name(), user.password());
        let who = terminal.styled(Style::Dim, user.display_name());
        let (name_width, password_width) = widths;
        terminal.data(&format!(
            "  {label}{name:<name_width$}  {password:<password_width$}  {who}"
        ));
    }
    if matches!(kind, Kind::B2c | Kind::ExternalId) {
        let label = heading(terminal, "or sign up");
        let note = terminal.styled(
            Style::Dim,
            "codes that would be mailed are shown on the page",
        );
        terminal.data(&format!("  {label}{note}"));
    }
}

/// A token to call the API with, of the first user and with every scope.
fn token(settings: &Settings, emulator: &Emulator, terminal: &mut Terminal) {
    let users = emulator.users();
    let Some(user) = users.first() else {
        return;
    };
    let Ok(token) = emulator.forge(&Forgery::access_token(user.sign_in_name())) else {
        return;
    };
    let label = heading(terminal, "Call it");
    let who = format!("as {}, for an hour:", user.display_name());
    let who = terminal.styled(Style::Dim, &who);
    terminal.data(&format!("  {label}{who}\n"));
    terminal.data(&format!(
        "curl {}/notes -H 'Authorization: Bearer {token}'",
        settings.app_url
    ));
}

fn heading(terminal: &Terminal, text: &str) -> String {
    terminal.styled(Style::Bold, &format!("{text:<12}"))
}
