use std::collections::BTreeSet;

use serde_json::Value;

use super::APP;
use crate::support::{Page, assert_page, assert_redirect, unescaped};

/// The emulator's list, and what of it was met.
pub(super) struct Table {
    pub(super) list: Value,
    pub(super) met: BTreeSet<(String, &'static str)>,
}

impl Table {
    fn entry(&self, code: &str, channel: &str) -> (String, Value) {
        let errors = self.list["errors"].as_array().unwrap();
        let error = errors.iter().find(|error| error["code"] == code);
        let error = error.unwrap_or_else(|| panic!("{code} is not listed"));
        let channels = error["channels"].as_array().unwrap();
        let found = channels.iter().find(|one| one["channel"] == channel);
        let found = found.unwrap_or_else(|| panic!("{code} is not listed for {channel}"));
        (error["text"].as_str().unwrap().to_owned(), found.clone())
    }

    pub(super) fn redirect(&mut self, page: &Page, code: &str) {
        let (text, listed) = self.entry(code, "redirect");
        assert_eq!(listed["status"], page.status, "{code}: {}", page.body);
        let error = listed["error"].as_str().unwrap();
        let message = assert_redirect(page, APP, error, code);
        self.compare(code, "redirect", &message, &text);
    }

    /// An answer in the fragment.
    pub(super) fn fragment(&mut self, page: &Page, code: &str) {
        let (text, listed) = self.entry(code, "redirect");
        let error = listed["error"].as_str().unwrap();
        let start = format!("{APP}#error={error}&error_description={code}%3a+");
        assert!(page.location().starts_with(&start), "{}", page.location());
        let (_, fragment) = page.location().split_once('#').unwrap();
        let mut fields = url::form_urlencoded::parse(fragment.as_bytes());
        let (_, description) = fields
            .find(|(name, _)| name == "error_description")
            .unwrap();
        let line = description.split("\r\n").next().unwrap();
        let line = line.strip_prefix(&format!("{code}: ")).unwrap();
        self.compare(code, "redirect", line, &text);
    }

    pub(super) fn page(&mut self, page: &Page, code: &str) {
        let (text, listed) = self.entry(code, "page");
        assert_eq!(listed["status"], page.status, "{code}");
        let message = assert_page(page, code);
        self.compare(code, "page", &message, &text);
    }

    pub(super) fn token(&mut self, page: &Page, code: &str) {
        let (text, listed) = self.entry(code, "token");
        assert_eq!(listed["status"], page.status, "{code}: {}", page.body);
        let (error, line) = page.token_refusal();
        assert_eq!(listed["error"], error, "{line}");
        let message = line.strip_prefix(&format!("{code}: "));
        let message = message.unwrap_or_else(|| panic!("{code}: {line}"));
        self.compare(code, "token", message, &text);
    }

    pub(super) fn inline(&mut self, page: &Page, code: &str) {
        let (text, listed) = self.entry(code, "inline");
        assert_eq!(listed["status"], page.status, "{code}");
        let message = page.text_of("error").unwrap();
        self.compare(code, "inline", &message, &text);
    }

    /// The message is the listed one, with something in place of each `{…}` and of the times.
    fn compare(&mut self, code: &str, channel: &'static str, message: &str, listed: &str) {
        let mut rest = unescaped(message);
        for part in fixed_parts(code, listed) {
            let at = rest.find(&part);
            let at = at.unwrap_or_else(|| panic!("{code}: '{part}' is not in '{message}'"));
            rest = rest[at + part.len()..].to_owned();
        }
        self.met.insert((code.to_owned(), channel));
    }

    /// What is listed and was not met.
    pub(super) fn missing(&self) -> Vec<String> {
        let errors = self.list["errors"].as_array().unwrap();
        let pairs = errors.iter().flat_map(|error| {
            let code = error["code"].as_str().unwrap();
            let channels = error["channels"].as_array().unwrap().iter();
            channels.map(move |one| (code, one["channel"].as_str().unwrap()))
        });
        pairs
            .filter(|(code, channel)| !self.met.iter().any(|(a, b)| a == code && b == channel))
            .map(|(code, channel)| format!("{code} {channel}"))
            .collect()
    }
}

/// The words between the values.
fn fixed_parts(code: &str, listed: &str) -> Vec<String> {
    if code == "AADB2C90080" {
        let parts = [
            "The provided grant has expired. Please re-authenticate and try again. \
                      Current time: ",
            ", Grant issued time: ",
            ", Grant expiration time: ",
        ];
        return parts.map(str::to_owned).to_vec();
    }
    // Values that stand in the list as examples.
    let listed = listed
        .replace("'/return'", "'{uri}'")
        .replace("'None'", "'{prompt}'");
    let mut parts = Vec::new();
    for piece in listed.split('{') {
        parts.push(
            piece
                .split_once('}')
                .map_or(piece, |(_, rest)| rest)
                .to_owned(),
        );
    }
    parts
}
