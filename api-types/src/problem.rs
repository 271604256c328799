//! Errors on the wire: RFC 9457 problem documents with a stable `code` and the fields at fault.

use serde::{Deserialize, Serialize};

use crate::{pointer::Pointer, words::words};

words! {
    /// The stable name of an error, for programs. It is the `code` of a problem document and the end of its `type`.
    ProblemType {
        /// The body is not JSON.
        MalformedJson = "malformed-json",
        /// The request cannot be read: a query parameter, header or cursor is not of its form.
        BadRequest = "bad-request",
        /// One or more fields are wrong; `errors` names them.
        Validation = "validation",
        /// No credential was sent.
        Unauthenticated = "unauthenticated",
        /// E-mail or password is wrong.
        InvalidSignIn = "invalid-sign-in",
        /// The credential is not one of ours, or no longer.
        InvalidCredential = "invalid-credential",
        /// The API key was revoked.
        KeyRevoked = "key-revoked",
        /// The API key was replaced by its successor.
        KeyReplaced = "key-replaced",
        /// The API key has expired.
        KeyExpired = "key-expired",
        /// The API key may not be used from this address.
        AddressNotAllowed = "address-not-allowed",
        /// The credential lacks a scope, which `detail` names.
        InsufficientScope = "insufficient-scope",
        /// Only an admin's session may do this.
        AdminRequired = "admin-required",
        /// Only a signed-in session may do this.
        SessionRequired = "session-required",
        /// Only an API key that an admin marked rotatable may do this.
        NotRotatable = "not-rotatable",
        /// The workspace's plan does not include the API.
        PlanRequired = "plan-required",
        /// The plan's limit for this kind of object is reached.
        PlanLimit = "plan-limit",
        /// The member does not belong to the workspace that this is about.
        NotAMember = "not-a-member",
        /// The change did not come from our own origin.
        CrossOrigin = "cross-origin",
        /// No such object in this workspace.
        NotFound = "not-found",
        /// The path exists, the method does not.
        MethodNotAllowed = "method-not-allowed",
        /// The request did not come in time.
        RequestTimeout = "request-timeout",
        /// The object's state does not allow this; `detail` says why.
        Conflict = "conflict",
        /// The credential acts in another workspace than `Sayless-Workspace` names.
        WorkspaceMismatch = "workspace-mismatch",
        /// A request with the same `Idempotency-Key` is still running.
        IdempotencyInProgress = "idempotency-in-progress",
        /// The `Idempotency-Key` was used with another body.
        IdempotencyMismatch = "idempotency-mismatch",
        /// The first answer to the `Idempotency-Key` held a secret and is no longer kept; `detail` names the object.
        IdempotencyExpired = "idempotency-expired",
        /// The object has changed since the version that `If-Match` names.
        PreconditionFailed = "precondition-failed",
        /// Events after this place of the log are no longer kept; `detail` names the oldest that is.
        EventsExpired = "events-expired",
        /// The path with its query is longer than is read.
        UriTooLong = "uri-too-long",
        /// The headers are longer, or more, than are read.
        HeadersTooLarge = "headers-too-large",
        /// The body is larger than allowed.
        BodyTooLarge = "body-too-large",
        /// The body is not `application/json`.
        UnsupportedMediaType = "unsupported-media-type",
        /// The text contains a live credential.
        SecretInText = "secret-in-text",
        /// Too many requests; `Retry-After` says when to come back.
        RateLimited = "rate-limited",
        /// The service cannot answer now; `Retry-After` says when to come back.
        Unavailable = "unavailable",
        /// Something failed on our side; the log has the cause under `request_id`.
        Internal = "internal",
    }
}

words! {
    /// The stable name of what is wrong with one field, for programs. [`FaultCode::meaning`] says what each means.
    FaultCode {
        Required = "required",
        UnknownField = "unknown_field",
        UnknownParameter = "unknown_parameter",
        Duplicate = "duplicate",
        WrongType = "wrong_type",
        Malformed = "malformed",
        TooShort = "too_short",
        TooLong = "too_long",
        TooDeep = "too_deep",
        OutOfRange = "out_of_range",
        UnknownWord = "unknown_word",
        InvalidCharacters = "invalid_characters",
        NotAllowed = "not_allowed",
        NotFound = "not_found",
        ContainsSecret = "contains_secret",
    }
}

words! {
    /// The part of a request in which a field stands.
    FieldPlace {
        /// The request's body.
        Body = "body",
        /// The request's query.
        Query = "query",
        /// The request's headers.
        Header = "header",
        /// The request's path.
        Path = "path",
    }
}

impl ProblemType {
    /// The path of the page that describes the problem.
    pub fn path(self) -> String {
        format!("/problems/{self}")
    }

    /// The HTTP status that goes with the problem.
    pub const fn status(self) -> u16 {
        match self {
            Self::MalformedJson | Self::BadRequest => 400,
            Self::Unauthenticated
            | Self::InvalidSignIn
            | Self::InvalidCredential
            | Self::KeyRevoked
            | Self::KeyReplaced
            | Self::KeyExpired => 401,
            Self::AddressNotAllowed
            | Self::InsufficientScope
            | Self::AdminRequired
            | Self::SessionRequired
            | Self::NotRotatable
            | Self::PlanRequired
            | Self::PlanLimit
            | Self::NotAMember
            | Self::CrossOrigin => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::Conflict
            | Self::WorkspaceMismatch
            | Self::IdempotencyInProgress
            | Self::IdempotencyExpired => 409,
            Self::EventsExpired => 410,
            Self::PreconditionFailed => 412,
            Self::BodyTooLarge => 413,
            Self::UriTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::Validation | Self::IdempotencyMismatch | Self::SecretInText => 422,
            Self::RateLimited => 429,
            Self::HeadersTooLarge => 431,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// A short title, the same for every occurrence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::MalformedJson => "The body is not valid JSON",
            Self::BadRequest => "The request cannot be read",
            Self::Validation => "Some fields need another value",
            Self::Unauthenticated => "Sign in or send a credential",
            Self::InvalidSignIn => "E-mail or password is wrong",
            Self::InvalidCredential => "The credential is not valid",
            Self::KeyRevoked => "The API key was revoked",
            Self::KeyReplaced => "The API key was replaced",
            Self::KeyExpired => "The API key has expired",
            Self::AddressNotAllowed => "This address may not use the API key",
            Self::InsufficientScope => "A scope is missing",
            Self::AdminRequired => "Only an admin may do this",
            Self::SessionRequired => "Only a signed-in member may do this",
            Self::NotRotatable => "Only a rotatable API key may do this",
            Self::PlanRequired => "The plan does not include the API",
            Self::PlanLimit => "The plan's limit is reached",
            Self::NotAMember => "You do not belong to this workspace",
            Self::CrossOrigin => "The request came from another origin",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::RequestTimeout => "The request did not come in time",
            Self::Conflict => "Not possible in this state",
            Self::WorkspaceMismatch => "The credential acts in another workspace",
            Self::IdempotencyInProgress => "The same request is still running",
            Self::IdempotencyMismatch => "The idempotency key was used with another body",
            Self::IdempotencyExpired => "The first answer is no longer kept",
            Self::EventsExpired => "The events are no longer kept",
            Self::PreconditionFailed => "The object has changed meanwhile",
            Self::BodyTooLarge => "The body is too large",
            Self::UriTooLong => "The URI is too long",
            Self::HeadersTooLarge => "The headers are too large",
            Self::UnsupportedMediaType => "The body must be JSON",
            Self::SecretInText => "The text contains a live credential",
            Self::RateLimited => "Too many requests",
            Self::Unavailable => "Not available right now",
            Self::Internal => "Something failed on our side",
        }
    }
}

/// One field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// In a body the field's JSON Pointer (RFC 6901), such as `/event_types/2`; empty for the whole body. Elsewhere the
    /// name of the parameter or header, such as `limit`.
    pub field: String,
    /// The part of the request in which the field stands.
    #[serde(rename = "in")]
    pub place: FieldPlace,
    /// What is wrong, for programs.
    #[cfg_attr(feature = "openapi", schema(value_type = FaultCode))]
    pub code: String,
    /// What is wrong and what would be right, as a sentence.
    pub detail: String,
}

impl FieldError {
    /// A field of the body.
    pub fn in_body(field: impl Into<Pointer>, code: FaultCode, detail: impl Into<String>) -> Self {
        Self::new(field.into().into_string(), FieldPlace::Body, code, detail)
    }

    /// A field, parameter or header by its name in its place.
    pub fn new(
        field: impl Into<String>,
        place: FieldPlace,
        code: FaultCode,
        detail: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), place, code: code.to_string(), detail: detail.into() }
    }

    /// The field as a sentence for a person names it: without the pointer's first slash. Empty for the whole body.
    pub fn name(&self) -> &str {
        match self.place {
            FieldPlace::Body => self.field.strip_prefix('/').unwrap_or(&self.field),
            _ => &self.field,
        }
    }
}

/// An `application/problem+json` document (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// The address of a page that says what the error means and what to do. It ends in `code`.
    #[serde(rename = "type")]
    #[cfg_attr(feature = "openapi", schema(format = "uri"))]
    pub kind: String,
    /// The stable name of the error, for programs.
    #[cfg_attr(feature = "openapi", schema(value_type = ProblemType))]
    pub code: String,
    /// A short title, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What happened and what to do, as a sentence for a person.
    pub detail: String,
    /// The fields at fault, where there are any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// The request's id, also in the `x-request-id` header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
}

impl Problem {
    /// A problem of `kind`, described by a page of the server at `origin`, such as `https://sayless.example`.
    pub fn new(kind: ProblemType, origin: &str, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("{origin}{}", kind.path()),
            code: kind.to_string(),
            title: kind.title().into(),
            status: kind.status(),
            detail: detail.into(),
            errors: Vec::new(),
            request_id: None,
        }
    }

    /// The problem's type, where it is one that this version knows.
    pub fn problem_type(&self) -> Option<ProblemType> {
        self.code.parse().ok()
    }
}
