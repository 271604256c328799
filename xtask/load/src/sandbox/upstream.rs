//! The server behind a proxy.

use std::net::SocketAddr;

/// The server behind a proxy.
#[derive(Clone)]
pub struct Upstream {
    pub server: SocketAddr,
    /// Where there is one, every request gets this session's cookie in place of its own credential: for operations that only a
    /// session may call, and programs that have a key.
    pub session: Option<String>,
}
