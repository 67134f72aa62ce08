use super::{EmailCheck, SignedIn, Step, submission::Submission};
use crate::{
    address::Authority,
    authorize::AuthorizationRequest,
    directory::{UserFlow, UserFlowKind, Users},
    protocol::{Answer, Fault, Params},
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
}

/// The page that a journey is at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Screen {
    SignIn,
    SignUp,
    PasswordReset,
    ProfileEdit,
}

/// The answer that was given. It is given again when the same form arrives twice.
#[derive(Clone, Debug)]
pub(crate) struct Finished {
    pub(crate) at: i64,
    pub(crate) answer: Answer,
    pub(crate) session_id: Option<String>,
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

    /// Can people create an account here?
    pub(crate) fn offers_sign_up(&self) -> bool {
        self.user_flow.kind() == UserFlowKind::SignUpOrSignIn
    }

    /// Takes a submitted form.
    pub(crate) fn submit(&mut self, form: &Params, users: &Users, now: i64) -> Step {
        match Submission::read(form, self.screen, &self.email) {
            Submission::Cancel => Step::Refuse(Fault::Cancelled),
            Submission::SignIn => self.sign_in(form, users, now),
            Submission::SignInAs(object_id) => self.sign_in_as(&object_id, users, now),
            Submission::SendCode => self.send_code(form, now),
            Submission::VerifyCode => self.verify_code(form, users, now),
            Submission::ChangeEmail => {
                self.email.reset();
                Step::Show
            }
            Submission::CreateAccount => self.create_account(form, users, now),
            Submission::SetPassword => self.set_password(form, users, now),
            Submission::SaveProfile => self.save_profile(form, users),
        }
    }

    /// Follows a link of a page; `path` comes after `api/`, in lower case.
    pub(crate) fn follow(&mut self, path: &str, query: &Params) -> Step {
        let has_sign_in = self.user_flow.kind() != UserFlowKind::PasswordReset;
        match path {
            "combinedsigninandsignup/forgotpassword" if has_sign_in => {
                Step::Refuse(Fault::ForgotPassword)
            }
            "combinedsigninandsignup/unified" if self.offers_sign_up() => {
                let signs_up = query.get("local").as_deref() == Some("signup");
                self.screen = if signs_up {
                    Screen::SignUp
                } else {
                    Screen::SignIn
                };
                Step::Show
            }
            _ => Step::Show,
        }
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
