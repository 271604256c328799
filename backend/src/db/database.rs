//! The ways into the database: `query` runs one statement, `read` several in one snapshot, `write` runs one transaction.

use std::sync::Arc;

use diesel::{QueryResult, connection::SimpleConnection};

use super::{
    conn::{self, Conn},
    dialect,
    error::DbError,
    pool,
    tx::{OnHint, Tx, TxSource},
    url::DatabaseUrl,
    writer::Writer,
};
use crate::{clock::Clock, random::Random};

/// Connections that the pool holds at most.
const POOL_SIZE: u32 = 16;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pool: pool::Pool,
    writer: Option<Writer>,
    source: TxSource,
    on_hint: OnHint,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database and brings its tables up to date. Transactions take their time and ids from `clock` and `random`;
    /// `on_hint` is called with each hint after its commit.
    pub fn open(url: &DatabaseUrl, clock: Clock, random: Random, on_hint: OnHint) -> Result<Self, DbError> {
        let mut first = conn::open(url).map_err(|error| DbError::Unavailable(error.to_string()))?;
        dialect::migrate(&mut first)?;
        let writer = match url {
            DatabaseUrl::Sqlite(_) => Some(Writer::start(url.clone(), first)),
            DatabaseUrl::Postgres(_) => None,
        };
        Ok(Self { pool: pool::build(url, POOL_SIZE), writer, source: TxSource { clock, random }, on_hint })
    }

    /// `true` for SQLite, the embedded database: only one node uses it, so no other node has to be told of changes.
    pub fn is_embedded(&self) -> bool {
        self.writer.is_some()
    }

    /// The number of the pool's connections, and the number of idle ones among them.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.pool.state();
        (state.connections, state.idle_connections)
    }

    /// Asks the database for a sign of life.
    pub async fn ping(&self) -> Result<(), DbError> {
        self.query(|conn| conn.batch_execute("SELECT 1")).await
    }

    /// Runs one statement on a pooled connection, off the async threads.
    pub async fn query<T, F>(&self, query: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        let pool = self.pool.clone();
        offload(move || Ok(query(&mut *pool::get(&pool)?)?)).await
    }

    /// Runs queries, with the caller's own checks between them, on a pooled connection, off the async threads. All of them
    /// see the database as it was at the first.
    pub async fn read<T, E, F>(&self, queries: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + From<diesel::result::Error> + Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        let pool = self.pool.clone();
        offload(move || dialect::snapshot(&mut *pool::get(&pool)?, queries)).await
    }

    /// Runs statements in one transaction that only the database can make fail.
    pub async fn execute<T, F>(&self, statements: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> QueryResult<T> + Send + 'static,
    {
        self.write(move |tx| Ok(statements(tx)?)).await
    }

    /// Runs `work` in one transaction and releases the transaction's hints once it is durable, even where the caller no
    /// longer waits.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + From<diesel::result::Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let on_hint = Arc::clone(&self.on_hint);
        let source = self.source.clone();
        if let Some(writer) = &self.writer {
            return writer.run(move |conn| source.transact(conn, work), on_hint).await;
        }
        let pool = self.pool.clone();
        offload(move || {
            let (value, after) = source.transact(&mut *pool::get(&pool)?, work)?;
            after.release(&*on_hint);
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
