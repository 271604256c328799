//! The listening socket: HTTP/1.1, and HTTP/2 too over TLS.
//!
//! It does what actix-web's own `HttpServer` does, and puts [`Explained`] around each connection, which that one cannot.

use std::{
    fmt::Debug,
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use actix_http::{HttpService, Protocol, Request, Response, body::MessageBody, error::DispatchError};
use actix_server::{GracefulShutdownSignal, Server, ServerBuilder};
use actix_service::{IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_tls::accept::{
    TlsError,
    rustls_0_23::{Acceptor, TlsStream},
};
use actix_web::{Error, dev::AppConfig, rt::net::TcpStream};
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};

use super::malformed::{Explain, Explained};

/// The longest that a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(3);
/// The time in which a client that is turned away may still read why.
const DISCONNECT: Duration = Duration::from_secs(1);

/// Has `application` answer on `listener`, over TLS where `tls` is given.
pub fn listen<F, I, S, B>(
    server: ServerBuilder,
    listener: TcpListener,
    tls: Option<ServerConfig>,
    explain: Arc<Explain>,
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
    let server = match tls {
        None => server.listen("http", listener, move || {
            let explain = Arc::clone(&explain);
            fn_service(move |io: TcpStream| {
                drop(io.set_nodelay(true));
                let peer = io.peer_addr().ok();
                let explain = Arc::clone(&explain);
                async move { Ok((Explained::new(io, Some(explain)), Protocol::Http1, peer)) }
            })
            .and_then(http(application(), stopping.clone()))
        }),
        Some(mut config) => {
            config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
            server.listen("https", listener, move || {
                let explain = Arc::clone(&explain);
                let mut acceptor = Acceptor::new(config.clone());
                acceptor.set_handshake_timeout(HANDSHAKE);
                acceptor
                    .map_init_err(|()| ())
                    .map_err(TlsError::into_service_error)
                    .map(move |io: TlsStream<TcpStream>| {
                        let (socket, session) = io.get_ref();
                        drop(socket.set_nodelay(true));
                        let peer = socket.peer_addr().ok();
                        let is_second = session.alpn_protocol() == Some(b"h2");
                        let protocol = if is_second { Protocol::Http2 } else { Protocol::Http1 };
                        (Explained::new(io, (!is_second).then(|| Arc::clone(&explain))), protocol, peer)
                    })
                    .and_then(http(application(), stopping.clone()).map_err(TlsError::Service))
            })
        }
    };
    Ok(server?.run())
}

/// The HTTP layer over an application.
fn http<T, I, S, B>(
    application: I,
    stopping: GracefulShutdownSignal,
) -> impl ServiceFactory<
    (Explained<T>, Protocol, Option<SocketAddr>),
    Config = (),
    Response = (),
    Error = DispatchError,
    InitError = (),
>
where
    T: AsyncRead + AsyncWrite + Unpin + 'static,
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
        .finish(map_config(application, |()| AppConfig::default()))
}
