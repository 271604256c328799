//! The driver: publishes events over so many connections, each sending its next as soon as its last was answered.

use crate::clock::Clock;
use crate::http::Connection;
use anyhow::{Context as _, Result, bail};
use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::time::Duration;

/// The number of digits that an event's number has in its payload.
pub const DIGITS: usize = 10;
/// The size of an event's `data`, in bytes.
const PAYLOAD: usize = 512;

/// A plan of publishing: for how long, over how many connections, at which pace.
#[derive(Clone, Debug)]
pub struct Plan {
    pub server: SocketAddr,
    /// API keys, taken in turn by the connections.
    pub keys: Vec<String>,
    pub connections: usize,
    pub until: Until,
    /// The time that a connection waits after each answer.
    pub pause: Duration,
}

/// The end of a plan.
#[derive(Clone, Copy, Debug)]
pub enum Until {
    /// The plan ends after this time.
    Elapsed(Duration),
    /// The plan ends after this number of events, over all connections.
    Events(u32),
}

/// An accepted event: its number, when it was sent and when it was answered.
#[derive(Clone, Copy, Debug)]
pub struct Accepted {
    pub event: u32,
    pub sent: u64,
    pub answered: u64,
}

/// The answers to a plan's events. Times are nanoseconds of the clock.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub began: u64,
    pub ended: u64,
    pub accepted: Vec<Accepted>,
    /// The number of answers by status, 202 apart.
    pub refused: BTreeMap<u16, u64>,
}

/// Numbers events, all runs through, and carries out plans.
#[derive(Clone, Debug)]
pub struct Driver {
    pub clock: Clock,
    next: Arc<AtomicU32>,
}

impl Driver {
    pub fn new(clock: Clock) -> Self {
        Self { clock, next: Arc::default() }
    }

    /// An event's number that no other has.
    pub fn number(&self) -> u32 {
        self.next.fetch_add(1, Relaxed)
    }

    /// Publishes; whatever is not accepted is an error.
    pub async fn publish(&self, plan: &Plan) -> Result<Outcome> {
        let began = self.clock.nanos();
        let last = self.next.load(Relaxed);
        let connections: Vec<_> = (0..plan.connections)
            .map(|index| {
                let driver = self.clone();
                let plan = plan.clone();
                let request = Request::new(plan.server, &plan.keys[index % plan.keys.len()]);
                let until = plan.until;
                let go_on = move |driver: &Self, event: u32| match until {
                    Until::Elapsed(time) => Duration::from_nanos(driver.clock.nanos() - began) < time,
                    Until::Events(count) => event - last < count,
                };
                tokio::spawn(async move { driver.one(&plan, request, go_on).await })
            })
            .collect();
        let mut outcome = Outcome { began, ..Outcome::default() };
        for connection in connections {
            let part = connection.await??;
            outcome.accepted.extend(part.accepted);
            for (status, count) in part.refused {
                *outcome.refused.entry(status).or_default() += count;
            }
        }
        outcome.ended = self.clock.nanos();
        if !outcome.refused.is_empty() {
            bail!("not every event was accepted; answers by status: {:?}", outcome.refused);
        }
        Ok(outcome)
    }

    async fn one(
        &self,
        plan: &Plan,
        mut request: Request,
        go_on: impl Fn(&Self, u32) -> bool,
    ) -> Result<Outcome> {
        let mut connection = Connection::open(plan.server).await.context("cannot connect to the server")?;
        let mut outcome = Outcome::default();
        loop {
            let event = self.number();
            if !go_on(self, event) {
                return Ok(outcome);
            }
            let sent = self.clock.nanos();
            let answer =
                connection.exchange(request.number(event)).await.context("an event got no answer")?;
            match answer.status {
                202 => outcome.accepted.push(Accepted { event, sent, answered: self.clock.nanos() }),
                status => *outcome.refused.entry(status).or_default() += 1,
            }
            if !plan.pause.is_zero() {
                tokio::time::sleep(plan.pause).await;
            }
        }
    }
}

/// A whole `POST /v1/events`, in which only the number changes.
#[derive(Clone, Debug)]
pub struct Request {
    bytes: Vec<u8>,
    at: usize,
}

impl Request {
    pub fn new(server: SocketAddr, key: &str) -> Self {
        let start = r#"{"title":"The parcel did not arrive","body":""#;
        let end = format!(r#"","status":"open","id":"@{}@"}}"#, "0".repeat(DIGITS));
        let filler = "What was promised for Monday has not come. ".repeat(20);
        let data = format!("{start}{}{end}", &filler[..PAYLOAD - start.len() - end.len()]);
        let body = format!(r#"{{"type":"ticket.created","data":{data}}}"#);
        let head = format!(
            "POST /v1/events HTTP/1.1\r\nhost: {server}\r\nauthorization: Bearer {key}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let bytes = format!("{head}{body}").into_bytes();
        let at = bytes.len() - r#"@"}}"#.len() - DIGITS;
        Self { bytes, at }
    }

    pub fn number(&mut self, event: u32) -> &[u8] {
        let mut digits = &mut self.bytes[self.at..self.at + DIGITS];
        // Ten digits hold every u32.
        let _ = write!(digits, "{event:010}");
        &self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::Request;

    #[test]
    fn numbers_its_payload() {
        let mut request = Request::new(([127, 0, 0, 1], 80).into(), "slk_x");
        let text = String::from_utf8_lossy(request.number(4_000_000_001)).into_owned();
        assert!(text.ends_with(r#""id":"@4000000001@"}}"#), "{text}");
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.ends_with(&format!("content-length: {}", body.len())));
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["data"].to_string().len(), 512);
    }
}
