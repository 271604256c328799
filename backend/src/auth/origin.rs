//! Cross-site request forgery: a change that rides on a cookie must come from our own origin.

use actix_web::{HttpRequest, http::header};
use api_types::ProblemType;

use crate::http::problem::Failure;

/// Refuses a change that a browser sent from another origin. A client that names no origin at all is no browser.
pub fn check(request: &HttpRequest, public_url: &url::Url) -> Result<(), Failure> {
    if request.method().is_safe() {
        return Ok(());
    }
    let own = match request.headers().get("sec-fetch-site") {
        Some(site) => site.as_bytes() == b"same-origin",
        None => request
            .headers()
            .get(header::ORIGIN)
            .is_none_or(|origin| origin.as_bytes() == public_url.origin().ascii_serialization().as_bytes()),
    };
    if own {
        return Ok(());
    }
    Err(Failure::new(
        ProblemType::CrossOrigin,
        "This change came from another site. Make it in the console, or send a key as a Bearer credential.",
    ))
}
