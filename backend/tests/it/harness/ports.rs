//! Ports for servers that open their listener themselves.

use std::{
    net::{Ipv4Addr, TcpListener},
    sync::atomic::{AtomicU32, Ordering},
};

/// The first port. All ports lie below those that a system hands out by itself: a port of those, asked for as `:0` and
/// given back, may be another test's before the server under test takes it.
const FIRST: u16 = 16_384;
const COUNT: u32 = 16_384;

/// A port on loopback that is free, and that no other test of this process gets.
pub fn free_port() -> u16 {
    static GIVEN: AtomicU32 = AtomicU32::new(0);
    // Processes that run side by side begin at other places.
    let begin = std::process::id().wrapping_mul(257);
    (0..COUNT)
        .map(|_| begin.wrapping_add(GIVEN.fetch_add(1, Ordering::Relaxed)) % COUNT)
        .map(|nth| FIRST + u16::try_from(nth).unwrap())
        .find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok())
        .unwrap()
}

/// An address on loopback with a [`free_port`].
pub fn free_address() -> String {
    format!("127.0.0.1:{}", free_port())
}
