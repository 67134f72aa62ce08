//! Which of two providers signs in who did not choose, while users move from one to the other.

/// `[routing]`: a part of the users goes to another provider than `app.default_provider`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct RoutingSettings {
    /// The provider that users move to.
    pub(crate) to: String,
    /// How many of a hundred browsers go there.
    pub(crate) percent: u8,
    /// Who goes there by their whole address, in lower case.
    pub(crate) emails: Vec<String>,
    /// Who goes there by what follows the `@`, in lower case.
    pub(crate) email_domains: Vec<String>,
}

impl RoutingSettings {
    /// Whether whoever has this address goes to the other provider. A domain is not those below it.
    pub(crate) fn names(&self, email: &str) -> bool {
        let email = email.trim().to_ascii_lowercase();
        let Some((_, domain)) = email.rsplit_once('@') else {
            return false;
        };
        self.emails.contains(&email) || self.email_domains.iter().any(|named| named == domain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_whole_or_by_its_domain() {
        let routing = RoutingSettings {
            to: "new".to_owned(),
            percent: 0,
            emails: vec!["ada@contoso.com".to_owned()],
            email_domains: vec!["fabrikam.com".to_owned()],
        };
        for named in ["ada@contoso.com", " Ada@Contoso.com ", "bob@FABRIKAM.com"] {
            assert!(routing.names(named), "{named}");
        }
        let others = [
            "bob@contoso.com",
            "bob@mail.fabrikam.com",
            "bob@notfabrikam.com",
            "fabrikam.com",
            "bob@fabrikam.com@elsewhere.example",
            "",
        ];
        for other in others {
            assert!(!routing.names(other), "{other}");
        }
    }
}
