use std::{fmt::Write, fs};

use e2e::Workspace;
use libtest_mimic::Failed;

use crate::{
    features::{FEATURES, Feature},
    report::{Outcome, Report},
    witness::Witness,
};

/// Compares `emulator/PARITY.md` with what the witnesses say, or rewrites it.
pub(crate) fn is_what_was_witnessed(witnesses: &[Witness]) -> Result<(), Failed> {
    let reports: Vec<Report> = witnesses
        .iter()
        .map(Witness::report)
        .collect::<Result<_, _>>()?;
    let matrix = matrix(witnesses, &reports)?;
    let file = Workspace::root().join("emulator/PARITY.md");
    if std::env::var_os("UPDATE_PARITY").is_some() {
        fs::write(&file, &matrix)?;
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    if committed == matrix {
        return Ok(());
    }
    let news: Vec<&str> = matrix
        .lines()
        .filter(|line| !committed.lines().any(|known| known == *line))
        .collect();
    let news = news.join("\n");
    Err(format!("emulator/PARITY.md is out of date; UPDATE_PARITY=1 rewrites it:\n{news}").into())
}

fn matrix(witnesses: &[Witness], reports: &[Report]) -> Result<String, Failed> {
    let mut text = PROLOGUE.to_owned();
    let mut notes = Vec::new();
    let titles: Vec<String> = witnesses.iter().map(Witness::title).collect();
    let rule = "|---".repeat(titles.len() + 2);
    writeln!(
        text,
        "| Feature | {} | Assumed, or silent in the sources |",
        titles.join(" | ")
    )?;
    writeln!(text, "{rule}|")?;
    for feature in FEATURES {
        let cells: Vec<String> = reports
            .iter()
            .map(|report| cell(report, feature, &mut notes))
            .collect();
        if cells.iter().all(String::is_empty) {
            return Err(format!("nobody witnesses '{}'", feature.name).into());
        }
        writeln!(
            text,
            "| {} | {} | {} |",
            feature.title,
            cells.join(" | "),
            feature.assumed
        )?;
    }
    for (index, note) in notes.iter().enumerate() {
        writeln!(text, "\n({}) {note}", index + 1)?;
    }
    text.push_str(EPILOGUE);
    Ok(text)
}

fn cell(report: &Report, feature: &Feature, notes: &mut Vec<String>) -> String {
    let note = match report.of(feature) {
        None => return String::new(),
        Some(Outcome::Works) => return "yes".to_owned(),
        Some(Outcome::Fails(reason)) => reason,
    };
    let known = notes.iter().position(|known| known == note);
    let number = known.unwrap_or_else(|| {
        notes.push(note.clone());
        notes.len() - 1
    });
    format!("no ({})", number + 1)
}

const PROLOGUE: &str = "\
# Parity

What real clients, unmodified, were seen doing against the emulator over TLS. \
`cargo test -p e2e --test interop` runs them and fails if this file says anything else; \
with `UPDATE_PARITY=1` it writes it.

*yes*: tried, and it worked. *no*: tried, and it did not; the note says what happened. \
Empty: not tried, so nothing is claimed. The last column is about Microsoft's service: where its \
documentation and the captures that we know are silent or disagree, the emulator assumes something, \
and a witness only shows that the client can live with it.

";

const EPILOGUE: &str = "
How they were run: each witness was told to trust the emulator's own authority by its usual means \
(`REQUESTS_CA_BUNDLE`, `NODE_EXTRA_CA_CERTS`, `SSL_CERT_FILE`, `OIDCCABundlePath`). The host names \
`*.b2clogin.com`, `*.ciamlogin.com` and `login.microsoftonline.com` are reached through an HTTPS proxy that leads them to the \
emulator and refuses everything else, so that a client that calls home fails its test: none does. \
The person at the sign-in page is a script that reads the HTML and sends its forms. mod_auth_openidc is \
the system's own package (2.4.12 in Debian 12). openid-client was given a new configuration after the \
key had changed, since one asks for keys once a minute at most.

What clients needed beyond their usual settings: MSAL Node `knownAuthorities` (and, for \
External ID at an authority with the tenant's name, the host of the issuer, which has the GUID: it \
refuses the metadata otherwise); openid-client \
and mod_auth_openidc the URL of B2C's metadata, since B2C's issuer is no prefix of it (at a host \
`*.b2clogin.com` openid-client makes an exception of its own); MSAL Python a host on port 443 for \
passwords, since it drops the port when it asks about the user.
";
