//! What an answer means, or why it means nothing.

use std::fmt::Display;

use b2c_templates::Kind;
use url::Url;

use super::answers::{Flows, NONE};
use crate::guid::is_guid;

/// One of some things, by its name or its number.
pub(super) fn one<T: Copy + Display>(all: &[T], answer: &str) -> Result<T, String> {
    let number = answer.parse::<usize>().ok();
    let by_number = number.and_then(|number| all.get(number.checked_sub(1)?));
    let by_name = all.iter().find(|it| it.to_string() == answer);
    by_name.or(by_number).copied().ok_or_else(|| {
        let names: Vec<_> = all.iter().map(ToString::to_string).collect();
        format!("\"{answer}\" is none of them: {}", names.join(", "))
    })
}

/// Some things, divided by commas; `none` for none.
pub(super) fn several<T: Copy + Display + PartialEq>(
    all: &[T],
    answer: &str,
) -> Result<Vec<T>, String> {
    if answer == NONE {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for name in answer
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
    {
        let one = one(all, name)?;
        if !found.contains(&one) {
            found.push(one);
        }
    }
    Ok(found)
}

/// A tenant's name, domain or GUID.
pub(super) fn tenant(answer: &str) -> Result<String, String> {
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-');
    if answer.chars().all(valid) && answer.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        Ok(answer.to_owned())
    } else {
        Err(format!(
            "\"{answer}\" is no tenant: a name such as contoso, a domain such as \
             contoso.onmicrosoft.com, or a GUID"
        ))
    }
}

/// The issuer of an OpenID provider.
pub(super) fn issuer(answer: &str) -> Result<String, String> {
    let url = Url::parse(answer).ok();
    match url.filter(|url| url.scheme() == "https" && url.query().is_none()) {
        Some(_) => Ok(answer.to_owned()),
        None => Err(format!(
            "\"{answer}\" is no issuer: an https URL without a query"
        )),
    }
}

/// An application's id: a GUID at Microsoft, anything elsewhere.
pub(super) fn client_id(kind: Kind, answer: &str) -> Result<String, String> {
    if is_guid(answer) || (kind == Kind::Oidc && !answer.contains(char::is_whitespace)) {
        Ok(answer.to_owned())
    } else {
        Err(format!(
            "\"{answer}\" is no application id, which is a GUID such as \
             00001111-aaaa-2222-bbbb-3333cccc4444"
        ))
    }
}

/// One to three user flows.
pub(super) fn flows(answer: &str) -> Result<Flows, String> {
    let names: Vec<&str> = answer.split(',').map(str::trim).collect();
    let is_name = |name: &&str| {
        let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
        !name.is_empty() && name.chars().all(valid)
    };
    if let Some(bad) = names.iter().find(|name| !is_name(name)) {
        return Err(format!(
            "\"{bad}\" is no user flow, which is a name such as B2C_1_susi"
        ));
    }
    if names.len() > 3 || names.first() == Some(&NONE) {
        return Err("one to three names: the first one signs people in".to_owned());
    }
    let name = |index: usize| names.get(index).map(|name| (*name).to_owned());
    let or_none = |index: usize| Some(name(index).unwrap_or_else(|| NONE.to_owned()));
    Ok(Flows {
        sign_up_sign_in: name(0),
        edit_profile: or_none(1),
        reset_password: or_none(2),
    })
}

#[cfg(test)]
mod tests {
    use b2c_templates::{Deploy, Kind, Store};

    use super::{client_id, flows, issuer, one, several, tenant};

    #[test]
    fn things_are_named_or_numbered() {
        assert_eq!(one(&Store::ALL, "redis"), Ok(Store::Redis));
        assert_eq!(one(&Store::ALL, "3"), Ok(Store::Redis));
        for bad in ["0", "6", "Redis", ""] {
            let reason = one(&Store::ALL, bad).expect_err("refused");
            assert!(reason.contains("memory, cookie, redis"), "{reason}");
        }
        assert_eq!(several(&Deploy::PLACES, "none"), Ok(vec![]));
        let two = Ok(vec![Deploy::Docker, Deploy::Systemd]);
        assert_eq!(several(&Deploy::PLACES, "docker, 5,docker,"), two);
        assert!(several(&Deploy::PLACES, "docker, nomad").is_err());
    }

    #[test]
    fn mistakes_are_told_before_anything_is_written() {
        assert!(tenant("contoso.onmicrosoft.com").is_ok());
        for bad in ["<your tenant>", "con toso", "https://contoso", "-"] {
            assert!(tenant(bad).is_err(), "{bad}");
        }
        assert!(issuer("https://id.example.com/realm").is_ok());
        assert!(issuer("http://id.example.com").is_err() && issuer("id").is_err());
        let id = "00001111-aaaa-2222-bbbb-3333cccc4444";
        assert!(client_id(Kind::B2c, id).is_ok() && client_id(Kind::Oidc, "shop").is_ok());
        assert!(client_id(Kind::B2c, "shop").is_err() && client_id(Kind::Entra, &id[1..]).is_err());
    }

    #[test]
    fn user_flows_come_in_their_order() {
        let found = flows("B2C_1_a, none, B2C_1_c").expect("names");
        assert_eq!(found.edit_profile.as_deref(), Some("none"));
        assert_eq!(found.reset_password.as_deref(), Some("B2C_1_c"));
        let one = flows("B2C_1_a").expect("a name");
        assert_eq!(one.edit_profile.as_deref(), Some("none"));
        for bad in ["none", "a b", "", "a,b,c,d", "a,,c"] {
            assert!(flows(bad).is_err(), "{bad}");
        }
    }
}
