//! Texts that stand where a value is to be filled in.

/// Whether a value is one of the fill-in texts that samples and portals use.
pub(in crate::config) fn is_placeholder(value: &str) -> bool {
    let lower = value.trim().to_ascii_lowercase();
    let bracketed = (lower.starts_with('<') && lower.ends_with('>')) || lower.starts_with("{{");
    bracketed
        || lower.contains("enter_the_")
        || lower.starts_with("your_")
        || lower.starts_with("your-")
        || lower == "changeme"
        || lower == "qualified.domain.name"
        || lower == "secret-from-app-registration"
        || lower.starts_with("11111111-1111-1111-1111")
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn fill_in_texts_of_samples_are_placeholders() {
        for text in [
            "<your tenant>",
            "Enter_the_Application_Id_Here",
            "your_client_id",
            "{{ID}}",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "contoso",
            "00001111-aaaa-2222-bbbb-3333cccc4444",
            "yourcompany",
            "a<b>c",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
