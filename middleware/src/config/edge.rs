//! Who may reach the app from where: origins, proxies, and what front ends may read.

use super::cidr::Cidr;

/// The keys of `[app]` about the app's edge.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct EdgeSettings {
    /// The path of the session information endpoint.
    pub(crate) session_path: String,
    /// The claims it tells; without a list, all that are about the person.
    pub(crate) session_claims: Option<Vec<String>>,
    pub(crate) csrf: CsrfMode,
    /// Paths that the CSRF defence leaves alone: exact, or with everything below if they end in a
    /// slash.
    pub(crate) csrf_exempt: Vec<String>,
    /// Other origins whose pages may change state here.
    pub(crate) trusted_origins: Vec<String>,
    /// Proxies that tell the client's address truly.
    pub(crate) trusted_proxies: Vec<Cidr>,
}

/// What an unsafe request with a session must show.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(crate) enum CsrfMode {
    /// That it comes from the own origin or a trusted one.
    #[default]
    Origin,
    /// As [`Origin`](Self::Origin); scripts also show a header that forms cannot send.
    Header,
    /// Nothing.
    Off,
}
