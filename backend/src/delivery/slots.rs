//! The bounds on a node's work. A *slot* is the place of a delivery that this node has leased and keeps in
//! memory. A *turn* is a place among the requests that are under way. Slots are bounded in all, per
//! workspace, per webhook and in bytes; turns in all and per webhook. A receiver that hangs takes up its
//! share and no more.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::ids::{WebhookId, WorkspaceId};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::db::deliveries::leases::FullShares;

/// The most deliveries that a node has leased.
const IN_ALL: usize = 2048;
/// The most of these for one workspace.
const PER_WORKSPACE: usize = 1024;
/// The most of these for one webhook.
const PER_WEBHOOK: usize = 512;
/// A node with this many bytes of bodies in memory leases nothing more.
const BYTES: usize = 32 * 1024 * 1024;
/// The most requests under way at once.
const SENDING: usize = 512;
/// The most of these to one webhook.
const SENDING_PER_WEBHOOK: usize = 64;

/// The slots of a node. Clones share them.
#[derive(Clone, Debug)]
pub struct Slots {
    taken: Arc<Mutex<Taken>>,
    sending: Arc<Semaphore>,
    freed: Arc<Notify>,
}

impl Default for Slots {
    fn default() -> Self {
        Self { taken: Arc::default(), sending: Arc::new(Semaphore::new(SENDING)), freed: Arc::default() }
    }
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    bytes: usize,
    webhooks: HashMap<WebhookId, Share>,
    workspaces: HashMap<WorkspaceId, usize>,
}

#[derive(Debug)]
struct Share {
    leased: usize,
    sending: Arc<Semaphore>,
}

/// The place of one leased delivery; free again when dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Slots,
    webhook: WebhookId,
    workspace: WorkspaceId,
    bytes: usize,
    sending: Arc<Semaphore>,
}

/// A place among the requests under way; free again when dropped.
#[derive(Debug)]
pub struct Turn {
    _webhook: Option<OwnedSemaphorePermit>,
    _node: Option<OwnedSemaphorePermit>,
}

impl Slots {
    pub fn free(&self) -> usize {
        let taken = self.lock();
        if taken.bytes >= BYTES { 0 } else { IN_ALL.saturating_sub(taken.in_all) }
    }

    pub fn leased(&self) -> usize {
        self.lock().in_all
    }

    pub fn under_way(&self) -> usize {
        SENDING.saturating_sub(self.sending.available_permits())
    }

    /// The slots that a webhook could still get by its own share alone.
    pub fn room(&self, webhook: WebhookId) -> usize {
        PER_WEBHOOK.saturating_sub(self.lock().webhooks.get(&webhook).map_or(0, |share| share.leased))
    }

    /// The webhooks and workspaces that have their whole share: leasing passes them over.
    pub fn busy(&self) -> FullShares {
        let taken = self.lock();
        let webhooks = taken
            .webhooks
            .iter()
            .filter(|(_, share)| share.leased >= PER_WEBHOOK)
            .map(|(id, _)| *id)
            .collect();
        let workspaces = taken
            .workspaces
            .iter()
            .filter(|(_, leased)| **leased >= PER_WORKSPACE)
            .map(|(id, _)| *id)
            .collect();
        FullShares { webhooks, workspaces }
    }

    /// A slot for a delivery of `bytes` bytes. `None` where no slot is free, or the webhook or its workspace
    /// has its share.
    pub fn take(&self, webhook: WebhookId, workspace: WorkspaceId, bytes: usize) -> Option<Slot> {
        let mut taken = self.lock();
        let Taken { in_all, bytes: in_memory, webhooks, workspaces } = &mut *taken;
        let of_workspace = workspaces.get(&workspace).copied().unwrap_or_default();
        let of_webhook = webhooks.get(&webhook).map_or(0, |share| share.leased);
        if *in_all >= IN_ALL
            || *in_memory >= BYTES
            || of_webhook >= PER_WEBHOOK
            || of_workspace >= PER_WORKSPACE
        {
            return None;
        }
        *in_all += 1;
        *in_memory += bytes;
        workspaces.insert(workspace, of_workspace + 1);
        let share = webhooks
            .entry(webhook)
            .or_insert_with(|| Share { leased: 0, sending: Arc::new(Semaphore::new(SENDING_PER_WEBHOOK)) });
        share.leased += 1;
        let sending = Arc::clone(&share.sending);
        Some(Slot { slots: self.clone(), webhook, workspace, bytes, sending })
    }

    /// Waits until a slot has become free that somebody may have missed.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Waits for a place among the requests under way. Requests to one webhook get theirs in the order in
    /// which they ask.
    pub async fn turn(&self) -> Turn {
        // The webhook's place first: a delivery that waits for it must not keep one of the node's places.
        let webhook = Arc::clone(&self.sending).acquire_owned().await.ok();
        let node = Arc::clone(&self.slots.sending).acquire_owned().await.ok();
        Turn { _webhook: webhook, _node: node }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        // A worker that had to pass deliveries over looks again. Below half a share nothing was passed over:
        // no waking needed.
        let was_short = taken.in_all >= IN_ALL / 2 || taken.bytes >= BYTES / 2;
        taken.in_all -= 1;
        taken.bytes -= self.bytes;
        let mut was_full = false;
        if let Some(share) = taken.webhooks.get_mut(&self.webhook) {
            was_full = share.leased >= PER_WEBHOOK / 2;
            share.leased -= 1;
            if share.leased == 0 {
                taken.webhooks.remove(&self.webhook);
            }
        }
        if let Some(leased) = taken.workspaces.get_mut(&self.workspace) {
            was_full |= *leased >= PER_WORKSPACE / 2;
            *leased -= 1;
            if *leased == 0 {
                taken.workspaces.remove(&self.workspace);
            }
        }
        drop(taken);
        if was_short || was_full {
            self.slots.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_gets_its_share_and_no_more() {
        let slots = Slots::default();
        let workspace = WorkspaceId::from_parts(1, 1);
        let hanging = WebhookId::from_parts(1, 1);
        let other = WebhookId::from_parts(1, 2);
        let mut leased: Vec<Slot> =
            (0..PER_WEBHOOK).filter_map(|_| slots.take(hanging, workspace, 1)).collect();
        assert_eq!(leased.len(), PER_WEBHOOK);
        assert!(slots.take(hanging, workspace, 1).is_none());
        assert_eq!((slots.busy().webhooks, slots.room(hanging)), (vec![hanging], 0));
        assert!(slots.take(other, workspace, 1).is_some());
        leased.pop();
        assert!(slots.busy().webhooks.is_empty());
        assert!(slots.take(hanging, workspace, 1).is_some());
        leased.clear();
        assert_eq!(slots.free(), IN_ALL);
    }

    #[test]
    fn a_workspace_gets_its_share_and_no_more() {
        let slots = Slots::default();
        let workspace = WorkspaceId::from_parts(1, 1);
        let webhook = |n: usize| WebhookId::from_parts(1, n as u128);
        let leased: Vec<Slot> =
            (0..2 * PER_WORKSPACE).filter_map(|n| slots.take(webhook(n), workspace, 1)).collect();
        assert_eq!(leased.len(), PER_WORKSPACE);
        assert_eq!(slots.busy().workspaces, [workspace]);
        assert!(slots.take(webhook(0), WorkspaceId::from_parts(1, 2), 1).is_some());
    }

    #[test]
    fn bodies_are_kept_in_memory_up_to_a_bound() {
        let slots = Slots::default();
        let take = |n: usize| {
            let n = n as u128;
            slots.take(WebhookId::from_parts(1, n), WorkspaceId::from_parts(1, n), BYTES / 4)
        };
        let leased: Vec<Slot> = (0..9).filter_map(take).collect();
        assert_eq!((leased.len(), slots.free()), (4, 0));
        drop(leased);
        assert_eq!(slots.free(), IN_ALL);
    }

    #[tokio::test]
    async fn turns_of_one_webhook_are_bounded() {
        let slots = Slots::default();
        let webhook = WebhookId::from_parts(1, 1);
        let workspace = WorkspaceId::from_parts(1, 1);
        let leased: Vec<Slot> =
            (0..=SENDING_PER_WEBHOOK).filter_map(|_| slots.take(webhook, workspace, 1)).collect();
        let mut turns = Vec::new();
        for slot in &leased[1..] {
            turns.push(slot.turn().await);
        }
        let mut waiting = std::pin::pin!(leased[0].turn());
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        turns.pop();
        // The runtime makes a task yield after so many permits: without this the poll below could be pending
        // for that reason.
        tokio::task::yield_now().await;
        assert!(futures_util::poll!(waiting.as_mut()).is_ready());
    }
}
