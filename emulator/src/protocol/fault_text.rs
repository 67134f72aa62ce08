//! B2C's wording.

use super::{Fault, PolicyName};

/// Returns the message without its code. The texts are those of B2C's error reference, with and
/// without a final period as seen on the wire.
#[expect(clippy::too_many_lines, reason = "one sentence per fault")]
pub(super) fn text(fault: &Fault) -> String {
    match fault {
        Fault::MissingRedirectUri => "The request does not contain a redirect URI.".into(),
        Fault::MalformedRedirectUri(uri) => format!(
            "The redirect URI '{uri}' has an invalid format. Specify an absolute URI such as \
             'https://example.com/return'."
        ),
        Fault::UnregisteredRedirectUri { uri, client_id } => format!(
            "The redirect URI '{uri}' provided in the request is not registered for the \
             client id '{client_id}'."
        ),
        Fault::NoRegisteredRedirectUri(client_id) => format!(
            "The application associated with client id '{client_id}' has no registered \
             redirect URIs."
        ),
        Fault::MissingClientId => "The request does not contain a client id parameter.".into(),
        Fault::MissingScope => "The request does not contain a scope parameter.".into(),
        Fault::UnsupportedResponseType(value) => format!(
            "The requested response type '{value}' provided in the request is not supported."
        ),
        Fault::UnsupportedResponseMode(value) => format!(
            "The requested response mode '{value}' provided in the request is not supported."
        ),
        Fault::UnsupportedMethod(method) => {
            format!("The HTTP method '{method}' provided in the request is not supported.")
        }
        Fault::UnknownClient { client_id, tenant } => format!(
            "The client id '{client_id}' specified in the request is not registered in tenant \
             '{tenant}'."
        ),
        Fault::InvalidPrompt => "The prompt included in the request contains invalid values. \
             Expected 'none', 'login', 'consent' or 'select_account'."
            .into(),
        Fault::LostState => "We are having trouble loading your current state. You might want \
             to try starting your session over from the beginning."
            .into(),
        Fault::ImplicitFlowOff => "The provided application is not configured to allow the \
             'OAuth' Implicit flow."
            .into(),
        Fault::MalformedPostLogoutUri(uri) => format!(
            "The post logout redirect URI '{uri}' has an invalid format. Specify an https \
             based URL such as 'https://example.com/return' or for native clients use the \
             IETF native client URI 'urn:ietf:wg:oauth:2.0:oob'."
        ),
        Fault::NoSession => "User does not have an existing session and request prompt \
             parameter has a value of 'None'."
            .into(),
        Fault::MissingSecret => {
            "Clients must send a client_secret when redeeming a confidential grant.".into()
        }
        Fault::GrantExpired {
            now,
            issued_at,
            expired_at,
            is_window,
        } => {
            let limit = if *is_window {
                format!("Grant sliding window expiration time: {expired_at}.")
            } else {
                format!("Grant expiration time: {expired_at}")
            };
            format!(
                "The provided grant has expired. Please re-authenticate and try again. Current \
                 time: {now}, Grant issued time: {issued_at}, {limit}"
            )
        }
        Fault::WrongSecret => "The specified client_secret does not match the expected value \
             for this client. Please correct the client_secret and try again."
            .into(),
        Fault::ScopeBeyondGrant(scope) => format!(
            "The provided grant has insufficient authorization for the requested scope \
             '{scope}'."
        ),
        Fault::MissingParameter(name) => {
            format!("The request is missing required parameter: {name}.")
        }
        Fault::InternalError => "The service has encountered an internal error. Please \
             reauthenticate and try again."
            .into(),
        Fault::UnsupportedGrantType(grant_type) => {
            format!("The supplied grant_type [{grant_type}] is not supported.")
        }
        Fault::WrongProtocolVersion => "The provided grant has not been issued for this \
             version of the protocol endpoint."
            .into(),
        Fault::WrongEndpoint { actual, expected } => format!(
            "The provided grant has not been issued for this endpoint. Actual Value : \
             {actual} and Expected Value : {expected}"
        ),
        Fault::MalformedGrant => "JWE is not a valid 5 segment token.".into(),
        Fault::Cancelled => "The user has cancelled entering self-asserted information.".into(),
        Fault::NothingToIssue => "When requesting the 'code' response_type, the scope \
             parameter must include a resource or client ID for access tokens, and 'openid' \
             for ID tokens. Additionally include 'offline_access' for refresh tokens."
            .into(),
        Fault::UnsupportedScope(scope) => {
            format!("The scope '{scope}' provided in the request is not supported.")
        }
        Fault::ForgotPassword => "The user has forgotten their password.".into(),
        Fault::InvalidMaxAge(value) => format!(
            "The max age parameter '{value}' specified in the request is invalid. Max age \
             must be an integer between '0' and '2147483647' inclusive."
        ),
        Fault::SessionTooOld => "The user session exceeds the specified maximum age and \
             request prompt parameter has a value of 'None'."
            .into(),
        Fault::AccountGone => "The account associated with this grant no longer exists. \
             Please reauthenticate and try again."
            .into(),
        Fault::GrantRevoked => "The provided grant has been revoked. Please reauthenticate and \
             try again."
            .into(),
        Fault::UnexpectedValue {
            name,
            value,
            expected,
        } => format!(
            "The request is missing parameters or has the wrong parameters. '{name}' has the \
             value '{value}'. Expected value is '{expected}'."
        ),
        Fault::SeveralResources(scope) => format!(
            "The scope '{scope}' provided in request specifies more than one resource for an \
             access token, which is not supported."
        ),
        Fault::VerifierMismatch => {
            "The supplied code_verifier does not match associated code_challenge".into()
        }
        Fault::InvalidVerifier => "The supplied code_verifier is invalid".into(),
        Fault::UnsupportedChallengeMethod => "The supplied code_challenge_method is not \
             supported. Supported values are plain or S256"
            .into(),
        Fault::NotPermitted => "This application does not have sufficient permissions against \
             this web resource to perform the operation."
            .into(),
        Fault::PostOnly => "The specified token exchange is only supported over HTTP POST.".into(),
        Fault::WrongClient(client_id) => format!(
            "The provided client id '{client_id}' does not match the client id that issued \
             the grant."
        ),
        Fault::IllegalScopeCharacter(letter) => format!(
            "The request contains an invalid scope parameter which includes an illegal \
             character '{letter}'."
        ),
        Fault::ClientAssertion(policy) => format!(
            "Policy '{policy}' does not contain a AuthorizationTechnicalProfile with a \
             corresponding ClientAssertionType."
        ),
        Fault::Throttled => "There are too many requests at this moment. Please wait for some \
             time and try again."
            .into(),
        Fault::MissingNonce => "The request does not contain a nonce. A nonce is required when \
             using the 'implicit' algorithm."
            .into(),
        Fault::UnknownAccount => "We can't seem to find your account.".into(),
        Fault::InvalidCredentials => "Your password is incorrect.".into(),
        Fault::ScopeWithoutResource(scope) => format!(
            "The scope '{scope}' provided in request must specify a resource, such as \
             'https://example.com/calendar.read'."
        ),
        Fault::DisabledClient { client_id, tenant } => format!(
            "The provided application with ID '{client_id}' is disabled for the tenant \
             '{tenant}'. Please enable the application and try again."
        ),
        Fault::SecretFromPublicClient => "Public clients should not send a client_secret when \
             redeeming a publicly acquired grant."
            .into(),
        Fault::OpenidMissing => "The scope parameter must include 'openid' when requesting a \
             response_type that includes 'id_token'."
            .into(),
        Fault::AccountLocked => "Your account has been locked. Contact your support person to \
             unlock it, then try again."
            .into(),
        Fault::UnsupportedLanguage(language) => {
            format!("The specified language '{language}' is invalid or unsupported.")
        }
        Fault::AccountTemporarilyLocked => "Your account is temporarily locked to prevent \
             unauthorized use. Try again later."
            .into(),
        Fault::ResourceMissing => "The scope parameter must include the client ID when \
             requesting a response_type that includes 'token'."
            .into(),
        Fault::MfaRetries => "User as exceeded the maximum number for retries for multi-factor \
             authentication."
            .into(),
        Fault::StepRetries => {
            "User as exceeded the maximum number for retries for a self-asserted step.".into()
        }
        Fault::HintExpired => hint("is expired"),
        Fault::HintAudience(audiences) => hint(&format!(
            "does not contain an accepted audience. Valid audience values: '{audiences}'"
        )),
        Fault::HintInvalid => hint("could not be validated"),
        Fault::PasswordsOff => {
            "Resource owner flow has not been enabled for the application.".into()
        }
        Fault::WrongPassword => {
            "The username or password provided in the request are invalid.".into()
        }
        Fault::HintIssuer(issuers) => hint(&format!(
            "does not contain an accepted issuer. Valid issuers: '{issuers}'"
        )),
        Fault::HintSignature => hint("failed signature validation"),
        Fault::HintNotYet => hint("has an 'nbf' value that is in the future"),
        Fault::StepIncomplete(step) => format!(
            "The claims exchange specified in technical profile '{step}' did not complete as \
             expected. You might want to try starting your session over from the beginning."
        ),
        Fault::HintMissing => "The id_token_hint parameter has not been specified in the \
             request. Please provide token and try again."
            .into(),
        Fault::ProviderDenied(reason) => format!("An invalid response was received : '{reason}'"),
        Fault::NoProvider => "No suitable claims providers were found.".into(),
        Fault::ProviderUnavailable => "We encountered an error connecting to the identity \
             provider. Please try again later."
            .into(),
        Fault::MustSignUpFirst => {
            "User does not exist. Please sign up before you can sign in.".into()
        }
        Fault::ChallengeRequired => "The supplied request must present a code_challenge. \
             Required for single-page apps using the authorization code flow."
            .into(),
        Fault::OtherClientPinned { client_id, pinned } => format!(
            "The client id '{client_id}' provided in the request does not match client id \
             '{pinned}' registered in policy."
        ),
        Fault::OldUnsupportedScope(scope) => {
            format!("The scope '{scope}' provided in request is not supported.")
        }
        Fault::ResourceNotAuthorized(scope) => {
            format!("The scope '{scope}' contains a resource not authorized by the application.")
        }
        Fault::PublicClientsOff => {
            "The provided application is not configured to allow public clients.".into()
        }
        Fault::UnknownPolicy(policy) => {
            format!("Invalid policy '{policy}' was specified in the request.")
        }
        Fault::ForeignClient(client_id) => format!(
            "The provided application with ID '{client_id}' is not valid against this service. \
             Please use an application created via the B2C portal and try again."
        ),
        Fault::IdTokenNotPermitted(client_id) => format!(
            "The application with ID '{client_id}' cannot get an ID token either because the \
             openid scope was not provided in the request or the application is not authorized \
             for it."
        ),
        Fault::UnsafeInput(name) => format!(
            "Input for '{name}' received in the request has failed HTTP request validation. \
             Ensure that the input does not contain characters such as < or &."
        ),
        Fault::NoPhone => "No unverified phone numbers have been found and policy does not \
             allow a user entered number."
            .into(),
        Fault::IncompleteCookie => "The request contained an incomplete state cookie.".into(),
        Fault::InvalidCookie => "The request contained an invalid state cookie.".into(),
        Fault::AccountExists => format!(
            "This user already exists, and profile '{SOCIAL_PROFILE}' does not allow the same \
             user to be created again."
        ),
        Fault::TokenTypeMismatch {
            grant_type,
            token_type,
        } => format!(
            "The supplied grant_type [{grant_type}] and token_type [{token_type}] combination is \
             not supported."
        ),
        Fault::NoInputClaims(policy) => format!(
            "{} is missing all InputClaims required for resource owner password credential flow.",
            password_profile(policy)
        ),
        Fault::MissingInputClaim(policy, claim) => format!(
            "{} is missing the '{claim}' InputClaim required for resource owner password \
             credential flow.",
            password_profile(policy)
        ),
        Fault::OtherGrantTypeClaim(policy, value) => format!(
            "{} has a 'grant_type' InputClaim with a DefaultValue of '{value}' instead of the \
             required 'password' for resource owner password credential flow.",
            password_profile(policy)
        ),
        Fault::Service(fault) => fault.text.into(),
    }
}

fn password_profile(name: &PolicyName) -> String {
    let PolicyName { policy, tenant } = name;
    format!("Profile '{PASSWORD_PROFILE}' in policy '{policy}' in tenant '{tenant}'")
}

fn hint(problem: &str) -> String {
    format!(
        "The provided id_token_hint parameter {problem}. Please provide another token and try \
         again."
    )
}

/// The starter pack's names of what writes a social account, and of what takes a password.
const SOCIAL_PROFILE: &str = "AAD-UserWriteUsingAlternativeSecurityId";
const PASSWORD_PROFILE: &str = "ResourceOwnerPasswordCredentials-OAUTH2";
