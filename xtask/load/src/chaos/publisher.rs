//! Publishes on and on, whatever happens to the server, and remembers what was promised.

use crate::driver::{Accepted, Driver, Request};
use crate::http::Connection;
use anyhow::Result;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;
use tokio::task::JoinHandle;

/// Beyond anything that the server should need for an answer.
const PATIENCE: Duration = Duration::from_secs(40);

/// A running publisher.
#[derive(Debug)]
pub struct Publisher {
    stop: Arc<AtomicBool>,
    connections: Vec<JoinHandle<Tally>>,
}

/// The answers to published events.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Events that were answered 202 and must arrive.
    pub accepted: Vec<Accepted>,
    /// The number of events that got no answer and may arrive.
    pub unanswered: u64,
    /// The number of other answers, by status.
    pub refused: BTreeMap<u16, u64>,
    /// 503s that did not say when to come back.
    pub without_retry_after: u64,
    /// The longest that an answer took, in nanoseconds.
    pub slowest: u64,
}

impl Publisher {
    /// Starts so many connections, each pausing so long after each answer.
    pub fn start(
        driver: &Driver,
        server: SocketAddr,
        key: &str,
        connections: usize,
        pause: Duration,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let connections = (0..connections)
            .map(|_| {
                let publishing = Publishing {
                    driver: driver.clone(),
                    server,
                    request: Request::new(server, key),
                    pause,
                    stop: Arc::clone(&stop),
                    tally: Tally::default(),
                };
                tokio::spawn(publishing.run())
            })
            .collect();
        Self { stop, connections }
    }

    /// Stops and says what was promised.
    pub async fn stop(self) -> Result<Tally> {
        self.stop.store(true, Relaxed);
        let mut all = Tally::default();
        for connection in self.connections {
            let tally = connection.await?;
            all.accepted.extend(tally.accepted);
            all.unanswered += tally.unanswered;
            all.without_retry_after += tally.without_retry_after;
            all.slowest = all.slowest.max(tally.slowest);
            for (status, count) in tally.refused {
                *all.refused.entry(status).or_default() += count;
            }
        }
        Ok(all)
    }
}

/// A connection of a publisher, and the answers that came over it.
struct Publishing {
    driver: Driver,
    server: SocketAddr,
    request: Request,
    pause: Duration,
    stop: Arc<AtomicBool>,
    tally: Tally,
}

impl Publishing {
    async fn run(mut self) -> Tally {
        while !self.stop.load(Relaxed) {
            // A server that is being started anew refuses connections.
            if let Ok(connection) = Connection::open(self.server).await {
                self.publish(connection).await;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.tally
    }

    /// Publishes for as long as the connection holds.
    async fn publish(&mut self, mut connection: Connection) {
        while !self.stop.load(Relaxed) {
            let event = self.driver.number();
            let sent = self.driver.clock.nanos();
            let answer = connection.exchange(self.request.number(event));
            let Ok(Ok(answer)) = tokio::time::timeout(PATIENCE, answer).await else {
                self.tally.unanswered += 1;
                return;
            };
            let answered = self.driver.clock.nanos();
            self.tally.slowest = self.tally.slowest.max(answered - sent);
            if answer.status == 202 {
                self.tally.accepted.push(Accepted { event, sent, answered });
            } else {
                *self.tally.refused.entry(answer.status).or_default() += 1;
                if answer.status == 503 && answer.header("retry-after").is_none() {
                    self.tally.without_retry_after += 1;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            tokio::time::sleep(self.pause).await;
        }
    }
}
