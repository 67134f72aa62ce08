use super::{EmailCheck, Journey, Screen, SecondFactor, SignedIn, Step};
use crate::{
    address::Authority,
    authorize::{AuthorizationRequest, Prompt},
    directory::{User, UserFlow, UserFlowKind},
    protocol::{Fault, Params},
    random,
};

/// A user whom the browser's session vouches for.
#[derive(Clone, Debug)]
pub(crate) struct KnownUser {
    pub(crate) user: User,
    pub(crate) auth_time: i64,
}

impl Journey {
    /// Starts a journey and says what comes first.
    pub(crate) fn start(
        authority: Authority,
        user_flow: UserFlow,
        mut request: AuthorizationRequest,
        csrf: String,
        known: Option<KnownUser>,
        now: i64,
    ) -> (Self, Step) {
        if user_flow.settings.output_claims.is_empty() {
            // Nobody will ask for them, and abandoned journeys should be small.
            request.parameters = Params::default();
        }
        let kind = user_flow.kind();
        let prompt = request.prompt;
        let is_recent = |known: &KnownUser| {
            request
                .max_age
                .is_none_or(|most| now.saturating_sub(known.auth_time) <= most)
        };
        let has_old_session = known.as_ref().is_some_and(|known| !is_recent(known));
        let session = known.filter(|known| prompt != Prompt::Login && is_recent(known));
        let signed_in = session.map(|known| SignedIn {
            user: known.user,
            is_new: false,
            has_reset_password: false,
            auth_time: known.auth_time,
        });

        let screen = match (kind, &signed_in) {
            (UserFlowKind::PasswordReset, _) => Screen::PasswordReset,
            (UserFlowKind::ProfileEditing, Some(_)) => Screen::ProfileEdit,
            _ => Screen::SignIn,
        };
        let step = match (kind, prompt, &signed_in) {
            (UserFlowKind::ResourceOwner, ..) => Step::Refuse(Fault::InternalError),
            (kind, _, Some(signed_in)) if kind.signs_in() => Step::Finish(signed_in.clone()),
            (_, Prompt::None, _) if has_old_session => Step::Refuse(Fault::SessionTooOld),
            (_, Prompt::None, _) => Step::Refuse(Fault::NoSession),
            _ => Step::Show,
        };
        let domain = request.domain_hint.clone();
        let language = request.language;
        let mut journey = Self {
            authority,
            user_flow,
            request,
            correlation_id: random::guid(),
            csrf,
            finished: None,
            screen,
            email: EmailCheck::default(),
            signed_in,
            second_factor: SecondFactor::default(),
            identity_provider: None,
            stays_signed_in: false,
            refusals: 0,
            outcome: None,
            language,
            is_open_to_all: false,
            home_tenant: None,
        };
        let step = match (step, domain) {
            // A hint skips the choice. One that fits nothing troubles custom policies only.
            (Step::Show, Some(domain)) => journey.hinted(&domain),
            (step, _) => step,
        };
        (journey, step)
    }
}
