//! HEAD: a GET whose answer keeps its headers and loses its body.

use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ResponseHead, ServiceRequest},
    http::{
        Method,
        header::{self, HeaderValue},
    },
    web::Bytes,
};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

/// Has the rest of the server see a GET in place of a HEAD; `true` where the request is one.
pub fn as_get(request: &mut ServiceRequest) -> bool {
    let is_head = request.method() == Method::HEAD;
    if is_head {
        request.head_mut().method = Method::GET;
    }
    is_head
}

/// Drops the body and keeps its length. A stream, which has none, is closed at once.
///
/// The length goes out as a header of ours and the body as an empty stream. So nothing follows the headers even where
/// another request came right behind this one, after which the HTTP layer no longer knows that this was a HEAD.
pub fn drop_body(head: &mut ResponseHead, body: &BoxBody) -> BoxBody {
    match body.size() {
        BodySize::Sized(length) => {
            head.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
            head.no_chunking(true);
            BoxBody::new(Nothing)
        }
        BodySize::None | BodySize::Stream => BoxBody::new(actix_web::body::None::new()),
    }
}

/// A stream that has ended.
struct Nothing;

impl MessageBody for Nothing {
    type Error = Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Poll::Ready(None)
    }
}
