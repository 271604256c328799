//! How long a connection may keep its file without getting anywhere.
//!
//! A connection is watched from below, where bytes come and go, and from above, where requests are answered. While no request
//! is under way, the client has to send a head: the first one soon after it connected, each later one soon after its first
//! byte, and some byte of it before the connection has idled for too long. A client that does not take an answer is cut off,
//! too. The body of a request has a deadline of its own, where it is read. A stream may go on for as long as it is taken.

use std::{
    cell::Cell,
    fmt, io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::{
    Error,
    body::{BodySize, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    rt::net::{ActixStream, Ready, TcpStream},
    web::Bytes,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, sleep},
};

use super::admission::Seat;
use crate::base::Patience;

/// A client that takes an answer at this rate, in bytes per second, is not cut off, however long the answer is.
const SLOWEST: u64 = 4 * 1_024;
/// How often a connection is looked at, at least.
const LOOK: Duration = Duration::from_secs(5);

/// What is known of a connection.
#[derive(Debug)]
pub struct Watch {
    patience: Patience,
    /// Over HTTP/2 bytes come for many reasons: only requests count.
    is_http_2: Cell<bool>,
    /// Requests whose answers are not complete.
    under_way: Cell<u32>,
    /// `true` once a request came.
    was_asked: Cell<bool>,
    /// The time of the connection, or of the last answer's end.
    free_since: Cell<Instant>,
    /// The time of the first byte since then.
    heard: Cell<Option<Instant>>,
    /// The time since which more is to be written than the client takes.
    stuck: Cell<Option<Instant>>,
    /// The bytes that were taken since the last of these times.
    taken: Cell<u64>,
}

impl Watch {
    pub fn new(patience: Patience) -> Rc<Self> {
        Rc::new(Self {
            patience,
            is_http_2: Cell::new(false),
            under_way: Cell::new(0),
            was_asked: Cell::new(false),
            free_since: Cell::new(Instant::now()),
            heard: Cell::new(None),
            stuck: Cell::new(None),
            taken: Cell::new(0),
        })
    }

    /// Says that the connection speaks HTTP/2.
    pub fn speaks_http_2(&self) {
        self.is_http_2.set(true);
    }

    /// The time at which the connection has had its chance; none while it is busy.
    fn deadline(&self) -> Option<Instant> {
        let Patience { head, idle, write, .. } = self.patience;
        let taking = Duration::from_secs(self.taken.get() / SLOWEST);
        if let Some(stuck) = self.stuck.get() {
            return Some(stuck + write + taking);
        }
        (self.under_way.get() == 0).then(|| match self.heard.get() {
            _ if !self.was_asked.get() => self.free_since.get() + head,
            Some(at) if !self.is_http_2.get() => at + head,
            _ => self.free_since.get() + idle + taking,
        })
    }

    /// Notes how much was taken of the bytes that were offered.
    fn note(&self, taken: &Poll<io::Result<usize>>, offered: usize) {
        match taken {
            Poll::Ready(Ok(taken)) => {
                self.taken.set(self.taken.get() + *taken as u64);
                if *taken >= offered && self.stuck.take().is_some() {
                    self.is_free();
                }
            }
            Poll::Pending if self.stuck.get().is_none() => {
                self.stuck.set(Some(Instant::now()));
                self.taken.set(0);
            }
            Poll::Ready(Err(_)) | Poll::Pending => {}
        }
    }

    /// Notes that nothing is left to be answered or to be written.
    fn is_free(&self) {
        self.free_since.set(Instant::now());
        self.heard.set(None);
        self.taken.set(0);
    }

    /// Waits until the connection has had its chance.
    pub async fn expired(&self) {
        let look = LOOK.min(self.patience.shortest());
        loop {
            let rest = self.deadline().map_or(look, |at| at.saturating_duration_since(Instant::now()));
            if rest.is_zero() {
                return;
            }
            sleep(rest.min(look)).await;
        }
    }
}

/// A request that is under way on a watched connection, until dropped.
#[derive(Debug)]
pub struct UnderWay(Rc<Watch>);

impl UnderWay {
    /// Begins the request; none where nobody watches.
    pub fn begin(request: &ServiceRequest) -> Option<Self> {
        let watch = Rc::clone(request.conn_data::<Rc<Watch>>()?);
        watch.under_way.set(watch.under_way.get() + 1);
        watch.was_asked.set(true);
        Some(Self(watch))
    }

    /// Lets a request last until its answer is made: an answer that is a stream takes it along.
    pub fn until_answered(
        this: Option<Self>,
        response: ServiceResponse<BoxBody>,
    ) -> ServiceResponse<BoxBody> {
        let Some(under_way) = this else { return response };
        if response.response().body().size() != BodySize::Stream {
            return response;
        }
        response.map_body(|_, body| BoxBody::new(Lasting { body, _under_way: under_way }))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let watch = &self.0;
        watch.under_way.set(watch.under_way.get().saturating_sub(1));
        watch.is_free();
    }
}

/// A stream that keeps its request under way.
struct Lasting {
    body: BoxBody,
    _under_way: UnderWay,
}

impl MessageBody for Lasting {
    type Error = Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Error>>> {
        Pin::new(&mut self.body).poll_next(context).map_err(Error::from)
    }
}

/// A connection that is watched.
pub struct Watched {
    io: TcpStream,
    watch: Rc<Watch>,
    _seat: Seat,
}

/// What stands on a watched connection.
pub trait OnWatched {
    fn watched(&self) -> &Watched;
}

impl OnWatched for Watched {
    fn watched(&self) -> &Watched {
        self
    }
}

impl OnWatched for TlsStream<Watched> {
    fn watched(&self) -> &Watched {
        self.get_ref().0
    }
}

impl Watched {
    pub const fn new(io: TcpStream, watch: Rc<Watch>, seat: Seat) -> Self {
        Self { io, watch, _seat: seat }
    }

    pub const fn io(&self) -> &TcpStream {
        &self.io
    }

    pub const fn watch(&self) -> &Rc<Watch> {
        &self.watch
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watched")
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = into.filled().len();
        let read = Pin::new(&mut self.io).poll_read(context, into);
        let heard = &self.watch.heard;
        if into.filled().len() > before && heard.get().is_none() && self.watch.under_way.get() == 0 {
            heard.set(Some(Instant::now()));
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.io).poll_write(context, bytes);
        self.watch.note(&taken, bytes.len());
        taken
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let taken = Pin::new(&mut self.io).poll_write_vectored(context, slices);
        self.watch.note(&taken, slices.iter().map(|slice| slice.len()).sum());
        taken
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }
}

impl ActixStream for Watched {
    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_read_ready(&self.io, context)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_write_ready(&self.io, context)
    }
}
