//! Sayless's API platform: API keys, OAuth apps, webhooks and their delivery.
//!
//! A tour: [`server`] puts the URL table of [`routes`] behind the middleware of [`auth`], which settles who is calling
//! before a handler runs. A handler opens one transaction ([`db::Db::write`]) and in it changes a noun, appends to the
//! audit log and [`delivery::publish`]es an event; [`delivery`] then takes the event to every webhook that wants it.
//! [`oauth`] is the server by which members let other people's apps call that API for them.
//! [`app::App`] holds what they all share, the clock and randomness included.

pub mod app;
pub mod auth;
pub mod body;
pub mod catalogue;
pub mod chance;
pub mod clock;
pub mod command;
pub mod config;
pub mod console;
pub mod crypto;
pub mod db;
pub mod delivery;
pub mod engine;
pub mod fields;
pub mod idempotent;
pub mod metrics;
pub mod oauth;
pub mod openapi;
pub mod paging;
pub mod params;
pub mod plan;
pub mod problem;
pub mod routes;
pub mod secret_scan;
pub mod server;
pub mod tls;
pub mod upkeep;
pub mod wake;
