//! Failures of the service itself: no request brings them about, a misbehaviour orders them.

use super::channel::Channel::{self, Page, Redirect, Token};

/// A failure with what B2C says of it; names in the text are those of Microsoft's examples.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct ServiceFault {
    pub(crate) code: u32,
    pub(crate) text: &'static str,
    /// `error` on the redirect.
    pub(crate) on_redirect: &'static str,
    /// `error` at the token endpoint.
    pub(crate) at_token: &'static str,
    pub(crate) channels: &'static [Channel],
}

impl ServiceFault {
    pub(crate) fn named(code: u32) -> Option<&'static Self> {
        ALL.iter().find(|fault| fault.code == code)
    }

    pub(crate) fn all() -> &'static [Self] {
        &ALL
    }

    /// At the application's redirect URI alone.
    const fn redirect(code: u32, text: &'static str) -> Self {
        Self {
            code,
            text,
            on_redirect: "server_error",
            at_token: "server_error",
            channels: &[Redirect],
        }
    }

    /// At the redirect URI and at the token endpoint.
    const fn anywhere(code: u32, error: &'static str, text: &'static str) -> Self {
        Self {
            code,
            text,
            on_redirect: error,
            at_token: error,
            channels: &[Redirect, Token],
        }
    }

    /// On B2C's own page.
    const fn page(code: u32, text: &'static str) -> Self {
        Self {
            channels: &[Page],
            ..Self::redirect(code, text)
        }
    }
}

static ALL: [ServiceFault; 19] = [
    ServiceFault::anywhere(
        90035,
        "temporarily_unavailable",
        "The service is temporarily unavailable. Please retry after a few minutes.",
    ),
    ServiceFault::redirect(
        90037,
        "An error occurred while processing the request. Please contact administrator of the \
         site you are trying to access.",
    ),
    ServiceFault::redirect(
        90038,
        "An error occurred while processing the request. Please try after a while, or contact \
         administrator of the site you are trying to access if this error persists.",
    ),
    ServiceFault::redirect(
        90047,
        "The resource 'https://pages.example/unified.html' contains script errors preventing it \
         from being loaded.",
    ),
    ServiceFault::anywhere(
        90048,
        "server_error",
        "An unhandled exception has occurred on the server.",
    ),
    ServiceFault::redirect(
        90075,
        "The claims exchange 'REST-ValidateProfile' specified in step '2' returned HTTP error \
         response with Code 'InternalServerError' and Reason 'Internal Server Error'.",
    ),
    ServiceFault::redirect(
        90076,
        "AAD query failed with reason: 'The directory is busy.'.",
    ),
    ServiceFault::redirect(
        90162,
        "The restful claims exchange 'REST-ValidateProfile' specified in step '2' has exceeded \
         the number of allowable retries and has been canceled.",
    ),
    ServiceFault::redirect(
        90174,
        "Received error response from identity provider server: server_error, please contact \
         your admin.",
    ),
    ServiceFault::redirect(
        90175,
        "The token response is missing required parameter: 'id_token', please contact your \
         admin.",
    ),
    ServiceFault::redirect(90206, "A time out has occurred initialization the client."),
    ServiceFault::anywhere(
        90229,
        "temporarily_unavailable",
        "Your request is throttled temporarily. Please retry after the time specified in the \
         additional information of the error message.",
    ),
    ServiceFault::redirect(
        90243,
        "The IDP's client key/secret is not properly configured.",
    ),
    ServiceFault::page(
        90245,
        "Access to the tenant: 'b2cemulator.onmicrosoft.com' is disabled. Please contact \
         support.",
    ),
    ServiceFault::redirect(
        90261,
        "The claims exchange 'REST-ValidateProfile' specified in step '2' returned HTTP error \
         response that could not be parsed.",
    ),
    ServiceFault::redirect(
        90284,
        "The application with identifier 'ProxyIdentityExperienceFramework' has not been granted \
         consent and is unable to be used for local accounts.",
    ),
    ServiceFault::redirect(
        90285,
        "The application with identifier 'ProxyIdentityExperienceFramework' was not found.",
    ),
    ServiceFault::redirect(
        90296,
        "Application has not been configured correctly. Please contact administrator of the site \
         you are trying to access.",
    ),
    ServiceFault::redirect(
        99006,
        "Azure AD B2C cannot find the extensions app with app id 'b2c-extensions-app'. Please \
         visit http://go.microsoft.com/fwlink/?linkid=851224 for more information.",
    ),
];
