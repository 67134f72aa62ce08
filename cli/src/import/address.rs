//! Where the provider is, by everything that says so.

use super::authority::{Authority, full_tenant, kind_of_host, web_url};
use super::field::Field;
use super::gather::Facts;
use super::node::Place;
use super::said::Said;
use crate::guid::is_guid;
use crate::tenant::Kind;

/// What each file says, by setting.
#[derive(Default)]
pub(super) struct Address {
    pub(super) kind: Said,
    pub(super) instance: Said,
    pub(super) names: Said,
    pub(super) ids: Said,
    pub(super) issuer: Said,
    pub(super) flows: [Said; 3],
    /// GUIDs of the tenants whose users may come, in the order of the files.
    pub(super) allowed: Vec<(String, Place)>,
}

impl Address {
    fn tenant(&mut self, name: &str, place: &Place, warnings: &mut Vec<String>) {
        let name = match name.split_once(".onmicrosoftonline.com") {
            Some((name, "")) => {
                let domain = format!("{name}.onmicrosoft.com");
                warnings.push(format!(
                    "{place}: onmicrosoftonline.com is a misprint of the first published sample; \
                     {domain} is taken"
                ));
                domain
            }
            _ => full_tenant(name),
        };
        if is_guid(&name) || !name.contains('.') {
            self.ids.say(name, place);
        } else {
            self.names.say(name, place);
        }
    }
}

/// What the files say about where the provider is.
pub(super) fn address(facts: &mut Facts, warnings: &mut Vec<String>) -> Address {
    let mut address = Address::default();
    // What is said in so many words stands before what follows from a URL.
    for field in [Field::Tenant, Field::TenantId] {
        for found in facts.of(field) {
            address.tenant(&found.text, &found.place, warnings);
        }
    }
    let fields = [Field::SignIn, Field::EditProfile, Field::ResetPassword];
    for (said, field) in address.flows.iter_mut().zip(fields) {
        for found in facts.of(field) {
            said.say(&found.text, &found.place);
        }
    }
    let mut wrong = Vec::new();
    let authorities = [
        Field::Authority,
        Field::EditAuthority,
        Field::ResetAuthority,
        Field::OidcAuthority,
    ];
    for found in facts.of(Field::AllowedTenants) {
        let guids = found
            .words
            .iter()
            .map(|guid| (guid.clone(), found.place.clone()));
        address.allowed.extend(guids);
    }
    for found in &facts.found {
        let flow = match found.field {
            Field::Endpoint => Some(0),
            other => authorities.iter().position(|field| *field == other),
        };
        let Some(flow) = flow else {
            continue;
        };
        let read = match found.field {
            Field::Endpoint => Authority::of_endpoint(&found.text, facts.hint),
            _ => Authority::read(&found.text, facts.hint),
        };
        match read {
            Ok(read) => {
                address.kind.say(read.kind.to_string(), &found.place);
                if let Some(instance) = read.instance {
                    address.instance.say(instance, &found.place);
                }
                if let Some(tenant) = read.tenant {
                    address.tenant(&tenant, &found.place, warnings);
                }
                if let Some(issuer) = read.issuer {
                    address.issuer.say(issuer, &found.place);
                }
                if let (Some(name), Some(said)) = (read.user_flow, address.flows.get_mut(flow)) {
                    said.say(name, &found.place);
                }
            }
            Err(reason) => wrong.push((found.key.clone(), found.place.clone(), reason)),
        }
    }
    for found in facts.of(Field::Instance) {
        let scheme = match found.text.find("://") {
            Some(_) => "",
            None => "https://",
        };
        let url = web_url(&format!("{scheme}{}", found.text));
        match url {
            Ok(url) => {
                let host = url.host_str().unwrap_or_default();
                if let Some(kind) = kind_of_host(host)
                    && !(kind == Kind::Entra && facts.hint == Some(Kind::B2c))
                {
                    address.kind.say(kind.to_string(), &found.place);
                }
                let origin = url.origin().ascii_serialization();
                address.instance.say(origin, &found.place);
            }
            Err(reason) => wrong.push((found.key.clone(), found.place.clone(), reason)),
        }
    }
    for (key, place, reason) in wrong {
        facts.leave(&key, &place, reason);
    }
    address
}
