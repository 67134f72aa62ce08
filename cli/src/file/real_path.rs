//! Where a file really is.

use std::io;
use std::path::{Path, PathBuf};

use super::is_device;

/// The path of what is there, absolute and with links followed, in the form that people and other
/// programs know: on Windows without `\\?\` where that means the same.
///
/// # Errors
///
/// Nothing is there, or it cannot be looked at.
pub(crate) fn real_path(path: &Path) -> io::Result<PathBuf> {
    let real = path.canonicalize()?;
    let known = real.to_str().and_then(without_prefix);
    Ok(known.map_or(real, PathBuf::from))
}

/// `C:\src` for `\\?\C:\src`, and `\\server\share\src` for `\\?\UNC\server\share\src`.
///
/// `None` where there is no such prefix, or where without it another file would be meant: Windows reads
/// names of devices, dots and spaces at the end of a name, and paths of more than 259 characters otherwise
/// then. <https://learn.microsoft.com/windows/win32/fileio/naming-a-file#win32-file-namespaces>
fn without_prefix(path: &str) -> Option<String> {
    let rest = path.strip_prefix(r"\\?\")?;
    let plain = match (rest.strip_prefix(r"UNC\"), rest.as_bytes()) {
        (Some(share), _) => format!(r"\\{share}"),
        (None, [letter, b':', b'\\', ..]) if letter.is_ascii_alphabetic() => rest.to_owned(),
        _ => return None,
    };
    let mut names = rest.split('\\').skip(1);
    let is_usual = |name: &str| !name.ends_with(['.', ' ']) && !is_device(name);
    (plain.encode_utf16().count() < MAX_PATH && names.all(is_usual)).then_some(plain)
}

/// With the null at its end.
const MAX_PATH: usize = 260;

#[cfg(test)]
mod tests {
    use super::without_prefix;

    #[test]
    fn what_windows_puts_before_a_path_goes_away_where_it_says_nothing() {
        let known = |path| without_prefix(path);
        assert_eq!(known(r"\\?\C:\src\demo").as_deref(), Some(r"C:\src\demo"));
        assert_eq!(known(r"\\?\Z:\").as_deref(), Some(r"Z:\"));
        assert_eq!(
            known(r"\\?\UNC\host\share\demo").as_deref(),
            Some(r"\\host\share\demo")
        );
        let long = format!(r"\\?\C:\{}", "a".repeat(260));
        for path in [
            "/home/ada/demo",
            r"C:\src",
            r"\\host\share",
            r"\\?\C:",
            r"\\?\Volume{1}\src",
            r"\\?\C:\src\nul",
            r"\\?\C:\src\com1.txt\x",
            r"\\?\C:\src.\x",
            r"\\?\C:\src \x",
            &long,
        ] {
            assert_eq!(known(path), None, "{path}");
        }
    }
}
