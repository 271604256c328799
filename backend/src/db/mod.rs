//! The database: one connection type over SQLite and PostgreSQL, and the ways in, [`Db::query`], [`Db::read`] and [`Db::write`].
//!
//! A `query` is one statement, and a `read` is several that see one snapshot.
//!
//! A `write` is one transaction, which brings its own time and ids ([`Tx`]). Work that must follow a commit (wake the
//! worker, forget a cached credential) is left with [`Tx::on_commit`] and released only after COMMIT. Each noun's queries
//! stand in the noun's file; `dialect` holds the differences between the two databases.

pub mod accounts;
mod actor;
pub mod api_keys;
pub mod audit;
pub mod authorization_codes;
pub mod authorization_requests;
pub mod authorizations;
pub mod broadcasts;
mod bulk;
mod conn;
mod database;
pub mod deliveries;
pub mod dialect;
mod error;
pub mod events;
mod hint;
pub mod idempotency;
mod json;
pub mod known_secrets;
pub mod notify;
pub mod oauth_apps;
pub mod oauth_clients;
mod pool;
pub mod recoveries;
pub mod remarks;
pub mod retention;
pub mod schema;
pub mod sessions;
pub mod signing_keys;
pub mod signing_secrets;
pub mod slice;
pub mod tickets;
pub mod token_families;
pub mod tokens;
mod tx;
mod url;
pub mod webhooks;
mod writer;

pub use actor::StoredActor;
pub use conn::Conn;
pub use database::Db;
pub use error::DbError;
pub use hint::Hint;
pub use json::Json;
pub use slice::Slice;
pub use tx::{OnHint, Tx};
pub use url::DatabaseUrl;
