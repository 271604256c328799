//! The HTTP API as the console calls it: a file for each noun, with one function for each operation.
//!
//! `call` makes the requests, `answer` reads what comes back, and `error` says what may go wrong with both.

pub mod answer;
pub mod api_keys;
pub mod app_installs;
pub mod audit_log;
pub mod authorization_requests;
pub mod authorizations;
pub mod call;
pub mod deliveries;
pub mod error;
pub mod event_types;
pub mod events;
pub mod metadata;
pub mod oauth_apps;
pub mod recoveries;
pub mod session;
pub mod webhooks;
