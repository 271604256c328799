//! HTTP/1.1 messages as the proxy needs them: where a head and a body end, and which headers are for one connection only.

use crate::http::head_end;
use std::io;
use tokio::io::{AsyncRead, AsyncReadExt as _};

/// The largest head that is taken.
const LARGEST_HEAD: usize = 64 * 1024;

/// The start line and the headers of a message.
#[derive(Clone, Debug)]
pub struct Head {
    pub start: String,
    headers: Vec<(String, String)>,
}

/// The end of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    Length(usize),
    Chunked,
    /// The body ends when the connection does.
    Close,
}

/// A side of a connection that messages are read from; what came too early is kept.
#[derive(Debug)]
pub struct Source<S> {
    pub stream: S,
    buffer: Vec<u8>,
}

impl Head {
    fn parse(bytes: &[u8]) -> io::Result<Self> {
        let text = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        let mut lines = text.trim_end_matches("\r\n").split("\r\n");
        let start = lines.next().unwrap_or_default().to_owned();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').ok_or_else(|| io::Error::other("a broken header"))?;
            Ok((name.to_ascii_lowercase(), value.trim().to_owned()))
        };
        let headers = lines.map(header).collect::<io::Result<_>>()?;
        Ok(Self { start, headers })
    }

    /// A header's value, by its lower-case name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Takes a header away.
    pub fn remove(&mut self, name: &str) {
        self.headers.retain(|(found, _)| found != name);
    }

    /// Puts a header in the place of those of its lower-case name.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// A word of the start line: the method, the target and the version of a request, the status at 1 of an answer.
    pub fn word(&self, at: usize) -> &str {
        self.start.split(' ').nth(at).unwrap_or_default()
    }

    /// The status of an answer.
    pub fn status(&self) -> io::Result<u16> {
        self.word(1).parse().map_err(|_| io::Error::other("the answer has no status"))
    }

    /// True if the connection must end after this message.
    pub fn closes(&self) -> bool {
        let says = self.get("connection").unwrap_or_default().to_ascii_lowercase();
        let is_old = self.start.starts_with("HTTP/1.0") || self.start.ends_with("HTTP/1.0");
        says.contains("close") || (is_old && !says.contains("keep-alive"))
    }

    /// The framing of a request's body.
    pub fn framing(&self) -> io::Result<Framing> {
        Ok(self.stated()?.unwrap_or(Framing::Length(0)))
    }

    /// The framing of the body of an answer to a request with this method.
    pub fn framing_of_answer(&self, method: &str) -> io::Result<Framing> {
        if method == "HEAD" || matches!(self.status()?, 100..=199 | 204 | 304) {
            return Ok(Framing::Length(0));
        }
        Ok(self.stated()?.unwrap_or(Framing::Close))
    }

    fn stated(&self) -> io::Result<Option<Framing>> {
        if self.get("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
            return Ok(Some(Framing::Chunked));
        }
        let length = self.get("content-length").map(str::parse).transpose();
        Ok(length.map_err(io::Error::other)?.map(Framing::Length))
    }

    /// The head as it goes on to the other side, where it says itself whether the connection stays.
    pub fn forwarded(&self, closes: bool) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.start);
        let is_of_connection =
            |name: &str| matches!(name, "connection" | "keep-alive" | "expect" | "proxy-connection");
        for (name, value) in self.headers.iter().filter(|(name, _)| !is_of_connection(name)) {
            text.push_str(name);
            text.push_str(": ");
            text.push_str(value);
            text.push_str("\r\n");
        }
        text.push_str(if closes { "connection: close\r\n\r\n" } else { "\r\n" });
        text.into_bytes()
    }
}

impl<S: AsyncRead + Unpin> Source<S> {
    pub fn new(stream: S) -> Self {
        Self { stream, buffer: Vec::with_capacity(4096) }
    }

    /// The next head; none if the other side has closed in good order.
    pub async fn head(&mut self) -> io::Result<Option<Head>> {
        loop {
            if let Some(end) = head_end(&self.buffer) {
                let bytes: Vec<u8> = self.buffer.drain(..end).collect();
                return Head::parse(&bytes).map(Some);
            }
            if self.buffer.len() > LARGEST_HEAD {
                return Err(io::Error::other("the head is too large"));
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return if self.buffer.is_empty() {
                    Ok(None)
                } else {
                    Err(io::ErrorKind::UnexpectedEof.into())
                };
            }
        }
    }

    /// The next part of a body as it came, with the marks of its chunks; empty at the end, where `left` says so.
    pub async fn part(&mut self, left: &mut Left) -> io::Result<Vec<u8>> {
        if left.is_nothing() {
            return Ok(Vec::new());
        }
        loop {
            let taken = left.take(&self.buffer)?;
            if taken > 0 || left.is_nothing() {
                return Ok(self.buffer.drain(..taken).collect());
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return left.closed().map(|()| Vec::new());
            }
        }
    }

    /// The whole body as it came.
    pub async fn body(&mut self, framing: Framing) -> io::Result<Vec<u8>> {
        let mut left = Left::of(framing);
        let mut body = Vec::new();
        loop {
            let part = self.part(&mut left).await?;
            if part.is_empty() && left.is_nothing() {
                return Ok(body);
            }
            body.extend(part);
        }
    }

    /// Waits until the other side has closed.
    pub async fn closed(&mut self) -> io::Result<()> {
        while self.stream.read_buf(&mut self.buffer).await? != 0 {
            self.buffer.clear();
        }
        Ok(())
    }
}

/// The rest of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// So many bytes.
    Bytes(usize),
    /// A chunk's size comes next.
    Size,
    /// So many bytes of a chunk and its line's end, then another size.
    Chunk(usize),
    /// Lines until an empty one.
    Trailers,
    /// Everything until the connection ends.
    Close,
}

impl Left {
    pub const fn of(framing: Framing) -> Self {
        match framing {
            Framing::Length(length) => Self::Bytes(length),
            Framing::Chunked => Self::Size,
            Framing::Close => Self::Close,
        }
    }

    pub const fn is_nothing(self) -> bool {
        matches!(self, Self::Bytes(0))
    }

    /// The number of bytes at the start of these that belong to the body; zero if more must come first.
    fn take(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match *self {
            Self::Bytes(left) => {
                let taken = left.min(bytes.len());
                *self = Self::Bytes(left - taken);
                Ok(taken)
            }
            Self::Chunk(left) => {
                let taken = left.min(bytes.len());
                *self = if taken == left { Self::Size } else { Self::Chunk(left - taken) };
                Ok(taken)
            }
            Self::Close => Ok(bytes.len()),
            Self::Size => self.line(bytes, |line| {
                let digits = line.split(';').next().unwrap_or_default().trim();
                let size = usize::from_str_radix(digits, 16).map_err(io::Error::other)?;
                Ok(if size == 0 { Self::Trailers } else { Self::Chunk(size + 2) })
            }),
            Self::Trailers => {
                self.line(bytes, |line| Ok(if line.is_empty() { Self::Bytes(0) } else { Self::Trailers }))
            }
        }
    }

    fn line(&mut self, bytes: &[u8], next: impl Fn(&str) -> io::Result<Self>) -> io::Result<usize> {
        let Some(end) = bytes.windows(2).position(|window| window == b"\r\n") else { return Ok(0) };
        *self = next(std::str::from_utf8(&bytes[..end]).map_err(io::Error::other)?)?;
        Ok(end + 2)
    }

    /// The connection has ended.
    fn closed(&mut self) -> io::Result<()> {
        if *self == Self::Close {
            *self = Self::Bytes(0);
            return Ok(());
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn messages_end_where_they_say() {
        let bytes = b"POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello\
            POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\nt: 1\r\n\r\n\
            GET /c HTTP/1.0\r\n\r\n";
        let mut source = Source::new(&bytes[..]);
        let mut seen = Vec::new();
        while let Some(head) = source.head().await.unwrap() {
            let body = source.body(head.framing().unwrap()).await.unwrap();
            seen.push((head.word(1).to_owned(), String::from_utf8(body).unwrap(), head.closes()));
        }
        let expected =
            [("/a", "hello", false), ("/b", "3;x=y\r\nabc\r\n0\r\nt: 1\r\n\r\n", false), ("/c", "", true)];
        let expected = expected.map(|(path, body, closes)| (path.to_owned(), body.to_owned(), closes));
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn half_a_message_is_an_error() {
        for bytes in [&b"GET / HT"[..], b"POST / HTTP/1.1\r\ncontent-length: 9\r\n\r\nhalf"] {
            let mut source = Source::new(bytes);
            let whole = async {
                let head = source.head().await?;
                let framing = head.map_or(Ok(Framing::Length(0)), |head| head.framing())?;
                source.body(framing).await
            };
            assert_eq!(whole.await.unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
        }
    }

    #[test]
    fn an_answer_without_a_length_ends_with_its_connection() {
        let head = |text: &str| Head::parse(text.as_bytes()).unwrap();
        let framing = |text: &str, method: &str| head(text).framing_of_answer(method).unwrap();
        assert_eq!(framing("HTTP/1.1 200 OK\r\n\r\n", "GET"), Framing::Close);
        assert_eq!(framing("HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\n", "HEAD"), Framing::Length(0));
        assert_eq!(framing("HTTP/1.1 204 No Content\r\n\r\n", "GET"), Framing::Length(0));
        let kept = head("HTTP/1.1 200 OK\r\nA: b\r\nConnection: keep-alive\r\n\r\n");
        assert_eq!(kept.forwarded(false), b"HTTP/1.1 200 OK\r\na: b\r\n\r\n");
    }
}
