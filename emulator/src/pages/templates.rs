use std::fmt::Write as _;

use minijinja::{AutoEscape, Environment, Error, Output, State, Value, context};

use super::texts::Texts;
use crate::protocol::Language;

/// The page templates.
pub(crate) struct Pages {
    templates: Environment<'static>,
    texts: Texts,
}

impl Pages {
    pub(crate) fn new() -> Result<Self, Error> {
        let mut templates = Environment::new();
        templates.set_formatter(write_escaped);
        for (name, source) in SOURCES {
            templates.add_template(name, source)?;
        }
        let texts = Texts::new()?;
        Ok(Self { templates, texts })
    }

    /// A text in a language; one that is missing is its key.
    pub(crate) fn text<'a>(&'a self, language: Language, key: &'a str) -> &'a str {
        self.texts.get(language, key)
    }

    /// What templates need to speak a language.
    pub(super) fn in_language(&self, language: Language) -> Value {
        context! { lang => language.tag(), t => self.texts.all(language) }
    }

    /// Renders a template in the language of the request; values are escaped for HTML.
    pub(super) fn render(&self, name: &str, context: Value) -> String {
        self.render_in(Language::of_this_request(), name, context)
    }

    /// Renders a template; values are escaped for HTML.
    pub(super) fn render_in(&self, language: Language, name: &str, context: Value) -> String {
        let context = context! { ..context, ..self.in_language(language) };
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

const SOURCES: [(&str, &str); 15] = [
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
    ("audit.html", include_str!("../../pages/audit.html")),
    (
        "second_factor.html",
        include_str!("../../pages/second_factor.html"),
    ),
    (
        "new_password.html",
        include_str!("../../pages/new_password.html"),
    ),
    (
        "federation.html",
        include_str!("../../pages/federation.html"),
    ),
    ("errors.html", include_str!("../../pages/errors.html")),
    ("start.html", include_str!("../../pages/start.html")),
    ("form_post.html", include_str!("../../pages/form_post.html")),
];
