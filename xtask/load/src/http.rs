//! HTTP/1.1 with as little work as possible: what the driver and the receiver spend is not the server's.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A kept-alive connection to a server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

/// An answer, borrowed from the connection that brought it.
#[derive(Debug)]
pub struct Answer<'a> {
    pub status: u16,
    pub head: &'a [u8],
    pub body: &'a [u8],
}

impl Connection {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(4096) })
    }

    /// Sends a whole request and reads the whole answer.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.stream.write_all(request).await?;
        self.buffer.clear();
        let end = loop {
            if let Some(end) = head_end(&self.buffer) {
                break end;
            }
            self.more().await?;
        };
        let length = content_length(&self.buffer[..end]);
        while self.buffer.len() < end + length {
            self.more().await?;
        }
        let (head, body) = self.buffer[..end + length].split_at(end);
        Ok(Answer { status: status(head)?, head, body })
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.buffer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl Answer<'_> {
    /// A header's value, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.head).ok()?.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

/// The end of the head, just after its empty line.
pub fn head_end(bytes: &[u8]) -> Option<usize> {
    bytes.windows(4).position(|window| window == b"\r\n\r\n").map(|at| at + 4)
}

/// The length of the body in bytes; zero if the head does not say.
pub fn content_length(head: &[u8]) -> usize {
    const NAME: &[u8] = b"content-length:";
    for line in head.split(|byte| *byte == b'\n') {
        if line.len() > NAME.len() && line[..NAME.len()].eq_ignore_ascii_case(NAME) {
            return number(line[NAME.len()..].trim_ascii_start());
        }
    }
    0
}

/// The digits that these bytes begin with.
pub fn number(bytes: &[u8]) -> usize {
    let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit());
    digits.fold(0, |value, byte| value * 10 + usize::from(byte - b'0'))
}

fn status(head: &[u8]) -> io::Result<u16> {
    let code = head.get(9..12).map(number).and_then(|code| u16::try_from(code).ok());
    code.ok_or_else(|| io::Error::other("the answer is not HTTP"))
}

#[cfg(test)]
mod tests {
    use super::{content_length, head_end};

    #[test]
    fn reads_what_it_needs_of_a_head() {
        let request = b"POST /0 HTTP/1.1\r\nhost: a\r\nContent-Length: 12\r\n\r\nhello, world";
        assert_eq!(head_end(request), Some(request.len() - 12));
        assert_eq!(content_length(request), 12);
        assert_eq!(content_length(b"HTTP/1.1 204 No Content\r\n\r\n"), 0);
        assert_eq!(head_end(b"HTTP/1.1 200 OK\r\n"), None);
    }
}
