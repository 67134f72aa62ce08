//! Why a journey ends on a page, and what that page may say.

use std::time::Duration;

use http::StatusCode;

use super::reaction_page;
use super::requirement::Unmet;
use crate::config::ProviderSettings;
use crate::jwt::InvalidToken;
use crate::protocol::{CallbackError, ProviderError, Reaction, UserinfoError};
use crate::session::StoreError;
use crate::tokens::TokenError;

/// Why the layer answers with a page of its own.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The callback's parameters are no authorization response.
    Callback(CallbackError),
    /// The browser came back twice without the cookie it was given.
    CookiesLost,
    /// The provider ended the journey, or refused the token request.
    Provider {
        error: ProviderError,
        /// What the operator can do about it.
        advice: Option<String>,
    },
    /// An error in a response that this browser never asked for: perhaps made up.
    Unasked(ProviderError),
    /// Challenge upon challenge, and no page in between.
    GoesInCircles,
    /// The provider is away, or answers something unusable.
    ProviderUnavailable {
        retry_after: Option<Duration>,
        detail: String,
    },
    /// The ID token is not acceptable.
    Token(InvalidToken),
    /// The provider sent no ID token.
    NoIdToken,
    /// The app does not want this user.
    Rejected {
        message: String,
        subject: Option<String>,
    },
    /// The app could not decide about the user.
    NotDecided { detail: String },
    /// The profile was edited by somebody else than the signed-in user.
    OtherAccount,
    /// A sign-in that one user began ended with another.
    OtherUser,
    /// Requests must be pushed, and the provider has no place for them.
    NoPushedRequests,
    /// The userinfo endpoint has no claims for us.
    Userinfo(UserinfoError),
    /// The sign-in succeeded and is not what was asked for.
    Unmet(Unmet),
    /// A challenge or a link names a user flow that the provider does not have.
    UnknownUserFlow { name: String, provider: String },
    /// The user's provider has no user flow for this.
    NotOffered,
    /// A POST that another site caused.
    CrossSite,
    /// The browser came back from another sign-out than the one it was sent to.
    OtherSignOut,
    /// A script's request without the header that shows it is the app's own.
    CsrfHeaderMissing,
    /// The user cancelled, and the page they came from needs a sign-in.
    Cancelled,
    /// A form was sent without a session.
    SessionEnded,
    /// A frame of a page needs a sign-in, and providers do not show theirs in frames.
    InFrame,
    /// A handler needs an access token and there is none to be had.
    NoAccessToken(TokenError),
    /// The session store is away.
    StoreUnavailable { detail: String },
    /// The user has as many sessions as they may.
    TooManySessions,
    /// The session store cannot do what is needed, now or later.
    NotForThisStore { detail: String },
}

impl Refusal {
    /// The provider's own refusal.
    pub(crate) fn by(provider: &ProviderSettings, error: ProviderError) -> Self {
        let advice = error.advice_at(provider);
        Self::Provider { error, advice }
    }

    /// What a store's error means to the user.
    pub(crate) fn of_store(error: &StoreError) -> Self {
        let detail = error.to_string();
        if error.is_permanent() {
            Self::NotForThisStore { detail }
        } else {
            Self::StoreUnavailable { detail }
        }
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::Callback(CallbackError::FormTooLong) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Callback(CallbackError::FormLost) => StatusCode::REQUEST_TIMEOUT,
            Self::Callback(CallbackError::NotAForm) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::OtherUser => StatusCode::CONFLICT,
            Self::Callback(_) | Self::CookiesLost | Self::Unasked(_) | Self::OtherSignOut => {
                StatusCode::BAD_REQUEST
            }
            Self::NotOffered => StatusCode::NOT_FOUND,
            Self::Cancelled | Self::SessionEnded | Self::InFrame => StatusCode::UNAUTHORIZED,
            Self::CrossSite
            | Self::CsrfHeaderMissing
            | Self::OtherAccount
            | Self::Rejected { .. }
            | Self::TooManySessions
            | Self::Unmet(Unmet::TooOld | Unmet::Acr) => StatusCode::FORBIDDEN,
            Self::UnknownUserFlow { .. }
            | Self::NoPushedRequests
            | Self::NotForThisStore { .. }
            | Self::Userinfo(UserinfoError::NotOffered) => StatusCode::INTERNAL_SERVER_ERROR,
            Self::ProviderUnavailable { .. }
            | Self::StoreUnavailable { .. }
            | Self::NotDecided { .. }
            | Self::Userinfo(UserinfoError::Unavailable(_))
            | Self::NoAccessToken(TokenError::Unavailable { .. }) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::GoesInCircles => StatusCode::LOOP_DETECTED,
            Self::Token(_)
            | Self::NoIdToken
            | Self::Userinfo(_)
            | Self::Unmet(Unmet::NoAuthTime)
            | Self::NoAccessToken(_) => StatusCode::BAD_GATEWAY,
            Self::Provider { error, .. } => reaction_page::status(error.reaction()),
        }
    }

    /// One word for programs and logs; it does not change between versions.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Callback(_) => "callback_malformed",
            Self::CookiesLost => "cookies_lost",
            Self::Provider { .. } => "provider_error",
            Self::Unasked(_) => "callback_unasked",
            Self::GoesInCircles => "goes_in_circles",
            Self::ProviderUnavailable { .. } => "provider_unavailable",
            Self::Token(_) => "id_token_invalid",
            Self::NoIdToken => "id_token_missing",
            Self::OtherAccount => "other_account",
            Self::Rejected { .. } => "rejected",
            Self::NotDecided { .. } => "not_decided",
            Self::OtherUser => "other_user",
            Self::NoPushedRequests => "pushed_authorization_missing",
            Self::Userinfo(_) => "userinfo_invalid",
            Self::CrossSite => "cross_site",
            Self::CsrfHeaderMissing => "csrf_header_missing",
            Self::Cancelled => "cancelled",
            Self::SessionEnded => "session_ended",
            Self::InFrame => "in_frame",
            Self::Unmet(Unmet::NoAuthTime) => "auth_time_missing",
            Self::Unmet(Unmet::TooOld) => "sign_in_not_fresh",
            Self::Unmet(Unmet::Acr) => "acr_not_met",
            Self::UnknownUserFlow { .. } => "user_flow_unknown",
            Self::NotOffered => "not_offered",
            Self::OtherSignOut => "sign_out_state",
            Self::NoAccessToken(_) => "access_token_unavailable",
            Self::StoreUnavailable { .. } => "store_unavailable",
            Self::NotForThisStore { .. } => "store_unsuitable",
            Self::TooManySessions => "too_many_sessions",
        }
    }

    /// Title and text for the user: kind, and silent about the inside.
    #[expect(
        clippy::too_many_lines,
        reason = "one table, which reads best in one piece"
    )]
    pub(crate) fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Callback(_) | Self::Unasked(_) => (
                "That link does not work",
                "The address is not a complete answer from the sign-in page. Please sign in again from the start.",
            ),
            Self::CookiesLost => (
                "Your browser did not keep our cookie",
                "Signing in needs one small cookie. Please allow cookies for this site and try again.",
            ),
            Self::GoesInCircles => (
                "This page asks for a sign-in again and again",
                "You are signed in, and still this page wants a sign-in. This is our mistake, not yours; the site's operator finds the cause under the reference below.",
            ),
            Self::Cancelled => (
                "Sign-in cancelled",
                "You cancelled the sign-in. The page you asked for is for signed-in users only.",
            ),
            Self::SessionEnded => (
                "Please sign in again",
                "Your session has ended, so what you sent was not saved. Go back to copy it, then sign in and send it again.",
            ),
            Self::Unmet(Unmet::TooOld) => (
                "Please give your password again",
                "This page wants to be sure that it is you, and the sign-in provider did not ask. Please try again; if it happens again, sign out first.",
            ),
            Self::Unmet(Unmet::Acr) => (
                "This page needs a stronger sign-in",
                "The way you signed in is not enough for it. Please try again with another method, or contact support.",
            ),
            Self::Unmet(Unmet::NoAuthTime) => (
                "The sign-in could not be verified",
                "The sign-in provider did not say when you gave your password. The site's operator finds the cause under the reference below.",
            ),
            Self::UnknownUserFlow { .. }
            | Self::NoPushedRequests
            | Self::NotForThisStore { .. }
            | Self::Userinfo(UserinfoError::NotOffered) => {
                reaction_page::words(Reaction::Configuration)
            }
            Self::Userinfo(UserinfoError::Unavailable(_)) => {
                reaction_page::words(Reaction::TryLater)
            }
            Self::OtherUser => (
                "You came back as somebody else",
                "You went to sign in as one user and came back as another, so nothing was changed. To change accounts, sign out first; then sign in again.",
            ),
            Self::NotOffered => (
                "This is not done here",
                "Your account is looked after by the place where you sign in, and it offers no page for this.",
            ),
            Self::OtherSignOut => (
                "You are signed out",
                "You are signed out of this site. The answer that came with you is not the sign-in provider's to us, so you may still be signed in there.",
            ),
            Self::InFrame => (
                "Please sign in",
                "This part of the page is for signed-in users only.",
            ),
            Self::CrossSite => (
                "This request came from another site",
                "For your safety it was not carried out. If you meant it, please repeat it on this site.",
            ),
            Self::CsrfHeaderMissing => (
                "This request does not show where it comes from",
                "For your safety it was not carried out. Programs send the header \"X-CSRF: 1\" with it.",
            ),
            Self::OtherAccount => (
                "That was another account",
                "The account you used there is not the one you are signed in with here. Sign out first to change accounts.",
            ),
            Self::Token(reason) if reason.is_about_time() => (
                "The clocks do not agree",
                "This site's clock and the sign-in provider's are too far apart, so the sign-in could not be accepted. The site's log says how to mend it.",
            ),
            Self::Token(_) | Self::NoIdToken | Self::Userinfo(_) => (
                "The sign-in could not be verified",
                "The sign-in provider's answer did not pass our checks. Please try again; if it happens again, tell us the reference below.",
            ),
            Self::ProviderUnavailable { .. } => (
                "Sign-in is not available right now",
                "The sign-in provider does not answer as it should. Please try again in a moment.",
            ),
            Self::NoAccessToken(TokenError::Unavailable { .. }) => (
                "This page is not available right now",
                "It needs a service that does not answer at the moment. Please try again shortly.",
            ),
            Self::NoAccessToken(_) => (
                "This page is not set up correctly",
                "It needs access to a service that was not granted. This is our mistake, not yours; the site's operator finds the cause under the reference below.",
            ),
            Self::Rejected { .. } => (
                "You cannot sign in here",
                "This site does not accept the account that you signed in with.",
            ),
            Self::TooManySessions => (
                "You are signed in in too many places",
                "Your account may be signed in on a few devices at a time only. Please sign out on another one, then try again.",
            ),
            Self::StoreUnavailable { .. } | Self::NotDecided { .. } => (
                "We cannot sign you in right now",
                "Something this site depends on is not available. Please try again in a moment.",
            ),
            Self::Provider { error, .. } => reaction_page::words(error.reaction()),
        }
    }

    /// The app's own words in place of [`words`](Self::words)' second.
    pub(crate) fn own_message(&self) -> Option<&str> {
        match self {
            Self::Rejected { message, .. } => Some(message),
            _ => None,
        }
    }

    /// Whether "try again" makes sense.
    pub(crate) fn offers_retry(&self) -> bool {
        match self {
            Self::CrossSite
            | Self::CsrfHeaderMissing
            | Self::OtherAccount
            | Self::Rejected { .. }
            | Self::GoesInCircles
            | Self::NotOffered
            | Self::NoPushedRequests
            | Self::NotForThisStore { .. }
            | Self::Userinfo(UserinfoError::NotOffered)
            | Self::UnknownUserFlow { .. } => false,
            Self::Provider { error, .. } => reaction_page::offers_retry(error.reaction()),
            _ => true,
        }
    }

    pub(crate) fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::ProviderUnavailable { retry_after, .. }
            | Self::NoAccessToken(TokenError::Unavailable { retry_after }) => {
                Some(retry_after.unwrap_or(RETRY_AFTER))
            }
            Self::StoreUnavailable { .. } | Self::NotDecided { .. } => Some(RETRY_AFTER),
            Self::Provider { .. } if self.status() == StatusCode::SERVICE_UNAVAILABLE => {
                Some(RETRY_AFTER)
            }
            _ => None,
        }
    }

    pub(crate) fn provider_error(&self) -> Option<&ProviderError> {
        match self {
            Self::Provider { error, .. } | Self::Unasked(error) => Some(error),
            _ => None,
        }
    }

    /// For the log: all that an operator needs, and no secret.
    pub(crate) fn detail(&self) -> String {
        match self {
            Self::Callback(reason) => {
                format!("the callback is not an authorization response: {reason:?}")
            }
            Self::CookiesLost => "a restarted sign-in came back without its cookie".to_owned(),
            Self::Provider { error, advice } => match advice {
                Some(advice) => format!("{error}; what to do: {advice}"),
                None => error.to_string(),
            },
            Self::Unasked(error) => format!("an answer that this browser did not ask for: {error}"),
            Self::GoesInCircles => "sign-in upon sign-in without a page in between; perhaps several instances without a shared session store, or a guard or token that signing in cannot satisfy".to_owned(),
            Self::ProviderUnavailable { detail, .. }
            | Self::StoreUnavailable { detail }
            | Self::NotForThisStore { detail }
            | Self::NotDecided { detail } => detail.clone(),
            Self::Rejected { .. } => "the app does not want this user".to_owned(),
            Self::TooManySessions => {
                "the user has as many sessions as session.max_per_user allows".to_owned()
            }
            Self::Token(reason) => reason.to_string(),
            Self::NoAccessToken(error) => error.to_string(),
            Self::NoIdToken => "the provider's answer has no ID token".to_owned(),
            Self::OtherUser => "a sign-in that one user began ended with another".to_owned(),
            Self::NoPushedRequests => "the provider's setting pushed_authorization is \"required\", but the provider's metadata has no pushed_authorization_request_endpoint".to_owned(),
            Self::Userinfo(reason) => reason.to_string(),
            Self::OtherAccount => "a user flow for the signed-in user returned a token for another one".to_owned(),
            Self::Unmet(Unmet::TooOld) => "the token's auth_time is older than max_age allows, even after prompt=login".to_owned(),
            Self::Unmet(Unmet::Acr) => "the token's acr is none of the acr_values that were asked for".to_owned(),
            Self::Unmet(Unmet::NoAuthTime) => "max_age was asked for and the token has no auth_time; in Entra ID add the optional claim auth_time to the app registration".to_owned(),
            Self::UnknownUserFlow { name, provider } => format!(
                "provider {provider} has no user flow \"{name}\"; add it to its user_flows"
            ),
            Self::NotOffered => "the user's provider has no user flow for this".to_owned(),
            Self::OtherSignOut => {
                "a sign-out came back with a state that is not its own".to_owned()
            }
            Self::CrossSite => "a cross-site request was refused".to_owned(),
            Self::CsrfHeaderMissing => "a request without the header X-CSRF was refused".to_owned(),
            Self::Cancelled => "the user cancelled the sign-in".to_owned(),
            Self::SessionEnded => "a form was sent without a session".to_owned(),
            Self::InFrame => "a frame needs a sign-in".to_owned(),
        }
    }
}

/// What `Retry-After` says when the provider gave no hint.
const RETRY_AFTER: Duration = Duration::from_secs(5);
