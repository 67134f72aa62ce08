//! What a newcomer needs to know once everything runs.

use b2c_emulator::Emulator;

use super::settings::Settings;
use crate::terminal::{Style, Terminal};

pub(super) fn summary(settings: &Settings, emulator: &Emulator, terminal: &mut Terminal) {
    let url = settings.app_url.as_str();
    if terminal.is_quiet() {
        terminal.data(url);
        return;
    }
    let heading =
        |terminal: &Terminal, text: &str| terminal.styled(Style::Bold, &format!("{text:<12}"));

    let (label, link) = (heading(terminal, "Open"), terminal.styled(Style::Link, url));
    terminal.data(&format!("\n  {label}{link}\n"));

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
    let label = heading(terminal, "or sign up");
    let note = terminal.styled(
        Style::Dim,
        "codes that would be mailed are shown on the page",
    );
    terminal.data(&format!("  {label}{note}"));

    let label = heading(terminal, "Emulator");
    let note = terminal.styled(
        Style::Dim,
        "stands in for Azure AD B2C, on this machine only",
    );
    terminal.data(&format!("\n  {label}{}  {note}", emulator.base_url()));
    let label = heading(terminal, "Ctrl-C");
    terminal.data(&format!("  {label}stops both\n"));
}
