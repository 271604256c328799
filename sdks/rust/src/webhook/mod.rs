//! Webhooks in: is this message from Sayless, and what does it say?
//!
//! ```no_run
//! # fn example(headers: &reqwest::header::HeaderMap, body: &[u8]) -> Result<(), sayless::webhook::VerifyError> {
//! use sayless::webhook::{self, Event};
//!
//! // The body exactly as it arrived, and every secret that may have signed it.
//! match webhook::verify(headers, body, ["whsec_…"])? {
//!     Event::TicketCreated(message) => println!("{:?}", message.data.title),
//!     other => println!("{}", other.event_type()),
//! }
//! # Ok(())
//! # }
//! ```

mod key;
pub(crate) mod message;
mod replay;
mod verify;

#[cfg(test)]
mod tests;

pub use crate::generated::events::*;
pub use message::{Actor, Message};
pub use replay::{MemoryStore, ReplayGuard, ReplayStore};
pub use verify::{Verifier, VerifyError, verify};
