//! Signals: hints that something is to be done or has changed, released by commits. Within this node they go
//! by `Notify` and the hub of listeners, to other nodes by the outbox. All are safe to lose, since each
//! reader also looks by itself.

pub mod hub;
pub mod log_readers;
pub mod nodes;
mod outbox;

use std::{collections::BTreeSet, sync::Arc};

use api_types::{
    ids::{WebhookId, WorkspaceId},
    stream::Topic,
};
use tokio::sync::Notify;

use crate::db::Tx;
use hub::Hub;
use log_readers::LogReaders;
use outbox::Outbox;

/// The signals of a node.
#[derive(Debug, Default)]
pub struct Signals {
    /// Notified when a delivery is due.
    pub deliveries: Notify,
    /// Notified when a recovery began.
    pub recoveries: Notify,
    /// The listeners on `GET /v1/stream`.
    pub hub: Arc<Hub>,
    /// Those who wait for the next event of a log.
    pub log: Arc<LogReaders>,
    /// Hints for the other nodes.
    pub outbox: Outbox,
}

impl Signals {
    /// Tells screens and readers of logs of new events in these workspaces, once the transaction is durable.
    pub fn events_published(&self, tx: &mut Tx<'_>, workspaces: impl Iterator<Item = WorkspaceId>) {
        if self.hub.listening() == 0 && self.log.waiting() == 0 && !self.outbox.is_open() {
            return;
        }
        for workspace in workspaces {
            tx.changed(workspace, Topic::Events, None);
        }
    }

    /// Ends the streams and the waiting of this node, which is stopping.
    pub fn close(&self) {
        self.hub.close();
        self.log.close();
    }

    /// Tells screens that deliveries of these webhooks changed, once the transaction is durable.
    pub fn deliveries_changed(
        &self,
        tx: &mut Tx<'_>,
        webhooks: impl Iterator<Item = (WorkspaceId, WebhookId)>,
    ) {
        if self.hub.listening() == 0 && !self.outbox.is_open() {
            return;
        }
        for (workspace, webhook) in webhooks.collect::<BTreeSet<_>>() {
            tx.changed(workspace, Topic::Deliveries, Some(webhook));
        }
    }
}
