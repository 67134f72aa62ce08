use super::{Report, encoding::with_query};

/// How an authorization response travels to the application.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ResponseMode {
    Query,
    Fragment,
    FormPost,
}

/// Where an authorization response goes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    pub(crate) redirect_uri: String,
    pub(crate) mode: ResponseMode,
    pub(crate) state: Option<String>,
}

/// An authorization response, ready to be written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Answer {
    /// Send the browser to this URI.
    Redirect(String),
    /// Let the browser post these fields to this URI.
    FormPost {
        action: String,
        fields: Vec<(&'static str, String)>,
    },
}

impl ResponseMode {
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "query" => Some(Self::Query),
            "fragment" => Some(Self::Fragment),
            "form_post" => Some(Self::FormPost),
            _ => None,
        }
    }
}

impl Target {
    /// `state` comes first.
    pub(crate) fn success(&self, mut fields: Vec<(&'static str, String)>) -> Answer {
        if let Some(state) = &self.state {
            fields.insert(0, ("state", state.clone()));
        }
        self.answer(fields)
    }

    /// `error`, `error_description`, `state`, and nothing else.
    pub(crate) fn failure(&self, report: &Report) -> Answer {
        let mut fields = vec![
            ("error", report.fault.error_on_redirect().to_owned()),
            ("error_description", report.description()),
        ];
        if let Some(state) = &self.state {
            fields.push(("state", state.clone()));
        }
        self.answer(fields)
    }

    pub(crate) fn answer(&self, fields: Vec<(&'static str, String)>) -> Answer {
        let separator = match self.mode {
            ResponseMode::Query => '?',
            ResponseMode::Fragment => '#',
            ResponseMode::FormPost => {
                return Answer::FormPost {
                    action: self.redirect_uri.clone(),
                    fields,
                };
            }
        };
        let pairs: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        Answer::Redirect(with_query(&self.redirect_uri, separator, &pairs))
    }
}
