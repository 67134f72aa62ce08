//! What is about to be written, to be agreed to.

use super::answers::Answers;
use crate::error::Error;
use crate::project::Plan;
use crate::terminal::{Dialog, Question};

/// What somebody says to the plan.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Write,
    /// The questions once more.
    Again,
}

/// Shows the answers and asks whether to go on.
///
/// # Errors
///
/// [`Error::Interrupted`] by Ctrl-C or `no`.
pub(super) fn review(
    dialog: &mut Dialog<'_>,
    answers: &Answers,
    plan: &Plan,
) -> Result<Verdict, Error> {
    let rows = rows(answers, plan);
    let width = rows
        .iter()
        .map(|(name, _)| name.len())
        .max()
        .unwrap_or_default();
    let mut lines = vec![String::new()];
    lines.extend(
        rows.iter()
            .map(|(name, value)| format!("  {name:width$}  {value}")),
    );
    dialog.show(&lines);
    let question = Question {
        title: "Write it?",
        flag: "--yes",
        help: &["y: yes   n: no   e: ask me again".to_owned()],
        default: "y",
    };
    let verdict = dialog.ask(question, |answer| match answer {
        "y" | "yes" => Ok(Some(Verdict::Write)),
        "e" | "edit" => Ok(Some(Verdict::Again)),
        "n" | "no" => Ok(None),
        other => Err(format!("\"{other}\" is none of y, n and e")),
    })?;
    verdict.ok_or(Error::Interrupted)
}

fn rows(answers: &Answers, plan: &Plan) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        (
            "project",
            format!("{}/ ({} files)", plan.path().display(), plan.files().len()),
        ),
        ("template", answers.template.name().to_owned()),
    ];
    let whom = answers
        .tenant
        .as_deref()
        .unwrap_or("the emulator; your own later");
    rows.push(("sign-in", format!("{}, {whom}", answers.kind.name())));
    if let Some(id) = &answers.client_id {
        rows.push(("client id", id.clone()));
    }
    let flows = &answers.flows;
    let flows = [
        &flows.sign_up_sign_in,
        &flows.edit_profile,
        &flows.reset_password,
    ];
    let flows: Vec<_> = flows.into_iter().flatten().map(String::as_str).collect();
    if !flows.is_empty() {
        rows.push(("user flows", flows.join(", ")));
    }
    if answers.secret.is_some() {
        rows.push(("client secret", "into .env".to_owned()));
    }
    if let Some(usual) = answers.template.default_store() {
        let store = answers.store.unwrap_or(usual);
        rows.push(("sessions", store.name().to_owned()));
    }
    if !answers.deploy.is_empty() {
        let names: Vec<_> = answers.deploy.iter().map(|it| it.name()).collect();
        rows.push(("files for", names.join(", ")));
    }
    rows
}
