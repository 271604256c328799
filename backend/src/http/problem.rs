//! The one HTTP error of `/v1`: a [`Failure`] becomes an RFC 9457 problem document. Causes are logged, never returned.

use std::{
    fmt::{self, Write as _},
    sync::Arc,
};

use actix_web::{HttpResponse, HttpResponseBuilder, ResponseError, http::StatusCode};
use api_types::{
    FieldError, Problem, ProblemType, Scope,
    pointer::Pointer,
    problem::{FaultCode, FieldPlace},
};

use super::payload;
use crate::db::{DbError, idempotency::KeyConflict};

tokio::task_local! {
    /// The request that is being answered.
    pub static REQUEST: RequestContext;
}

/// What a problem document says of the request that it answers.
#[derive(Debug, Clone)]
pub struct RequestContext {
    pub id: String,
    /// The scheme, host and port at which callers reach us: the pages about problems are there.
    pub origin: Arc<str>,
}

/// The failure of a request, as its caller is told.
#[derive(Debug, Clone)]
pub struct Failure {
    kind: ProblemType,
    detail: String,
    errors: Vec<FieldError>,
    /// Seconds after which it makes sense to come back.
    retry_after: Option<u64>,
    /// The scope that would have let a credential in.
    scope: Option<Scope>,
    /// `true`: the answer names the encodings in which a body may come.
    names_encodings: bool,
}

/// An operation's answer, or its failure.
pub type Answer<T = HttpResponse> = Result<T, Failure>;

impl Failure {
    /// A failure of `kind`; `detail` is a sentence that a person can act on.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
            scope: None,
            names_encodings: false,
        }
    }

    /// No such object in this workspace.
    pub fn not_found(what: &str) -> Self {
        Self::new(ProblemType::NotFound, format!("There is no such {what} in this workspace."))
    }

    /// The object's state does not allow this.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ProblemType::Conflict, detail)
    }

    /// One field of the body is wrong.
    pub fn field(field: impl Into<Pointer>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self::fields(vec![FieldError::in_body(field, code, detail)])
    }

    /// Some fields of the body are wrong.
    pub fn fields(errors: Vec<FieldError>) -> Self {
        let detail = summarise(&errors);
        Self { errors, ..Self::new(ProblemType::Validation, detail) }
    }

    /// A query parameter cannot be read.
    pub fn parameter(name: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self::unreadable(vec![FieldError::new(name, FieldPlace::Query, code, detail)])
    }

    /// A header cannot be read.
    pub fn header(name: impl Into<String>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self::unreadable(vec![FieldError::new(name, FieldPlace::Header, code, detail)])
    }

    /// Some parameters or headers cannot be read.
    pub fn unreadable(errors: Vec<FieldError>) -> Self {
        Self { kind: ProblemType::BadRequest, ..Self::fields(errors) }
    }

    /// Some fields contain a credential; the errors say of what kind, and do not repeat it.
    pub fn secret_in_text(errors: Vec<FieldError>) -> Self {
        let detail = format!("Nothing was stored. {}", summarise(&errors));
        Self { errors, ..Self::new(ProblemType::SecretInText, detail) }
    }

    /// Something failed on our side; the cause goes to the log alone.
    pub fn internal(cause: &dyn fmt::Display) -> Self {
        tracing::error!(%cause, request_id = request_id().as_deref(), "a request failed on our side");
        Self::new(
            ProblemType::Internal,
            "Something failed on our side. Try again, and name the request id if it persists.",
        )
    }

    /// Not now; come back after `seconds`.
    pub fn unavailable(detail: impl Into<String>, seconds: u64) -> Self {
        Self::new(ProblemType::Unavailable, detail).retry_after(seconds)
    }

    /// The database is not available; nothing was stored.
    pub fn no_database() -> Self {
        Self::unavailable("The database is not available right now. Nothing was stored.", 5)
    }

    /// Says when to come back.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Names the scope that lets a credential in, for the challenge of a 401 or 403.
    #[must_use]
    pub const fn needing(mut self, scope: Option<Scope>) -> Self {
        self.scope = scope;
        self
    }

    /// Names the encodings in which a body may come (RFC 9110, section 15.5.16).
    #[must_use]
    pub const fn naming_encodings(mut self) -> Self {
        self.names_encodings = true;
        self
    }

    /// `true`: the same request may succeed in a moment.
    pub const fn is_unavailable(&self) -> bool {
        matches!(self.kind, ProblemType::Unavailable)
    }

    /// The kind of the failure, which decides status and type.
    pub const fn kind(&self) -> ProblemType {
        self.kind
    }
}

fn summarise(errors: &[FieldError]) -> String {
    let say = |error: &FieldError| match error.name() {
        "" => error.detail.clone(),
        name => format!("{name}: {}", error.detail),
    };
    errors.iter().map(say).collect::<Vec<_>>().join(" ")
}

/// The id of the request that the task answers.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(|request| request.id.clone()).ok()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.kind, self.detail)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.status_code());
        if let Some(seconds) = self.retry_after {
            response.insert_header(("retry-after", seconds.to_string()));
        }
        if matches!(self.kind, ProblemType::RequestTimeout) {
            // The rest of the request may still come, and would be read as the next one.
            response.force_close();
        }
        if self.names_encodings {
            response.insert_header(("accept-encoding", payload::ACCEPTED));
        }
        let request = REQUEST.try_with(Clone::clone).ok();
        let origin = request.as_ref().map_or("", |request| &request.origin);
        if matches!(self.status_code(), StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            response.insert_header(("www-authenticate", challenge(self.kind, self.scope, origin)));
        }
        let mut problem = Problem::new(self.kind, origin, &self.detail);
        problem.errors.clone_from(&self.errors);
        problem.request_id = request.map(|request| request.id);
        response.content_type("application/problem+json").json(problem)
    }
}

/// The next step of a client without the right credential (RFC 9728, section 5.1; RFC 6750, section 3): where it finds who gives
/// tokens, for which scope it asks there, and what is wrong with the credential that it sent.
fn challenge(kind: ProblemType, scope: Option<Scope>, origin: &str) -> String {
    let mut challenge = format!("Bearer resource_metadata=\"{origin}/.well-known/oauth-protected-resource\"");
    let error = match kind {
        ProblemType::InvalidCredential
        | ProblemType::KeyRevoked
        | ProblemType::KeyReplaced
        | ProblemType::KeyExpired => Some("invalid_token"),
        ProblemType::InsufficientScope => Some("insufficient_scope"),
        _ => None,
    };
    let parts = [("scope", scope.map(Scope::as_str)), ("error", error)];
    for (name, value) in parts {
        if let Some(value) = value {
            let _ = write!(challenge, ", {name}=\"{value}\"");
        }
    }
    challenge
}

impl From<&DbError> for Failure {
    fn from(error: &DbError) -> Self {
        if error.is_unavailable() {
            tracing::warn!(cause = %error, request_id = request_id().as_deref(), "the database is not available");
            return Self::no_database();
        }
        Self::internal(error)
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::from(&error)
    }
}

impl From<diesel::result::Error> for Failure {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<KeyConflict> for Failure {
    fn from(conflict: KeyConflict) -> Self {
        match conflict {
            KeyConflict::InProgress => Self::new(
                ProblemType::IdempotencyInProgress,
                "A request with this Idempotency-Key is still running. Ask again in a moment.",
            )
            .retry_after(1),
            KeyConflict::OtherBody => Self::new(
                ProblemType::IdempotencyMismatch,
                "This Idempotency-Key was used with another body. Use a new key for a new request.",
            ),
            KeyConflict::Expired(object) => {
                let made =
                    object.map_or_else(String::new, |id| format!(" It was about {id}, which you can read."));
                Self::new(
                    ProblemType::IdempotencyExpired,
                    format!(
                        "The first answer to this Idempotency-Key held a secret, and was kept for ten minutes only.{made} Use a \
                         new key for a new request."
                    ),
                )
            }
        }
    }
}
