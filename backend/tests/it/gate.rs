//! A door before PostgreSQL that can be shut: then whoever is inside is thrown out, and nobody gets in. Threads of its own,
//! since whoever waits at the door may block the test's.

use std::{
    io,
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// The door; it stays shut once dropped.
pub struct Gate {
    /// Where it is.
    pub port: u16,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    shut: bool,
    inside: Vec<TcpStream>,
}

impl Gate {
    /// A door to this address.
    pub fn to(address: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::<Mutex<State>>::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for guest in listener.incoming().flatten() {
                let mut state = shared.lock().unwrap();
                if state.shut {
                    continue;
                }
                let Ok(house) = TcpStream::connect(&address) else { continue };
                state.inside.extend([guest.try_clone().unwrap(), house.try_clone().unwrap()]);
                carry(guest.try_clone().unwrap(), house.try_clone().unwrap());
                carry(house, guest);
            }
        });
        Self { port, state }
    }

    /// Throws everybody out and lets nobody in.
    pub fn shut(&self) {
        let mut state = self.state.lock().unwrap();
        state.shut = true;
        for stream in state.inside.drain(..) {
            stream.shutdown(Shutdown::Both).ok();
        }
    }

    /// Lets people in again.
    pub fn open(&self) {
        self.state.lock().unwrap().shut = false;
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shut();
    }
}

/// Carries bytes one way until either side has gone.
fn carry(mut from: TcpStream, mut to: TcpStream) {
    thread::spawn(move || {
        io::copy(&mut from, &mut to).ok();
        to.shutdown(Shutdown::Both).ok();
    });
}
