//! What can go wrong with a call.

use crate::answer::{Answer, Lost};
use crate::generated::models::{FaultCode, FieldPlace, ProblemType, Scope};
use serde::Deserialize;
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// Why a call failed. Neither `Display` nor `Debug` shows a secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The server refused the call.
    Api(Box<ApiError>),
    /// No answer came in time.
    Timeout,
    /// The server was not reached, or the connection ended before the answer was there.
    Connection(reqwest::Error),
    /// The server's success cannot be read.
    Unreadable {
        /// The request's id, for the server's operator.
        request_id: Option<String>,
        /// Where reading stopped.
        reason: String,
    },
    /// The call cannot be made: an id is empty, an option does not fit. Nothing was sent.
    Invalid(String),
}

/// The kinds of [`ApiError`], by what a program does about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// 401: the key, token or client secret is not accepted.
    Authentication,
    /// 403: the credential may not do this; [`ApiError::scope`] names the scope that is missing, where one is.
    Permission,
    /// 404: there is no such object.
    NotFound,
    /// 409: the object's state does not allow it, or the same call is still running.
    Conflict,
    /// 412: the object is no longer the one that `If-Match` names.
    PreconditionFailed,
    /// 422: [`ApiError::fields`] says what is wrong.
    Validation,
    /// 429: too many calls; [`ApiError::retry_after`] says when to come back.
    RateLimit,
    /// 5xx: the server failed.
    Server,
    /// Any other status.
    Other,
}

impl ErrorKind {
    const fn of(status: u16) -> Self {
        match status {
            401 => Self::Authentication,
            403 => Self::Permission,
            404 => Self::NotFound,
            409 => Self::Conflict,
            412 => Self::PreconditionFailed,
            422 => Self::Validation,
            429 => Self::RateLimit,
            500..=599 => Self::Server,
            _ => Self::Other,
        }
    }
}

/// An answer that is an error: the problem document, and what its headers add.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// What a program does about it.
    pub kind: ErrorKind,
    /// The HTTP status.
    pub status: u16,
    /// The problem's stable name.
    pub code: ProblemType,
    /// The problem in a few words.
    pub title: String,
    /// A sentence for a person.
    pub detail: String,
    /// The request's id, for the server's operator.
    pub request_id: Option<String>,
    /// The fields at fault.
    pub fields: Vec<Field>,
    /// How long to wait before the next try.
    pub retry_after: Option<Duration>,
    /// The scope that the credential lacks.
    pub scope: Option<Scope>,
    /// The whole body, where it is JSON.
    pub problem: Value,
}

/// A field at fault.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Field {
    /// Where the field stands: in the body, the query, a header or the path.
    #[serde(rename = "in")]
    pub place: FieldPlace,
    /// A JSON Pointer into the body, or the name of a parameter or header.
    #[serde(rename = "field")]
    pub pointer: String,
    /// What is wrong, in a stable word.
    pub code: FaultCode,
    /// What is wrong, for a person.
    pub detail: String,
}

/// A problem document, or the error of an OAuth endpoint.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    code: Option<String>,
    title: Option<String>,
    detail: Option<String>,
    request_id: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

impl ApiError {
    pub(crate) fn read(answer: &Answer) -> Self {
        let problem: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let body = Body::deserialize(&problem).unwrap_or_default();
        // Field by field: one that a later server writes differently does not hide the others.
        let faults = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let fields = faults.iter().filter_map(|fault| Field::deserialize(fault).ok()).collect();
        let status = answer.status;
        let reason = reqwest::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let title = body.title.or_else(|| reason.map(str::to_owned));
        Self {
            kind: ErrorKind::of(status),
            status,
            code: body.code.or(body.error).unwrap_or_default().into(),
            title: title.unwrap_or_else(|| "Unknown status".to_owned()),
            detail: body.detail.or(body.error_description).unwrap_or_default(),
            request_id: body.request_id.or_else(|| answer.request_id()),
            fields,
            retry_after: answer.retry_after(),
            scope: answer.header("www-authenticate").and_then(missing_scope),
            problem,
        }
    }
}

/// The scope in `Bearer error="insufficient_scope", scope="tickets:read"`.
fn missing_scope(challenge: &str) -> Option<Scope> {
    let (_, rest) = challenge.split_once("scope=\"")?;
    let (scope, _) = rest.split_once('"')?;
    Some(scope.into())
}

impl Error {
    /// The server's answer, where one came.
    pub fn api(&self) -> Option<&ApiError> {
        match self {
            Self::Api(error) => Some(error),
            _ => None,
        }
    }

    /// The kind of the server's answer, where one came.
    pub fn kind(&self) -> Option<ErrorKind> {
        self.api().map(|error| error.kind)
    }

    /// The fields at fault, where the server named some.
    pub fn fields(&self) -> &[Field] {
        self.api().map(|error| error.fields.as_slice()).unwrap_or_default()
    }

    /// How long to wait before the next try, where the server said it.
    pub fn retry_after(&self) -> Option<Duration> {
        self.api()?.retry_after
    }

    /// The scope that the credential lacks, where that is the reason.
    pub fn scope(&self) -> Option<&Scope> {
        self.api()?.scope.as_ref()
    }

    /// The request's id, where an answer came: the server's operator finds the request by it.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Api(error) => error.request_id.as_deref(),
            Self::Unreadable { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    pub(crate) fn invalid(reason: impl Into<String>) -> Self {
        Self::Invalid(reason.into())
    }
}

impl From<Lost> for Error {
    fn from(lost: Lost) -> Self {
        match lost {
            Lost::Timeout => Self::Timeout,
            Lost::NotSent(error) if error.is_builder() => {
                Self::invalid(format!("the request cannot be made: {}", error.without_url()))
            }
            Lost::NotSent(error) | Lost::Broken(error) => Self::Connection(error.without_url()),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.status, self.title)?;
        if !self.detail.is_empty() {
            write!(f, ": {}", self.detail)?;
        }
        match &self.request_id {
            Some(id) => write!(f, " (request {id})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Api(error) => error.fmt(f),
            Self::Timeout => f.write_str("no answer came in time"),
            Self::Connection(error) => write!(f, "the connection failed: {error}"),
            Self::Unreadable { reason, .. } => write!(f, "the answer cannot be read: {reason}"),
            Self::Invalid(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for ApiError {}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Connection(error) => std::error::Error::source(error),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderMap;

    fn answer(status: u16, headers: &[(&'static str, &'static str)], body: &'static str) -> Answer {
        let headers: HeaderMap =
            headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
        Answer { status, headers, body: body.as_bytes().to_vec() }
    }

    #[test]
    fn a_problem_document_is_read_as_far_as_it_is_understood() {
        let body = r#"{"type":"http://x/problems/validation","code":"validation","title":"Wrong","status":422,
            "detail":"A field is wrong.","request_id":"req_1","later":1,
            "errors":[{"in":"body","field":"/url","code":"required","detail":"is missing"},{"in":5}]}"#;
        let error = ApiError::read(&answer(422, &[], body));
        assert_eq!((error.kind, error.code), (ErrorKind::Validation, ProblemType::Validation));
        assert_eq!(error.request_id.as_deref(), Some("req_1"));
        assert_eq!(error.fields.len(), 1);
        assert_eq!((&error.fields[0].place, error.fields[0].pointer.as_str()), (&FieldPlace::Body, "/url"));
        assert_eq!(error.problem["later"], 1);
    }

    #[test]
    fn the_headers_tell_the_pause_and_the_scope() {
        let challenge = "Bearer error=\"insufficient_scope\", scope=\"tickets:read\"";
        let error = ApiError::read(&answer(403, &[("www-authenticate", challenge)], "{}"));
        assert_eq!((error.kind, error.scope), (ErrorKind::Permission, Some(Scope::TicketsRead)));
        let error = ApiError::read(&answer(429, &[("retry-after", "3"), ("x-request-id", "req_2")], "busy"));
        assert_eq!((error.kind, error.retry_after), (ErrorKind::RateLimit, Some(Duration::from_secs(3))));
        assert_eq!(error.to_string(), "429 Too Many Requests (request req_2)");
    }
}
