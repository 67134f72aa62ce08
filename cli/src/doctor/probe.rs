//! Requests that a provider refuses, and what the refusal reveals.

use http::{Request, header};
use reqwest::Url;
use serde_json::Value;
use tower_b2c::{B2cLayer, HttpClient, ProviderError, Reaction, explain};

use super::browser::{Begun, come_back};
use super::finding::Finding;
use super::rule::Rule;
use super::wire::Wire;

/// Sends the authorization request with `prompt=none` (OpenID Connect Core §3.1.2.1): without a
/// session it is refused, at the redirect URI if that is registered.
pub(super) async fn redirect_uri(wire: &Wire, begun: &Begun, place: &str) -> Option<Finding> {
    let unknown = |what: &str| Some(Finding::new(Rule::NotProbed, place, what));
    let home = begun.parameter("redirect_uri");
    let Some(home) = home else {
        return unknown("the redirect URI was pushed beforehand, so it was not probed");
    };
    let request = Request::get(silent(&begun.authorize).as_str()).body(Vec::new());
    let Ok(answer) = wire.send(request.ok()?).await else {
        return unknown("the authorization endpoint did not answer");
    };
    let location = answer.headers().get(header::LOCATION);
    let location = location.and_then(|url| url.to_str().ok());
    let body = String::from_utf8_lossy(answer.body()).into_owned();
    let error = location.and_then(error_in_url);
    let code = error
        .as_ref()
        .and_then(|error| error.code().map(str::to_owned))
        .or_else(|| code_in(&body));
    let is_mismatch = error
        .as_ref()
        .is_some_and(|error| error.error() == "redirect_uri_mismatch")
        || code.as_deref().is_some_and(|code| MISMATCH.contains(&code));
    let said = code.clone().unwrap_or_else(|| "it is refused".to_owned());
    if is_mismatch {
        let what = format!("{home} ({said})");
        return Some(Finding::new(Rule::RedirectUri, place, what));
    }
    let explained = code.as_deref().and_then(explain);
    if explained.is_some_and(|known| known.reaction().is_for_operator()) {
        let what = format!("the authorization request is refused: {said}");
        return Some(Finding::new(Rule::Registration, place, what));
    }
    if location.is_some_and(|url| url.starts_with(&home)) || code.is_some() {
        return None;
    }
    let complains = body.contains("redirect_uri") || body.contains("redirect URI");
    if answer.status().is_client_error() && complains {
        let what = format!("{home} (answered with {})", answer.status());
        return Some(Finding::new(Rule::RedirectUri, place, what));
    }
    unknown("what the provider answers does not tell whether the redirect URI is registered")
}

/// Lets the layer redeem a code that nobody issued: `invalid_client` speaks of the app,
/// `invalid_grant` of the code (RFC 6749 §5.2). B2C looks at the code before the secret, so the only
/// provider of a configuration is asked for a token of the app's own too, for an API that does not
/// exist.
pub(super) async fn credentials(
    layer: &B2cLayer,
    wire: &Wire,
    begun: &Begun,
    place: &str,
    is_only: bool,
) -> Option<Finding> {
    let redeemed = come_back(layer, begun).await.and_then(|()| refusal(wire));
    let mut refusals = vec![redeemed];
    if is_only && !refusals.iter().flatten().any(is_about_app) {
        let _ = layer.app_tokens().access_token(&[NO_API]).await;
        refusals.push(refusal(wire));
    }
    let Some(error) = refusals.iter().flatten().find(|error| is_about_app(error)) else {
        let is_certain = refusals.iter().flatten().any(|error| !is_about_code(error));
        let what = "the provider did not get as far as the app's secret or certificate";
        return (!is_certain).then(|| Finding::new(Rule::NotProbed, place, what));
    };
    let said = error.code().unwrap_or(error.error());
    let what = format!("the token request is refused: {said}");
    let rule = if error.reaction() == Reaction::Credentials || error.error() == "invalid_client" {
        Rule::Credentials
    } else {
        Rule::Registration
    };
    Some(Finding::new(rule, place, what))
}

/// What the token endpoint said last.
fn refusal(wire: &Wire) -> Option<ProviderError> {
    let answer: Value = serde_json::from_slice(&wire.take_posted()?).ok()?;
    let text = |key: &str| answer.get(key).and_then(Value::as_str);
    let description = text("error_description").unwrap_or_default();
    Some(ProviderError::new(text("error")?, description))
}

/// Whether the app's identity is refused, whatever it asks for.
fn is_about_app(error: &ProviderError) -> bool {
    let unknown = [
        "AADB2C90018",
        "AADB2C90092",
        "AADSTS700016",
        "AADSTS7000112",
    ];
    error.reaction() == Reaction::Credentials
        || ["invalid_client", "unauthorized_client"].contains(&error.error())
        || error.code().is_some_and(|code| unknown.contains(&code))
}

/// Whether the code alone is refused, by a provider that may not have looked at the app.
fn is_about_code(error: &ProviderError) -> bool {
    error.code() == Some("AADB2C90090")
}

/// The same request, that must not show a page.
fn silent(authorize: &Url) -> Url {
    let mut url = authorize.clone();
    let kept = authorize.query_pairs().filter(|(name, _)| name != "prompt");
    url.query_pairs_mut()
        .clear()
        .extend_pairs(kept)
        .append_pair("prompt", "none");
    url
}

fn error_in_url(url: &str) -> Option<ProviderError> {
    let url: Url = url.parse().ok()?;
    let value = |name: &str| {
        let mut pairs = url.query_pairs();
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    };
    let description = value("error_description").unwrap_or_default();
    Some(ProviderError::new(&value("error")?, &description))
}

/// The first code of Microsoft's in a page.
fn code_in(text: &str) -> Option<String> {
    let starts = ["AADB2C", "AADSTS"].map(|prefix| text.find(prefix));
    let rest = &text[starts.into_iter().flatten().min()?..];
    let (prefix, digits) = rest.split_at(6);
    let end = digits.find(|c: char| !c.is_ascii_digit());
    let digits = &digits[..end.unwrap_or(digits.len())];
    (!digits.is_empty()).then(|| format!("{prefix}{digits}"))
}

const NO_API: &str = "https://cargo-b2c-init.invalid/.default";
/// The codes for a redirect URI that is not registered.
const MISMATCH: [&str; 5] = [
    "AADB2C90006",
    "AADB2C90007",
    "AADSTS50011",
    "AADSTS500113",
    "AADSTS900971",
];

#[cfg(test)]
mod tests {
    use super::{code_in, error_in_url};

    #[test]
    fn codes_are_found_in_pages_and_addresses() {
        let page = "<p>AADSTS50011: The redirect URI</p>";
        assert_eq!(code_in(page).as_deref(), Some("AADSTS50011"));
        assert_eq!(code_in("AADB2C"), None);
        assert_eq!(code_in("AADSTSé"), None);
        let url = "https://app.test/getAToken?error=redirect_uri_mismatch&error_description=AADB2C90006%3a+x&state=1";
        let error = error_in_url(url).expect("an error");
        assert_eq!(error.code(), Some("AADB2C90006"));
    }
}
