//! What the provider says to a layer.

use http::{Request, Response, StatusCode, header};
use serde_json::{Value, json};

use super::Provider;
use super::keys::key_set;
use super::server::Asked;
use crate::http_client::HttpError;

impl Provider {
    pub(super) fn answer(
        &self,
        request: &Request<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, HttpError> {
        let uri = request.uri();
        let stand_in = {
            let state = self.state();
            let url = uri.to_string();
            let mut apis = state.apis.iter();
            let found = apis.find(|(base_url, _)| is_below(&url, base_url));
            found.map(|(_, api)| std::sync::Arc::clone(api))
        };
        if let Some(api) = stand_in {
            return Ok(api(request));
        }
        if self.state().is_away {
            return Err(HttpError::Unreachable("the test says so".to_owned()));
        }
        let found = {
            let state = self.state();
            let mut servers = state.servers.iter();
            servers.find_map(|server| Some((server.asked(uri)?, server.clone())))
        };
        let Some((asked, server)) = found else {
            let host = uri.host().unwrap_or_default();
            return Err(HttpError::Unreachable(format!(
                "nothing stands in for {host}{} in this test; its layer was not built offline with this \
                 testing::Provider, or it is an API that Provider::stands_in_for should name",
                uri.path()
            )));
        };
        Ok(match asked {
            Asked::Metadata => json_answer(StatusCode::OK, &server.document()),
            Asked::Keys => json_answer(StatusCode::OK, &key_set(self.state().keys_exchanged)),
            Asked::Token => self.grant(&server, request.body()),
            Asked::Userinfo => self.userinfo(request),
        })
    }

    fn userinfo(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let token = request.headers().get(header::AUTHORIZATION);
        let token = token.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let state = self.state();
        match token.and_then(|token| state.people.get(token)) {
            Some(claims) => json_answer(StatusCode::OK, &json!(claims)),
            None => json_answer(
                StatusCode::UNAUTHORIZED,
                &json!({ "error": "invalid_token" }),
            ),
        }
    }
}

pub(super) fn json_answer(status: StatusCode, body: &Value) -> Response<Vec<u8>> {
    let mut response = Response::new(body.to_string().into_bytes());
    *response.status_mut() = status;
    response
}

/// Whether a URL is `base` or something beneath it.
fn is_below(url: &str, base: &str) -> bool {
    let rest = url.strip_prefix(base.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}
