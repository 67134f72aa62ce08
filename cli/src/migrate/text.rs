//! What pages, scripts and files of a deployment use of B2C, line by line.

use super::claims::{Paths, is_custom, of_claim};
use super::finding::{Finding, Severity};
use super::topic::Topic;

/// What a page or a script uses.
pub(super) fn of_page(file: &str, text: &str, paths: &Paths) -> Vec<Finding> {
    let mut found = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        for word in members(line) {
            let topic = of_claim(word).filter(|_| !matches!(word, "sub" | "oid" | "acr" | "idp"));
            if let Some(topic) = topic {
                found.push(Finding::new(
                    topic,
                    Severity::MustChange,
                    file,
                    number,
                    word,
                ));
            }
        }
        for (path, topic, guard) in [
            (&paths.edit_profile, Topic::EditProfile, "can_edit_profile"),
            (
                &paths.reset_password,
                Topic::ResetPassword,
                "can_reset_password",
            ),
        ] {
            if has_path(line, path) {
                let guarded = text.contains(guard);
                let severity = if guarded {
                    Severity::ByItself
                } else {
                    Severity::MustChange
                };
                found.push(Finding::new(topic, severity, file, number, path));
            }
        }
        found.extend(address(file, line, number));
    }
    found
}

/// What a file uses that the app is run with. `secret` is the variable of B2C's client secret, `new` that of
/// the new registration's.
pub(super) fn of_deployment(
    file: &str,
    text: &str,
    secret: Option<&str>,
    new: &str,
) -> Vec<Finding> {
    let mut found = Vec::new();
    // Where both are, there is nothing to add.
    let secret = secret.filter(|_| !text.contains(new));
    for (line, number) in text.lines().zip(1..) {
        if line.trim_start().starts_with('#') {
            continue;
        }
        let word = |part: &str| line.split(not_in_name).find(|word| word.starts_with(part));
        if let Some(variable) = word("B2C__PROVIDER__") {
            let topic = Topic::Environment;
            found.push(Finding::new(
                topic,
                Severity::MustChange,
                file,
                number,
                variable,
            ));
        }
        if let Some(secret) = secret.filter(|secret| word(secret) == Some(*secret)) {
            let topic = Topic::ClientSecret;
            found.push(Finding::new(
                topic,
                Severity::MustChange,
                file,
                number,
                secret,
            ));
        }
        found.extend(address(file, line, number));
    }
    found
}

fn address(file: &str, line: &str, number: usize) -> Option<Finding> {
    let at = line.find(".b2clogin.")?;
    let host = |c: char| !(c.is_ascii_alphanumeric() || c == '-' || c == '.');
    let start = line.get(..at)?.rfind(host).map_or(0, |before| before + 1);
    let host = line.get(start..)?.split(host).next()?;
    Some(Finding::new(
        Topic::Address,
        Severity::MustChange,
        file,
        number,
        host,
    ))
}

/// Names that follow a point or a quotation mark: `claims.emails`, `claims["emails"]`.
fn members(line: &str) -> impl Iterator<Item = &str> {
    let starts = line
        .char_indices()
        .filter(|(_, c)| matches!(c, '.' | '"' | '\''));
    let words = starts.filter_map(|(at, _)| line.get(at + 1..)?.split(not_in_name).next());
    words.filter(|word| of_claim(word).is_some() || is_custom(word))
}

fn not_in_name(c: char) -> bool {
    !(c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a path stands there whole.
fn has_path(line: &str, path: &str) -> bool {
    let ends =
        |rest: &str| !rest.starts_with(|c: char| c.is_ascii_alphanumeric() || "-_/".contains(c));
    let mut found = line.match_indices(path);
    found.any(|(at, _)| line.get(at + path.len()..).is_some_and(ends))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_claims_paths_and_addresses() {
        let paths = Paths {
            edit_profile: "/edit-profile".to_owned(),
            reset_password: "/reset-password".to_owned(),
        };
        let text = "<p>Your emails. The tfp is nice.</p>\n\
                    {{ claims.emails[0] }} {{ claims[\"extension_Loyalty\"] }}\n\
                    <a href=\"/edit-profile\">Edit</a> /edit-profiles\n\
                    {% if can_reset_password %}<a href='/reset-password?x'>\n\
                    fetch('https://contoso.b2clogin.com/contoso')";
        let found = of_page("a.html", text, &paths);
        let line = |one: &Finding| {
            let line = one.line.unwrap_or_default();
            format!(
                "{:?} {} {line} {}",
                one.topic,
                one.severity.name(),
                one.what
            )
        };
        let found: Vec<_> = found.iter().map(line).collect();
        assert_eq!(
            found,
            [
                "Emails must-change 2 emails",
                "CustomAttribute must-change 2 extension_Loyalty",
                "EditProfile must-change 3 /edit-profile",
                "ResetPassword by-itself 4 /reset-password",
                "Address must-change 5 contoso.b2clogin.com",
            ]
        );
    }

    #[test]
    fn deployments_name_variables_that_get_another_meaning() {
        let text = "# B2C__PROVIDER__TENANT\n  - name: B2C__PROVIDER__CLIENT_ID\n\
                    B2C_CLIENT_SECRET=very-secret\nB2C_CLIENT_SECRET_2=x";
        let found = of_deployment(".env", text, Some("B2C_CLIENT_SECRET"), "NEW_SECRET");
        let whats: Vec<_> = found
            .iter()
            .map(|one| (one.line, one.what.as_str()))
            .collect();
        assert_eq!(
            whats,
            [
                (Some(2), "B2C__PROVIDER__CLIENT_ID"),
                (Some(3), "B2C_CLIENT_SECRET")
            ]
        );
    }
}
