//! What is no request at all still gets an answer that says so.
//!
//! The HTTP layer answers what it cannot parse with an empty 400 or 431, and what does not come with an empty 408, and closes the
//! connection; it cannot be asked for anything else. Such an answer is known by its lack of the id that each answer of ours has. It is replaced on its way out by a
//! problem document, and by 414 where a request line came that was too long to be parsed.

use std::{
    fmt, io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use actix_web::{HttpResponse, body::MessageBody};
use api_types::ProblemType;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Makes the whole answer to what is no request.
pub type Explain = dyn Fn(ProblemType) -> Vec<u8> + Send + Sync;

/// The longest request line that the HTTP layer can parse: a URI of 65,534 bytes, and a method.
const MAX_LINE: usize = 65_534 + 8;

/// An answer as it stands on the wire, after which the connection is closed.
pub fn printed(response: HttpResponse) -> Vec<u8> {
    let (response, body) = response.into_parts();
    let body = body.try_into_bytes().unwrap_or_default();
    let status = response.status();
    let mut text =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n", body.len()).into_bytes();
    for (name, value) in response.headers() {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b"\r\n");
    text.extend_from_slice(&body);
    text
}

/// A connection whose answers of the HTTP layer's own are explained.
pub struct Explained<T> {
    io: T,
    /// `None` over HTTP/2, which has no such answers.
    explain: Option<Arc<Explain>>,
    line: Line,
    /// The bytes that go out in place of those that were to be written.
    instead: Option<Instead>,
}

struct Instead {
    bytes: Vec<u8>,
    written: usize,
    /// The number of bytes that these replace.
    replaced: usize,
}

impl<T> Explained<T> {
    pub fn new(io: T, explain: Option<Arc<Explain>>) -> Self {
        Self { io, explain, line: Line::default(), instead: None }
    }

    pub const fn io(&self) -> &T {
        &self.io
    }

    /// The bytes that go out in place of `bytes`, where these end in an answer of the HTTP layer's own.
    fn replacement(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let explain = self.explain.as_ref()?;
        let (start, kind) = own_answer(bytes)?;
        let kind = if self.line.was_too_long { ProblemType::UriTooLong } else { kind };
        let mut instead = bytes.get(..start)?.to_vec();
        instead.extend(explain(kind));
        Some(instead)
    }
}

impl<T> fmt::Debug for Explained<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Explained")
    }
}

/// The place at which an answer of the HTTP layer's own begins, which is the last of a connection, and what it is about.
fn own_answer(bytes: &[u8]) -> Option<(usize, ProblemType)> {
    let head = bytes.strip_suffix(b"\r\n\r\n")?;
    let start = head.windows(7).rposition(|window| window == b"HTTP/1.")?;
    let head = head.get(start..)?;
    let status = head.get(9..12)?;
    let mut lines = head.split(|&byte| byte == b'\n');
    let is_ours = lines.any(|line| line.starts_with(b"x-request-id:"));
    let is_empty = head.windows(17).any(|window| window == b"content-length: 0");
    match status {
        _ if is_ours || !is_empty => None,
        b"400" => Some((start, ProblemType::BadRequest)),
        b"408" => Some((start, ProblemType::RequestTimeout)),
        b"431" => Some((start, ProblemType::HeadersTooLarge)),
        _ => None,
    }
}

/// The line that is being read.
#[derive(Default)]
struct Line {
    start: Vec<u8>,
    length: usize,
    /// `true`: a request line was longer than can be parsed.
    was_too_long: bool,
}

impl Line {
    /// The bytes of a line by which a request line is told from a header.
    const START: usize = 24;

    fn read(&mut self, mut bytes: &[u8]) {
        while let Some(end) = bytes.iter().position(|&byte| byte == b'\n') {
            self.go_on(&bytes[..end]);
            self.start.clear();
            self.length = 0;
            bytes = &bytes[end + 1..];
        }
        self.go_on(bytes);
    }

    fn go_on(&mut self, bytes: &[u8]) {
        let room = Self::START.saturating_sub(self.start.len()).min(bytes.len());
        self.start.extend_from_slice(&bytes[..room]);
        self.length += bytes.len();
        if self.length > MAX_LINE {
            let method = self.start.iter().position(|&byte| byte == b' ').unwrap_or_default();
            self.was_too_long |= method > 0 && self.start[..method].iter().all(u8::is_ascii_alphabetic);
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Explained<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        ready!(Pin::new(&mut self.io).poll_read(context, into))?;
        if self.explain.is_some() {
            self.line.read(&into.filled()[before..]);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Explained<T> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if this.instead.is_none() {
            let Some(instead) = this.replacement(bytes) else {
                return Pin::new(&mut this.io).poll_write(context, bytes);
            };
            this.instead = Some(Instead { bytes: instead, written: 0, replaced: bytes.len() });
        }
        while let Some(instead) = &mut this.instead {
            if instead.written == instead.bytes.len() {
                let replaced = instead.replaced;
                this.instead = None;
                return Poll::Ready(Ok(replaced));
            }
            let written =
                ready!(Pin::new(&mut this.io).poll_write(context, &instead.bytes[instead.written..]))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            instead.written += written;
        }
        Poll::Ready(Ok(0))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if self.explain.is_none() {
            return Pin::new(&mut self.io).poll_write_vectored(context, slices);
        }
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        self.poll_write(context, first)
    }

    fn is_write_vectored(&self) -> bool {
        self.explain.is_none() && self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_empty_answer_without_an_id_is_the_http_layers_own() {
        let own = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\ndate: x\r\n\r\n";
        assert_eq!(own_answer(own), Some((0, ProblemType::BadRequest)));
        let after = [b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx-request-id: a\r\n\r\nok", &own[..]].concat();
        assert_eq!(own_answer(&after), Some((after.len() - own.len(), ProblemType::BadRequest)));
        let large = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\ndate: x\r\n\r\n";
        assert_eq!(own_answer(large), Some((0, ProblemType::HeadersTooLarge)));
        let late = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        assert_eq!(own_answer(late), Some((0, ProblemType::RequestTimeout)));
        for ours in [
            &b"HTTP/1.1 204 No Content\r\nx-request-id: a\r\n\r\n"[..],
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nx-request-id: a\r\n\r\n",
            b"HTTP/1.1 400 Bad Request\r\ncontent-length: 4\r\n\r\n{}\r\n",
            b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            b"\r\n\r\n",
            b"",
        ] {
            assert_eq!(own_answer(ours), None, "{}", String::from_utf8_lossy(ours));
        }
    }

    #[test]
    fn a_request_line_that_is_too_long_is_told_from_a_header() {
        let read = |parts: &[&str]| {
            let mut line = Line::default();
            for part in parts {
                line.read(part.as_bytes());
            }
            line.was_too_long
        };
        let long = "x".repeat(70_000);
        assert!(read(&["GET /", &long]));
        assert!(read(&["GET / HTTP/1.1\r\n\r\nGET ", "/", &long, " HTTP/1.1\r\n"]));
        assert!(!read(&["GET / HTTP/1.1\r\ncookie: ", &long]));
        assert!(!read(&["GET /", &long[..60_000], " HTTP/1.1\r\n"]));
    }
}
