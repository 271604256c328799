//! The backend's integration tests, in one binary: they enter by HTTP and run on both databases. A file holds the tests
//! of one noun; `harness/` holds everything that several tests need.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api_keys;
mod audit_log;
mod broadcasts;
mod command;
mod contract;
mod crash;
mod deliveries;
mod delivery_lists;
mod diagnoses;
mod docs;
mod event_types;
mod events;
mod flow_control;
mod harness;
mod key_rotation;
mod metrics;
mod nodes;
mod oauth;
mod oauth_apps;
mod outages;
mod problems;
mod receive;
mod recoveries;
mod retention;
mod secret_scan;
mod sender;
mod session;
mod startup;
mod stream;
mod tickets;
mod webhooks;
mod worker;
mod writer;
