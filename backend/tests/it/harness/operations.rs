//! The operations of the OpenAPI document, for tests that walk along all of them.

use reqwest::Method;
use serde_json::Value;

use super::{Client, Reply, openapi::document};

/// An operation under `/v1`, as the document describes it.
#[derive(Clone, Debug)]
pub struct Operation {
    /// The operation id.
    pub id: String,
    /// The HTTP method.
    pub method: Method,
    /// The path with `{id}` in it.
    pub path: String,
    /// The roles that a session needs; none where a session may not do it, or where no credential is needed.
    pub session: Option<Vec<String>>,
    /// The scopes that a key needs; none where keys may not do it.
    pub bearer: Option<Vec<String>>,
    /// The operation as it stands in the document.
    pub described: Value,
}

impl Operation {
    /// True where the operation can be called without any credential: signing in.
    pub fn is_open(&self) -> bool {
        self.session.is_none() && self.bearer.is_none()
    }

    /// True where only a key can call the operation, for what it does to itself.
    pub fn is_of_key_itself(&self) -> bool {
        self.bearer.as_deref() == Some(&["rotatable".to_owned()])
    }

    /// True where the operation changes something.
    pub fn changes(&self) -> bool {
        self.method != Method::GET
    }

    /// True where the operation takes a body.
    pub fn has_body(&self) -> bool {
        self.described.get("requestBody").is_some()
    }

    /// True where the operation takes this parameter.
    pub fn takes(&self, parameter: &str) -> bool {
        let parameters = self.described["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|known| known["name"] == parameter))
    }

    /// True where the operation may answer with this status.
    pub fn answers(&self, status: &str) -> bool {
        self.described["responses"].get(status).is_some()
    }

    /// Sends `body` to the operation at `path`.
    pub async fn send(&self, client: &Client, path: &str, body: &Value) -> Reply {
        if self.has_body() {
            return client.send(self.method.clone(), path, "application/json", body.to_string()).await;
        }
        client.send(self.method.clone(), path, "", "").await
    }
}

/// Every operation under `/v1`.
pub fn operations() -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, described) in item.as_object().unwrap().iter().filter(|_| path.starts_with("/v1/")) {
            let scopes = |scheme: &str| -> Option<Vec<String>> {
                let requirement = described["security"].as_array()?.iter().find_map(|any| any.get(scheme))?;
                Some(requirement.as_array()?.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
            };
            found.push(Operation {
                id: described["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                session: scopes("session"),
                bearer: scopes("bearer"),
                described: described.clone(),
            });
        }
    }
    assert!(found.len() > 40, "the document lost operations: {}", found.len());
    found
}
