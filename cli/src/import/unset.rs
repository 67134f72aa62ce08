//! Values that a sample has where people are to write their own.

/// Whether a value is a placeholder of a published sample, such as `Enter_the_Tenant_Name_Here`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim();
    let lower = text.to_ascii_lowercase();
    let bracketed = |open, close| match (text.find(open), text.rfind(close)) {
        (Some(open), Some(close)) => open < close,
        _ => false,
    };
    let words = [
        "enter_the",
        "enter the",
        "enter-the",
        "your_",
        "your-",
        "your ",
        "yourapp",
        "qualified.domain.name",
        "secret-from-app-registration",
        "client secret from app-registration",
        "sessionsecrethere",
        "client id here",
        "replace-with",
        "replace_with",
        "changeme",
    ];
    let begins = ["you app ", "xxxx", "[insert", "insert_"];
    bracketed('<', '>')
        || bracketed('{', '}')
        || (text.starts_with('[') && text.ends_with(']'))
        || words.iter().any(|word| lower.contains(word))
        || begins.iter().any(|word| lower.starts_with(word))
        || is_one_character(&lower)
}

/// `11111111-1111-1111-1111-111111111111` and the like.
fn is_one_character(text: &str) -> bool {
    let mut characters = text.chars().filter(|c| *c != '-');
    let first = characters.next();
    text.len() >= 20 && characters.all(|c| Some(c) == first)
}

#[cfg(test)]
mod tests {
    use super::is_placeholder;

    #[test]
    fn placeholders_of_samples_are_no_values() {
        for text in [
            "Enter_the_Application_Id_here",
            "https://Enter_the_B2C_Tenant_Subdomain_Here.b2clogin.com/x",
            "<client id>",
            "https://<your-tenant-name>.b2clogin.com",
            "{CLIENT_ID}",
            "${your-client-id}",
            "[Enter the Client Id (Application ID obtained from the Azure portal)]",
            "You app client ID here",
            "Your app client secret here",
            "YOUR_TENANT_ID",
            "qualified.domain.name",
            "11111111-1111-1111-11111111111111111",
            "00000000-0000-0000-0000-000000000000",
            "xxxx-xxxx",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in [
            "contoso",
            "https://contoso.b2clogin.com",
            "0f1e2d3c-1111-2222-3333-444455556666",
            "/getAToken",
            "yours.example.com",
        ] {
            assert!(!is_placeholder(text), "{text}");
        }
    }
}
