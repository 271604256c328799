//! The one error of the OAuth endpoints: an [`OAuthError`] becomes the JSON of RFC 6749, section 5.2. No part of a request is
//! repeated there, but for words that have the form of a scope. What the caller is not told, the app's own admins are: each error has a
//! [`FailureCause`] and a sentence, which [`failures`](super::failures) notes.

use std::{borrow::Cow, fmt};

use actix_web::{
    HttpResponse, HttpResponseBuilder, ResponseError,
    http::{StatusCode, header},
};
use api_types::oauth_failures::FailureCause;
pub use api_types::oauth_failures::OAuthErrorCode as ErrorCode;
use serde::Serialize;

use crate::{
    auth::signing_keys::SigningKeyError,
    db::DbError,
    http::{payload, problem::Failure},
};

/// Seconds after which to come back where the server cannot answer now.
const USUAL_PAUSE: u64 = 5;

/// The status that an answer with this code has.
const fn status_of(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidClient => StatusCode::UNAUTHORIZED,
        ErrorCode::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::ServerError => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A refusal of an OAuth endpoint.
#[derive(Clone, Debug)]
pub struct OAuthError {
    code: ErrorCode,
    description: Cow<'static, str>,
    status: StatusCode,
    /// Seconds after which it makes sense to come back, where another time than usual.
    retry_after: Option<u64>,
    /// The client tried to prove itself by the `Authorization` header.
    by_header: bool,
    /// The cause, which the caller is not told.
    cause: FailureCause,
    /// The cause in a sentence, where the description says too little.
    detail: Option<Box<str>>,
}

/// The body of a refusal.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ErrorBody {
    /// A registered error code.
    #[schema(example = "invalid_grant")]
    pub error: &'static str,
    /// What is wrong, for the developer who reads it.
    #[schema(example = "The code has expired, was used, or is not this client's.")]
    pub error_description: String,
}

impl OAuthError {
    /// A workspace's plan has no API. Nothing is used up: it all works again on another plan.
    pub const NO_PLAN: Self = Self::new(
        ErrorCode::UnauthorizedClient,
        FailureCause::PlanWithoutApi,
        "The plan of the workspace does not include the API: it needs Startup or above.",
    );

    /// There is no such grant.
    pub const UNSUPPORTED_GRANT: Self = Self::new(
        ErrorCode::UnsupportedGrantType,
        FailureCause::GrantUnknown,
        "grant_type is none of authorization_code, refresh_token, client_credentials and \
         urn:ietf:params:oauth:grant-type:device_code.",
    );

    /// A client gives back what is not its own.
    pub const OTHER_CLIENTS_TOKEN: Self = Self::new(
        ErrorCode::UnauthorizedClient,
        FailureCause::TokenOfAnotherApp,
        "The token was given to another client.",
    );

    /// A refusal; `description` is plain ASCII without quotes, as RFC 6749 wants it.
    pub const fn new(code: ErrorCode, cause: FailureCause, description: &'static str) -> Self {
        Self {
            code,
            description: Cow::Borrowed(description),
            status: status_of(code),
            retry_after: None,
            by_header: false,
            cause,
            detail: None,
        }
    }

    /// The refusal with a sentence for the app's admins alone. It holds no secret, code, token or verifier.
    #[must_use]
    pub fn because(mut self, detail: impl Into<Box<str>>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The refusal of a client that came with an `Authorization` header. A challenge is for such clients alone (RFC 6749, section
    /// 5.2): a browser's script that sends the secret in the body gets no box that asks for a password.
    #[must_use]
    pub const fn by_header(mut self, by_header: bool) -> Self {
        self.by_header = by_header;
        self
    }

    /// The refusal with another sentence, which may hold nothing but what the first one may.
    #[must_use]
    pub fn saying(mut self, description: String) -> Self {
        self.description = Cow::Owned(description);
        self
    }

    /// The refusal under another status, where HTTP has one that fits better.
    #[must_use]
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The refusal of one request too many, which may come again after so many seconds.
    #[must_use]
    pub const fn too_many(mut self, seconds: u64) -> Self {
        self.status = StatusCode::TOO_MANY_REQUESTS;
        self.retry_after = Some(seconds);
        self
    }

    /// A parameter is missing, repeated or malformed.
    pub const fn request(cause: FailureCause, description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidRequest, cause, description)
    }

    /// The code or refresh token is not good.
    pub const fn grant(cause: FailureCause, description: &'static str) -> Self {
        Self::new(ErrorCode::InvalidGrant, cause, description)
    }

    /// The cause.
    pub const fn cause(&self) -> FailureCause {
        self.cause
    }

    /// The cause in a sentence, for the app's admins.
    pub fn detail(&self) -> &str {
        self.detail.as_deref().unwrap_or(&self.description)
    }

    /// Seconds after which to come back.
    pub fn retry_after(&self) -> u64 {
        self.retry_after.unwrap_or(USUAL_PAUSE)
    }

    /// The registered error code.
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence for a developer.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The status of an answer that is no redirect.
    pub const fn http_status(&self) -> StatusCode {
        self.status
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.description)
    }
}

impl ResponseError for OAuthError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponseBuilder::new(self.status);
        if self.status == StatusCode::UNAUTHORIZED && self.by_header {
            response.insert_header(("www-authenticate", "Basic realm=\"OAuth client\", charset=\"UTF-8\""));
        }
        if self.status == StatusCode::UNSUPPORTED_MEDIA_TYPE {
            response.insert_header(("accept-encoding", payload::ACCEPTED));
        }
        if self.status == StatusCode::REQUEST_TIMEOUT {
            // The rest of the request may still come, and would be read as the next one.
            response.force_close();
        }
        if self.code == ErrorCode::TemporarilyUnavailable {
            response.insert_header((header::RETRY_AFTER, self.retry_after()));
        }
        response
            .json(ErrorBody { error: self.code.as_str(), error_description: self.description.to_string() })
    }
}

impl From<DbError> for OAuthError {
    fn from(error: DbError) -> Self {
        Failure::from(error).into()
    }
}

impl From<diesel::result::Error> for OAuthError {
    fn from(error: diesel::result::Error) -> Self {
        DbError::from(error).into()
    }
}

impl From<SigningKeyError> for OAuthError {
    fn from(error: SigningKeyError) -> Self {
        Failure::from(error).into()
    }
}

/// Code that is shared with `/v1` fails with a problem, and the problem's cause is logged by then.
impl From<Failure> for OAuthError {
    fn from(failure: Failure) -> Self {
        if failure.is_unavailable() {
            return Self::new(
                ErrorCode::TemporarilyUnavailable,
                FailureCause::ServerFailed,
                "The server cannot answer right now. Nothing was changed; try again.",
            );
        }
        Self::new(
            ErrorCode::ServerError,
            FailureCause::ServerFailed,
            "Something failed on our side. Try again.",
        )
    }
}
