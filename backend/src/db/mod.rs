//! The database: one connection type over SQLite and PostgreSQL, and the ways in, [`Db::query`], [`Db::read`] and [`Db::write`].
//!
//! A `query` is one statement, and a `read` is several that see one snapshot.
//!
//! A `write` is one transaction, which brings its own time and ids ([`Tx`]). Work that must follow a commit (wake the
//! worker, forget a cached credential) is left with [`Tx::on_commit`] and released only after COMMIT. Each noun's queries
//! stand in the noun's file; `dialect` holds the differences between the two databases.
//!
//! No caller has the database to itself: each call takes a turn ([`share`]), has a deadline, and ends with its caller
//! (`connections`). On PostgreSQL statements and waits for locks have limits of their own.

pub mod accounts;
mod actor;
pub mod api_keys;
pub mod app_installs;
pub mod audit;
pub mod authorization_codes;
pub mod authorization_requests;
pub mod authorizations;
pub mod backup;
pub mod broadcasts;
mod bulk;
mod call;
mod cancel;
pub mod client_documents;
pub mod client_secrets;
mod conn;
mod connections;
mod database;
pub mod deliveries;
pub mod device_authorizations;
pub mod dialect;
mod error;
pub mod event_log;
pub mod event_positions;
pub mod events;
pub mod expiry;
mod hint;
pub mod idempotency;
pub mod incidents;
mod json;
pub mod known_secrets;
pub mod notify;
pub mod oauth_apps;
pub mod oauth_clients;
pub mod oauth_failures;
mod opening;
pub mod owners;
mod pool;
mod postgres_url;
mod prepared;
pub mod publisher_domains;
pub mod recoveries;
pub mod remarks;
pub mod restores;
pub mod retention;
pub mod schema;
pub mod sealed;
pub mod server_keys;
pub mod sessions;
pub mod share;
pub mod signing_keys;
pub mod signing_secrets;
pub mod slice;
pub mod step_size;
pub mod tickets;
pub mod time;
pub mod token_families;
pub mod tokens;
mod tx;
mod url;
mod viewer;
pub mod webhooks;
mod writer;

pub use actor::StoredActor;
pub use conn::Conn;
pub use database::Db;
pub use error::{DbError, OpenError};
pub use hint::Hint;
pub use json::Json;
pub use slice::Slice;
pub use tx::{OnHint, Tx};
pub use url::DatabaseUrl;
pub use viewer::Viewer;
