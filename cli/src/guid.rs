//! The ids of tenants and applications.

/// Whether this is a GUID as Microsoft writes them: five groups of hexadecimal digits.
pub(crate) fn is_guid(text: &str) -> bool {
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::is_guid;

    #[test]
    fn a_guid_has_five_groups() {
        assert!(is_guid("aaaabbbb-0000-CCCC-1111-dddd2222eeee"));
        for text in [
            "",
            "contoso",
            "aaaabbbb0000cccc1111dddd2222eeee",
            "gaaabbbb-0000-cccc-1111-dddd2222eeee",
            "{aaaabbbb-0000-cccc-1111-dddd2222eeee}",
        ] {
            assert!(!is_guid(text), "{text}");
        }
    }
}
