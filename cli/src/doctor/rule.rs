//! The one table of what doctor can find.

/// What doctor can find. A code is never used for something else.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Rule {
    Unusable,
    OtherProfile,
    NotFilledIn,
    SecretInConfiguration,
    SecretTracked,
    SecretNotIgnored,
    SecretReadable,
    SecretCopied,
    SecretMissing,
    SecretNeeded,
    SecretEnds,
    SecretEnded,
    GitFails,
    LargeSessions,
    OtherVersion,
    NotADependency,
    StoreNotBuilt,
    OtherStoreNotBuilt,
    NoLock,
    DamagedLock,
    Unreachable,
    WrongMetadata,
    ClockSkew,
    RedirectUri,
    Credentials,
    Registration,
    NotProbed,
    StoreFails,
    StoreEvicts,
    StoreForgets,
    StoreReadable,
    StoreNotProbed,
}

/// How bad it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Severity {
    /// Users cannot sign in, or a secret is at risk: doctor ends with exit code 6.
    Error,
    /// It works, and should be looked at.
    Warning,
    /// Good to know.
    Note,
}

struct Row {
    code: &'static str,
    severity: Severity,
    meaning: &'static str,
    advice: &'static str,
}

impl Rule {
    /// In the order of their codes.
    pub(crate) const ALL: [Self; 32] = [
        Self::Unusable,
        Self::OtherProfile,
        Self::NotFilledIn,
        Self::SecretInConfiguration,
        Self::SecretTracked,
        Self::SecretNotIgnored,
        Self::SecretReadable,
        Self::SecretCopied,
        Self::SecretMissing,
        Self::SecretNeeded,
        Self::SecretEnds,
        Self::SecretEnded,
        Self::GitFails,
        Self::LargeSessions,
        Self::OtherVersion,
        Self::NotADependency,
        Self::StoreNotBuilt,
        Self::OtherStoreNotBuilt,
        Self::NoLock,
        Self::DamagedLock,
        Self::Unreachable,
        Self::WrongMetadata,
        Self::ClockSkew,
        Self::RedirectUri,
        Self::Credentials,
        Self::Registration,
        Self::NotProbed,
        Self::StoreFails,
        Self::StoreEvicts,
        Self::StoreForgets,
        Self::StoreReadable,
        Self::StoreNotProbed,
    ];

    /// `B2C001`.
    pub(crate) fn code(self) -> &'static str {
        self.row().code
    }

    pub(crate) fn severity(self) -> Severity {
        self.row().severity
    }

    /// What it means, in a sentence.
    pub(crate) fn meaning(self) -> &'static str {
        self.row().meaning
    }

    /// What to do about it, in general.
    pub(crate) fn advice(self) -> &'static str {
        self.row().advice
    }

    #[expect(clippy::too_many_lines, reason = "one row per rule")]
    fn row(self) -> Row {
        use Severity::{Error, Note, Warning};
        let (code, severity, meaning, advice) = match self {
            Self::Unusable => (
                "B2C001",
                Error,
                "The app does not start with the active profile of b2c.toml.",
                "correct the setting that the finding names",
            ),
            Self::OtherProfile => (
                "B2C002",
                Warning,
                "The app would not start with another profile of b2c.toml.",
                "correct the setting before the profile is used",
            ),
            Self::NotFilledIn => (
                "B2C003",
                Note,
                "A profile that is not in use has settings or secrets that are still to be filled in.",
                "fill them in before the profile is used",
            ),
            Self::SecretInConfiguration => (
                "B2C010",
                Error,
                "A secret stands in b2c.toml itself.",
                "replace it by { env = \"NAME\" } or { file = \"path\" }, move it there, and issue a new one if the file was shared",
            ),
            Self::SecretTracked => (
                "B2C011",
                Error,
                "Git tracks a file with secrets.",
                "git rm --cached FILE, add it to .gitignore, and issue new secrets: the old ones stay in the history",
            ),
            Self::SecretNotIgnored => (
                "B2C012",
                Error,
                "Git does not ignore a file with secrets: the next `git add .` takes it along.",
                "add it to .gitignore (doctor --fix does)",
            ),
            Self::SecretReadable => (
                "B2C013",
                Warning,
                "Other users of this machine can read a file with secrets.",
                "chmod 600 FILE (doctor --fix does)",
            ),
            Self::SecretCopied => (
                "B2C014",
                Error,
                "A secret of .env stands in a file that git tracks.",
                "remove it there and issue a new one: the old one stays in the history",
            ),
            Self::SecretMissing => (
                "B2C015",
                Warning,
                ".env lacks a name that b2c.toml refers to.",
                "add it (doctor --fix does, without a value; a cookie key is generated)",
            ),
            Self::SecretNeeded => (
                "B2C016",
                Error,
                "The app does not start: the active profile refers to an environment variable without a value.",
                "set it in .env or in the environment (doctor --fix adds the name to .env; a cookie key is generated)",
            ),
            Self::SecretEnds => (
                "B2C017",
                Warning,
                "A client secret ends soon: nobody can sign in from then on.",
                "create a new one and set it beside the old one (second_client_secret) with its day as client_secret_expires, or both with `tenant set --client-secret-stdin --client-secret-expires DAY`",
            ),
            Self::SecretEnded => (
                "B2C018",
                Error,
                "The client secret of the active profile has ended: nobody can sign in.",
                "create a new one, then `tenant set --client-secret-stdin --client-secret-expires DAY`; if that was done, correct the day",
            ),
            Self::GitFails => (
                "B2C019",
                Warning,
                "Git cannot be asked which files it tracks or ignores, so nobody has looked whether secrets are among them.",
                "do what git says, then run doctor again",
            ),
            Self::LargeSessions => (
                "B2C020",
                Warning,
                "Typical sessions do not fit into cookies.",
                "ask for fewer [[downstream]] scopes, or choose another session.store",
            ),
            Self::OtherVersion => (
                "B2C030",
                Warning,
                "The project builds with another version of tower-b2c than this tool is of.",
                "cargo update -p tower-b2c, or install the tool of that version",
            ),
            Self::NotADependency => (
                "B2C031",
                Error,
                "Cargo.toml does not depend on tower-b2c.",
                "cargo add tower-b2c",
            ),
            Self::StoreNotBuilt => (
                "B2C032",
                Error,
                "The app does not start: it is built without the session store that its active profile names.",
                "cargo add tower-b2c --features STORE (doctor --fix does)",
            ),
            Self::OtherStoreNotBuilt => (
                "B2C033",
                Warning,
                "The app would not start with another profile: it is built without that session store.",
                "cargo add tower-b2c --features STORE (doctor --fix does)",
            ),
            Self::NoLock => (
                "B2C040",
                Note,
                "There is no b2c.lock, so edits cannot be told from what was generated.",
                "nothing to do, unless it was there before: restore it from version control",
            ),
            Self::DamagedLock => (
                "B2C041",
                Error,
                "What this tool wrote down of the project cannot be read.",
                "restore it from version control, or install the tool that wrote it",
            ),
            Self::Unreachable => (
                "B2C050",
                Error,
                "The provider did not answer.",
                "check the network, proxies and firewalls, and the provider's address",
            ),
            Self::WrongMetadata => (
                "B2C051",
                Error,
                "The provider's metadata or keys for a user flow cannot be used.",
                "compare tenant, instance, authority, kind and the user flow's name with the portal",
            ),
            Self::ClockSkew => (
                "B2C052",
                Warning,
                "This machine's clock differs from the provider's by more than a minute.",
                "synchronize it (NTP): tokens have times in them",
            ),
            Self::RedirectUri => (
                "B2C053",
                Error,
                "The redirect URI is not registered at the provider.",
                "register it under Authentication, platform \"Web\", letter by letter; at the emulator: --redirect-uri URI",
            ),
            Self::Credentials => (
                "B2C054",
                Error,
                "The provider does not accept the app's secret, certificate or assertion.",
                "create a new one under Certificates & secrets and set provider.client_secret to its value",
            ),
            Self::Registration => (
                "B2C055",
                Error,
                "The provider refuses the app's requests.",
                "`explain` the code that the finding names",
            ),
            Self::NotProbed => (
                "B2C056",
                Note,
                "The provider did not reveal whether the registration is right.",
                "sign in once to see it",
            ),
            Self::StoreFails => (
                "B2C060",
                Error,
                "The session store cannot be read, written or locked: nobody can sign in or stay signed in.",
                "check the address, the credentials and the rights of session.store, and that its server runs",
            ),
            Self::StoreEvicts => (
                "B2C061",
                Warning,
                "When Redis runs out of memory it throws sessions out that are in use: people are signed out.",
                "set maxmemory-policy to noeviction or volatile-ttl",
            ),
            Self::StoreForgets => (
                "B2C062",
                Note,
                "Redis keeps no log on disk: a restart signs people out, all or those since the last snapshot.",
                "set appendonly yes, if that is too many sign-ins anew",
            ),
            Self::StoreReadable => (
                "B2C063",
                Warning,
                "Other users of this machine can read or write the file that sessions are in.",
                "chmod 600 FILE, and the files beside it that begin with its name",
            ),
            Self::StoreNotProbed => (
                "B2C064",
                Note,
                "This tool itself, not the app, was built without session stores, so session.store was not tried.",
                "cargo install --locked cargo-b2c-init --features stores, or sign in once to see it",
            ),
        };
        Row {
            code,
            severity,
            meaning,
            advice,
        }
    }
}

impl Severity {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Rule;

    #[test]
    fn every_rule_has_a_code_of_its_own() {
        let codes: Vec<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
        assert!(codes.is_sorted_by(|one, next| one < next), "{codes:?}");
    }
}
