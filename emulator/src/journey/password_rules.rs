use super::Problems;
use crate::protocol::Params;

/// Reads a new password and its repetition, and checks them by B2C's "strong" rule.
pub(super) fn read_new_password(form: &Params, problems: &mut Problems) -> String {
    let password = form.get("newPassword").unwrap_or_default();
    let repeated = form.get("reenterPassword").unwrap_or_default();
    problems.require("newPassword", &password);
    problems.require("reenterPassword", &repeated);
    if !(8..=64).contains(&password.chars().count()) {
        problems.add("newPassword", "passwordLength");
    }
    if classes(&password) < 3 {
        problems.add("newPassword", "passwordClasses");
    }
    if password != repeated {
        problems.add("reenterPassword", "passwordsDiffer");
    }
    password
}

/// Counts the kinds of characters: lower case, upper case, digits, symbols.
fn classes(password: &str) -> usize {
    [
        password.chars().any(char::is_lowercase),
        password.chars().any(char::is_uppercase),
        password.chars().any(char::is_numeric),
        password.chars().any(|letter| !letter.is_alphanumeric()),
    ]
    .into_iter()
    .filter(|&present| present)
    .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(form: &str) -> Option<&'static str> {
        let mut problems = Problems::default();
        read_new_password(&Params::parse(form), &mut problems);
        problems.headline()
    }

    #[test]
    fn asks_for_three_kinds_of_characters() {
        assert_eq!(
            problem("newPassword=Passw0rd&reenterPassword=Passw0rd"),
            None
        );
        assert_eq!(
            problem("newPassword=password1&reenterPassword=password1"),
            Some("passwordClasses")
        );
        assert_eq!(
            problem("newPassword=Pw0!&reenterPassword=Pw0!"),
            Some("passwordLength")
        );
        assert_eq!(
            problem("newPassword=Passw0rd&reenterPassword=x"),
            Some("passwordsDiffer")
        );
        assert!(problem("").is_some());
    }
}
