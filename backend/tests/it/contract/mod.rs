//! The contract: every operation of the OpenAPI document is refused without its permission, audited where it changes
//! something, described, and hardened against bad input. A new operation fails here until it is in the table of `drive`.

mod document;
pub mod drive;
mod input;
mod permission;

use reqwest::Method;
use serde_json::Value;

use crate::harness::declared::document;

/// An operation under `/v1`, as the document describes it.
#[derive(Clone, Debug)]
pub struct Operation {
    pub id: String,
    method: Method,
    /// With its `{id}`.
    path: String,
    /// The roles that a session needs; none where a session may not do it, or where no credential is needed.
    session: Option<Vec<String>>,
    /// The scopes that a key needs; none where keys may not do it.
    pub bearer: Option<Vec<String>>,
    said: Value,
}

impl Operation {
    /// Whether it can be called without any credential: signing in.
    pub fn is_open(&self) -> bool {
        self.session.is_none() && self.bearer.is_none()
    }

    fn changes(&self) -> bool {
        self.method != Method::GET
    }

    fn has_body(&self) -> bool {
        self.said.get("requestBody").is_some()
    }

    fn takes(&self, parameter: &str) -> bool {
        let parameters = self.said["parameters"].as_array();
        parameters.is_some_and(|all| all.iter().any(|known| known["name"] == parameter))
    }

    fn answers(&self, status: &str) -> bool {
        self.said["responses"].get(status).is_some()
    }
}

/// Every operation under `/v1`.
pub fn operations() -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap().iter().filter(|_| path.starts_with("/v1/")) {
            let scopes = |scheme: &str| -> Option<Vec<String>> {
                let requirement = said["security"].as_array()?.iter().find_map(|any| any.get(scheme))?;
                Some(requirement.as_array()?.iter().map(|name| name.as_str().unwrap().to_owned()).collect())
            };
            found.push(Operation {
                id: said["operationId"].as_str().unwrap().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                session: scopes("session"),
                bearer: scopes("bearer"),
                said: said.clone(),
            });
        }
    }
    assert!(found.len() > 40, "the document lost operations: {}", found.len());
    found
}
