//! The templates, and how they become files.

use std::collections::BTreeMap;

use include_dir::{Dir, DirEntry, include_dir};
use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::answers::Answers;
use crate::error::RenderError;
use crate::file::{File, is_rendered, project_path};

/// A kind of project that can be generated.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    name: &'static str,
    directory: &'static Dir<'static>,
}

impl Template {
    /// A server-rendered web app on axum.
    pub fn web_app() -> Self {
        Self {
            name: "web-app",
            directory: &WEB_APP,
        }
    }

    /// Every template.
    pub fn all() -> Vec<Self> {
        vec![Self::web_app()]
    }

    /// The template's name, `web-app`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The paths of the template's files in this crate, in alphabetical order.
    pub fn sources(&self) -> Vec<String> {
        let sources = files(self.directory);
        sources
            .map(|(path, _)| format!("{}/{path}", self.name))
            .collect()
    }

    /// The template's files as they are before answers are filled in, with the paths of
    /// [`sources`](Self::sources).
    pub fn texts(&self) -> impl Iterator<Item = (String, &'static str)> {
        let name = self.name;
        files(self.directory).map(move |(path, text)| (format!("{name}/{path}"), text))
    }

    /// Fills the answers in. The same answers give the same bytes.
    pub fn render(&self, answers: &Answers) -> Result<Vec<File>, RenderError> {
        self.render_with(answers, &BTreeMap::new())
    }

    /// As [`render`](Self::render), with other texts in place of some files, by the paths of
    /// [`sources`](Self::sources).
    pub fn render_with(
        &self,
        answers: &Answers,
        texts: &BTreeMap<String, String>,
    ) -> Result<Vec<File>, RenderError> {
        let environment = environment().map_err(|error| RenderError::new(self.name, error))?;
        let rendered = files(self.directory).map(|(source, text)| {
            let own = texts.get(&format!("{}/{source}", self.name));
            let text = own.map_or(text, String::as_str);
            let contents = if is_rendered(&source) {
                let template = environment.template_from_named_str(&source, text);
                let result =
                    template.and_then(|template| template.render(answers.values().clone()));
                result.map_err(|error| RenderError::new(&source, error))?
            } else {
                text.to_owned()
            };
            Ok(File::new(project_path(&source), contents))
        });
        let mut rendered = rendered.collect::<Result<Vec<_>, _>>()?;
        rendered.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(rendered)
    }
}

/// Delimiters that clash neither with Rust nor TOML nor the HTML templates of the project.
fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut syntax = SyntaxConfig::builder();
    syntax.variable_delimiters("<<", ">>");
    syntax.block_delimiters("<%", "%>");
    syntax
        .comment_delimiters("<#", "#>")
        .keep_trailing_newline(true);

    let mut environment = Environment::new();
    environment.set_syntax(syntax.build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    Ok(environment)
}

/// All files beneath a directory, with their paths in it.
fn files(directory: &'static Dir<'static>) -> impl Iterator<Item = (String, &'static str)> {
    let mut found = Vec::new();
    let mut pending = vec![directory];
    while let Some(next) = pending.pop() {
        for entry in next.entries() {
            match entry {
                DirEntry::Dir(below) => pending.push(below),
                DirEntry::File(file) => {
                    let parts = file.path().iter().map(|part| part.to_string_lossy());
                    let path = parts.collect::<Vec<_>>().join("/");
                    found.push((path, file.contents_utf8().unwrap_or_default()));
                }
            }
        }
    }
    found.sort();
    found.into_iter()
}

static WEB_APP: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/web-app");

#[cfg(test)]
mod tests {
    use super::{Template, files};
    use crate::answers::Answers;

    #[test]
    fn a_missing_answer_is_an_error_that_names_the_file() {
        let error = Template::web_app()
            .render(&Answers::new())
            .expect_err("no answers");
        assert_eq!(error.file(), "Cargo.toml.jinja");
    }

    #[test]
    fn every_file_is_text() {
        for template in Template::all() {
            for (path, text) in files(template.directory) {
                assert!(!text.is_empty(), "{path} is empty or not UTF-8");
                assert!(text.ends_with('\n'), "{path} does not end with a newline");
            }
        }
    }
}
