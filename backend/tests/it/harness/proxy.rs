//! A TCP proxy before PostgreSQL that can be shut: then open connections break, and new ones are closed at once. Or it
//! falls silent: connections stay as they are, and nothing passes. The
//! proxy has threads of its own, since what waits for the database may block the test's.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
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
    silent: Arc<AtomicBool>,
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
                let silent = Arc::clone(&state.silent);
                carry(client.try_clone().unwrap(), server.try_clone().unwrap(), Arc::clone(&silent));
                carry(server, client, silent);
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

    /// Lets nothing pass any more, and closes nothing.
    pub fn silence(&self) {
        self.state.lock().unwrap().silent.store(true, Ordering::SeqCst);
    }

    /// Lets everything pass again, also what was sent meanwhile.
    pub fn speak(&self) {
        self.state.lock().unwrap().silent.store(false, Ordering::SeqCst);
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
        self.speak();
        self.shut();
    }
}

/// Carries bytes one way until either side has closed.
#[expect(clippy::disallowed_methods, reason = "this thread has no tasks")]
fn carry(mut from: TcpStream, mut to: TcpStream, silent: Arc<AtomicBool>) {
    thread::spawn(move || {
        let mut bytes = [0; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut bytes) {
            while silent.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(10));
            }
            if to.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        to.shutdown(Shutdown::Both).ok();
    });
}
