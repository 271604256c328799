//! Counts the bytes of a connection, and stops an answer that floods. The count also tells if any byte of an
//! answer came: only where none did may a request be sent again on a fresh connection.

use std::{
    io,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::Instant,
};

/// The most bytes one answer may send us, headers, interim answers and framing included.
const ANSWER_LIMIT: u64 = 256 * 1024;

/// The bytes that passed during the present exchange of a connection.
#[derive(Debug)]
pub struct Meter {
    anchor: Instant,
    read: AtomicU64,
    written: AtomicU64,
    /// Microseconds after `anchor`; 0 while nothing came.
    first_byte: AtomicU64,
    /// The receiver takes nothing any more.
    cut: AtomicBool,
}

impl Meter {
    pub fn new() -> Arc<Self> {
        Arc::new(Self {
            anchor: Instant::now(),
            read: AtomicU64::new(0),
            written: AtomicU64::new(0),
            first_byte: AtomicU64::new(0),
            cut: AtomicBool::new(false),
        })
    }

    /// Begins another exchange.
    pub fn reset(&self) {
        self.read.store(0, Ordering::Relaxed);
        self.written.store(0, Ordering::Relaxed);
        self.first_byte.store(0, Ordering::Relaxed);
    }

    pub fn read(&self) -> u64 {
        self.read.load(Ordering::Relaxed)
    }

    pub fn written(&self) -> u64 {
        self.written.load(Ordering::Relaxed)
    }

    /// `true` if the answer was cut off for its size.
    pub fn flooded(&self) -> bool {
        self.read() > ANSWER_LIMIT
    }

    /// `true` if the receiver hung up before it had taken everything.
    pub fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    /// The arrival of the answer's first byte.
    pub fn first_byte(&self) -> Option<Instant> {
        match self.first_byte.load(Ordering::Relaxed) {
            0 => None,
            micros => Some(self.anchor + std::time::Duration::from_micros(micros)),
        }
    }

    /// Counts what was written, of `length` bytes. A receiver may refuse a message, and hang up, before it has read all of
    /// it: the rest is then written to nobody, so that its answer can still be read.
    fn count_written(&self, written: Poll<io::Result<usize>>, length: usize) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(bytes)) => {
                self.written.fetch_add(bytes as u64, Ordering::Relaxed);
                Poll::Ready(Ok(bytes))
            }
            Poll::Ready(Err(error)) if hung_up(&error) => {
                self.cut.store(true, Ordering::Relaxed);
                Poll::Ready(Ok(length))
            }
            other => other,
        }
    }

    fn count_read(&self, bytes: usize) {
        if bytes == 0 {
            return;
        }
        let micros = u64::try_from(self.anchor.elapsed().as_micros()).unwrap_or(u64::MAX).max(1);
        if self.read.fetch_add(bytes as u64, Ordering::Relaxed) == 0 {
            self.first_byte.store(micros, Ordering::Relaxed);
        }
    }
}

/// A stream under a meter.
#[derive(Debug)]
pub struct Metered<S> {
    stream: S,
    meter: Arc<Meter>,
}

impl<S> Metered<S> {
    pub const fn new(stream: S, meter: Arc<Meter>) -> Self {
        Self { stream, meter }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Metered<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.meter.flooded() {
            return Poll::Ready(Err(io::Error::other("the answer is too large")));
        }
        let before = buf.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(cx, buf);
        self.meter.count_read(buf.filled().len() - before);
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Metered<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        if self.meter.is_cut() {
            return Poll::Ready(Ok(buf.len()));
        }
        let polled = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.meter.count_written(polled, buf.len())
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let length = bufs.iter().map(|buf| buf.len()).sum();
        if self.meter.is_cut() {
            return Poll::Ready(Ok(length));
        }
        let polled = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.meter.count_written(polled, length)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.meter.is_cut() {
            return Poll::Ready(Ok(()));
        }
        match Pin::new(&mut self.stream).poll_flush(cx) {
            Poll::Ready(Err(error)) if hung_up(&error) => {
                self.meter.cut.store(true, Ordering::Relaxed);
                Poll::Ready(Ok(()))
            }
            polled => polled,
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn hung_up(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionReset | ConnectionAborted)
}
