//! A write transaction: the connection, one instant, new ids, and the hints and actions that follow the commit.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
};

use api_types::{
    Timestamp,
    ids::{Id, WebhookId, WorkspaceId},
    stream::Topic,
};
use diesel::Connection;

use super::{conn::Conn, error::DbError, hint::Hint};
use crate::{clock::Clock, random::Random};

/// The argument of a write transaction's closure.
pub struct Tx<'a> {
    conn: &'a mut Conn,
    random: &'a Random,
    now: Timestamp,
    after: AfterCommit,
}

/// A callback that gets each hint after the commit of the transaction that left it.
pub type OnHint = Arc<dyn Fn(Hint) + Send + Sync>;

/// Hints and actions that a transaction leaves until it is durable. They are dropped undone where the transaction is
/// rolled back.
#[derive(Default)]
pub(super) struct AfterCommit {
    hints: Vec<Hint>,
    actions: Vec<Box<dyn FnOnce() + Send>>,
}

impl AfterCommit {
    /// Hands the hints out, then runs the actions, each in the order in which they were left. Changes of credentials come first:
    /// one that has ended is told of nothing more.
    pub(super) fn release(mut self, on_hint: &dyn Fn(Hint)) {
        self.hints.sort_by_key(|hint| !matches!(hint, Hint::CredentialsChanged { .. }));
        for hint in self.hints {
            on_hint(hint);
        }
        for action in self.actions {
            action();
        }
    }
}

impl std::fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").field("now", &self.now).field("hints", &self.after.hints).finish_non_exhaustive()
    }
}

impl Tx<'_> {
    /// The transaction's time: read once, so that all rows of the transaction agree.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// A new id, made at the transaction's time.
    pub fn new_id<T: Id>(&self) -> T {
        self.random.id(self.now)
    }

    /// The source of the transaction's randomness.
    pub const fn random(&self) -> &Random {
        self.random
    }

    /// Leaves a hint that is released once the transaction is durable.
    pub fn on_commit(&mut self, hint: Hint) {
        self.after.hints.push(hint);
    }

    /// Has every node forget, once the transaction is durable, what it knows of a workspace's credentials.
    pub fn credentials_changed(&mut self, workspace: WorkspaceId) {
        self.on_commit(Hint::CredentialsChanged { workspace: Some(workspace) });
    }

    /// Forgets every cached credential once the transaction is durable: what changed counts in many workspaces.
    pub fn credentials_changed_anywhere(&mut self) {
        self.on_commit(Hint::CredentialsChanged { workspace: None });
    }

    /// Leaves an action that is run once the transaction is durable, after its hints are released: for messages that hold
    /// more than ids.
    pub fn after_commit(&mut self, action: impl FnOnce() + Send + 'static) {
        self.after.actions.push(Box::new(action));
    }

    /// Tells screens, once the transaction is durable, that something changed: of this webhook, or of any where `webhook`
    /// is `None`.
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

/// The time and the randomness that transactions carry.
#[derive(Clone, Debug)]
pub(super) struct TxSource {
    pub(super) clock: Clock,
    pub(super) random: Random,
}

impl TxSource {
    /// Runs `work` in a transaction (a savepoint where one is open), and returns its result with the work that is to
    /// follow its commit.
    pub(super) fn transact<T, E>(
        &self,
        conn: &mut Conn,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<(T, AfterCommit), E>
    where
        E: From<DbError> + From<diesel::result::Error>,
    {
        let now = self.clock.now();
        conn.transaction(|conn| {
            let mut tx = Tx { conn, random: &self.random, now, after: AfterCommit::default() };
            let value = work(&mut tx)?;
            Ok((value, tx.after))
        })
    }
}
