use reqwest::header::HeaderMap;
use serde_json::Value;
use url::{Url, form_urlencoded};

/// An answer of the emulator.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Where a redirect leads, exactly as sent.
    pub(crate) fn location(&self) -> &str {
        assert!(
            matches!(self.status, 302 | 303),
            "no redirect: {} {}",
            self.status,
            self.body
        );
        self.header("location")
    }

    /// A decoded parameter of the redirect's query.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let url = Url::parse(self.location()).unwrap();
        let found = url.query_pairs().find(|(other, _)| other == name);
        found.map(|(_, value)| value.into_owned())
    }

    /// The decoded parameters of the redirect's fragment.
    pub(crate) fn fragment(&self) -> Vec<(String, String)> {
        let (_, fragment) = self.location().split_once('#').unwrap();
        form_urlencoded::parse(fragment.as_bytes())
            .into_owned()
            .collect()
    }

    pub(crate) fn fragment_value(&self, name: &str) -> String {
        let found = self.fragment().into_iter().find(|(other, _)| other == name);
        found
            .unwrap_or_else(|| panic!("no {name}: {}", self.location()))
            .1
    }

    /// The authorization code in the redirect.
    pub(crate) fn code(&self) -> String {
        self.parameter("code")
            .unwrap_or_else(|| panic!("no code: {}", self.location()))
    }

    /// The code of an error on the redirect, for example `AADB2C90118`.
    pub(crate) fn error_code(&self) -> String {
        let description = self.parameter("error_description").unwrap();
        description.split(':').next().unwrap().to_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// The `error` of a refused token request, and the first line of its description.
    pub(crate) fn token_error(&self) -> (String, String) {
        assert_eq!(self.status, 400, "{}", self.body);
        self.token_refusal()
    }

    /// The same, of any status.
    pub(crate) fn token_refusal(&self) -> (String, String) {
        let document = self.json();
        let members: Vec<&String> = document.as_object().unwrap().keys().collect();
        assert_eq!(members, ["error", "error_description"]);
        let description = document["error_description"].as_str().unwrap();
        let lines: Vec<&str> = description.split("\r\n").collect();
        assert_eq!(lines.len(), 4, "{description:?}");
        assert!(lines[1].starts_with("Correlation ID: "));
        assert!(lines[2].starts_with("Timestamp: ") && lines[2].ends_with('Z'));
        assert_eq!(lines[3], "");
        let error = document["error"].as_str().unwrap();
        (error.to_owned(), lines[0].to_owned())
    }

    /// The text between an element's tags, found by its id.
    pub(crate) fn text_of(&self, id: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("id=\"{id}\""))?;
        let (_, rest) = rest.split_once('>')?;
        let (text, _) = rest.split_once("</")?;
        Some(unescaped(text.trim()))
    }

    /// An attribute of an element, found by its id; the attribute must come after the id.
    pub(crate) fn attribute(&self, id: &str, name: &str) -> Option<String> {
        let (_, rest) = self.body.split_once(&format!("id=\"{id}\""))?;
        let (tag, _) = rest.split_once('>')?;
        let (_, value) = tag.split_once(&format!(" {name}=\""))?;
        let (value, _) = value.split_once('"')?;
        Some(unescaped(value))
    }

    /// The target and the token of the page's main form.
    pub(crate) fn form(&self) -> (String, String) {
        let (_, form) = self
            .body
            .split_once("<main")
            .unwrap_or_else(|| panic!("no page: {} {}", self.status, self.body));
        let action = between(form, "action=\"", "\"");
        let token = between(form, "name=\"csrf_token\" value=\"", "\"");
        (unescaped(action), token.to_owned())
    }
}

/// Writes `application/x-www-form-urlencoded`.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

pub(crate) fn unescaped(html: &str) -> String {
    html.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("no {start} in {text}"));
    rest.split_once(end).unwrap().0
}
