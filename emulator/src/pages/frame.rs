use minijinja::{Value, context};

/// What surrounds every page: the heading's tenant, the footer's facts.
pub(super) fn frame(tenant: &str, user_flow: Option<&str>, correlation_id: &str) -> Value {
    context! {
        tenant => tenant,
        user_flow => user_flow.unwrap_or_default(),
        correlation_id => correlation_id,
    }
}
