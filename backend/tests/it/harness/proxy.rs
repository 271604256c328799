//! A TCP proxy before PostgreSQL that can be shut: then open connections break, and new ones are closed at once. The
//! proxy has threads of its own, since what waits for the database may block the test's.

use std::{
    io,
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

use sayless::db::DatabaseUrl;

use super::{Fresh, Kind};

/// A proxy on loopback; it stays shut once dropped.
pub struct Proxy {
    /// The port that it listens on.
    pub port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    shut: bool,
    connections: Vec<TcpStream>,
}

impl Proxy {
    /// Starts a proxy to this address.
    pub fn to(address: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let mut state = shared.lock().unwrap();
                if state.shut {
                    continue;
                }
                let Ok(server) = TcpStream::connect(&address) else { continue };
                state.connections.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
                carry(client.try_clone().unwrap(), server.try_clone().unwrap());
                carry(server, client);
            }
        });
        Self { port, state }
    }

    /// Breaks all connections and takes no new ones.
    pub fn shut(&self) {
        let mut state = self.state.lock().unwrap();
        state.shut = true;
        for stream in state.connections.drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// Takes connections again.
    pub fn open(&self) {
        self.state.lock().unwrap().shut = false;
    }
}

/// A PostgreSQL database of its own that is reached through a proxy.
pub fn database_behind_proxy() -> (Fresh, Proxy) {
    let mut database = Fresh::create(Kind::Postgres);
    let DatabaseUrl::Postgres(url) = &database.url else { panic!("no PostgreSQL") };
    let mut url: url::Url = url.parse().unwrap();
    let proxy = Proxy::to(format!("{}:{}", url.host_str().unwrap(), url.port().unwrap_or(5432)));
    url.set_host(Some("127.0.0.1")).unwrap();
    url.set_port(Some(proxy.port)).unwrap();
    database.url = DatabaseUrl::Postgres(url.into());
    (database, proxy)
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shut();
    }
}

/// Carries bytes one way until either side has closed.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        io::copy(&mut from, &mut to).ok();
        to.shutdown(Shutdown::Both).ok();
    });
}
