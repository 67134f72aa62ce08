/// The way on which a fault is reported.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Channel {
    /// B2C's own error page, status 400.
    Page,
    /// The application's redirect URI, by status 302 or a posted form.
    Redirect,
    /// JSON from the token endpoint, status 400.
    Token,
    /// The sign-in page itself, status 200; the application never learns of it.
    Inline,
}

impl Channel {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Redirect => "redirect",
            Self::Token => "token",
            Self::Inline => "inline",
        }
    }

    pub(crate) fn status(self) -> u16 {
        match self {
            Self::Page | Self::Token => 400,
            Self::Redirect => 302,
            Self::Inline => 200,
        }
    }
}
