//! The links of the pages, and what scripts ask for in their stead.

use super::{Journey, Screen, Step};
use crate::{
    directory::UserFlowKind,
    protocol::{Fault, Params},
};

impl Journey {
    /// Follows a link of a page; `path` comes after `api/`, in lower case.
    pub(crate) fn follow(&mut self, path: &str, query: &Params) -> Step {
        let has_sign_in = self.user_flow.kind() != UserFlowKind::PasswordReset;
        match path {
            _ if path.ends_with("/confirmed") => {
                if query.get("rememberMe").as_deref() == Some("true") {
                    self.stays_signed_in = true;
                }
                self.outcome
                    .take()
                    .unwrap_or(Step::Refuse(Fault::StepIncomplete(SIGN_IN_PROFILE)))
            }
            "combinedsigninandsignup/forgotpassword" if has_sign_in => self.forgot_password(),
            "combinedsigninandsignup/cancelled" | "selfasserted/cancelled" => {
                Step::Refuse(Fault::Cancelled)
            }
            "combinedsigninandsignup/unified" if query.get("claimsexchange").is_some() => {
                self.go_to_provider(&query.trimmed("claimsexchange"))
            }
            "combinedsigninandsignup/unified" if self.is_past_sign_in() => Step::Show,
            "combinedsigninandsignup/unified" if self.offers_sign_up() => {
                let signs_up = query.get("local").as_deref() == Some("signup");
                self.screen = if signs_up {
                    Screen::SignUp
                } else {
                    Screen::SignIn
                };
                Step::Show
            }
            "combinedsigninandsignup/unified" if has_sign_in => {
                self.screen = Screen::SignIn;
                Step::Show
            }
            _ => Step::Show,
        }
    }

    /// Resets the password here, or tells the application to do it elsewhere.
    fn forgot_password(&mut self) -> Step {
        if !self.user_flow.settings.embedded_password_reset {
            return Step::Refuse(Fault::ForgotPassword);
        }
        if !self.is_past_sign_in() {
            self.screen = Screen::PasswordReset;
        }
        Step::Show
    }

    /// Has somebody signed in, who may not go back to become somebody else?
    fn is_past_sign_in(&self) -> bool {
        self.signed_in.is_some()
    }
}

/// How B2C calls the exchange that a script did not finish.
const SIGN_IN_PROFILE: &str = "SelfAsserted-LocalAccountSignin-Email";
