//! The questions of `new`: at most ten, each about what no option has said.

use b2c_templates::{Deploy, Kind, Store, Template};

use super::answers::{Answers, Flows, NONE};
use super::provider::Provider;
use super::understand;
use crate::command::arguments::New;
use crate::error::Error;
use crate::project::NewProject;
use crate::tenant::is_several;
use crate::terminal::{Dialog, Question};

/// Asks what the options leave open. What was answered before is offered again.
///
/// # Errors
///
/// [`Error::Interrupted`] by Ctrl-C.
pub(super) fn ask(
    dialog: &mut Dialog<'_>,
    arguments: &New,
    mut answers: Answers,
) -> Result<Answers, Error> {
    if arguments.path.is_none() {
        path(dialog, arguments, &mut answers)?;
    }
    if arguments.template.is_none() && Template::ALL.len() > 1 {
        template(dialog, &mut answers)?;
    }
    if arguments.kind.is_none() {
        kind(dialog, &mut answers)?;
    }
    provider(dialog, arguments, &mut answers)?;
    if arguments.store.is_none() {
        store(dialog, &mut answers)?;
    }
    if arguments.extras.all().is_empty() {
        deploy(dialog, &mut answers)?;
    }
    Ok(answers)
}

fn path(dialog: &mut Dialog<'_>, arguments: &New, answers: &mut Answers) -> Result<(), Error> {
    let before = answers.path.to_string_lossy().into_owned();
    let question = Question {
        title: "Where to?",
        flag: "PATH",
        help: &[
            "A directory that is not there yet, or empty; its name is the project's.".to_owned(),
        ],
        default: if before.is_empty() { "my-app" } else { &before },
    };
    answers.path = dialog.ask(question, |answer| {
        let mut project = NewProject::at(answer);
        if let Some(name) = &arguments.name {
            project = project.name(name);
        }
        match project.plan() {
            Ok(_) => Ok(answer.into()),
            Err(error) => Err(error.to_string()),
        }
    })?;
    Ok(())
}

fn template(dialog: &mut Dialog<'_>, answers: &mut Answers) -> Result<(), Error> {
    let purpose = |template: &Template| match template.name() {
        "web-app" => "pages in a browser, rendered here",
        "api" => "an API that access tokens protect",
        "grpc" => "a gRPC service, with a web app in front of it",
        "bff" => "a server behind a front end in the browser",
        _ => "",
    };
    let help = options(Template::ALL.iter().map(|it| (it.name(), purpose(it))));
    let question = Question {
        title: "What sort of project?",
        flag: "--template",
        help: &help,
        default: answers.template.name(),
    };
    answers.template = dialog.ask(question, |answer| understand::one(&Template::ALL, answer))?;
    if answers.template.default_store().is_none() {
        answers.store = None;
    }
    Ok(())
}

fn kind(dialog: &mut Dialog<'_>, answers: &mut Answers) -> Result<(), Error> {
    let product = |kind: &Kind| match kind {
        Kind::B2c => "Azure AD B2C",
        Kind::ExternalId => "Microsoft Entra External ID",
        Kind::Entra => "Microsoft Entra ID",
        Kind::Oidc => "another OpenID provider",
    };
    let help = options(Kind::ALL.iter().map(|it| (it.name(), product(it))));
    let question = Question {
        title: "Who signs the users in?",
        flag: "--kind",
        help: &help,
        default: answers.kind.name(),
    };
    answers.kind = dialog.ask(question, |answer| understand::one(&Kind::ALL, answer))?;
    Ok(())
}

fn provider(dialog: &mut Dialog<'_>, arguments: &New, answers: &mut Answers) -> Result<(), Error> {
    let given = &arguments.provider;
    if given.whom().is_none() {
        tenant(dialog, given, answers)?;
    }
    if answers.tenant.is_none() {
        // Of a tenant that was answered before: nobody would see that they are still there.
        if given.client_id.is_none() {
            answers.client_id = None;
        }
        if !given.names_flows() {
            answers.flows = Flows::default();
        }
        if !given.client_secret_stdin {
            answers.secret = None;
        }
        return Ok(());
    }
    if given.client_id.is_none() {
        client_id(dialog, answers)?;
    }
    if answers.kind == Kind::B2c && !given.names_flows() {
        flows(dialog, answers)?;
    } else if answers.kind != Kind::B2c {
        answers.flows = Flows::default();
    }
    let has_secret = answers.template.default_store().is_some();
    if has_secret && answers.client_id.is_some() && !given.client_secret_stdin {
        secret(dialog, answers)?;
    }
    Ok(())
}

fn tenant(dialog: &mut Dialog<'_>, given: &Provider, answers: &mut Answers) -> Result<(), Error> {
    let is_oidc = answers.kind == Kind::Oidc;
    let later = "For later: the emulator needs none.".to_owned();
    let (title, flag, what) = if is_oidc {
        (
            "Your provider's issuer?",
            "--issuer",
            "Such as https://id.example.com.",
        )
    } else {
        (
            "Your tenant?",
            "--tenant",
            "A name such as contoso, a domain or a GUID.",
        )
    };
    let before = answers.tenant.clone().unwrap_or_else(|| LATER.to_owned());
    let question = Question {
        title,
        flag,
        help: &[what.to_owned(), later],
        default: &before,
    };
    answers.tenant = dialog.ask(question, |answer| {
        if answer == LATER {
            Ok(None)
        } else if is_oidc {
            understand::issuer(answer).map(Some)
        } else {
            let tenant = understand::tenant(answer)?;
            if is_several(&tenant) && given.allowed_tenant.is_empty() {
                return Err(format!(
                    "\"{tenant}\" stands for many tenants: start again with --tenant {tenant} and \
                     --allowed-tenant, the GUID of each whose users may sign in"
                ));
            }
            Ok(Some(tenant))
        }
    })?;
    Ok(())
}

fn client_id(dialog: &mut Dialog<'_>, answers: &mut Answers) -> Result<(), Error> {
    let kind = answers.kind;
    let mut help = vec!["Of the app's registration.".to_owned()];
    if kind != Kind::Oidc {
        help.push("For later: `cargo b2c-init register` makes one.".to_owned());
    }
    let before = answers
        .client_id
        .clone()
        .unwrap_or_else(|| LATER.to_owned());
    let question = Question {
        title: "The application (client) id?",
        flag: "--client-id",
        help: &help,
        default: &before,
    };
    answers.client_id = dialog.ask(question, |answer| {
        if answer == LATER {
            Ok(None)
        } else {
            understand::client_id(kind, answer).map(Some)
        }
    })?;
    Ok(())
}

fn flows(dialog: &mut Dialog<'_>, answers: &mut Answers) -> Result<(), Error> {
    let flows = &answers.flows;
    let known = [
        flows
            .sign_up_sign_in
            .as_deref()
            .unwrap_or("B2C_1_signupsignin1"),
        flows
            .edit_profile
            .as_deref()
            .unwrap_or("B2C_1_profileediting1"),
        flows
            .reset_password
            .as_deref()
            .unwrap_or("B2C_1_passwordreset1"),
    ];
    let question = Question {
        title: "The user flows?",
        flag: "--sign-up-sign-in, --edit-profile, --reset-password",
        help: &[
            "To sign up and sign in, to edit the profile, to reset the password, divided by commas."
                .to_owned(),
            format!("{NONE} for one of the last two that there is not."),
        ],
        default: &known.join(", "),
    };
    answers.flows = dialog.ask(question, understand::flows)?;
    Ok(())
}

fn secret(dialog: &mut Dialog<'_>, answers: &mut Answers) -> Result<(), Error> {
    let question = Question {
        title: "The client secret?",
        flag: "--client-secret-stdin",
        help: &["It is not shown, and goes into .env alone.".to_owned()],
        default: LATER,
    };
    let secret = dialog.ask_secret(question)?;
    if !secret.is_empty() {
        answers.secret = Some(secret);
    }
    Ok(())
}

fn store(dialog: &mut Dialog<'_>, answers: &mut Answers) -> Result<(), Error> {
    let Some(usual) = answers.template.default_store() else {
        return Ok(());
    };
    let place = |store: &Store| match store {
        Store::Memory => "in the process: one instance",
        Store::Cookie => "in the browser, sealed",
        Store::Redis => "in Redis or Valkey",
        Store::Postgres => "in PostgreSQL",
        Store::Sqlite => "in a file of this machine",
    };
    let help = options(Store::ALL.iter().map(|it| (it.name(), place(it))));
    let question = Question {
        title: "Where are sessions kept?",
        flag: "--store",
        help: &help,
        default: answers.store.unwrap_or(usual).name(),
    };
    answers.store = Some(dialog.ask(question, |answer| understand::one(&Store::ALL, answer))?);
    Ok(())
}

fn deploy(dialog: &mut Dialog<'_>, answers: &mut Answers) -> Result<(), Error> {
    let all: Vec<Deploy> = Deploy::PLACES.into_iter().chain(Deploy::CHECKS).collect();
    let names: Vec<_> = all.iter().map(|it| it.name()).collect();
    let before: Vec<_> = answers.deploy.iter().map(|it| it.name()).collect();
    let question = Question {
        title: "Files to run and check it with?",
        flag: "--deploy, --ci",
        help: &[format!(
            "Of {}, divided by commas, or {NONE}.",
            names.join(", ")
        )],
        default: &if before.is_empty() {
            NONE.to_owned()
        } else {
            before.join(", ")
        },
    };
    answers.deploy = dialog.ask(question, |answer| understand::several(&all, answer))?;
    Ok(())
}

/// `1  web-app  pages in a browser`, in columns.
fn options<'a>(all: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Vec<String> {
    let width = all.clone().map(|(name, _)| name.len()).max();
    let width = width.unwrap_or_default();
    let line = |(index, (name, what))| format!("{}  {name:width$}  {what}", index + 1);
    all.enumerate().map(line).collect()
}

const LATER: &str = "later";
