use minijinja::{Value, context};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Pages, frame::frame, settings::settings};
use crate::{
    directory::IdentityProvider,
    journey::{CustomField, EmailCheck, Journey, Problems, Profile, Screen},
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
            Screen::NewPassword => "new_password.html",
            Screen::SecondFactor => "second_factor.html",
            Screen::Federation => "federation.html",
        };
        let context = context! {
            ..self.page(journey, id, problems),
            ..email_check(journey.email(), form),
            ..values(journey, form),
            ..context! { custom => custom(journey, form, provider) },
            ..context! { users => users(journey, provider) },
            ..providers(journey, id),
            ..frame(
                provider.tenant.short_name(),
                Some(journey.user_flow.name()),
                &journey.correlation_id,
            )
        };
        self.render_in(journey.language, template, context)
    }

    /// Targets of forms and links, and what is wrong.
    fn page(&self, journey: &Journey, id: &str, problems: &Problems) -> Value {
        let link = |rest: &str| link(journey, id, rest);
        let headline = problems
            .headline()
            .map(|key| problems.filled_in(self.text(journey.language, key)));
        let errors = problems
            .fields()
            .iter()
            .map(|(name, key)| (&**name, Value::from(self.text(journey.language, key))))
            // A single problem is told by the headline alone.
            .chain([("only", Value::from(problems.fields().len() == 1))]);
        context! {
            form_action => link("SelfAsserted"),
            forgot_password => link("api/CombinedSigninAndSignup/forgotPassword"),
            sign_up => link("api/CombinedSigninAndSignup/unified?local=signup"),
            back_to_sign_in => link("api/CombinedSigninAndSignup/unified?local=signin"),
            offers_sign_up => journey.offers_sign_up(),
            csrf => &journey.csrf,
            settings => Value::from_safe_string(settings(journey, id)),
            offers_keep_signed_in => journey.user_flow.settings.keep_me_signed_in.is_some(),
            phone_code => &journey.second_factor().code,
            headline => headline,
            errors => Value::from_pairs(errors),
        }
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

/// The fields of the custom attributes that the user flow asks for.
fn custom(journey: &Journey, form: Option<&Params>, provider: &Provider) -> Value {
    let users = &provider.tenant.users;
    let fields = match form {
        Some(form) => CustomField::read(form, &journey.user_flow, users),
        None => {
            let user = journey.signed_in().map(|signed_in| &signed_in.user);
            CustomField::of(user, &journey.user_flow, users)
        }
    };
    let fields = fields.into_iter().map(|field| {
        context! {
            name => field.attribute.claim(),
            label => field.attribute.name,
            kind => field.attribute.kind.name(),
            value => field.text,
        }
    });
    fields.collect()
}

/// Those who can be chosen by a button: local accounts, or those of the identity provider.
fn users(journey: &Journey, provider: &Provider) -> Value {
    let domain = journey.identity_provider().map(IdentityProvider::domain);
    let users = provider.tenant.users.all().into_iter();
    let users = users.filter(|user| user.identity_provider.as_deref() == domain);
    users
        .take(MOST_BUTTONS)
        .map(|user| {
            context! {
                id => user.object_id,
                name => user.display_name,
                sign_in_name => user.sign_in_name,
            }
        })
        .collect()
}

/// The identity providers of the user flow, and the one that the person is at.
fn providers(journey: &Journey, id: &str) -> Value {
    let providers = journey.user_flow.settings.identity_providers.iter();
    let providers = providers.map(|provider| {
        let exchange = format!(
            "api/CombinedSigninAndSignup/unified?claimsexchange={}",
            utf8_percent_encode(provider.domain(), NON_ALPHANUMERIC)
        );
        context! {
            id => format!("{}Exchange", provider.name()),
            name => provider.name(),
            link => link(journey, id, &exchange),
        }
    });
    context! {
        providers => providers.collect::<Value>(),
        provider_name => journey.identity_provider().map(IdentityProvider::name),
    }
}

/// A link of this journey.
fn link(journey: &Journey, id: &str, rest: &str) -> String {
    let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
    let separator = if query.is_empty() { "" } else { "&" };
    let policy = journey.user_flow.name();
    let query = format!("{query}{separator}tx={id}&p={policy}");
    format!("{}?{query}", journey.authority.page(path))
}

/// More buttons than this are no convenience.
const MOST_BUTTONS: usize = 6;
