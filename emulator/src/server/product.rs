//! Authorization responses in the way of the tenant's product.

use super::visit::Visit;
use crate::{
    entra::{StsFault, StsReport, sts_fault},
    protocol::{Answer, Fault, Report, Target},
    provider::Provider,
    random,
};

/// Entra adds the state of its session to a success.
pub(super) fn success(answer: Answer, provider: &Provider) -> Answer {
    if provider.tenant.kind.is_b2c() {
        return answer;
    }
    let state = random::guid();
    match answer {
        Answer::Redirect(uri) => Answer::Redirect(format!("{uri}&session_state={state}")),
        Answer::FormPost { action, mut fields } => {
            fields.push(("session_state", state));
            Answer::FormPost { action, fields }
        }
    }
}

/// What the application is told about a fault, and the fault's code.
pub(super) fn refusal(visit: &Visit<'_>, target: &Target, fault: Fault) -> (Answer, String) {
    let now = visit.provider.clock.now();
    let tenant = &visit.provider.tenant;
    if tenant.kind.is_b2c() {
        let report = Report::new(fault, now);
        let code = format!("AADB2C{}", report.fault.code());
        (target.failure(&report), code)
    } else {
        sts_refusal(visit, target, sts_fault(&fault, tenant))
    }
}

/// The same, for a fault that only Entra has.
pub(super) fn sts_refusal(visit: &Visit<'_>, target: &Target, fault: StsFault) -> (Answer, String) {
    let now = visit.provider.clock.now();
    let report = StsReport::new(fault, now, &visit.authority.origin);
    (report.answer(target), report.code())
}

/// Entra tells the application nothing at a place that is not registered.
pub(super) fn needs_page(visit: &Visit<'_>, fault: &Fault) -> bool {
    !visit.provider.tenant.kind.is_b2c() && matches!(fault, Fault::UnregisteredRedirectUri { .. })
}
