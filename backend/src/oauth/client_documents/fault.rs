//! The refusal of a client by its document or by the URL of that.

use actix_web::http::StatusCode;
use api_types::oauth_failures::FailureCause;

use crate::oauth::error::{ErrorCode, OAuthError};

/// A refusal that a page shows; `description` is plain ASCII without quotes, and holds nothing of the document.
pub const fn fault(cause: FailureCause, description: &'static str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, cause, description).status(StatusCode::BAD_REQUEST)
}
