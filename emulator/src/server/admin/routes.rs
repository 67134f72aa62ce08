use axum::{
    http::{Method, StatusCode},
    response::Response,
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::handlers as to;
use crate::{operation::OperationError, server::reply, world::World};

/// A request to the admin API.
pub(super) struct Call<'a> {
    pub(super) world: &'a World,
    /// What stands in the path for `{id}`, decoded.
    pub(super) id: String,
    pub(super) body: String,
    /// The query parameter `tenant`.
    pub(super) tenant: Option<String>,
}

/// What a handler answers.
pub(super) enum Answer {
    Json(StatusCode, Value),
    Text(&'static str, String),
    Page(String),
    Nothing,
}

pub(super) type Handler = fn(&Call<'_>) -> Result<Answer, OperationError>;

impl Call<'_> {
    /// The tenant that is meant, if not the default one.
    pub(super) fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Reads the body as JSON.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, OperationError> {
        Ok(serde_json::from_str(&self.body)?)
    }
}

impl Answer {
    pub(super) fn missing() -> Self {
        let document = json!({ "error": "there is no such operation; see /openapi.json" });
        Self::Json(StatusCode::NOT_FOUND, document)
    }

    pub(super) fn refusal(error: &OperationError) -> Self {
        let status = match error {
            OperationError::NotFound(_) => StatusCode::NOT_FOUND,
            OperationError::Taken(_) => StatusCode::CONFLICT,
            OperationError::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self::Json(status, json!({ "error": error.to_string() }))
    }

    pub(super) fn into_response(self) -> Response {
        match self {
            Self::Json(status, document) => reply::private_json(status, &document),
            Self::Text(content_type, text) => reply::text(content_type, text),
            Self::Page(html) => reply::page(StatusCode::OK, html),
            Self::Nothing => reply::empty(StatusCode::NO_CONTENT),
        }
    }
}

/// Finds the handler of a path and what stands in it for `{id}`.
pub(super) fn find(method: &Method, path: &str) -> Option<(Handler, String)> {
    ROUTES.iter().find_map(|(known, pattern, handler)| {
        if method != known {
            return None;
        }
        let id = match pattern.strip_suffix("{id}") {
            Some(prefix) => path.strip_prefix(prefix).filter(|id| !id.is_empty())?,
            None => (path == *pattern).then_some("")?,
        };
        let id = percent_encoding::percent_decode_str(id)
            .decode_utf8()
            .ok()?;
        (!id.contains('/')).then(|| (*handler, id.into_owned()))
    })
}

const ROUTES: [(Method, &str, Handler); 31] = [
    (Method::GET, "/", to::audit_page),
    (Method::GET, "/openapi.json", to::open_api),
    (Method::GET, "/users", to::list_users),
    (Method::POST, "/users", to::add_user),
    (Method::PATCH, "/users/{id}", to::change_user),
    (Method::DELETE, "/users/{id}", to::delete_user),
    (Method::DELETE, "/sessions/{id}", to::end_sessions),
    (Method::GET, "/clients", to::list_clients),
    (Method::POST, "/clients", to::add_client),
    (Method::PATCH, "/clients/{id}", to::change_client),
    (Method::DELETE, "/clients/{id}", to::delete_client),
    (Method::GET, "/attributes", to::list_attributes),
    (Method::POST, "/attributes", to::add_attribute),
    (Method::DELETE, "/attributes/{id}", to::delete_attribute),
    (Method::POST, "/tokens", to::forge_token),
    (Method::GET, "/clock", to::read_clock),
    (Method::PUT, "/clock", to::change_clock),
    (Method::GET, "/keys", to::list_keys),
    (Method::POST, "/keys", to::rotate_key),
    (Method::DELETE, "/keys", to::drop_old_keys),
    (Method::GET, "/misbehaviours", to::list_misbehaviours),
    (Method::POST, "/misbehaviours", to::misbehave),
    (Method::DELETE, "/misbehaviours", to::behave),
    (Method::DELETE, "/misbehaviours/{id}", to::end_misbehaviour),
    (
        Method::GET,
        "/misbehaviour-names",
        to::list_misbehaviour_names,
    ),
    (Method::GET, "/audit", to::audit),
    (Method::GET, "/requests", to::requests),
    (Method::GET, "/logout-notices", to::logout_notices),
    (Method::GET, "/state", to::export),
    (Method::PUT, "/state", to::import),
    (Method::DELETE, "/state", to::reset),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_describes_every_route_and_no_other() {
        let document: Value = serde_json::from_str(to::OPEN_API).unwrap();
        assert_eq!(document["openapi"], "3.1.0");
        let mut described: Vec<(String, String)> = Vec::new();
        for (path, operations) in document["paths"].as_object().unwrap() {
            for (method, operation) in operations.as_object().unwrap() {
                if method == "parameters" {
                    continue;
                }
                assert!(operation["operationId"].is_string(), "{method} {path}");
                assert!(operation["responses"].is_object(), "{method} {path}");
                described.push((method.to_uppercase(), path.clone()));
            }
        }
        let mut served: Vec<(String, String)> = ROUTES
            .iter()
            .map(|(method, path, _)| (method.to_string(), (*path).to_owned()))
            .collect();
        described.sort();
        served.sort();
        assert_eq!(described, served);
    }

    #[test]
    fn finds_what_stands_in_a_path() {
        let found = |path: &str| find(&Method::DELETE, path).map(|(_, id)| id);
        assert_eq!(
            found("/users/ada%40a.example").as_deref(),
            Some("ada@a.example")
        );
        assert_eq!(found("/users/"), None);
        assert_eq!(found("/users/a/b"), None);
        assert_eq!(found("/users/a%2Fb"), None);
        assert_eq!(found("/users"), None);
    }
}
