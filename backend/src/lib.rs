//! Sayless's API platform: API keys, OAuth apps, webhooks and their delivery.
//!
//! The house has floors. A file imports its own floor and those below it, never up. A tour from the roof to the ground:
//!
//! - [`command`] is the `sayless` command, with [`config`] for its flags. [`server`] puts the operations behind the middleware, and
//!   [`openapi`] describes them.
//! - [`routes`] are the operations, one file per noun: the doors of the house. The essay "One request" stands there.
//! - [`app::App`] is a node, put together from the parts below. Beside it, [`secret_scan`] keeps credentials out of texts,
//!   [`expiry`] removes what has expired, [`timekeeper`] keeps the clock with the database's, [`metrics::scrape`] answers Prometheus, [`console`] serves the console's files,
//!   and [`docs`] the documentation.
//! - Two wings, strangers to each other. [`auth`] settles who is calling, and above it [`oauth`] is the server by which members
//!   let other people's apps call the API for them. [`delivery`] takes an event to every webhook that wants it.
//! - [`plan`] says what a workspace pays for; [`metrics`] counts.
//! - [`signals`] carry what commits set in motion. [`http`] reads bodies and parameters and makes pages and problem documents.
//!   [`base::Base`] is what all wings share: database, clock, randomness, keys and settings. [`engine`] and [`tls`] stand here too.
//! - The ground: [`db`] (one transaction is [`db::Db::write`]), [`crypto`], the event [`catalogue`], [`clock`] with [`synced_time`], [`random`] and
//!   the [`ranges`] of addresses.

pub mod app;
pub mod auth;
pub mod base;
pub mod catalogue;
pub mod clock;
pub mod command;
pub mod config;
pub mod console;
pub mod crypto;
pub mod db;
pub mod delivery;
pub mod docs;
pub mod engine;
pub mod expiry;
pub mod http;
pub mod metrics;
pub mod oauth;
pub mod openapi;
pub mod plan;
#[cfg(test)]
mod properties;
pub mod random;
pub mod ranges;
pub mod routes;
pub mod secret_scan;
pub mod server;
pub mod signals;
pub mod synced_time;
pub mod timekeeper;
pub mod tls;
