//! A client's connection to the proxy: one request after the other, each by a connection to the server of its own.

use super::answer::Answer;
use super::faults::{Fault, Ledger};
use super::message::{Framing, Head, Left, Source};
use super::upstream::Upstream;
use serde_json::{Value, json};
use std::io;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

/// Serves a connection to its end.
pub async fn serve(stream: TcpStream, upstream: Upstream, ledger: Ledger) {
    let mut client = Client { source: Source::new(stream), upstream, ledger };
    // A connection ends early by the client's doing, or by the fault that it asked for.
    while let Ok(true) = client.one().await {}
}

struct Client {
    source: Source<TcpStream>,
    upstream: Upstream,
    ledger: Ledger,
}

/// A request that has wholly arrived.
struct Request {
    head: Head,
    body: Vec<u8>,
}

impl Client {
    /// Takes a request and does with it what is its turn; false if that was the last one.
    async fn one(&mut self) -> io::Result<bool> {
        let Some(head) = self.source.head().await? else { return Ok(false) };
        if head.get("expect").is_some() {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        }
        let body = self.source.body(head.framing()?).await?;
        let request = Request { head, body };
        let closes = request.head.closes();
        let (method, path) = (request.head.word(0), request.head.word(1));
        if let Some(answer) = Answer::about(&self.ledger, method, path, &request.body) {
            self.write(&answer.written(closes)).await?;
            return Ok(!closes);
        }
        let fault = self.ledger.next();
        let entry = self.ledger.note(request.noted());
        match fault {
            Fault::Answer(status) => {
                self.ledger.answered(entry, status);
                self.write(&Answer::failing(status).written(closes)).await?;
                Ok(!closes)
            }
            Fault::Reset => self.reset(),
            Fault::Hang => self.source.closed().await.map(|()| false),
            Fault::Lost => {
                let (mut server, head) = self.ask(&request).await?;
                self.ledger.answered(entry, head.status()?);
                server.body(head.framing_of_answer(request.head.word(0))?).await?;
                self.reset()
            }
            Fault::Pass => {
                let (server, head) = self.ask(&request).await?;
                self.ledger.answered(entry, head.status()?);
                self.relay(server, &head, &request).await
            }
        }
    }

    /// Sends a request on; the head of the final answer.
    async fn ask(&self, request: &Request) -> io::Result<(Source<TcpStream>, Head)> {
        let stream = TcpStream::connect(self.upstream.server).await?;
        stream.set_nodelay(true)?;
        let mut server = Source::new(stream);
        let mut head = request.head.clone();
        if let Some(cookie) = &self.upstream.session {
            head.remove("authorization");
            head.set("cookie", cookie);
            head.set("origin", &format!("http://{}", self.upstream.server));
        }
        server.stream.write_all(&head.forwarded(true)).await?;
        server.stream.write_all(&request.body).await?;
        loop {
            let head = server.head().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
            if head.status()? >= 200 {
                return Ok((server, head));
            }
        }
    }

    /// Passes an answer on as it comes; false if it was the connection's last.
    async fn relay(
        &mut self,
        mut server: Source<TcpStream>,
        head: &Head,
        request: &Request,
    ) -> io::Result<bool> {
        let framing = head.framing_of_answer(request.head.word(0))?;
        let closes = request.head.closes() || framing == Framing::Close;
        self.write(&head.forwarded(closes)).await?;
        let mut left = Left::of(framing);
        while !left.is_nothing() {
            let part = server.part(&mut left).await?;
            self.write(&part).await?;
        }
        Ok(!closes)
    }

    async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.source.stream.write_all(bytes).await
    }

    /// Ends the connection so that the client notices at once.
    fn reset(&self) -> io::Result<bool> {
        self.source.stream.set_zero_linger()?;
        Ok(false)
    }
}

impl Request {
    /// The part of a request that the record keeps: never a credential.
    fn noted(&self) -> Value {
        json!({
            "method": self.head.word(0),
            "path": self.head.word(1),
            "idempotency_key": self.head.get("idempotency-key"),
            "user_agent": self.head.get("user-agent"),
            "authorization_kind": self.head.get("authorization").map(kind),
            "status": null,
        })
    }
}

/// The kind of a credential: `basic`, `api_key` or `access_token`.
fn kind(authorization: &str) -> &'static str {
    match authorization.split_once(' ') {
        Some((scheme, _)) if scheme.eq_ignore_ascii_case("basic") => "basic",
        Some((_, credential)) if credential.starts_with("slk_") => "api_key",
        Some(_) => "access_token",
        None => "unknown",
    }
}
