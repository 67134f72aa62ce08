//! `[app]`.

use super::edge;
use crate::config::section::Section;
use crate::config::settings::AppSettings;
use crate::config::sources::Sources;
use crate::config::syntax::{is_path, web_url};

pub(super) fn read(mut section: Section, sources: &mut Sources) -> Option<AppSettings> {
    let expected = "the app's public URL, such as \"https://app.contoso.com\"";
    let base_url = section.required("base_url", expected, sources);
    let base_url = base_url.and_then(|text| {
        let url = web_url(&text).filter(|url| {
            let prefix = url.path().strip_suffix('/').unwrap_or(url.path());
            url.query().is_none() && (prefix.is_empty() || is_path(prefix, false))
        });
        if url.is_none() {
            let expected = "an https origin (http only on localhost), with the path that the app \
                            is mounted under if there is one";
            sources.report("app.base_url", format!("\"{text}\""), expected);
        }
        url
    });
    let edge = edge::read(&mut section, sources);
    let mut path = |key, default: &str, root_allowed| {
        let path = section
            .string(key, sources)
            .unwrap_or_else(|| default.to_owned());
        if !is_path(&path, root_allowed) {
            let expected = format!("a path such as \"{default}\"");
            sources.report(&format!("app.{key}"), format!("\"{path}\""), expected);
        }
        path
    };
    let redirect_path = path("redirect_path", "/getAToken", false);
    let sign_in_path = path("sign_in_path", "/login", false);
    let edit_profile_path = path("edit_profile_path", "/edit-profile", false);
    let reset_password_path = path("reset_password_path", "/reset-password", false);
    let sign_out_path = path("sign_out_path", "/logout", false);
    let after_sign_out = path("after_sign_out", "/", true);
    let front_channel_sign_out_path = path(
        "front_channel_sign_out_path",
        "/front-channel-logout",
        false,
    );
    let back_channel_sign_out_path =
        path("back_channel_sign_out_path", "/back-channel-logout", false);
    let default_provider = section.string("default_provider", sources);
    section.close(sources);

    let own = [
        &redirect_path,
        &sign_in_path,
        &edit_profile_path,
        &reset_password_path,
        &sign_out_path,
        &edge.session_path,
        &front_channel_sign_out_path,
        &back_channel_sign_out_path,
    ];
    for (index, path) in own.iter().enumerate() {
        if **path == after_sign_out {
            let expected = "a page of the app";
            sources.report("app.after_sign_out", format!("\"{path}\""), expected);
        }
        if own[..index].contains(path) {
            sources.report(
                "app",
                format!("the path \"{path}\" twice"),
                "a path of its own for each endpoint",
            );
        }
    }
    Some(AppSettings {
        base_url: base_url?,
        default_provider,
        redirect_path,
        sign_in_path,
        edit_profile_path,
        reset_password_path,
        sign_out_path,
        after_sign_out,
        edge,
        front_channel_sign_out_path,
        back_channel_sign_out_path,
    })
}
