//! The delivery engine. The cast: [`publish`] writes an event and its deliveries; `worker` takes what is due under a
//! `lease`, within its `slots`; `attempt` signs and `send`s; `diagnosis` explains how it ended and `retry` decides what
//! comes next (both pure); `finish` writes it down. `address` says where deliveries may go, `disable` ends a webhook.

pub mod address;
mod attempt;
pub mod diagnosis;
mod disable;
mod finish;
mod lease;
mod publish;
pub mod retry;
pub mod secrets;
pub mod send;
mod send_test;
pub mod signature;
mod slots;
mod subscriptions;
pub mod worker;

pub use disable::disable;
pub use publish::{Publication, publish, publish_about};
pub use send_test::send_test;
pub use subscriptions::{KnownSubscriptions, SubscriptionCache};
