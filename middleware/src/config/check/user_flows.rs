//! `[provider.user_flows]`.

use crate::config::kind::Kind;
use crate::config::provider::UserFlows;
use crate::config::section::Section;
use crate::config::sources::Sources;
use crate::config::syntax::is_user_flow;

/// Reads the table. Keys beyond the three that the layer has endpoints for are the app's own names.
/// `in_authority` is the user flow that the authority named.
pub(super) fn read(
    kind: Kind,
    in_authority: Option<String>,
    mut section: Section,
    sources: &mut Sources,
) -> Option<UserFlows> {
    if kind != Kind::B2c {
        for (name, flow) in section.others(sources) {
            let expected = format!("nothing: a provider of kind \"{kind}\" has no user flows");
            sources.report(&section.path(&name), format!("\"{flow}\""), expected);
        }
        return Some(UserFlows::default());
    }
    let sign_up_sign_in = match (&in_authority, section.has("sign_up_sign_in")) {
        (Some(_), false) => in_authority,
        (in_authority, _) => {
            let written = section.required("sign_up_sign_in", EXPECTED, sources);
            if let (Some(one), Some(other)) = (in_authority, &written)
                && !one.eq_ignore_ascii_case(other)
            {
                let expected = format!("\"{one}\", as in the provider's authority");
                let key = section.path("sign_up_sign_in");
                sources.report(&key, format!("\"{other}\""), expected);
            }
            written
        }
    };
    let edit_profile = section.string("edit_profile", sources);
    let reset_password = section.string("reset_password", sources);
    let flows = UserFlows {
        sign_up_sign_in,
        edit_profile,
        reset_password,
        named: section.others(sources).into_iter().collect(),
    };
    for (key, flow) in flows.all() {
        if !is_user_flow(flow) {
            sources.report(&section.path(key), format!("\"{flow}\""), EXPECTED);
        }
    }
    flows.sign_up_sign_in.is_some().then_some(flows)
}

const EXPECTED: &str = "a user flow's name, such as \"B2C_1_signupsignin1\"";
