use minijinja::{Value, context};

use super::{Pages, frame::frame};
use crate::{
    journey::{EmailCheck, Journey, Problems, Profile, Screen},
    protocol::Params,
    provider::Provider,
};

impl Pages {
    /// The present screen of a journey. `form` is what was typed, if it has to be typed again.
    pub(crate) fn screen(
        &self,
        journey: &Journey,
        id: &str,
        form: Option<&Params>,
        problems: &Problems,
        provider: &Provider,
    ) -> String {
        let template = match journey.screen() {
            Screen::SignIn => "sign_in.html",
            Screen::SignUp => "sign_up.html",
            Screen::PasswordReset => "password_reset.html",
            Screen::ProfileEdit => "profile_edit.html",
        };
        let context = context! {
            ..page(journey, id, problems),
            ..email_check(journey.email(), form),
            ..values(journey, form),
            ..context! { users => seeded_users(provider) },
            ..frame(
                provider.tenant.short_name(),
                Some(journey.user_flow.name()),
                &journey.correlation_id,
            )
        };
        self.render(template, context)
    }
}

/// Targets of forms and links, and what is wrong.
fn page(journey: &Journey, id: &str, problems: &Problems) -> Value {
    let link = |rest: &str| {
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let separator = if query.is_empty() { "" } else { "&" };
        let policy = journey.user_flow.name();
        let query = format!("{query}{separator}tx={id}&p={policy}");
        format!("{}?{query}", journey.authority.page(path))
    };
    let errors = problems
        .fields()
        .iter()
        .map(|(name, text)| (*name, Value::from(text)))
        // A single problem is told by the headline alone.
        .chain([("only", Value::from(problems.fields().len() == 1))]);
    context! {
        form_action => link("SelfAsserted"),
        forgot_password => link("api/CombinedSigninAndSignup/forgotPassword"),
        sign_up => link("api/CombinedSigninAndSignup/unified?local=signup"),
        back_to_sign_in => link("api/CombinedSigninAndSignup/unified?local=signin"),
        offers_sign_up => journey.offers_sign_up(),
        csrf => &journey.csrf,
        headline => problems.headline().unwrap_or_default(),
        errors => Value::from_pairs(errors),
    }
}

fn email_check(check: &EmailCheck, form: Option<&Params>) -> Value {
    let typed = form.map(|form| form.trimmed("email")).unwrap_or_default();
    let (step, email, code) = match check {
        EmailCheck::Unknown => ("email", typed.as_str(), ""),
        EmailCheck::CodeSent(sent) => ("code", sent.email.as_str(), sent.code.as_str()),
        EmailCheck::Verified(email) => ("verified", email.as_str(), ""),
    };
    context! { step => step, email => email, mailbox_code => code }
}

/// What the fields contain: what was typed, else what is known.
fn values(journey: &Journey, form: Option<&Params>) -> Value {
    let profile = match (form, journey.signed_in()) {
        (Some(form), _) => Profile::read(form),
        (None, Some(signed_in)) => Profile::of(&signed_in.user),
        (None, None) => Profile::default(),
    };
    let sign_in_name = form
        .map(|form| form.trimmed("signInName"))
        .or_else(|| journey.request.login_hint.clone())
        .unwrap_or_default();
    let fields = profile
        .fields()
        .into_iter()
        .chain([("signInName", sign_in_name.as_str())])
        .map(|(name, value)| (name, Value::from(value)));
    context! { values => Value::from_pairs(fields) }
}

fn seeded_users(provider: &Provider) -> Value {
    let users = provider.tenant.users.all().into_iter().take(MOST_BUTTONS);
    users
        .map(|user| {
            context! {
                id => user.object_id,
                name => user.display_name,
                sign_in_name => user.sign_in_name,
            }
        })
        .collect()
}

/// More buttons than this are no convenience.
const MOST_BUTTONS: usize = 6;
