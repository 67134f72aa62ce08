use minijinja::{Value, context};
use serde_json::json;

use super::{Pages, frame::frame};
use crate::{
    protocol::{Absent, Channel, Fault},
    provider::Provider,
    random,
};

impl Pages {
    /// The page at `/emulator/errors`: which of B2C's errors can be met here, and how.
    pub(crate) fn errors(&self, provider: &Provider) -> String {
        let faults = Fault::catalogue();
        let rows = faults.iter().map(|fault| {
            let channels = fault.channels().iter().map(|channel| channel.name());
            context! {
                code => format!("AADB2C{}", fault.code()),
                text => fault.text(),
                channels => channels.collect::<Vec<_>>().join(", "),
                provoked_by => fault.provoked_by(),
            }
        });
        let absent = Absent::all().iter().map(|absent| {
            context! { codes => names(absent).join(", "), reason => absent.reason }
        });
        let page = context! {
            faults => rows.collect::<Value>(),
            absent => absent.collect::<Value>(),
        };
        let frame = frame(provider.tenant.short_name(), None, &random::guid());
        self.render("errors.html", context! { ..page, ..frame })
    }
}

/// The same list for programs.
pub(crate) fn errors_document() -> serde_json::Value {
    let faults = Fault::catalogue();
    let rows = faults.iter().map(|fault| {
        let channels = fault.channels().iter().map(|channel| {
            let error = match channel {
                Channel::Redirect => Some(fault.error_on_redirect()),
                Channel::Token => Some(fault.error_at_token_endpoint()),
                Channel::Page | Channel::Inline => None,
            };
            let status = match channel {
                Channel::Token if fault.is_throttling() => TOO_MANY_REQUESTS,
                channel => channel.status(),
            };
            json!({ "channel": channel.name(), "status": status, "error": error })
        });
        json!({
            "code": format!("AADB2C{}", fault.code()),
            "text": fault.text(),
            "channels": channels.collect::<Vec<_>>(),
            "provoked_by": fault.provoked_by(),
        })
    });
    let absent = Absent::all()
        .iter()
        .map(|absent| json!({ "codes": names(absent), "reason": absent.reason }));
    json!({
        "errors": rows.collect::<Vec<_>>(),
        "not_implemented": absent.collect::<Vec<_>>(),
    })
}

/// What MSAL waits for; Microsoft's sources are silent about the status.
const TOO_MANY_REQUESTS: u16 = 429;

fn names(absent: &Absent) -> Vec<String> {
    let codes = absent.codes.iter();
    codes.map(|code| format!("AADB2C{code}")).collect()
}
