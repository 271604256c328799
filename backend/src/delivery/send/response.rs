//! Sends on an open connection and reads the answer: bounded in time and size, made safe to store.

use std::{error::Error as _, io, net::SocketAddr};

use api_types::deliveries::Header;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response as HttpResponse,
    body::{Body, Incoming},
    header::{self, HeaderMap},
};
use tokio::time::{Instant, timeout_at};

use super::{
    exchange::{BodyFault, FailureKind, Phase, Response, SendFailure},
    limits::Limits,
    meter::Meter,
    pool::Connection,
    retry_after::retry_after,
    tls,
};

/// The most headers of an answer that are kept, and the bytes of each value.
const HEADERS_KEPT: usize = 50;
const VALUE_KEPT: usize = 1024;

/// One exchange on one connection.
#[derive(Debug)]
pub struct Read<'a> {
    pub address: SocketAddr,
    pub reused: bool,
    pub limits: &'a Limits,
    pub deadline: Instant,
}

/// An exchange that did not end in an answer.
#[derive(Debug)]
pub struct Broken {
    pub failure: SendFailure,
    /// A used connection died before a byte of the answer: the request may go out again on a fresh one.
    pub unheard: bool,
}

impl Read<'_> {
    /// Sends the request and reads the answer. The flag is `true` if the request was sent and the answer read
    /// to their ends, so that the connection can serve again.
    pub async fn exchange(
        &self,
        connection: &mut Connection,
        request: Request<Full<Bytes>>,
    ) -> Result<(Response, bool), Broken> {
        let body_length = request.body().size_hint().lower();
        let begun = Instant::now();
        let head = timeout_at(self.deadline, async {
            connection.sender.ready().await?;
            connection.sender.send_request(request).await
        })
        .await;
        let meter = &connection.meter;
        let phase = if meter.written() <= body_length { Phase::Send } else { Phase::Wait };
        let response = match head {
            Ok(Ok(response)) => response,
            Ok(Err(error)) => {
                let kind = self.kind(&error, meter);
                let unheard = self.reused && meter.read() == 0 && matches!(kind, FailureKind::Reset { .. });
                return Err(Broken { failure: SendFailure { phase, kind }, unheard });
            }
            Err(_) => {
                let kind = FailureKind::ResponseTimeout { waited: begun.elapsed() };
                return Err(Broken { failure: SendFailure { phase, kind }, unheard: false });
            }
        };
        let (answer, whole) = self.read(response, meter).await;
        // After a 101 the connection speaks another protocol.
        let serves = whole && answer.status != 101 && meter.written() > body_length && !meter.is_cut();
        Ok((answer, serves))
    }

    /// Reads as much of the body as is kept, for a short time: what the head said stays true whatever comes. The
    /// flag is `true` if the body came to its end.
    async fn read(&self, response: HttpResponse<Incoming>, meter: &Meter) -> (Response, bool) {
        let (head, mut body) = response.into_parts();
        let begun = Instant::now();
        let by = self.deadline.min(begun + self.limits.grace);
        let mut kept = Vec::new();
        let ended = loop {
            match timeout_at(by, body.frame()).await {
                Ok(None) => break Ok(true),
                Ok(Some(Ok(frame))) => {
                    if let Some(data) = frame.data_ref() {
                        let room = self.limits.body - kept.len();
                        kept.extend_from_slice(data.get(..room).unwrap_or(data));
                        if data.len() > room {
                            break Ok(false);
                        }
                    }
                }
                Ok(Some(Err(error))) => break Err(self.fault(&error, meter)),
                Err(_) => break Err(BodyFault::Endless { waited: begun.elapsed() }),
            }
        };
        let answer = Response {
            status: head.status.as_u16(),
            headers: kept_headers(&head.headers),
            body: text(&kept),
            truncated: ended == Ok(false),
            retry_after: retry_after(&head.headers),
            location: head.headers.get(header::LOCATION).map(|value| value_text(value.as_bytes())),
            body_fault: ended.clone().err(),
        };
        (answer, ended == Ok(true))
    }

    fn fault(&self, error: &hyper::Error, meter: &Meter) -> BodyFault {
        if meter.flooded() {
            return BodyFault::Malformed { detail: "its framing is too large".to_owned() };
        }
        match self.kind(error, meter) {
            FailureKind::Malformed { detail } => BodyFault::Malformed { detail },
            _ => BodyFault::Broken,
        }
    }

    fn kind(&self, error: &hyper::Error, meter: &Meter) -> FailureKind {
        if meter.flooded() {
            return FailureKind::Malformed { detail: "its headers are too large".to_owned() };
        }
        if error.is_parse() {
            return FailureKind::Malformed { detail: error.to_string() };
        }
        let Some(cause) = error.source().and_then(|cause| cause.downcast_ref::<io::Error>()) else {
            return FailureKind::Reset { address: self.address };
        };
        if let Some(tls_error) = tls::tls_error(cause) {
            return tls::late_failure(tls_error);
        }
        match cause.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
                FailureKind::Malformed { detail: cause.to_string() }
            }
            _ => FailureKind::Reset { address: self.address },
        }
    }
}

fn kept_headers(headers: &HeaderMap) -> Vec<Header> {
    headers
        .iter()
        .take(HEADERS_KEPT)
        .map(|(name, value)| Header { name: name.as_str().to_owned(), value: value_text(value.as_bytes()) })
        .collect()
}

fn value_text(value: &[u8]) -> String {
    text(value.get(..VALUE_KEPT).unwrap_or(value))
}

/// Text that a database can hold and a page can show: no NUL, no control characters beside tabs and line
/// ends.
fn text(bytes: &[u8]) -> String {
    let lossy = String::from_utf8_lossy(bytes);
    if lossy.chars().any(unprintable) {
        lossy.chars().map(|c| if unprintable(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
    } else {
        lossy.into_owned()
    }
}

fn unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\n' | '\r' | '\t')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::properties::hold;

    #[test]
    fn what_is_not_text_is_replaced() {
        assert_eq!(text(b"ok\r\n\tfine"), "ok\r\n\tfine");
        assert_eq!(text(b"a\0b\x1b[31m\xff"), "a\u{fffd}b\u{fffd}[31m\u{fffd}");
    }

    #[test]
    fn any_bytes_become_text_that_can_be_shown() {
        hold(&prop::collection::vec(any::<u8>(), 0..200), |bytes| {
            let shown = text(&bytes);
            assert!(!shown.chars().any(unprintable), "{shown:?}");
            if let Ok(plain) = std::str::from_utf8(&bytes) {
                assert_eq!(shown.chars().count(), plain.chars().count());
                assert!(shown.chars().zip(plain.chars()).all(|(now, was)| now == was || unprintable(was)));
            }
        });
    }
}
