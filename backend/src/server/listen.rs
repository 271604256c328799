//! The listening socket: HTTP/1.1, and HTTP/2 too over TLS.
//!
//! It does what actix-web's own `HttpServer` does, which can do neither of these: each connection has a [`Seat`], is
//! [`Watched`], and has its unreadable requests [`Explained`].

use std::{
    fmt::Debug,
    io,
    net::{SocketAddr, TcpListener},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, Protocol, Request, Response, body::MessageBody, error::DispatchError};
use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, apply_fn_factory, fn_service, map_config,
};
use actix_tls::accept::{
    TlsError, max_concurrent_tls_connect,
    rustls_0_23::{Acceptor, TlsStream},
};
use actix_web::{Error, dev::AppConfig, rt::net::TcpStream};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};

use super::{
    admission::{Admission, Seat},
    malformed::{Explain, Explained},
    watch::{OnWatched, Watch, Watched},
};
use crate::base::{Patience, Settings};

/// The longest that a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(3);
/// The time in which a client that is turned away may still read why.
const DISCONNECT: Duration = Duration::from_secs(1);

/// Who is let in, how patient we are with them, and what they are told of requests that cannot be read.
#[derive(Clone)]
pub struct Door {
    admission: Arc<Admission>,
    patience: Patience,
    explain: Arc<Explain>,
}

impl Door {
    pub fn new(settings: &Settings, explain: Arc<Explain>) -> Self {
        let admission = Arc::new(Admission::new(settings.connections, settings.trusted_proxies.clone()));
        Self { admission, patience: settings.patience, explain }
    }

    fn enter(&self, io: &TcpStream) -> Option<(Rc<Watch>, Seat)> {
        let peer = io.peer_addr().ok().map(|address| address.ip());
        Some((Watch::new(self.patience), self.admission.enter(peer)?))
    }
}

/// Has `application` answer on `listener`, over TLS where `tls` is given.
pub fn listen<F, I, S, B>(
    server: ServerBuilder,
    listener: TcpListener,
    tls: Option<ServerConfig>,
    door: Door,
    application: F,
) -> io::Result<Server>
where
    F: Fn() -> I + Send + Clone + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let stopping = server.graceful_shutdown_signal();
    // All that have a seat may shake hands at once: a few slow ones must not keep the others waiting.
    max_concurrent_tls_connect(door.admission.most());
    let server = match tls {
        None => server.listen("http", listener, move || {
            let explain = Arc::clone(&door.explain);
            let all = fn_service(move |io: Watched| {
                drop(io.io().set_nodelay(true));
                let peer = io.io().peer_addr().ok();
                let explain = Arc::clone(&explain);
                async move { Ok((Explained::new(io, Some(explain)), Protocol::Http1, peer)) }
            })
            .and_then(http(application(), stopping.clone(), door.patience));
            guarded(all, door.clone())
        }),
        Some(mut config) => {
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            server.listen("https", listener, move || {
                let explain = Arc::clone(&door.explain);
                let mut acceptor = Acceptor::new(config.clone());
                acceptor.set_handshake_timeout(HANDSHAKE);
                let all = acceptor
                    .map_init_err(|()| ())
                    .map_err(TlsError::into_service_error)
                    .map(move |io: TlsStream<Watched>| {
                        let (socket, session) = io.get_ref();
                        drop(socket.io().set_nodelay(true));
                        let peer = socket.io().peer_addr().ok();
                        let is_second = session.alpn_protocol() == Some(b"h2");
                        if is_second {
                            socket.watch().speaks_http_2();
                        }
                        let protocol = if is_second { Protocol::Http2 } else { Protocol::Http1 };
                        (Explained::new(io, (!is_second).then(|| Arc::clone(&explain))), protocol, peer)
                    })
                    .and_then(
                        http(application(), stopping.clone(), door.patience).map_err(TlsError::Service),
                    );
                guarded(all, door.clone())
            })
        }
    };
    Ok(server?.run())
}

/// Lets a client in where there is room, and ends the connection when it has had its chance.
fn guarded<S, E>(
    all: impl IntoServiceFactory<S, Watched>,
    door: Door,
) -> impl ServiceFactory<TcpStream, Config = (), Response = (), Error = E, InitError = ()>
where
    S: ServiceFactory<Watched, Config = (), Response = (), Error = E, InitError = ()> + 'static,
    <S::Service as Service<Watched>>::Future: 'static,
    E: 'static,
{
    apply_fn_factory(all, move |io: TcpStream, inside: &S::Service| {
        let entered = door.enter(&io).map(|(watch, seat)| {
            let connection = inside.call(Watched::new(io, Rc::clone(&watch), seat));
            (watch, connection)
        });
        async move {
            let Some((watch, connection)) = entered else { return Ok(()) };
            tokio::select! {
                biased;
                ended = connection => ended,
                () = watch.expired() => Ok(()),
            }
        }
    })
}

/// The HTTP layer over an application.
fn http<T, I, S, B>(
    application: I,
    stopping: GracefulShutdownSignal,
    patience: Patience,
) -> impl ServiceFactory<
    (Explained<T>, Protocol, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
>
where
    T: AsyncRead + AsyncWrite + OnWatched + Unpin + 'static,
    I: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig> + 'static,
    S::Error: Into<Error> + 'static,
    S::InitError: Debug,
    S::Response: Into<Response<B>> + 'static,
    <S::Service as Service<Request>>::Future: 'static,
    S::Service: 'static,
    B: MessageBody + 'static,
{
    let application = application.into_factory().map_err(|error| error.into().error_response());
    HttpService::build()
        .graceful_shutdown_signal(move || {
            let stopping = stopping.clone();
            async move { stopping.notified().await }
        })
        .client_disconnect_timeout(DISCONNECT)
        // A client that has closed its side is gone, and what was asked of the database for it ends.
        .h1_allow_half_closed(false)
        .client_request_timeout(patience.head)
        .on_connect_ext(|io: &Explained<T>, about| {
            about.insert(Rc::clone(io.io().watched().watch()));
        })
        .finish(map_config(application, |()| AppConfig::default()))
}
