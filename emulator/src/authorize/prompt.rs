use crate::protocol::Fault;

/// The `prompt` parameter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Prompt {
    /// A session is used if there is one; also `consent` and `select_account`, which change nothing.
    Normal,
    /// Credentials are asked for whatever session there is.
    Login,
    /// Nothing is asked.
    None,
}

impl Prompt {
    pub(crate) fn read(parameter: Option<&str>) -> Result<Self, Fault> {
        match parameter {
            None | Some("consent" | "select_account") => Ok(Self::Normal),
            Some("login") => Ok(Self::Login),
            Some("none") => Ok(Self::None),
            Some(_) => Err(Fault::InvalidPrompt),
        }
    }
}
