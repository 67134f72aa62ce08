//! The templates, and how they become files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use minijinja::syntax::SyntaxConfig;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};

use crate::answers::Answers;
use crate::error::RenderError;
use crate::file::{File, is_part, is_rendered, project_path};
use crate::layers::{API, BASE, BFF, GRPC, JSON, Layer, SITE, WEB_APP, files, files_of};
use crate::store::Store;
use crate::unknown::Unknown;

/// A sort of project that can be generated.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Template {
    /// A server-rendered web app on axum, `web-app`.
    #[default]
    WebApp,
    /// A web API on axum that access tokens protect, `api`.
    Api,
    /// A gRPC service on tonic, and a web app that calls it for its users, `grpc`.
    Grpc,
    /// A server for a front end in the browser, `bff`: session, JSON, static files.
    Bff,
}

impl Template {
    /// Every template.
    pub const ALL: [Self; 4] = [Self::WebApp, Self::Api, Self::Grpc, Self::Bff];

    /// The name in lock files and on command lines, `web-app`.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebApp => "web-app",
            Self::Api => "api",
            Self::Grpc => "grpc",
            Self::Bff => "bff",
        }
    }

    /// Where the project keeps its sessions unless it is told. `None` if it has none, and so no choice.
    pub fn default_store(self) -> Option<Store> {
        match self {
            Self::WebApp | Self::Grpc | Self::Bff => Some(Store::Memory),
            Self::Api => None,
        }
    }

    /// The features of `tower-b2c` that the project uses with this store.
    pub fn features(self, store: Option<Store>) -> Vec<&'static str> {
        let mut features = vec!["axum"];
        features.extend((self == Self::Grpc).then_some("tonic"));
        features.extend(store.and_then(Store::feature));
        features.sort_unstable();
        features
    }

    /// The template's files, as `web-app/src/lib.rs.jinja`, in alphabetical order. Those that several
    /// templates share are among the files of each.
    pub fn sources(self) -> Vec<String> {
        let files = files(&self.layers());
        files.into_keys().map(|path| self.source(&path)).collect()
    }

    /// The template's files as they are before answers are filled in, with the paths of
    /// [`sources`](Self::sources).
    pub fn texts(self) -> impl Iterator<Item = (String, &'static str)> {
        let files = files(&self.layers()).into_iter();
        files.map(move |(path, text)| (self.source(&path), text))
    }

    /// The paths in this crate of all that any template is made of.
    pub fn embedded() -> BTreeSet<String> {
        let layers = Self::ALL.into_iter().flat_map(Self::layers);
        let files = layers.flat_map(|(name, directory)| {
            let files = files_of(directory).into_iter();
            files.map(move |(path, _)| format!("{name}/{path}"))
        });
        files.collect()
    }

    /// Fills the answers in. The same answers give the same bytes.
    pub fn render(self, answers: &Answers) -> Result<Vec<File>, RenderError> {
        self.render_with(answers, &BTreeMap::new())
    }

    /// As [`render`](Self::render), with other texts in place of some files, by the paths of
    /// [`sources`](Self::sources).
    pub fn render_with(
        self,
        answers: &Answers,
        texts: &BTreeMap<String, String>,
    ) -> Result<Vec<File>, RenderError> {
        let mut files: BTreeMap<String, String> = BTreeMap::new();
        for (path, text) in self::files(&self.layers()) {
            let own = texts.get(&self.source(&path));
            files.insert(path, own.cloned().unwrap_or_else(|| text.to_owned()));
        }
        let environment =
            environment(&files).map_err(|error| RenderError::new(self.name(), error))?;
        let context = answers.context(self.name());
        let mut rendered = Vec::new();
        for (source, text) in &files {
            if is_part(source) {
                continue;
            }
            let contents = if is_rendered(source) {
                let template = environment.get_template(source);
                let result = template.and_then(|template| template.render(context.clone()));
                result.map_err(|error| RenderError::new(source, error))?
            } else {
                text.clone()
            };
            // What a project has no use for is rendered to nothing.
            if !contents.is_empty() {
                rendered.push(File::new(project_path(source), contents));
            }
        }
        rendered.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(rendered)
    }

    fn source(self, path: &str) -> String {
        format!("{}/{path}", self.name())
    }

    fn layers(self) -> Vec<Layer> {
        match self {
            Self::WebApp => vec![BASE, SITE, WEB_APP],
            Self::Api => vec![BASE, JSON, API],
            Self::Grpc => vec![BASE, SITE, GRPC],
            Self::Bff => vec![BASE, JSON, SITE, BFF],
        }
    }
}

impl FromStr for Template {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        let found = Self::ALL
            .into_iter()
            .find(|template| template.name() == name);
        found.ok_or_else(|| Unknown::new("template", name, &Self::ALL.map(Self::name)))
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Delimiters that clash neither with Rust nor TOML nor the HTML templates of the project. Files can
/// include each other.
pub(crate) fn environment(
    files: &BTreeMap<String, String>,
) -> Result<Environment<'_>, minijinja::Error> {
    let mut syntax = SyntaxConfig::builder();
    syntax.variable_delimiters("<<", ">>");
    syntax.block_delimiters("<%", "%>");
    syntax
        .comment_delimiters("<#", "#>")
        .keep_trailing_newline(true)
        .trim_blocks(true);

    let mut environment = Environment::new();
    environment.set_syntax(syntax.build()?);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    for (path, text) in files.iter().filter(|(path, _)| is_rendered(path)) {
        environment.add_template(path, text)?;
    }
    Ok(environment)
}
