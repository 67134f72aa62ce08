//! `[provider]`.

use crate::config::section::{Section, Sources};
use crate::config::settings::{ProviderSettings, UserFlows};
use crate::config::syntax::{
    default_instance, full_tenant, is_guid, is_loopback, is_tenant, is_user_flow, web_url,
};

pub(super) fn read(mut section: Section, sources: &mut Sources) -> Option<ProviderSettings> {
    let kind = section
        .string("kind", sources)
        .unwrap_or_else(|| "b2c".to_owned());
    if kind != "b2c" {
        sources.report("provider.kind", format!("\"{kind}\""), "\"b2c\"");
    }
    let emulator = section.boolean("emulator", false, sources);

    let tenant = section.required("tenant", "the tenant's name, such as \"contoso\"", sources);
    let tenant = tenant.and_then(|name| {
        let valid = is_tenant(&name);
        if !valid {
            let expected =
                "a name (contoso), a domain (contoso.onmicrosoft.com) or the tenant's GUID";
            sources.report("provider.tenant", format!("\"{name}\""), expected);
        }
        valid.then(|| full_tenant(name))
    });
    let instance = section.string("instance", sources);
    let instance = instance.or_else(|| tenant.as_deref().and_then(default_instance));
    if instance.is_none() && tenant.is_some() {
        let expected = "the host of the sign-in pages, such as \"https://login.contoso.com\"";
        sources.report("provider.instance", "nothing", expected);
    }
    let instance = instance.and_then(|text| {
        let url = web_url(&text).filter(|url| url.path() == "/" && url.query().is_none());
        if url.is_none() {
            let expected = "an https origin without a path (http only on localhost)";
            sources.report("provider.instance", format!("\"{text}\""), expected);
        }
        url
    });
    if emulator && instance.as_ref().is_some_and(|url| !is_loopback(url)) {
        let expected = "false, unless provider.instance is on localhost";
        sources.report("provider.emulator", "true", expected);
    }

    let client_id = section.required("client_id", "the application (client) id, a GUID", sources);
    if let Some(id) = client_id.as_ref().filter(|id| !is_guid(id)) {
        sources.report(
            "provider.client_id",
            format!("\"{id}\""),
            "the application (client) id, a GUID",
        );
    }
    let problems_before = sources.problems.len();
    let client_secret = section.secret("client_secret", sources);
    if client_secret.is_none() && sources.problems.len() == problems_before {
        let expected = "{ env = \"B2C_CLIENT_SECRET\" } or { file = \"path\" }";
        sources.report("provider.client_secret", "nothing", expected);
    }

    let flows = section.section("user_flows", sources);
    let user_flows = read_user_flows(flows, sources);
    section.close(sources);
    Some(ProviderSettings {
        instance: instance?,
        tenant: tenant?,
        client_id: client_id?,
        client_secret: client_secret?,
        user_flows: user_flows?,
        emulator,
    })
}

fn read_user_flows(mut section: Section, sources: &mut Sources) -> Option<UserFlows> {
    const EXPECTED: &str = "a user flow's name, such as \"B2C_1_signupsignin1\"";
    let sign_up_sign_in = section.required("sign_up_sign_in", EXPECTED, sources);
    let edit_profile = section.string("edit_profile", sources);
    let reset_password = section.string("reset_password", sources);
    let named = [
        ("sign_up_sign_in", &sign_up_sign_in),
        ("edit_profile", &edit_profile),
        ("reset_password", &reset_password),
    ];
    for (key, name) in named {
        if let Some(name) = name.as_ref().filter(|name| !is_user_flow(name)) {
            sources.report(&section.path(key), format!("\"{name}\""), EXPECTED);
        }
    }
    section.close(sources);
    Some(UserFlows {
        sign_up_sign_in: sign_up_sign_in?,
        edit_profile,
        reset_password,
    })
}
