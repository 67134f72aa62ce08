use std::fmt::Write as _;

use minijinja::{AutoEscape, Environment, Error, Output, State, Value};

/// The page templates.
pub(crate) struct Pages {
    templates: Environment<'static>,
}

impl Pages {
    pub(crate) fn new() -> Result<Self, Error> {
        let mut templates = Environment::new();
        templates.set_formatter(write_escaped);
        for (name, source) in SOURCES {
            templates.add_template(name, source)?;
        }
        Ok(Self { templates })
    }

    /// Renders a template; values are escaped for HTML.
    pub(super) fn render(&self, name: &str, context: Value) -> String {
        self.templates
            .get_template(name)
            .and_then(|template| template.render(context))
            .unwrap_or_else(|_| format!("The emulator's page {name} is damaged."))
    }
}

/// Escapes what HTML needs and leaves the slashes of URLs readable.
fn write_escaped(
    out: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    let text = value.to_string();
    if value.is_safe() || *state.auto_escape() != AutoEscape::Html {
        out.write_str(&text)?;
        return Ok(());
    }
    for letter in text.chars() {
        match letter {
            '&' => out.write_str("&amp;")?,
            '<' => out.write_str("&lt;")?,
            '>' => out.write_str("&gt;")?,
            '"' => out.write_str("&quot;")?,
            '\'' => out.write_str("&#39;")?,
            _ => out.write_char(letter)?,
        }
    }
    Ok(())
}

const SOURCES: [(&str, &str); 11] = [
    ("layout.html", include_str!("../../pages/layout.html")),
    ("fields.html", include_str!("../../pages/fields.html")),
    ("sign_in.html", include_str!("../../pages/sign_in.html")),
    ("sign_up.html", include_str!("../../pages/sign_up.html")),
    (
        "password_reset.html",
        include_str!("../../pages/password_reset.html"),
    ),
    (
        "profile_edit.html",
        include_str!("../../pages/profile_edit.html"),
    ),
    ("error.html", include_str!("../../pages/error.html")),
    (
        "signed_out.html",
        include_str!("../../pages/signed_out.html"),
    ),
    ("errors.html", include_str!("../../pages/errors.html")),
    ("start.html", include_str!("../../pages/start.html")),
    ("form_post.html", include_str!("../../pages/form_post.html")),
];
