use super::{
    EmailCheck, Problems, SecondFactor, SignedIn, Step, request_validation::unsafe_field,
    submission::Submission,
};
use crate::{
    address::Authority,
    authorize::AuthorizationRequest,
    directory::{IdentityProvider, UserFlow, UserFlowKind, Users},
    protocol::{Answer, Fault, Language, Params},
};

/// A person on the way through a user flow.
#[derive(Clone, Debug)]
pub(crate) struct Journey {
    pub(crate) authority: Authority,
    pub(crate) user_flow: UserFlow,
    pub(crate) request: AuthorizationRequest,
    pub(crate) correlation_id: String,
    /// The value of the cookie that ties the journey to one browser.
    pub(crate) csrf: String,
    pub(crate) finished: Option<Finished>,
    pub(super) screen: Screen,
    pub(super) email: EmailCheck,
    /// Who has signed in on the way to another screen.
    pub(super) signed_in: Option<SignedIn>,
    pub(super) second_factor: SecondFactor,
    pub(super) identity_provider: Option<IdentityProvider>,
    /// "Keep me signed in" was ticked.
    pub(super) stays_signed_in: bool,
    /// How many forms were refused.
    pub(super) refusals: u32,
    /// What a script's submission has led to, until it asks for the outcome.
    pub(crate) outcome: Option<Step>,
    pub(crate) language: Language,
    /// People of every tenant of Entra ID may sign in.
    pub(crate) is_open_to_all: bool,
    /// The tenant of the person, if it is another one than the journey's.
    pub(crate) home_tenant: Option<String>,
}

/// The page that a journey is at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Screen {
    SignIn,
    SignUp,
    PasswordReset,
    ProfileEdit,
    /// An administrator demands another password.
    NewPassword,
    SecondFactor,
    /// An identity provider's page.
    Federation,
}

/// The answer that was given. It is given again when the same form arrives twice.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub(crate) at: i64,
    pub(crate) answer: Answer,
    pub(crate) session_id: Option<String>,
    pub(crate) keep_for_days: Option<u32>,
}

impl Journey {
    pub(crate) fn screen(&self) -> Screen {
        self.screen
    }

    pub(crate) fn email(&self) -> &EmailCheck {
        &self.email
    }

    pub(crate) fn signed_in(&self) -> Option<&SignedIn> {
        self.signed_in.as_ref()
    }

    /// For how many days the session outlives the browser, if the person wants that.
    pub(crate) fn keep_for_days(&self) -> Option<u32> {
        let days = self.user_flow.settings.keep_me_signed_in;
        days.filter(|_| self.stays_signed_in)
    }

    /// Can people create an account here?
    pub(crate) fn offers_sign_up(&self) -> bool {
        self.user_flow.kind() == UserFlowKind::SignUpOrSignIn
    }

    /// Takes a submitted form.
    pub(crate) fn submit(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        let step = match unsafe_field(form) {
            Some(name) => Step::Retry(Problems::unsafe_input(name)),
            None => self.work(form, users, now),
        };
        if matches!(step, Step::Retry(_)) {
            self.refusals += 1;
            if self.refusals >= MOST_REFUSALS {
                return Step::Refuse(Fault::StepRetries);
            }
        }
        step
    }

    fn work(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        match Submission::read(form, self.screen, &self.email) {
            Submission::Cancel => Step::Refuse(Fault::Cancelled),
            Submission::SignIn if self.screen != Screen::SignIn => Step::Show,
            Submission::SignInAs(_) if !self.takes_shortcuts() => Step::Show,
            Submission::SignIn => self.sign_in(form, users, now),
            Submission::SignInAs(object_id) => self.sign_in_as(&object_id, users, now),
            Submission::SendCode => self.send_code(form, now),
            Submission::VerifyCode => self.verify_code(form, users, now),
            Submission::ChangeEmail => {
                self.email.reset();
                Step::Show
            }
            Submission::CreateAccount => self.create_account(form, users, now),
            Submission::SetPassword if self.screen == Screen::NewPassword => {
                self.set_new_password(form, users, now)
            }
            Submission::SetPassword => self.set_password(form, users, now),
            Submission::SecondFactor => self.check_second_factor(form, now),
            Submission::AnotherCode if self.screen == Screen::SecondFactor => {
                self.ask_second_factor(now)
            }
            Submission::AnotherCode => Step::Show,
            Submission::Accept => self.accept(form, users, now),
            Submission::Deny => {
                self.provider_fails(Fault::ProviderDenied("access_denied".to_owned()))
            }
            Submission::Unavailable => self.provider_fails(Fault::ProviderUnavailable),
            Submission::SaveProfile => self.save_profile(form, users),
        }
    }

    /// May one of the emulator's buttons stand for a password here?
    fn takes_shortcuts(&self) -> bool {
        self.screen == Screen::SignIn && self.user_flow.kind() != UserFlowKind::PasswordReset
    }

    fn send_code(&mut self, form: &Params, now: i64) -> Step {
        if !matches!(self.screen, Screen::SignUp | Screen::PasswordReset) {
            return Step::Show;
        }
        match self.email.send(form, now) {
            Ok(()) => Step::Show,
            Err(problems) => Step::Retry(problems),
        }
    }

    fn verify_code(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        match self.email.verify(form, now) {
            Ok(()) if self.screen == Screen::PasswordReset => self.find_account(users),
            Ok(()) => Step::Show,
            Err(problems) => Step::Retry(problems),
        }
    }
}

/// More mistakes than this are no mistakes.
const MOST_REFUSALS: u32 = 50;
