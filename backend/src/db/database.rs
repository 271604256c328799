//! The ways into the database: `query` runs one statement, `read` several in one snapshot, `write` runs one transaction.

use std::sync::Arc;

use diesel::{QueryResult, connection::SimpleConnection};
use tokio::sync::Semaphore;

use super::{
    cancel::Canceler,
    conn::Conn,
    connections::{Connections, Kind},
    dialect,
    error::{DbError, OpenError},
    opening, pool, server_keys,
    share::{Party, Shares, Sizes, limited, within},
    time::measure,
    tx::{OnHint, Tx, TxSource},
    url::DatabaseUrl,
    writer::{MAX_BATCH, Writer},
};
use crate::{clock::Clock, crypto::keys::ServerKeys, random::Random};

/// Connections that the pool holds at most.
const POOL_SIZE: u32 = 16;
/// The shares in the pool. A workspace holds a quarter of it at most; four places are never taken by requests, and eight never
/// by the node's own work, which is a handful of loops.
const OF_POOL: Sizes = Sizes { node: 8, requests: 12, each: 4 };
/// The shares in SQLite's writer: a workspace has a quarter of a batch at most waiting there. The node's own work bounds itself.
const OF_WRITER: Sizes =
    Sizes { node: Semaphore::MAX_PERMITS, requests: Semaphore::MAX_PERMITS, each: MAX_BATCH / 4 };

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    connections: Connections,
    shares: Arc<Shares>,
    /// SQLite's writer, with the shares in it.
    writer: Option<(Writer, Arc<Shares>)>,
    source: TxSource,
    on_hint: OnHint,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

impl Db {
    /// Opens the database, brings its tables up to date, makes sure that these keys are its own, and has `clock` follow
    /// PostgreSQL's time. Transactions take their time and ids from `clock` and `random`; `on_hint` is called with each hint after
    /// its commit.
    pub fn open(
        url: &DatabaseUrl,
        keys: &ServerKeys,
        clock: Clock,
        random: Random,
        on_hint: OnHint,
    ) -> Result<Self, OpenError> {
        let mut first = opening::open(url)?;
        if let Some(measured) = measure(&mut first, &clock)? {
            clock.follow(measured);
        }
        server_keys::check(&mut first, keys, clock.now())?;
        let writer = match url {
            DatabaseUrl::Sqlite(_) => {
                Some((Writer::start(url.clone(), first), Arc::new(Shares::new(OF_WRITER))))
            }
            DatabaseUrl::Postgres(_) => None,
        };
        let connections = Connections { pool: pool::build(url, POOL_SIZE), canceler: Canceler::start(url) };
        let shares = Arc::new(Shares::new(OF_POOL));
        Ok(Self { connections, shares, writer, source: TxSource { clock, random }, on_hint })
    }

    /// Measures PostgreSQL's time and has the clock follow it. On SQLite there is nothing to do.
    pub async fn follow_time(&self) -> Result<(), DbError> {
        let clock = self.source.clock.clone();
        let measured =
            self.run(Party::Node, Kind::Read, move |conn| Ok::<_, DbError>(measure(conn, &clock)?));
        if let Some(measured) = measured.await? {
            self.source.clock.follow(measured);
        }
        Ok(())
    }

    /// `true` for SQLite, the embedded database: only one node uses it, so no other node has to be told of changes.
    pub fn is_embedded(&self) -> bool {
        self.writer.is_some()
    }

    /// The number of the pool's connections, and the number of idle ones among them.
    pub fn connections(&self) -> (u32, u32) {
        let state = self.connections.pool.state();
        (state.connections, state.idle_connections)
    }

    /// Asks the database for a sign of life, whoever waits for a turn.
    pub async fn ping(&self) -> Result<(), DbError> {
        limited(self.run(Party::Node, Kind::Read, |conn| Ok(conn.batch_execute("SELECT 1")?))).await
    }

    /// Runs one statement on a pooled connection, off the async threads.
    pub async fn query<T, F>(&self, query: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Conn) -> QueryResult<T> + Send + 'static,
    {
        self.run(Party::now(), Kind::Read, |conn| Ok(query(conn)?)).await
    }

    /// Runs queries, with the caller's own checks between them, on a pooled connection, off the async threads. All of them
    /// see the database as it was at the first.
    pub async fn read<T, E, F>(&self, queries: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + From<diesel::result::Error> + Send + 'static,
        F: FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    {
        self.run(Party::now(), Kind::Read, |conn| dialect::snapshot(conn, queries)).await
    }

    /// Runs statements in one transaction that only the database can make fail.
    pub async fn execute<T, F>(&self, statements: F) -> Result<T, DbError>
    where
        T: Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> QueryResult<T> + Send + 'static,
    {
        self.write(move |tx| Ok(statements(tx)?)).await
    }

    /// Runs `work` in one transaction and releases the transaction's hints once it is durable. Work that has begun runs to its
    /// end, even where the caller no longer waits.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + From<diesel::result::Error> + Send + 'static,
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    {
        let on_hint = Arc::clone(&self.on_hint);
        let source = self.source.clone();
        let party = Party::now();
        if let Some((writer, shares)) = &self.writer {
            let written = async {
                let turn = shares.turn(party).await?;
                writer.run(turn, move |conn| source.transact(conn, work), on_hint).await
            };
            return within(party, written).await;
        }
        let transaction = move |conn: &mut Conn| {
            let (value, after) = source.transact(conn, work)?;
            after.release(&*on_hint);
            Ok(value)
        };
        self.run(party, Kind::Write, transaction).await
    }

    /// Runs work on a pooled connection, once `party` has a turn.
    async fn run<T, E>(
        &self,
        party: Party,
        kind: Kind,
        work: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let answer = async { self.connections.run(self.shares.turn(party).await?, kind, work).await };
        within(party, answer).await
    }
}
