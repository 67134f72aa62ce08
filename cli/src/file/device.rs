//! Names that Windows keeps for devices.

/// Whether Windows takes a file of this name for a device, whatever its extension:
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
pub(crate) fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name).trim_end();
    let port = |word: &str| {
        let number = stem
            .get(..word.len())
            .filter(|start| start.eq_ignore_ascii_case(word))
            .and_then(|_| stem.get(word.len()..));
        number.is_some_and(|number| {
            let mut digits = number.chars();
            matches!(
                (digits.next(), digits.next()),
                (Some('0'..='9' | '¹' | '²' | '³'), None)
            )
        })
    };
    DEVICES.iter().any(|it| it.eq_ignore_ascii_case(stem)) || port("COM") || port("LPT")
}

const DEVICES: [&str; 6] = ["AUX", "CON", "CONIN$", "CONOUT$", "NUL", "PRN"];

#[cfg(test)]
mod tests {
    use super::is_device;

    #[test]
    fn devices_are_told_from_files() {
        for name in [
            "nul",
            "Con",
            "aux.txt",
            "COM1",
            "lpt9.tar.gz",
            "com¹",
            "prn ",
        ] {
            assert!(is_device(name), "{name}");
        }
        for name in [
            "null",
            "console",
            "com",
            "com10",
            "lpt",
            "auxiliary",
            "",
            "ä",
        ] {
            assert!(!is_device(name), "{name}");
        }
    }
}
