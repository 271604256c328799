//! The bytes of a request's body: read with a limit, and inflated where they came compressed.

use std::{
    future::Future,
    io::{self, Read},
    time::Duration,
};

use actix_web::{
    HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    web::{Bytes, BytesMut},
};
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use futures_util::StreamExt;
use tokio::time::timeout;

/// The largest body that is read, before and after it is inflated: 256 KiB.
pub const MAX_BYTES: usize = 256 * 1024;

/// The longest that a body may take to come, as the application's data. Where it is not set, nothing waits for a body.
#[derive(Clone, Copy, Debug, Default)]
pub struct BodyPatience(pub Duration);

/// The compressions that a body may come in, as `Accept-Encoding` names them in an answer (RFC 9110, section 15.5.16).
pub const ACCEPTED: &str = "gzip, deflate";

/// A body that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// It is larger than [`MAX_BYTES`].
    TooLarge,
    /// The connection ended before the body did.
    Incomplete,
    /// It did not come in time.
    TooSlow,
    /// It is compressed in a way that is not known here, or several times.
    UnknownEncoding,
    /// It is not in the compression that its header names.
    Corrupt,
}

impl Unreadable {
    /// The sentence that a caller reads, in plain ASCII without quotes.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::TooLarge => "The body is larger than the 256 KiB that are accepted.",
            Self::Incomplete => "The body ended before it was complete.",
            Self::TooSlow => "The body did not come in time.",
            Self::UnknownEncoding => {
                "The header Content-Encoding names a compression that is not known here. Send the body as it is, or with gzip or \
                 deflate, once."
            }
            Self::Corrupt => "The body is not in the compression that the header Content-Encoding names.",
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Identity,
    Gzip,
    Deflate,
}

/// Reads the whole body.
pub fn read(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<Bytes, Unreadable>> + use<> {
    let encoding = encoding(request.headers());
    let declared = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let too_large =
        declared.and_then(|length| length.parse().ok()).is_some_and(|length: u64| length > MAX_BYTES as u64);
    let patience = request.app_data::<BodyPatience>().copied().unwrap_or_default();
    let chunks = payload.take();
    async move {
        let encoding = encoding?;
        if too_large {
            return Err(Unreadable::TooLarge);
        }
        let body = timeout(patience.0, collect(chunks)).await.map_err(|_| Unreadable::TooSlow)??;
        match encoding {
            Encoding::Identity => Ok(body),
            Encoding::Gzip => inflate(MultiGzDecoder::new(body.as_ref())),
            Encoding::Deflate => inflate(ZlibDecoder::new(body.as_ref())),
        }
    }
}

async fn collect(mut chunks: Payload) -> Result<Bytes, Unreadable> {
    let mut body = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| Unreadable::Incomplete)?;
        if body.len() + chunk.len() > MAX_BYTES {
            return Err(Unreadable::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn encoding(headers: &HeaderMap) -> Result<Encoding, Unreadable> {
    let mut found = Encoding::Identity;
    for value in headers.get_all(header::CONTENT_ENCODING) {
        let list = value.to_str().map_err(|_| Unreadable::UnknownEncoding)?;
        for name in list.split(',').map(str::trim) {
            let named = match name.to_ascii_lowercase().as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => Encoding::Gzip,
                "deflate" => Encoding::Deflate,
                _ => return Err(Unreadable::UnknownEncoding),
            };
            if found != Encoding::Identity {
                return Err(Unreadable::UnknownEncoding);
            }
            found = named;
        }
    }
    Ok(found)
}

/// Inflates no more than one byte past the limit, so that a small body cannot become a large one in memory.
fn inflate(compressed: impl Read) -> Result<Bytes, Unreadable> {
    let mut inflated = Vec::new();
    let limit = MAX_BYTES as u64 + 1;
    let read: io::Result<usize> = compressed.take(limit).read_to_end(&mut inflated);
    read.map_err(|_| Unreadable::Corrupt)?;
    if inflated.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    Ok(inflated.into())
}
