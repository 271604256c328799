//! The database: one connection type over SQLite and PostgreSQL, and the two ways in, [`Db::read`] and [`Db::write`].
//!
//! A `write` is one transaction. What must happen once it is durable (wake the worker, forget a cached credential) is
//! left with [`Tx::on_commit`] and released only after COMMIT.

pub mod accounts;
pub mod api_keys;
pub mod audit;
pub mod authorization_codes;
pub mod authorization_requests;
pub mod authorizations;
pub mod broadcasts;
pub mod deliveries;
pub mod dialect;
pub mod events;
pub mod idempotency;
pub mod json;
pub mod notify;
pub mod oauth_apps;
pub mod oauth_clients;
pub mod pasted;
mod pool;
pub mod recoveries;
pub mod remarks;
pub mod retention;
pub mod schema;
pub mod sessions;
pub mod signing_keys;
pub mod tickets;
pub mod token_families;
pub mod tokens;
pub mod webhooks;
mod writer;

use std::{
    ops::{Deref, DerefMut},
    path::PathBuf,
    sync::Arc,
};

use api_types::{
    ids::{WebhookId, WorkspaceId},
    stream::Topic,
};
use diesel::{Connection, connection::SimpleConnection};

pub use json::Json;
pub use pool::Conn;

use crate::wake::Hint;

/// Which database, from its URL.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `sqlite:PATH`: one file, one node.
    Sqlite(PathBuf),
    /// `postgres://…` or `postgresql://…`: any number of nodes.
    Postgres(String),
}

impl std::fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(_) => f.write_str("postgres:(not shown)"),
        }
    }
}

impl std::str::FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            if path.is_empty() {
                return Err("sqlite: needs the path of a file, as in sqlite:data/sayless.db".into());
            }
            return Ok(Self::Sqlite(path.into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.into()));
        }
        Err("expected sqlite:PATH or postgres://…".into())
    }
}

/// Why a database call failed, before any rule of ours was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// The statement failed.
    #[error(transparent)]
    Query(#[from] diesel::result::Error),
    /// No connection, or it broke: trying again later may help.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// A closure panicked; nothing of its transaction was kept.
    #[error("a database closure panicked")]
    Panicked,
}

impl DbError {
    /// Sorts out the statement errors that mean "not now" rather than "never".
    pub fn is_unavailable(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error};
        match self {
            Self::Unavailable(_)
            | Self::Query(
                Error::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
                | Error::BrokenTransactionManager
                // The database gave the whole transaction up, as SQLite does on a full disk.
                | Error::NotInTransaction,
            ) => true,
            Self::Query(Error::DatabaseError(_, info)) => dialect::means_unavailable(info.message()),
            Self::Query(_) | Self::Panicked => false,
        }
    }
}

/// What a write transaction's closure is given: the connection, and a place for what follows the commit.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    hints: Vec<Hint>,
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("hints", &self.hints).finish_non_exhaustive()
    }
}

impl Tx<'_> {
    /// Leaves a hint that is released once the transaction is durable, and dropped if it is not.
    pub fn on_commit(&mut self, hint: Hint) {
        self.hints.push(hint);
    }

    /// Tells screens, once the transaction is durable, that something changed: of which webhook, or of any.
    pub fn changed(&mut self, workspace: WorkspaceId, topic: Topic, webhook: Option<WebhookId>) {
        self.on_commit(Hint::Changed { workspace, topic, webhook });
    }
}

impl Deref for Tx<'_> {
    type Target = Conn;

    fn deref(&self) -> &Conn {
        self.conn
    }
}

impl DerefMut for Tx<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.conn
    }
}

/// Runs `work` in a transaction (a savepoint where one is open) and hands out its hints.
fn transact<T, E>(
    conn: &mut Conn,
    work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<(T, Vec<Hint>), E>
where
    E: From<DbError> + From<diesel::result::Error>,
{
    conn.transaction(|conn| {
        let mut tx = Tx { conn, hints: Vec::new() };
        let value = work(&mut tx)?;
        Ok((value, tx.hints))
    })
}

/// Called with each hint after its commit.
pub type Released = Arc<dyn Fn(Hint) + Send + Sync>;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: pool::Pool,
    writer: Option<writer::Writer>,
    released: Released,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database and brings its tables up to date; `released` is called with each hint after its commit.
    pub fn open(url: &DatabaseUrl, pool_size: u32, released: Released) -> Result<Self, DbError> {
        let mut first = pool::connect(url)?;
        dialect::migrate(&mut first)?;
        let writer = match url {
            DatabaseUrl::Sqlite(_) => Some(writer::Writer::start(url.clone(), first)),
            DatabaseUrl::Postgres(_) => None,
        };
        Ok(Self { pool: pool::build(url, pool_size), writer, released })
    }

    /// Whether the embedded database is in use, which has one node and needs no other to be told.
    pub fn is_embedded(&self) -> bool {
        self.writer.is_some()
    }

    /// How many connections the pool has, and how many of them nobody uses.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await
    }

    /// Runs `query` on a pooled connection, off the async threads.
    pub async fn read<T, E, F>(&self, query: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        let pool = self.pool.clone();
        offload(move || query(&mut *pool::get(&pool)?)).await
    }

    /// Runs `work` in one transaction and releases its hints once it is durable, whether or not its caller still waits.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + From<diesel::result::Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let released = Arc::clone(&self.released);
        if let Some(writer) = &self.writer {
            return writer.run(move |conn| transact(conn, work), released).await;
        }
        let pool = self.pool.clone();
        offload(move || {
            let (value, hints) = transact(&mut *pool::get(&pool)?, work)?;
            for hint in hints {
                released(hint);
            }
            Ok(value)
        })
        .await
    }
}

/// Runs blocking work on the blocking threads; a panic there becomes an error here.
async fn offload<T, E>(work: impl FnOnce() -> Result<T, E> + Send + 'static) -> Result<T, E>
where
    T: Send + 'static,
    E: From<DbError> + Send + 'static,
{
    match tokio::task::spawn_blocking(work).await {
        Ok(result) => result,
        Err(_) => Err(DbError::Panicked.into()),
    }
}
