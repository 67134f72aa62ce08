//! The second factor: a code that comes to the emulator's phone.

use super::{Journey, Problems, Screen, Step};
use crate::{
    protocol::{Fault, Params},
    random,
};

/// The second factor of a sign-in.
#[derive(Clone, Debug, Default)]
pub(crate) struct SecondFactor {
    pub(crate) code: String,
    sent_at: i64,
    wrong: u32,
    pub(super) is_done: bool,
}

impl Journey {
    pub(crate) fn second_factor(&self) -> &SecondFactor {
        &self.second_factor
    }

    /// Sends a code and shows the page that asks for it.
    pub(super) fn ask_second_factor(&mut self, now: i64) -> Step {
        let signed_in = self.signed_in.as_ref();
        let has_phone = signed_in.is_some_and(|signed_in| signed_in.user.phone_number.is_some());
        if self.user_flow.settings.registered_phones_only && !has_phone {
            return Step::Refuse(Fault::NoPhone);
        }
        self.second_factor.code = random::six_digits();
        self.second_factor.sent_at = now;
        self.screen = Screen::SecondFactor;
        Step::Show
    }

    pub(super) fn check_second_factor(&mut self, form: &Params, now: i64) -> Step {
        let Some(signed_in) = self
            .signed_in
            .clone()
            .filter(|_| self.screen == Screen::SecondFactor)
        else {
            return Step::Show;
        };
        let factor = &mut self.second_factor;
        if now > factor.sent_at + CODE_LIFETIME {
            return Step::Retry(Problems::field("verificationCode", "codeExpired"));
        }
        if form.trimmed("verificationCode") == factor.code {
            factor.is_done = true;
            return self.authenticated(signed_in, now);
        }
        factor.wrong += 1;
        if factor.wrong >= MOST_ATTEMPTS {
            return Step::Refuse(Fault::MfaRetries);
        }
        Step::Retry(Problems::field("verificationCode", "codeWrong"))
    }
}

const CODE_LIFETIME: i64 = 10 * 60;
const MOST_ATTEMPTS: u32 = 5;
