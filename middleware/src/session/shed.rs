//! What a session can do without, where room is scarce.

use super::record::Record;

impl Record {
    /// Drops the next thing that is not missed much, and names it; `None` if nothing is left of the
    /// kind. The order: the ID token that a sign-out would show, the name of the browser, then, as long
    /// as a refresh brings them back, access tokens: the one that ends first, first.
    pub(super) fn shed(&mut self) -> Option<&'static str> {
        if self.origin.id_token.take().is_some() {
            return Some("id_token_hint");
        }
        if self.origin.user_agent.take().is_some() {
            return Some("user_agent");
        }
        self.grant.as_ref()?;
        let tokens = self.tokens.iter().enumerate();
        let (first, _) = tokens.min_by_key(|(_, token)| token.expires_at)?;
        self.tokens.remove(first);
        Some("access_token")
    }
}
