//! The delivery engine. The cast: [`publish`] writes an event and its deliveries, and `ingest` many of them in one
//! transaction; a fresh delivery goes straight to this node's `courier`, and the `worker` takes whatever else is due under a
//! `lease`, within the node's `slots`, and lets held ones go from their `lines` at a `pace`; `attempt` signs and `send`s;
//! `diagnosis` explains how it ended, `retry` and `breaker` decide what comes next (all pure); `finish` writes it down.
//! `address` says where deliveries may go, `disable` ends a webhook.

pub mod address;
mod attempt;
mod breaker;
mod courier;
pub mod diagnosis;
mod disable;
mod finish;
mod health;
mod ingest;
mod lease;
mod lines;
mod pace;
mod publish;
pub mod recovery;
pub mod retention;
pub mod retry;
pub mod secrets;
pub mod send;
mod send_test;
pub mod signature;
mod slots;
mod subscriptions;
pub mod worker;

pub use courier::Courier;
pub use disable::disable;
pub use finish::Told;
pub use ingest::{Ingest, Submission, submit};
pub use lease::Job;
pub use lines::let_go_anew;
pub use publish::{Publication, new_event, publish, publish_about};
pub use send_test::send_test;
pub use subscriptions::{KnownSubscriptions, SubscriptionCache};

/// When a held delivery is looked at in any case, in milliseconds: should its webhook have lost its line by then, it is sent.
const LOOK_AGAIN: i64 = 30 * 60_000;
