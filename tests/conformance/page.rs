//! `middleware/CONFORMANCE.md`: what the run showed.

use std::fmt::Write as _;
use std::fs;

use e2e::Workspace;
use libtest_mimic::Failed;

use crate::modules::{How, MODULES};

/// Compares the page with what this run shows, or rewrites it.
pub fn says_what_was_run() -> Result<(), Failed> {
    let page = page()?;
    let file = Workspace::root().join("middleware/CONFORMANCE.md");
    if std::env::var_os("UPDATE_CONFORMANCE").is_some() {
        fs::write(&file, &page)?;
    }
    let committed = fs::read_to_string(&file).unwrap_or_default();
    if committed == page {
        return Ok(());
    }
    let news = page
        .lines()
        .filter(|line| !committed.lines().any(|known| known == *line));
    let news = news.collect::<Vec<_>>().join("\n");
    Err(format!(
        "middleware/CONFORMANCE.md is out of date; UPDATE_CONFORMANCE=1 rewrites it:\n{news}"
    )
    .into())
}

fn page() -> Result<String, Failed> {
    let mut rows = String::new();
    let mut passed = 0;
    for module in &MODULES {
        let what = match module.how {
            How::DoesNotApply(why) => format!("does not apply: {why}"),
            How::Reproduced(_) => {
                let what = module.verdict()?;
                passed += 1;
                what.to_owned()
            }
        };
        writeln!(rows, "| `{}` | {} | {what} |", module.name, module.plan)?;
    }
    let all = MODULES.len();
    Ok(format!(
        "# The conformance suite's modules for relying parties\n\n\
         The OpenID Foundation's [conformance suite](https://gitlab.com/openid/conformance-suite) has \
         {all} modules that try a client (`net.openid.conformance.openid.client`). The layer was run \
         against **{passed} of {all}** module behaviours, as the emulator reproduces them. This is no \
         certification.\n\n\
         `cargo test -p e2e --test conformance` runs each module under its name and fails if this \
         page says anything else; with `UPDATE_CONFORMANCE=1` it writes the page.\n\n\
         Letters in *Plan*: Basic, Config, Dynamic, Hybrid and implicit, Form post, Refresh, Logout, \
         or none but the plain plan (x).\n\n\
         | Module | Plan | What the layer does |\n|---|---|---|\n{rows}"
    ))
}
