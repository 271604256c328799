//! The backend's integration tests, in one binary: they enter by HTTP and run on both databases.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod api_keys;
mod audit;
mod broadcasts;
mod catalogue;
mod command;
mod contract;
mod crash;
mod deliveries;
mod diagnoses;
mod engine;
mod flow;
mod gate;
mod harness;
mod ingest;
mod metrics;
mod name_server;
mod nodes;
mod oauth;
mod oauth_apps;
mod outages;
mod process;
mod receive;
mod receiver;
mod recoveries;
mod retention;
mod secret_scan;
mod send;
mod session;
mod startup;
mod stream;
mod tickets;
mod webhooks;
mod worker;
mod writer;
