//! The webhooks' receiver: answers at once and notes when each event arrived, and whether it came twice.

use crate::clock::Clock;
use crate::http::{content_length, head_end, number};
use anyhow::{Result, bail};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const OK: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
const FAILING: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";

/// A running receiver with any number of hooks, told apart by their path: `/0`, `/1`, …
#[derive(Debug)]
pub struct Receiver {
    pub address: SocketAddr,
    clock: Clock,
    hooks: Hooks,
}

type Hooks = Arc<Mutex<Vec<Hook>>>;

/// A hook: the way it answers, and the record of its arrivals.
#[derive(Clone, Debug, Default)]
pub struct Hook {
    pub mood: Mood,
    /// The number of requests, whatever was answered.
    pub requests: u64,
    /// The time of an event's first arrival in nanoseconds, by event number; zero for never.
    pub arrived: Vec<u64>,
    /// The number of different events that arrived.
    pub distinct: u64,
    /// The numbers and times of arrivals after an event's first.
    pub duplicates: Vec<(u32, u64)>,
    /// The numbers of all arrivals, in their order.
    pub order: Vec<u32>,
}

/// The way a hook answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mood {
    /// 204, at once.
    #[default]
    Well,
    /// 503, at once.
    Failing,
    /// Never.
    Hanging,
    /// 204, after this many milliseconds.
    Slow(u64),
    /// 503, after this many milliseconds.
    SlowlyFailing(u64),
}

impl Receiver {
    /// Starts on a thread of its own, which ends with the process.
    pub fn start(clock: Clock, hooks: usize) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let hooks: Hooks = Arc::new(Mutex::new(vec![Hook::default(); hooks]));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let shared = Arc::clone(&hooks);
        std::thread::Builder::new()
            .name("receiver".into())
            .spawn(move || runtime.block_on(accept(listener, clock, shared)))?;
        Ok(Self { address, clock, hooks })
    }

    /// A hook's URL.
    pub fn url(&self, hook: usize) -> String {
        format!("http://{}/{hook}", self.address)
    }

    /// Changes how a hook answers.
    pub fn set(&self, hook: usize, mood: Mood) {
        self.hooks()[hook].mood = mood;
    }

    /// Looks at a hook's record.
    pub fn with<T>(&self, hook: usize, look: impl FnOnce(&Hook) -> T) -> T {
        look(&self.hooks()[hook])
    }

    /// Waits until so many different events have arrived at each of these hooks; when, in nanoseconds.
    pub async fn wait_for(
        &self,
        hooks: std::ops::Range<usize>,
        distinct: u64,
        patience: Duration,
    ) -> Result<u64> {
        let began = self.clock.nanos();
        loop {
            if self.hooks()[hooks.clone()].iter().all(|hook| hook.distinct >= distinct) {
                return Ok(self.clock.nanos());
            }
            if Duration::from_nanos(self.clock.nanos() - began) > patience {
                let counts: Vec<u64> = self.hooks()[hooks].iter().map(|hook| hook.distinct).collect();
                bail!("{distinct} events should have arrived within {patience:?}, but {counts:?} did");
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Requests so far, whatever was answered.
    pub fn requests(&self, hook: usize) -> u64 {
        self.hooks()[hook].requests
    }

    /// Arrivals after an event's first, at all hooks.
    pub fn duplicates(&self) -> u64 {
        self.hooks().iter().map(|hook| hook.duplicates.len() as u64).sum()
    }

    fn hooks(&self) -> MutexGuard<'_, Vec<Hook>> {
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn accept(listener: std::net::TcpListener, clock: Clock, hooks: Hooks) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listener)?;
    loop {
        let (stream, _) = listener.accept().await?;
        // The sender deals with a connection that ends.
        tokio::spawn(serve(stream, clock, Arc::clone(&hooks)));
    }
}

async fn serve(mut stream: TcpStream, clock: Clock, hooks: Hooks) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::with_capacity(4096);
    loop {
        let Some(end) = whole_request(&buffer) else {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
            continue;
        };
        let mood = note(&hooks, &buffer[..end], clock.nanos());
        buffer.drain(..end);
        match mood {
            Mood::Well => stream.write_all(OK).await?,
            Mood::Failing => stream.write_all(FAILING).await?,
            Mood::Hanging => std::future::pending().await,
            Mood::Slow(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                stream.write_all(OK).await?;
            }
            Mood::SlowlyFailing(milliseconds) => {
                tokio::time::sleep(Duration::from_millis(milliseconds)).await;
                stream.write_all(FAILING).await?;
            }
        }
    }
}

fn whole_request(buffer: &[u8]) -> Option<usize> {
    let head = head_end(buffer)?;
    let end = head + content_length(&buffer[..head]);
    (buffer.len() >= end).then_some(end)
}

/// Writes an arrival down. An event that is not answered with 204 has not arrived.
fn note(hooks: &Hooks, request: &[u8], now: u64) -> Mood {
    let path = request.split(|byte| *byte == b'/').nth(1).map_or(0, number);
    let event = event_number(request);
    let mut hooks = hooks.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(hook) = hooks.get_mut(path) else { return Mood::Failing };
    hook.requests += 1;
    if let Mood::Well | Mood::Slow(_) = hook.mood
        && let Some(event) = event
    {
        hook.note(event, now);
    }
    hook.mood
}

/// The number in the payload, between two `@`.
fn event_number(request: &[u8]) -> Option<u32> {
    let at = request.iter().rposition(|byte| *byte == b'@')?;
    let digits = request.get(at.checked_sub(crate::driver::DIGITS)?..at)?;
    u32::try_from(number(digits)).ok()
}

impl Hook {
    fn note(&mut self, event: u32, now: u64) {
        let index = event as usize;
        if self.arrived.len() <= index {
            self.arrived.resize((index + 1).next_power_of_two(), 0);
        }
        self.order.push(event);
        if self.arrived[index] == 0 {
            self.arrived[index] = now;
            self.distinct += 1;
        } else {
            self.duplicates.push((event, now));
        }
    }
}
