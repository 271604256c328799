//! Filters of webhooks: [`check`] holds conditions to the schemas of the event types, and a [`Filter`] is a checked filter made
//! ready to be asked for each event that is published.

mod check;
mod ready;

pub use check::check;
pub use ready::Filter;
