//! The answer of an operation that makes or changes something, before it is sent: so it can be kept for an idempotency key.

use std::fmt;

use actix_web::{
    HttpResponse,
    http::{StatusCode, header},
};
use serde::Serialize;

use super::{
    etag::{self, Tagged},
    problem::{Answer, Failure},
};

/// A marker in a response's extensions: the body holds a secret, so nothing may keep or compress it.
#[derive(Clone, Copy, Debug)]
pub struct HoldsSecret;

/// An answer that is not sent yet. `Debug` never shows what it holds.
pub struct Made {
    pub status: u16,
    /// The answer's own headers, by lower-case name.
    pub headers: Vec<(String, String)>,
    /// JSON; empty where the answer has no body.
    pub body: String,
    /// The object that the answer is about, by which it is named once the answer is no longer kept.
    pub object: Option<String>,
    /// `true`: the answer holds a secret that is shown this once.
    pub is_secret: bool,
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Made")
            .field("status", &self.status)
            .field("object", &self.object)
            .finish_non_exhaustive()
    }
}

impl Made {
    /// A JSON answer with this status.
    pub fn json(status: u16, value: &impl Serialize) -> Answer<Self> {
        let body = serde_json::to_string(value).map_err(|error| Failure::internal(&error))?;
        Ok(Self { status, headers: Vec::new(), body, object: None, is_secret: false })
    }

    /// A new object: 201, with its address. `list` is the path of its list under `/v1`, such as `tickets`.
    pub fn created(list: &str, id: &str, value: &impl Serialize) -> Answer<Self> {
        let made = Self::json(201, value)?.about(id);
        Ok(made.header(header::LOCATION.as_str(), format!("/v1/{list}/{id}")))
    }

    /// An object as it is now, with its `ETag`.
    pub fn shown(object: &impl Tagged) -> Answer<Self> {
        Ok(Self::json(200, object)?.tagged(object))
    }

    /// Adds the `ETag` of the object that the answer shows.
    #[must_use]
    pub fn tagged(self, object: &impl Tagged) -> Self {
        self.header(header::ETAG.as_str(), etag::of(object))
    }

    /// Names the object that the answer is about.
    #[must_use]
    pub fn about(mut self, id: &str) -> Self {
        self.object = Some(id.to_owned());
        self
    }

    /// Says that the answer holds a secret.
    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    /// Adds a header, by its lower-case name.
    #[must_use]
    pub fn header(mut self, name: &str, value: String) -> Self {
        self.headers.push((name.to_owned(), value));
        self
    }

    /// The answer as it is sent.
    pub fn into_response(self) -> HttpResponse {
        let status = StatusCode::from_u16(self.status).unwrap_or_default();
        let mut response = HttpResponse::build(status);
        for (name, value) in self.headers {
            response.append_header((name, value));
        }
        if self.is_secret {
            response.extensions_mut().insert(HoldsSecret);
        }
        if self.body.is_empty() {
            return response.finish();
        }
        response.content_type("application/json").body(self.body)
    }
}
