use minijinja::{Value, context};

use super::Pages;

/// The page that posts an authorization response to the application, in B2C's structure.
pub(crate) fn form_post(pages: &Pages, action: &str, fields: &[(&'static str, String)]) -> String {
    let fields = fields.iter().map(|(name, value)| {
        let id = if *name == "state" { "state_id" } else { name };
        context! { id => id, name => *name, value => value }
    });
    pages.render(
        "form_post.html",
        context! {
            action => action,
            fields => fields.collect::<Value>(),
            script => Value::from_safe_string(FORM_POST_SCRIPT.to_owned()),
        },
    )
}

/// The script of that page, the only one in the emulator. The page's policy allows it by its hash.
pub(crate) const FORM_POST_SCRIPT: &str = "document.getElementById('noJavascript').style.display='none';document.getElementById('auto').submit();";
