//! The test harness: the world in which a test happens (the real server on a fresh database, with a clock that the test
//! moves), the clients that talk HTTP to the server, and the other machines around it. Only this folder reaches into the
//! server; tests enter by HTTP, or by a function of the harness.

mod accounts;
mod background;
pub mod certificates;
mod client;
pub mod command;
pub mod database;
mod fixture;
mod held_writes;
mod integrator;
pub mod name_server;
mod nodes;
pub mod oauth;
pub mod openapi;
mod operations;
pub mod ports;
pub mod process;
mod proxy;
mod raw;
mod receiver;
mod recoveries;
pub mod secrets;
pub mod sender;
mod stored;
mod tls;
mod wait;
mod world;

pub use accounts::{PASSWORD, Team};
pub use both::both;
pub use client::{Client, Events, Reply};
pub use database::{Fresh, Kind};
pub use fixture::Fixture;
pub use integrator::{Integrator, NOWHERE, a_ticket, a_ticket_event};
pub use nodes::Node;
pub use operations::{Operation, operations};
pub use proxy::{Proxy, database_behind_proxy};
pub use raw::raw;
pub use receiver::{Behaviour, Received, Receiver, refusing_address};
pub use sayless::base::Settings;
pub use tls::TlsWorld;
pub use wait::{eventually, within};
pub use world::World;

/// Leaves the settings alone.
pub const fn as_they_are(_: &mut Settings) {}

/// Runs a test in a world of its own. The attribute `#[both]` calls this, once for each kind of database.
pub fn run<F: Future<Output = ()>>(kind: Kind, adjust: fn(&mut Settings), test: fn(World) -> F) {
    actix_web::rt::System::new().block_on(async { test(World::start_with(kind, adjust)).await });
}
