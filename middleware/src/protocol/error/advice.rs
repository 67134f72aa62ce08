//! What an operator can do about an error, with the settings where this configuration has them.

use super::ProviderError;
use crate::config::ProviderSettings;

impl ProviderError {
    /// As [`advice`](Self::advice), which says `provider.client_secret`: of several providers each has a
    /// table of its own.
    pub(crate) fn advice_at(&self, provider: &ProviderSettings) -> Option<String> {
        Some(in_table(self.advice()?, &provider.table))
    }
}

/// The text with `provider.KEY` as a key of this table.
fn in_table(advice: &str, table: &str) -> String {
    let mut parts = advice.split(TABLE);
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_key = part.starts_with(|c: char| c.is_ascii_lowercase());
        if is_key && !text.ends_with(char::is_alphanumeric) {
            text.push_str(table);
            text.push('.');
        } else {
            text.push_str(TABLE);
        }
        text.push_str(part);
    }
    text
}

const TABLE: &str = "provider.";

#[cfg(test)]
mod tests {
    use super::in_table;

    #[test]
    fn keys_are_those_of_the_providers_own_table() {
        let advice =
            "compare provider.client_id and [provider.authorize] with the provider. Nothing else";
        let several = in_table(advice, "providers.external-id");
        assert_eq!(
            several,
            "compare providers.external-id.client_id and [providers.external-id.authorize] with the provider. \
             Nothing else"
        );
        assert_eq!(in_table(advice, "provider"), advice);
    }
}
