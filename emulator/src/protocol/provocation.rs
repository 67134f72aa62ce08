//! How to bring every fault about.

use super::Fault;

impl Fault {
    /// What to do to meet it.
    #[expect(clippy::too_many_lines, reason = "one sentence per fault")]
    pub(crate) fn provoked_by(&self) -> &'static str {
        match self {
            Self::Throttled => "Order the misbehaviour \"throttled\".",
            Self::MissingRedirectUri => "Leave out redirect_uri.",
            Self::MalformedRedirectUri(_) => "Send a redirect_uri that is not an absolute URI.",
            Self::UnregisteredRedirectUri { .. } => {
                "Send a redirect_uri that is not registered: another port, letter case or slash. \
                 The answer goes to the first registered one."
            }
            Self::NoRegisteredRedirectUri(_) => "Register an application without redirect URIs.",
            Self::MissingClientId => "Leave out client_id.",
            Self::MissingNonce => "Ask for response_type=id_token without a nonce.",
            Self::MissingScope => "Leave out scope in the authorization request.",
            Self::UnsupportedResponseType(_) => "Send response_type=none.",
            Self::UnsupportedResponseMode(_) => {
                "Send response_mode=cookie, or query together with response_type=id_token."
            }
            Self::UnsupportedMethod(_) => "PUT to the authorization endpoint.",
            Self::UnknownClient { .. } => "Send a client_id that is not registered.",
            Self::InvalidPrompt => "Send prompt=ask.",
            Self::LostState => "Submit a page after its cookie was deleted.",
            Self::UnknownAccount => "Sign in with an address that nobody has.",
            Self::InvalidCredentials => "Sign in with a wrong password.",
            Self::ScopeWithoutResource(_) => "Send response_type=token with scope=tasks.read.",
            Self::ImplicitFlowOff => {
                "Ask for id_token or token as an application whose switches are off."
            }
            Self::MalformedPostLogoutUri(_) => {
                "Sign out with a post_logout_redirect_uri on plain http of another machine."
            }
            Self::NoSession => "Send prompt=none without a session.",
            Self::MissingSecret => "Redeem a web application's code without client_secret.",
            Self::GrantExpired { .. } => {
                "Redeem a code twice or after 300 seconds, or a refresh token after 14 days."
            }
            Self::WrongSecret => "Send a wrong client_secret.",
            Self::ScopeBeyondGrant(_) => "Redeem a code for a scope that was not authorized.",
            Self::MissingParameter(_) => "Leave out code, redirect_uri or grant_type.",
            Self::SecretFromPublicClient => {
                "Send a client_secret with a code that went to a SPA or native redirect URI."
            }
            Self::InternalError => {
                "Send a sealed code that cannot be opened, or client credentials of an \
                 application without app roles; on the redirect, order the misbehaviour \
                 \"AADB2C90085\"."
            }
            Self::UnsupportedGrantType(_) => "Send grant_type=device_code.",
            Self::WrongProtocolVersion => "Redeem a code of /oauth2/v2.0 at /oauth2/token.",
            Self::WrongEndpoint { .. } => "Redeem a code at another user flow's token endpoint.",
            Self::MalformedGrant => "Redeem a code that was cut off.",
            Self::Cancelled => "Press Cancel on a page.",
            Self::DisabledClient { .. } => "Disable the application.",
            Self::OpenidMissing => "Ask for response_type=id_token without scope openid.",
            Self::AccountLocked => "Sign in with a locked account.",
            Self::UnsupportedLanguage(_) => "Send ui_locales=123.",
            Self::AccountTemporarilyLocked => "Enter ten wrong passwords in a row.",
            Self::NothingToIssue => "Ask for a code with scope=offline_access alone.",
            Self::UnsupportedScope(_) => "Ask for a scope that no API exposes.",
            Self::ForgotPassword => {
                "Follow the link \"Forgot your password?\" of a user flow without its own reset."
            }
            Self::InvalidMaxAge(_) => "Send max_age=-1.",
            Self::SessionTooOld => "Send prompt=none and max_age=0 some seconds after a sign-in.",
            Self::ResourceMissing => "Ask for response_type=token with scope=openid alone.",
            Self::AccountGone => "Refresh after the user was deleted.",
            Self::GrantRevoked => "Refresh after the user's sign-ins were revoked.",
            Self::UnexpectedValue { .. } => "Redeem a code with another redirect_uri.",
            Self::SeveralResources(_) => "Ask for scopes of two APIs.",
            Self::MfaRetries => "Enter five wrong codes in the multi-factor step.",
            Self::StepRetries => "Submit a page with mistakes fifty times.",
            Self::VerifierMismatch => "Send a code_verifier that does not fit.",
            Self::InvalidVerifier => "Send a code_verifier of less than 43 characters, or none.",
            Self::UnsupportedChallengeMethod => "Send code_challenge_method=S512.",
            Self::NotPermitted => "Ask for scopes that were not granted to the application.",
            Self::HintExpired => "Send an expired id_token_hint.",
            Self::HintAudience(_) => "Send another application's ID token as id_token_hint.",
            Self::HintInvalid => "Send id_token_hint=x.",
            Self::PasswordsOff => {
                "Send grant_type=password as an application that was not allowed to."
            }
            Self::WrongPassword => "Send a wrong password with grant_type=password.",
            Self::PostOnly => "GET the token endpoint.",
            Self::HintIssuer(_) => "Send an id_token_hint of another issuer.",
            Self::HintSignature => "Send an id_token_hint with a changed signature.",
            Self::HintNotYet => "Send an id_token_hint from the future.",
            Self::StepIncomplete(_) => "GET …/confirmed after a refused SelfAsserted request.",
            Self::HintMissing => {
                "Leave out id_token_hint where the user flow requires it: at sign-out, or in the \
                 authorization request of a custom policy."
            }
            Self::ProviderDenied(_) => "Press Deny on an identity provider's page.",
            Self::NoProvider => "Send domain_hint=unknown.example to a custom policy.",
            Self::ProviderUnavailable => {
                "Press \"Be unavailable\" on an identity provider's page, or order the misbehaviour \
                 \"AADB2C90289\"."
            }
            Self::MustSignUpFirst => {
                "Use an unknown account of an identity provider where nobody can sign up."
            }
            Self::WrongClient(_) => "Redeem another application's code with its secret.",
            Self::IllegalScopeCharacter(_) => "Send a quotation mark in scope.",
            Self::ClientAssertion(_) => "Send client_assertion.",
            Self::ChallengeRequired => "Ask for a code at a SPA redirect URI without PKCE.",
            Self::OtherClientPinned { .. } => {
                "Use a user flow that is pinned to another application."
            }
            Self::OldUnsupportedScope(_) => {
                "Ask for a scope that no API exposes at an endpoint of version 1, /oauth2/authorize."
            }
            Self::ResourceNotAuthorized(_) => {
                "Ask for scopes that were not granted to the application at an endpoint of \
                 version 1."
            }
            Self::PublicClientsOff => {
                "Send passwords, or redeem a code without a secret, as an application that forbids \
                 public clients."
            }
            Self::UnknownPolicy(_) => "Send ?p= with the name of a policy that does not exist.",
            Self::ForeignClient(_) => "Use an application that was registered for Entra ID only.",
            Self::IdTokenNotPermitted(_) => {
                "Ask for openid as an application that was not granted it."
            }
            Self::UnsafeInput(_) => {
                "Enter <b> or &#1; in a field that is no password, or send it as login_hint."
            }
            Self::NoPhone => {
                "Sign in without a phone number where the second factor takes registered ones only."
            }
            Self::IncompleteCookie => "Cut the value of the cookie x-ms-cpim-csrf off.",
            Self::InvalidCookie => "Change the value of the cookie x-ms-cpim-csrf to \"?\".",
            Self::AccountExists => {
                "Sign up at an identity provider with a local account's address where addresses \
                 are unique."
            }
            Self::TokenTypeMismatch { .. } => "Send token_type=pop to the token endpoint.",
            Self::NoInputClaims(_)
            | Self::MissingInputClaim(..)
            | Self::OtherGrantTypeClaim(..) => {
                "Send grant_type=password where the user flow's input claims are wrong."
            }
            Self::Service(_) => "Order the misbehaviour of the same name.",
        }
    }
}
