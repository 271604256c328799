//! Idle connections, kept a minute at most and used again only for the very address that was checked.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http_body_util::Full;
use hyper::client::conn::http1::SendRequest;
use tokio::time::Instant;

use super::meter::Meter;
use crate::delivery::address::Host;

/// The longest that a connection is used, counted from its opening.
pub const LONGEST_LIFE: Duration = Duration::from_mins(1);
/// The most idle connections for one destination.
const IDLE_PER_KEY: usize = 64;
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// The facts that must be equal for a connection to serve another request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key {
    pub https: bool,
    pub host: Host,
    pub address: SocketAddr,
}

/// An open connection between exchanges.
#[derive(Debug)]
pub struct Connection {
    pub sender: SendRequest<Full<Bytes>>,
    pub meter: Arc<Meter>,
    pub opened: Instant,
}

impl Connection {
    fn usable(&self) -> bool {
        !self.sender.is_closed() && self.opened.elapsed() < LONGEST_LIFE
    }
}

#[derive(Debug)]
pub struct Pool {
    idle: Mutex<Idle>,
    /// The most idle connections for all destinations together.
    most: usize,
}

#[derive(Debug, Default)]
struct Idle {
    connections: HashMap<Key, Vec<Connection>>,
    count: usize,
    swept: Option<Instant>,
}

impl Pool {
    /// A pool for so many idle connections.
    pub fn new(most: usize) -> Self {
        Self { idle: Mutex::default(), most }
    }

    fn idle(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Closes all idle connections: their files are needed.
    pub fn close(&self) {
        *self.idle() = Idle::default();
    }

    /// The most recently used connection that still serves.
    pub fn take(&self, key: &Key) -> Option<Connection> {
        let mut idle = self.idle();
        let stack = idle.connections.get_mut(key)?;
        let mut dropped = 0;
        let mut found = None;
        while let Some(connection) = stack.pop() {
            dropped += 1;
            if connection.usable() {
                found = Some(connection);
                break;
            }
        }
        if stack.is_empty() {
            idle.connections.remove(key);
        }
        idle.count -= dropped;
        found
    }

    /// Keeps a connection for the next exchange, unless it is spent or there are enough.
    pub fn give(&self, key: Key, connection: Connection) {
        if !connection.usable() {
            return;
        }
        let mut idle = self.idle();
        idle.sweep();
        if idle.count >= self.most {
            return;
        }
        let stack = idle.connections.entry(key).or_default();
        if stack.len() < IDLE_PER_KEY {
            stack.push(connection);
            idle.count += 1;
        }
    }
}

impl Idle {
    fn sweep(&mut self) {
        if self.swept.is_some_and(|swept| swept.elapsed() < SWEEP_EVERY) {
            return;
        }
        self.swept = Some(Instant::now());
        self.connections.retain(|_, stack| {
            stack.retain(Connection::usable);
            !stack.is_empty()
        });
        self.count = self.connections.values().map(Vec::len).sum();
    }
}
