//! The wire: every body that the Sayless API reads or writes, its ids, scopes and problem types.
//!
//! Shared by the server (which adds OpenAPI schemas and text columns by features) and by the console. No I/O here.
//! Times are RFC 3339 in UTC; ids are a lower-case prefix, `_`, and a ULID.

pub mod account;
pub mod admission;
pub mod api_keys;
pub mod app_installs;
pub mod audit;
pub mod authorizations;
pub mod broadcasts;
pub mod deliveries;
pub mod delivery_addresses;
pub mod events;
pub mod explanations;
pub mod filters;
pub mod ids;
pub mod incidents;
mod merge_patch;
pub mod oauth_apps;
pub mod oauth_failures;
pub mod page;
pub mod pointer;
pub mod problem;
pub mod publisher_domains;
pub mod receiver_checks;
pub mod recoveries;
pub mod scopes;
pub mod stream;
pub mod tickets;
mod time;
pub mod token_families;
pub mod webhook_headers;
pub mod webhooks;
mod words;

pub use page::Page;
pub use problem::{FieldError, Problem, ProblemType};
pub use scopes::Scope;
pub use time::Timestamp;
pub use words::Words;
