//! Sign-outs, by who asked for them.

use super::metric::{Kind, Metric};

/// Who asks for a sign-out.
#[derive(Clone, Copy)]
pub(crate) enum SignOutKind {
    /// The user, here.
    Local,
    /// A frame of the provider's page.
    FrontChannel,
    /// The provider's server.
    BackChannel,
}

/// What came of a sign-out.
#[derive(Clone, Copy)]
pub(crate) enum SignOutOutcome {
    /// There was a session, and it is over.
    Ended,
    /// There was none (any more).
    Nothing,
    /// The request is not one that may end a session.
    Refused,
    /// The store or the provider's keys are away.
    Unavailable,
}

impl SignOutOutcome {
    /// Of a number of sessions that ended.
    pub(crate) fn of(sessions: usize) -> Self {
        match sessions {
            0 => Self::Nothing,
            _ => Self::Ended,
        }
    }
}

/// What there is before anybody signs out.
#[cfg(feature = "metrics")]
pub(super) fn begin() {
    SIGN_OUTS.list(&[]);
}

/// A sign-out was asked for.
pub(crate) fn signed_out(kind: SignOutKind, outcome: SignOutOutcome) {
    let kind = match kind {
        SignOutKind::Local => "local",
        SignOutKind::FrontChannel => "front_channel",
        SignOutKind::BackChannel => "back_channel",
    };
    let outcome = match outcome {
        SignOutOutcome::Ended => "ended",
        SignOutOutcome::Nothing => "nothing",
        SignOutOutcome::Refused => "refused",
        SignOutOutcome::Unavailable => "unavailable",
    };
    SIGN_OUTS.count(&[("kind", kind), ("outcome", outcome)]);
}

const SIGN_OUTS: Metric = Metric {
    name: "tower_b2c_sign_outs_total",
    kind: Kind::Counter,
    labels: &[
        ("kind", &["local", "front_channel", "back_channel"]),
        ("outcome", &["ended", "nothing", "refused", "unavailable"]),
    ],
    what: "sign-outs by who asked: the user here, a frame of the provider's page, the provider's server; `nothing` where there was no session to end",
};

#[cfg(feature = "metrics")]
pub(super) const ALL: &[Metric] = &[SIGN_OUTS];
