//! Colours, and when there are none.

use std::io::IsTerminal;

use clap::ValueEnum;

use super::console::shows_colors;

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

impl ColorChoice {
    /// Whether a stream gets colours.
    pub(crate) fn applies(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => {
                let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
                let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
                !set("NO_COLOR") && !dumb && shows_colors(stream)
            }
        }
    }

    /// The value of cargo's own option.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Always => "always",
            Self::Never => "never",
        }
    }
}

/// How a piece of text is set off.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Style {
    Plain,
    Bold,
    Dim,
    Good,
    Bad,
    Link,
    /// A line that a diff adds.
    Added,
    /// A line that a diff takes away.
    Removed,
    /// Where a diff is.
    Place,
}

impl Style {
    pub(crate) fn paint(self, text: &str) -> String {
        let code = match self {
            Self::Plain => return text.to_owned(),
            Self::Bold => "1",
            Self::Dim => "2",
            Self::Good => "1;32",
            Self::Bad => "1;31",
            Self::Link => "4;36",
            Self::Added => "32",
            Self::Removed => "31",
            Self::Place => "36",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}
