//! Where a `Location` leads, as strict and as lenient readers see it.

use percent_encoding::percent_decode_str;
use url::Url;

/// Fails unless every reader stays on the origin of `base` with this reference.
pub fn stays(location: &str, base: &str, about: &str) {
    let base = Url::parse(base).unwrap();
    for reading in readings(location) {
        let Ok(url) = base.join(&reading) else {
            continue;
        };
        assert_eq!(
            url.origin(),
            base.origin(),
            "{about:?} leads away by {location:?}, read as {reading:?}"
        );
        assert!(
            url.username().is_empty() && !url.path().starts_with("//"),
            "{about:?} leaves {url} to whoever normalises {location:?}"
        );
    }
}

/// The reference itself, and what it becomes where it is decoded, repaired or simplified on the way:
/// by proxies, by frameworks, by browsers.
fn readings(location: &str) -> Vec<String> {
    let mut readings = vec![location.to_owned(), browsers(location)];
    // What comes after the path is not decoded into the path.
    let path = |text: &str| text.split(['?', '#']).next().unwrap().to_owned();
    let mut decoded = path(location);
    for _ in 0..6 {
        decoded = percent_decode_str(&path(&decoded))
            .decode_utf8_lossy()
            .into_owned();
        readings.extend([decoded.clone(), browsers(&decoded), simplified(&decoded)]);
    }
    readings
}

/// URL Standard, "basic URL parser": trimmed, without tabs and line ends, backslashes as slashes.
fn browsers(text: &str) -> String {
    let text = text.trim_matches(|c: char| c <= ' ');
    text.replace('\\', "/").replace(['\t', '\n', '\r'], "")
}

/// Compatibility forms as their ASCII letters, all other control characters dropped.
fn simplified(text: &str) -> String {
    let ascii = |c: char| match c {
        '／' | '∕' | '⁄' | '⧸' | '╱' | '＼' | '⧵' | '∖' | '\\' => '/',
        '。' | '．' | '｡' | '․' => '.',
        '：' | '﹕' | 'ː' => ':',
        '＠' | '﹫' => '@',
        other => other,
    };
    let text = text.chars().map(ascii);
    text.filter(|c| !c.is_control()).collect()
}
