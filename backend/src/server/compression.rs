//! The compression of answers that are made for one request.
//!
//! Only answers to GET are compressed. A secret is shown once, in the answer to the request that made it, and no GET can make
//! one. So the length of no compressed answer tells anything of a secret (BREACH), today or with the next operation. An answer that
//! is marked as holding a secret goes out as it is in any case.

use actix_web::{
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, HeaderValue},
    },
    web,
};

use super::path::PathKind;
use crate::http::{
    encoding::{Coding, Effort, WORTHWHILE},
    made::HoldsSecret,
    static_file::is_compressible,
};

/// Answers above this many bytes are compressed beside the threads that answer.
const LARGE: usize = 64 * 1_024;

/// What the answer to a request may be compressed with.
#[derive(Clone, Copy, Debug)]
pub enum Compression {
    /// The answer goes out as it is, whatever the client takes.
    Never,
    /// The answer is compressed with what the client prefers, if anything.
    By(Option<Coding>),
}

impl Compression {
    /// Reads what the client takes.
    pub fn of(request: &ServiceRequest, kind: PathKind) -> Self {
        let is_open = matches!(kind, PathKind::Api | PathKind::WellKnown | PathKind::Problems);
        if is_open && request.method() == Method::GET {
            Self::By(Coding::preferred(request.headers()))
        } else {
            Self::Never
        }
    }

    /// Compresses an answer where that is possible and worthwhile.
    pub async fn apply(self, mut response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        let Self::By(coding) = self else { return response };
        if !is_worthwhile(&response) {
            return response;
        }
        response.headers_mut().append(header::VARY, HeaderValue::from_static("accept-encoding"));
        let Some(coding) = coding else { return response };
        let (request, response) = response.into_parts();
        let (mut response, body) = response.into_parts();
        let plain = match body.try_into_bytes() {
            Ok(plain) => plain,
            Err(body) => return ServiceResponse::new(request, response.set_body(body)),
        };
        let compressed = if plain.len() > LARGE {
            let plain = plain.clone();
            web::block(move || coding.compress(&plain, Effort::Quick)).await.ok().and_then(Result::ok)
        } else {
            coding.compress(&plain, Effort::Quick).ok()
        };
        let body = match compressed {
            Some(compressed) => {
                let name = HeaderValue::from_static(coding.as_str());
                response.headers_mut().insert(header::CONTENT_ENCODING, name);
                compressed
            }
            None => plain,
        };
        ServiceResponse::new(request, response.set_body(BoxBody::new(body)))
    }
}

/// `true` for a complete text of some length that is not encoded yet.
fn is_worthwhile(response: &ServiceResponse<BoxBody>) -> bool {
    let headers = response.headers();
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let is_long =
        matches!(response.response().body().size(), BodySize::Sized(size) if size >= WORTHWHILE as u64);
    is_long
        && response.status() != StatusCode::PARTIAL_CONTENT
        && !headers.contains_key(header::CONTENT_ENCODING)
        && !response.response().extensions().contains::<HoldsSecret>()
        && content_type.is_some_and(is_compressible)
}
