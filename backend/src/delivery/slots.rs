//! How much a node takes on. A *slot* is a delivery that this node has leased and holds in memory; its *turn* is a place among
//! the requests that are under way. Both are bounded in all, for a workspace and for a webhook: a receiver that hangs holds
//! its share and no more.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::ids::{WebhookId, WorkspaceId};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

use crate::db::dialect::Busy;

/// Deliveries that a node holds at most.
const IN_ALL: usize = 2048;
/// Of these, for one workspace.
const PER_WORKSPACE: usize = 1024;
/// Of these, for one webhook.
const PER_WEBHOOK: usize = 512;
/// Bytes of bodies that a node holds at most, before it takes another delivery.
const BYTES: usize = 32 * 1024 * 1024;
/// Requests under way at once.
const SENDING: usize = 512;
/// Of these, to one webhook.
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
    held: usize,
    sending: Arc<Semaphore>,
}

/// One delivery's place; free again when dropped.
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
    /// How many slots are free.
    pub fn free(&self) -> usize {
        let taken = self.lock();
        if taken.bytes >= BYTES { 0 } else { IN_ALL.saturating_sub(taken.in_all) }
    }

    /// How many deliveries this node holds.
    pub fn held(&self) -> usize {
        self.lock().in_all
    }

    /// How many requests are under way.
    pub fn under_way(&self) -> usize {
        SENDING.saturating_sub(self.sending.available_permits())
    }

    /// How many slots a webhook could still have, were there no others.
    pub fn room(&self, webhook: WebhookId) -> usize {
        PER_WEBHOOK.saturating_sub(self.lock().webhooks.get(&webhook).map_or(0, |share| share.held))
    }

    /// Who has their whole share.
    pub fn busy(&self) -> Busy {
        let taken = self.lock();
        let webhooks =
            taken.webhooks.iter().filter(|(_, share)| share.held >= PER_WEBHOOK).map(|(id, _)| *id).collect();
        let workspaces =
            taken.workspaces.iter().filter(|(_, held)| **held >= PER_WORKSPACE).map(|(id, _)| *id).collect();
        Busy { webhooks, workspaces }
    }

    /// A slot for a delivery of so many bytes, unless there is none or the webhook or its workspace has its share.
    pub fn take(&self, webhook: WebhookId, workspace: WorkspaceId, bytes: usize) -> Option<Slot> {
        let mut taken = self.lock();
        let Taken { in_all, bytes: held, webhooks, workspaces } = &mut *taken;
        let of_workspace = workspaces.get(&workspace).copied().unwrap_or_default();
        let of_webhook = webhooks.get(&webhook).map_or(0, |share| share.held);
        if *in_all >= IN_ALL || *held >= BYTES || of_webhook >= PER_WEBHOOK || of_workspace >= PER_WORKSPACE {
            return None;
        }
        *in_all += 1;
        *held += bytes;
        workspaces.insert(workspace, of_workspace + 1);
        let share = webhooks
            .entry(webhook)
            .or_insert_with(|| Share { held: 0, sending: Arc::new(Semaphore::new(SENDING_PER_WEBHOOK)) });
        share.held += 1;
        let sending = Arc::clone(&share.sending);
        Some(Slot { slots: self.clone(), webhook, workspace, bytes, sending })
    }

    /// Ends once a slot has become free.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// Waits for a place among the requests under way; those of one webhook get theirs in the order they ask.
    pub async fn turn(&self) -> Turn {
        // The webhook's place first: who waits for that must not keep one of the node's.
        let webhook = Arc::clone(&self.sending).acquire_owned().await.ok();
        let node = Arc::clone(&self.slots.sending).acquire_owned().await.ok();
        Turn { _webhook: webhook, _node: node }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        // A worker that had to pass something over looks again; the others need no waking for every slot.
        let was_short = taken.in_all >= IN_ALL / 2 || taken.bytes >= BYTES / 2;
        taken.in_all -= 1;
        taken.bytes -= self.bytes;
        let mut was_full = false;
        if let Some(share) = taken.webhooks.get_mut(&self.webhook) {
            was_full = share.held >= PER_WEBHOOK / 2;
            share.held -= 1;
            if share.held == 0 {
                taken.webhooks.remove(&self.webhook);
            }
        }
        if let Some(held) = taken.workspaces.get_mut(&self.workspace) {
            was_full |= *held >= PER_WORKSPACE / 2;
            *held -= 1;
            if *held == 0 {
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
        let (hanging, other) = (WebhookId::from_parts(1, 1), WebhookId::from_parts(1, 2));
        let mut held: Vec<Slot> =
            (0..PER_WEBHOOK).filter_map(|_| slots.take(hanging, workspace, 1)).collect();
        assert_eq!(held.len(), PER_WEBHOOK);
        assert!(slots.take(hanging, workspace, 1).is_none());
        assert_eq!((slots.busy().webhooks, slots.room(hanging)), (vec![hanging], 0));
        assert!(slots.take(other, workspace, 1).is_some());
        held.pop();
        assert!(slots.busy().webhooks.is_empty());
        assert!(slots.take(hanging, workspace, 1).is_some());
        held.clear();
        assert_eq!(slots.free(), IN_ALL);
    }

    #[test]
    fn a_workspace_gets_its_share_and_no_more() {
        let slots = Slots::default();
        let workspace = WorkspaceId::from_parts(1, 1);
        let webhook = |n: usize| WebhookId::from_parts(1, n as u128);
        let held: Vec<Slot> =
            (0..2 * PER_WORKSPACE).filter_map(|n| slots.take(webhook(n), workspace, 1)).collect();
        assert_eq!(held.len(), PER_WORKSPACE);
        assert_eq!(slots.busy().workspaces, [workspace]);
        assert!(slots.take(webhook(0), WorkspaceId::from_parts(1, 2), 1).is_some());
    }

    #[test]
    fn bodies_are_held_up_to_a_bound() {
        let slots = Slots::default();
        let take = |n: usize| {
            let n = n as u128;
            slots.take(WebhookId::from_parts(1, n), WorkspaceId::from_parts(1, n), BYTES / 4)
        };
        let held: Vec<Slot> = (0..9).filter_map(take).collect();
        assert_eq!((held.len(), slots.free()), (4, 0));
        drop(held);
        assert_eq!(slots.free(), IN_ALL);
    }

    #[tokio::test]
    async fn turns_of_one_webhook_are_bounded() {
        let slots = Slots::default();
        let (webhook, workspace) = (WebhookId::from_parts(1, 1), WorkspaceId::from_parts(1, 1));
        let held: Vec<Slot> =
            (0..=SENDING_PER_WEBHOOK).filter_map(|_| slots.take(webhook, workspace, 1)).collect();
        let mut turns = Vec::new();
        for slot in &held[1..] {
            turns.push(slot.turn().await);
        }
        let mut waiting = std::pin::pin!(held[0].turn());
        assert!(futures_util::poll!(waiting.as_mut()).is_pending());
        turns.pop();
        // A fresh share of the runtime's patience: so many permits have used it up.
        tokio::task::yield_now().await;
        assert!(futures_util::poll!(waiting.as_mut()).is_ready());
    }
}
