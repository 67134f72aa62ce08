//! Which permission of Microsoft Graph a request needs.

/// A permission, delegated or of an application.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Permission {
    /// To see whose tenant it is.
    Organization,
    /// To register applications, and what they are in the tenant.
    Application,
    /// To consent for everybody.
    Grant,
    /// To make user flows of B2C.
    UserFlow,
    /// To link an application to a flow of External ID.
    EventListener,
}

impl Permission {
    /// Microsoft's name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Organization => "Organization.Read.All",
            Self::Application => "Application.ReadWrite.All",
            Self::Grant => "DelegatedPermissionGrant.ReadWrite.All",
            Self::UserFlow => "IdentityUserFlow.ReadWrite.All",
            Self::EventListener => "EventListener.ReadWrite.All",
        }
    }

    /// What to do without it.
    pub(super) fn otherwise(self) -> &'static str {
        match self {
            Self::UserFlow => {
                "The Azure CLI's own app does not hold it: take a token of an app of yours that does, or \
                 leave the user flows to the portal with --no-user-flows"
            }
            Self::Grant => {
                "An administrator can grant consent in the portal instead (API permissions), with \
                 --no-consent here"
            }
            _ => "An administrator of the tenant can give it to you, or run this command",
        }
    }
}
