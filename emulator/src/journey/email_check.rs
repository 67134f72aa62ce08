use super::Problems;
use crate::{protocol::Params, random};

/// Does an e-mail address belong to the person in front of the screen?
#[derive(Clone, Debug, Default)]
pub(crate) enum EmailCheck {
    #[default]
    Unknown,
    CodeSent(SentCode),
    Verified(String),
}

/// A code in the emulator's mailbox.
#[derive(Clone, Debug)]
pub(crate) struct SentCode {
    pub(crate) email: String,
    pub(crate) code: String,
    sent_at: i64,
    attempts: u32,
}

impl EmailCheck {
    /// The address, verified or not.
    pub(crate) fn email(&self) -> Option<&str> {
        match self {
            Self::Unknown => None,
            Self::CodeSent(sent) => Some(&sent.email),
            Self::Verified(email) => Some(email),
        }
    }

    pub(crate) fn verified_email(&self) -> Option<&str> {
        match self {
            Self::Verified(email) => Some(email),
            _ => None,
        }
    }

    /// Sends a code to the address in the form, or again to the one that got the last code.
    pub(super) fn send(&mut self, form: &Params, now: i64) -> Result<(), Problems> {
        let typed = form.trimmed("email");
        let email = if typed.is_empty() {
            self.email().unwrap_or_default().to_owned()
        } else {
            typed
        };
        if email.is_empty() {
            return Err(Problems::field("email", "required"));
        }
        if !is_email(&email) {
            return Err(Problems::field("email", "invalidEmail"));
        }
        *self = Self::CodeSent(SentCode {
            email,
            code: random::six_digits(),
            sent_at: now,
            attempts: 0,
        });
        Ok(())
    }

    /// Compares the code in the form with the one that was sent.
    pub(super) fn verify(&mut self, form: &Params, now: i64) -> Result<(), Problems> {
        let Self::CodeSent(sent) = self else {
            return Ok(());
        };
        let problem = |text: &'static str| Err(Problems::field("verificationCode", text));
        if now > sent.sent_at + CODE_LIFETIME {
            return problem("codeExpired");
        }
        if sent.attempts >= MOST_ATTEMPTS {
            return problem("codeTooOften");
        }
        let typed = form.trimmed("verificationCode");
        if typed.is_empty() {
            return problem("required");
        }
        if typed != sent.code {
            sent.attempts += 1;
            return problem("codeWrong");
        }
        *self = Self::Verified(std::mem::take(&mut sent.email));
        Ok(())
    }

    /// Starts over with another address.
    pub(super) fn reset(&mut self) {
        *self = Self::Unknown;
    }
}

pub(super) fn is_email(text: &str) -> bool {
    let forbidden = |letter: char| letter.is_whitespace() || letter.is_control();
    text.len() <= LONGEST_EMAIL
        && !text.contains(forbidden)
        && text.split_once('@').is_some_and(|(name, domain)| {
            !name.is_empty()
                && !domain.contains('@')
                && domain.split('.').count() > 1
                && domain.split('.').all(|label| !label.is_empty())
        })
}

const CODE_LIFETIME: i64 = 20 * 60;
const MOST_ATTEMPTS: u32 = 5;
const LONGEST_EMAIL: usize = 113;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_an_address_when_it_sees_one() {
        for good in ["a@b.c", "first.last+tag@sub.example.com", "ü@example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["", "a", "@b.c", "a@", "a@b", "a@b.", "a@@b.c", "a b@c.d"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn gives_five_attempts_per_code() {
        let mut check = EmailCheck::default();
        check.send(&Params::parse("email=a@b.c"), 0).unwrap();
        for _ in 0..5 {
            assert!(
                check
                    .verify(&Params::parse("verificationCode=x"), 1)
                    .is_err()
            );
        }
        let EmailCheck::CodeSent(sent) = &check else {
            panic!()
        };
        let right = Params::parse(&format!("verificationCode={}", sent.code));
        assert!(check.verify(&right, 1).is_err());
        check.send(&Params::default(), 2).unwrap();
        let EmailCheck::CodeSent(sent) = &check else {
            panic!()
        };
        let right = Params::parse(&format!("verificationCode={}", sent.code));
        assert!(check.clone().verify(&right, 2 + CODE_LIFETIME + 1).is_err());
        assert!(check.verify(&right, 3).is_ok());
        assert_eq!(check.verified_email(), Some("a@b.c"));
    }
}
