//! A webhook receiver that misbehaves on demand, over real TCP and TLS. The receiver reads each request whole, remembers
//! it, and then behaves as the test wants.

use std::{
    collections::{BTreeSet, VecDeque},
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex},
    time::Duration,
};

use rustls::ServerConfig;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use super::{certificates::Certificate, eventually, ports::free_port};

/// The ways in which a receiver treats a request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Answers with this status and body, and keeps the connection open.
    Answer(u16, &'static str),
    /// Answers with this status line, header lines and body, exactly as given.
    Raw(String),
    /// Answers with exactly this text and closes.
    RawThenClose(String),
    /// Behaves as this makes of the request.
    Decide(Decision),
    /// Never answers.
    Hang,
    /// Answers with this status after a while.
    After(Duration, u16),
    /// Answers 200 once it is let go.
    Wait,
    /// Breaks the connection (RST over plain TCP).
    Reset,
    /// Closes without a word.
    Close,
    /// One byte of the body every 20 ms, without end.
    DripBody,
    /// One byte of the head every 20 ms, without end.
    DripHead,
    /// A body that never ends, as fast as it is read.
    EndlessBody,
    /// Headers that never end, as fast as they are read.
    EndlessHead,
    /// Interim answers (103) that never end, as fast as they are read.
    EndlessInterim,
}

/// A function that decides how to treat a request.
#[derive(Clone)]
pub struct Decision(Arc<dyn Fn(&Received) -> Behaviour + Send + Sync>);

impl std::fmt::Debug for Decision {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Decision")
    }
}

impl Behaviour {
    /// Decides anew for each request.
    pub fn decide(decision: impl Fn(&Received) -> Self + Send + Sync + 'static) -> Self {
        Self::Decide(Decision(Arc::new(decision)))
    }

    /// Answers with this status and one header.
    pub fn with_header(status: u16, header: &str) -> Self {
        Self::Raw(format!("HTTP/1.1 {status} Because\r\n{header}\r\ncontent-length: 0\r\n\r\n"))
    }
}

/// A request as it came over the wire.
#[derive(Debug, Clone)]
pub struct Received {
    pub head: String,
    pub body: Vec<u8>,
}

impl Received {
    /// The value of a header, by lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}

#[derive(Debug)]
struct State {
    /// The behaviours that come next. They are taken one by one, and the last one stays.
    behaviours: VecDeque<Behaviour>,
    requests: Vec<Received>,
    connections: usize,
    /// True once the requests that wait may be answered.
    let_go: bool,
}

/// A listening receiver; it stops when dropped.
#[derive(Debug)]
pub struct Receiver {
    pub address: SocketAddr,
    https: bool,
    state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Receiver {
    /// A plain HTTP receiver on a loopback port of its own.
    pub async fn http(behaviour: Behaviour) -> Self {
        Self::start(behaviour, None).await
    }

    /// An HTTPS receiver with this certificate.
    pub async fn https(behaviour: Behaviour, certificate: &Certificate) -> Self {
        Self::tls(behaviour, certificate.config()).await
    }

    /// An HTTPS receiver with TLS as configured.
    pub async fn tls(behaviour: Behaviour, config: ServerConfig) -> Self {
        Self::start(behaviour, Some(TlsAcceptor::from(Arc::new(config)))).await
    }

    async fn start(behaviour: Behaviour, tls: Option<TlsAcceptor>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(Mutex::new(State {
            behaviours: VecDeque::from([behaviour]),
            requests: Vec::new(),
            connections: 0,
            let_go: false,
        }));
        let https = tls.is_some();
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                shared.lock().unwrap().connections += 1;
                let state = Arc::clone(&shared);
                let tls = tls.clone();
                tokio::spawn(async move {
                    match tls {
                        None => serve(stream, &state).await,
                        // A client that does not like our certificate is expected here.
                        Some(tls) => {
                            if let Ok(stream) = tls.accept(stream).await {
                                serve(stream, &state).await;
                            }
                        }
                    }
                });
            }
        });
        Self { address, https, state, task }
    }

    /// Behaves so from the next request on.
    pub fn set(&self, behaviour: Behaviour) {
        self.state.lock().unwrap().behaviours = VecDeque::from([behaviour]);
    }

    /// Behaves in one way after the other, request by request; the last one stays.
    pub fn set_sequence(&self, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.state.lock().unwrap().behaviours = behaviours.into_iter().collect();
    }

    /// Answers the requests that wait.
    pub fn let_go(&self) {
        self.state.lock().unwrap().let_go = true;
    }

    /// Everything received so far.
    pub fn requests(&self) -> Vec<Received> {
        self.state.lock().unwrap().requests.clone()
    }

    /// Waits until `count` requests have come, and gives them.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        eventually(&format!("{count} requests at the receiver"), async || self.requests().len() >= count)
            .await;
        self.requests()
    }

    /// The ids of the events that have come so far, each once.
    pub fn event_ids(&self) -> BTreeSet<String> {
        self.requests().iter().filter_map(|it| it.header("webhook-id").map(str::to_owned)).collect()
    }

    /// The number of connections accepted so far.
    pub fn connections(&self) -> usize {
        self.state.lock().unwrap().connections
    }

    /// The URL of a path here, by address.
    pub fn url(&self, path: &str) -> String {
        self.url_for(&self.address.ip().to_string(), path)
    }

    /// The URL of a path here, under another host name.
    pub fn url_for(&self, host: &str, path: &str) -> String {
        format!("{}://{host}:{}{path}", if self.https { "https" } else { "http" }, self.address.port())
    }
}

/// An address of this machine where nothing listens.
pub fn refusing_address() -> SocketAddr {
    (Ipv4Addr::LOCALHOST, free_port()).into()
}

/// A stream whose connection can be broken, with TLS or without.
trait Breakable: AsyncRead + AsyncWrite + Unpin {
    fn tcp(&self) -> &TcpStream;
}

impl Breakable for TcpStream {
    fn tcp(&self) -> &TcpStream {
        self
    }
}

impl Breakable for tokio_rustls::server::TlsStream<TcpStream> {
    fn tcp(&self) -> &TcpStream {
        self.get_ref().0
    }
}

async fn serve<S: Breakable>(mut stream: S, state: &Mutex<State>) {
    let mut unread = Vec::new();
    while let Some(request) = read_request(&mut stream, &mut unread).await {
        let behaviour = {
            let mut state = state.lock().unwrap();
            state.requests.push(request.clone());
            if state.behaviours.len() > 1 {
                state.behaviours.pop_front()
            } else {
                state.behaviours.front().cloned()
            }
        };
        let behaviour = match behaviour.unwrap() {
            Behaviour::Wait => {
                while !state.lock().unwrap().let_go {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                Behaviour::Answer(200, "")
            }
            Behaviour::Decide(Decision(decide)) => decide(&request),
            at_once => at_once,
        };
        if let Behaviour::After(pause, status) = behaviour {
            tokio::time::sleep(pause).await;
            if !behave(&mut stream, Behaviour::Answer(status, "")).await {
                return;
            }
            continue;
        }
        if !behave(&mut stream, behaviour).await {
            return;
        }
    }
}

async fn read_request<S: AsyncRead + Unpin>(stream: &mut S, unread: &mut Vec<u8>) -> Option<Received> {
    let mut chunk = [0; 4096];
    loop {
        if let Some(end) = unread.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&unread[..end]).into_owned();
            let mut received = Received { head, body: Vec::new() };
            let length = received.header("content-length").map_or(0, |length| length.parse().unwrap());
            if unread.len() >= end + 4 + length {
                received.body = unread[end + 4..end + 4 + length].to_vec();
                unread.drain(..end + 4 + length);
                return Some(received);
            }
        }
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return None,
            Ok(bytes) => unread.extend_from_slice(&chunk[..bytes]),
        }
    }
}

/// Behaves once; gives whether the connection can serve another request.
async fn behave<S: Breakable>(stream: &mut S, behaviour: Behaviour) -> bool {
    match behaviour {
        Behaviour::Answer(status, body) => {
            let answer = format!("HTTP/1.1 {status} Because\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.is_ok()
        }
        Behaviour::Raw(answer) => stream.write_all(answer.as_bytes()).await.is_ok(),
        Behaviour::RawThenClose(answer) => {
            stream.write_all(answer.as_bytes()).await.ok();
            stream.shutdown().await.ok();
            false
        }
        Behaviour::Hang | Behaviour::Wait | Behaviour::Decide(_) | Behaviour::After(..) => {
            tokio::time::sleep(Duration::from_mins(2)).await;
            false
        }
        Behaviour::Reset => {
            stream.tcp().set_zero_linger().unwrap();
            false
        }
        Behaviour::Close => {
            stream.shutdown().await.ok();
            false
        }
        Behaviour::DripBody => {
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10737418240\r\n\r\n").await.ok();
            repeat(stream, b".", Duration::from_millis(20)).await
        }
        Behaviour::DripHead => {
            stream.write_all(b"HTTP/1.1 200 OK\r\nx-long: ").await.ok();
            repeat(stream, b".", Duration::from_millis(20)).await
        }
        Behaviour::EndlessBody => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.ok();
            repeat(stream, &[b'x'; 8192], Duration::ZERO).await
        }
        Behaviour::EndlessHead => {
            stream.write_all(b"HTTP/1.1 200 OK\r\n").await.ok();
            repeat(stream, b"x-more: and more and more and more and more\r\n", Duration::ZERO).await
        }
        Behaviour::EndlessInterim => {
            repeat(stream, b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n", Duration::ZERO).await
        }
    }
}

async fn repeat<S: AsyncWrite + Unpin>(stream: &mut S, bytes: &[u8], pause: Duration) -> bool {
    while stream.write_all(bytes).await.is_ok() && stream.flush().await.is_ok() {
        if !pause.is_zero() {
            tokio::time::sleep(pause).await;
        }
    }
    false
}
