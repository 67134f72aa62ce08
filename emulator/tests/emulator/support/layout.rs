//! The layouts in which B2C reports an error.

use super::Page;

/// Asserts a redirect of exactly B2C's layout and returns the message without its code.
pub(crate) fn assert_redirect(page: &Page, at: &str, error: &str, code: &str) -> String {
    let location = page.location();
    let start = format!("{at}?error={error}&error_description={code}%3a+");
    assert!(location.starts_with(&start), "{code}: {location}");
    assert!(location.ends_with("Z%0d%0a&state=s+t%2f1"), "{location}");
    let escapes = location.split('%').skip(1).map(|rest| &rest[..2]);
    assert!(
        escapes
            .clone()
            .all(|escape| escape == escape.to_lowercase()),
        "{location}"
    );

    let description = page.parameter("error_description").unwrap();
    let lines: Vec<&str> = description.split("\r\n").collect();
    assert_eq!(lines.len(), 4, "{description:?}");
    let correlation_id = lines[1].strip_prefix("Correlation ID: ").unwrap();
    assert_eq!(correlation_id.len(), 36);
    let timestamp = lines[2].strip_prefix("Timestamp: ").unwrap();
    assert_eq!((timestamp.len(), &timestamp[10..11]), (20, " "));
    assert_eq!(lines[3], "");
    lines[0]
        .strip_prefix(&format!("{code}: "))
        .unwrap()
        .to_owned()
}

/// Asserts B2C's own error page and returns its message without the code.
pub(crate) fn assert_page(page: &Page, code: &str) -> String {
    assert_eq!(page.status, 400, "{}", page.body);
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    let body = &page.body;
    let (_, comment) = body.split_once("<!-- CorrelationId: ").unwrap();
    assert!(
        body.contains(&format!("Correlation ID: {}", &comment[..36])),
        "{body}"
    );
    assert!(body.contains("Timestamp: "), "{body}");
    let (_, message) = body
        .split_once(&format!("{code}: "))
        .unwrap_or_else(|| panic!("{body}"));
    message.split_once("</p>").unwrap().0.replace("&#39;", "'")
}
