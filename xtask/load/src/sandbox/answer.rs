//! Answers of the proxy itself: about what it is to do and has seen, and those that a fault asks for.

use super::faults::Ledger;

/// An answer of the proxy itself.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    headers: &'static str,
    body: String,
}

impl Answer {
    /// An answer to `/__faults` or `/__seen`; none to any other request.
    pub fn about(ledger: &Ledger, method: &str, path: &str, body: &[u8]) -> Option<Self> {
        let wrong =
            |detail: String| Self { status: 400, headers: "content-type: text/plain\r\n", body: detail };
        match (method, path) {
            ("POST", "/__faults") => Some(match ledger.plan(body) {
                Ok(()) => Self { status: 204, headers: "", body: String::new() },
                Err(detail) => wrong(detail),
            }),
            ("GET", "/__seen") => Some(Self {
                status: 200,
                headers: "content-type: application/json\r\n",
                body: ledger.take_seen().to_string(),
            }),
            (_, "/__faults" | "/__seen") => Some(wrong("POST /__faults, or GET /__seen".to_owned())),
            _ => None,
        }
    }

    /// A failure: as a problem document where the server would write one, as a proxy's own page elsewhere.
    pub fn failing(status: u16) -> Self {
        let problem = match status {
            429 => Some(("rate-limited", "Too many requests")),
            500 => Some(("internal-error", "Internal error")),
            _ => None,
        };
        let Some((code, title)) = problem else {
            let body = format!("<html><h1>{status}</h1></html>");
            return Self { status, headers: "content-type: text/html\r\nretry-after: 1\r\n", body };
        };
        let body = serde_json::json!({ "type": format!("https://problems.invalid/{code}"), "code": code,
            "title": title, "status": status, "detail": "The proxy of the tests says so." });
        let headers = "content-type: application/problem+json\r\nretry-after: 1\r\n";
        Self { status, headers, body: body.to_string() }
    }

    /// The whole answer; a connection that ends after it says so.
    pub fn written(&self, closes: bool) -> Vec<u8> {
        let Self { status, headers, body } = self;
        let close = if closes { "connection: close\r\n" } else { "" };
        let length =
            if *status == 204 { String::new() } else { format!("content-length: {}\r\n", body.len()) };
        format!("HTTP/1.1 {status} As asked\r\n{headers}{close}{length}\r\n{body}").into_bytes()
    }
}
