//! Sends on an open connection and reads the answer: bounded in time and size, made safe to store.

use std::{error::Error as _, io, net::SocketAddr};

use api_types::deliveries::Header;
use bytes::Bytes;
use chrono::DateTime;
use http_body_util::{BodyExt, Full};
use hyper::{
    Request, Response as HttpResponse,
    body::{Body, Incoming},
    header::{self, HeaderMap},
};
use tokio::time::{Instant, timeout_at};

use super::{
    exchange::{FailureKind, Phase, Response, RetryAfter, SendFailure},
    limits::Limits,
    meter::Meter,
    pool::Connection,
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
    /// Sends the request and reads the answer. The flag is `true` if the answer was read to its end, so that
    /// the connection can serve again.
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
                return Err(Broken { failure: SendFailure { phase, kind, partial: None }, unheard });
            }
            Err(_) => {
                let kind = FailureKind::ResponseTimeout { waited: begun.elapsed() };
                return Err(Broken { failure: SendFailure { phase, kind, partial: None }, unheard: false });
            }
        };
        self.read(response, begun, meter).await
    }

    async fn read(
        &self,
        response: HttpResponse<Incoming>,
        begun: Instant,
        meter: &Meter,
    ) -> Result<(Response, bool), Broken> {
        let (head, mut body) = response.into_parts();
        let mut kept = Vec::new();
        let ended = loop {
            match timeout_at(self.deadline, body.frame()).await {
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
                Ok(Some(Err(error))) => break Err(self.kind(&error, meter)),
                Err(_) => break Err(FailureKind::ResponseTimeout { waited: begun.elapsed() }),
            }
        };
        let answer = Response {
            status: head.status.as_u16(),
            headers: kept_headers(&head.headers),
            body: text(&kept),
            truncated: ended == Ok(false),
            retry_after: retry_after(&head.headers),
            location: head.headers.get(header::LOCATION).map(|value| value_text(value.as_bytes())),
        };
        match ended {
            Ok(complete) => Ok((answer, complete)),
            Err(kind) => {
                let failure = SendFailure { phase: Phase::Body, kind, partial: Some(Box::new(answer)) };
                Err(Broken { failure, unheard: false })
            }
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

fn retry_after(headers: &HeaderMap) -> Option<RetryAfter> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(RetryAfter::Seconds(seconds));
    }
    DateTime::parse_from_rfc2822(value).ok().map(|at| RetryAfter::At(at.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use hyper::header::HeaderValue;

    use super::*;

    fn read(value: &'static str) -> Option<RetryAfter> {
        retry_after(&HeaderMap::from_iter([(header::RETRY_AFTER, HeaderValue::from_static(value))]))
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(read("120"), Some(RetryAfter::Seconds(120)));
        assert_eq!(read(" 0 "), Some(RetryAfter::Seconds(0)));
        assert_eq!(read("Sun, 06 Nov 1994 08:49:37 GMT"), Some(RetryAfter::At(784_111_777_000)));
        for nonsense in ["", "-5", "1.5", "soon", "99999999999999999999999"] {
            assert_eq!(read(nonsense), None, "{nonsense}");
        }
        assert_eq!(RetryAfter::Seconds(120).at(1_000), 121_000);
        assert_eq!(RetryAfter::Seconds(u64::MAX).at(1_000), i64::MAX);
    }

    #[test]
    fn what_is_not_text_is_replaced() {
        assert_eq!(text(b"ok\r\n\tfine"), "ok\r\n\tfine");
        assert_eq!(text(b"a\0b\x1b[31m\xff"), "a\u{fffd}b\u{fffd}[31m\u{fffd}");
    }
}
