//! The bounds on a node's work. A *slot* is the place of a delivery that this node has leased and keeps in
//! memory. A *turn* is a place among the requests that are under way ([`turns`]). Slots are bounded in all, per
//! workspace, per webhook and in bytes; turns in all, per workspace and per webhook. A receiver that hangs takes
//! up its share and no more.
//!
//! The share of a workspace is as much as is still free, and the share of a webhook as much as its workspace could
//! still get. So nobody ever takes everything, however many are greedy: of two greedy workspaces each has a
//! third, and a third is free for whoever comes next.

mod turns;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::{
    Timestamp,
    ids::{WebhookId, WorkspaceId},
};
use tokio::sync::Notify;

pub use self::turns::Turn;
use self::turns::{Turns, Whose};
use crate::db::deliveries::leases::FullShares;

/// The most deliveries that a node has leased.
const IN_ALL: usize = 2048;
/// The most of these for one webhook.
const PER_WEBHOOK: usize = 512;
/// A node with this many bytes of bodies in memory leases nothing more.
const BYTES: usize = 32 * 1024 * 1024;

/// The slots of a node. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    taken: Arc<Mutex<Taken>>,
    turns: Turns,
    freed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    bytes: usize,
    workspaces: HashMap<WorkspaceId, Share>,
    /// The webhooks, each with its workspace.
    webhooks: HashMap<WebhookId, (WorkspaceId, usize)>,
    /// A delivery was passed over since a slot was last freed.
    passed_over: bool,
}

/// The part of a workspace.
#[derive(Clone, Copy, Debug, Default)]
struct Share {
    leased: usize,
    bytes: usize,
}

/// The place of one leased delivery; free again when dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Slots,
    whose: Whose,
    bytes: usize,
}

impl Slots {
    pub fn free(&self) -> usize {
        self.lock().free()
    }

    /// `true` if nothing had to be passed over for want of a slot.
    pub fn has_room(&self) -> bool {
        let taken = self.lock();
        taken.free() > 0 && !taken.passed_over
    }

    pub fn leased(&self) -> usize {
        self.lock().in_all
    }

    pub fn under_way(&self) -> usize {
        self.turns.under_way()
    }

    /// The slots that a webhook could still get by its own share and that of its workspace.
    pub fn room(&self, webhook: WebhookId, workspace: WorkspaceId) -> usize {
        self.lock().room(webhook, workspace)
    }

    /// The webhooks and workspaces that have their whole share: leasing passes them over.
    pub fn busy(&self) -> FullShares {
        let mut taken = self.lock();
        let full = |(id, (workspace, _)): (&WebhookId, &(WorkspaceId, usize))| {
            (taken.room(*id, *workspace) == 0).then_some(*id)
        };
        let webhooks: Vec<WebhookId> = taken.webhooks.iter().filter_map(full).collect();
        let workspaces: Vec<WorkspaceId> =
            taken.workspaces.keys().copied().filter(|id| taken.room_of(*id) == 0).collect();
        taken.passed_over |= !(webhooks.is_empty() && workspaces.is_empty());
        FullShares { webhooks, workspaces }
    }

    /// A slot for a delivery of `bytes` bytes. `None` where no slot is free, or the webhook or its workspace
    /// has its share.
    pub fn take(&self, webhook: WebhookId, workspace: WorkspaceId, bytes: usize) -> Option<Slot> {
        let mut taken = self.lock();
        if taken.free() == 0 || taken.room(webhook, workspace) == 0 {
            taken.passed_over = true;
            return None;
        }
        taken.in_all += 1;
        taken.bytes += bytes;
        let share = taken.workspaces.entry(workspace).or_default();
        share.leased += 1;
        share.bytes += bytes;
        taken.webhooks.entry(webhook).or_insert((workspace, 0)).1 += 1;
        Some(Slot { slots: self.clone(), whose: Whose { workspace, webhook }, bytes })
    }

    /// Waits until a slot has become free that somebody may have missed.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Taken {
    fn free(&self) -> usize {
        if self.bytes >= BYTES { 0 } else { IN_ALL.saturating_sub(self.in_all) }
    }

    /// The slots that a workspace could still get: until it has as many as are free, and as many bytes.
    fn room_of(&self, workspace: WorkspaceId) -> usize {
        let share = self.workspaces.get(&workspace).copied().unwrap_or_default();
        if share.bytes >= BYTES.saturating_sub(self.bytes) {
            return 0;
        }
        self.free().saturating_sub(share.leased).div_ceil(2)
    }

    /// The slots that a webhook could still get: until it has as many as its workspace could still get.
    fn room(&self, webhook: WebhookId, workspace: WorkspaceId) -> usize {
        let leased = self.webhooks.get(&webhook).map_or(0, |(_, leased)| *leased);
        PER_WEBHOOK.min(self.room_of(workspace)).saturating_sub(leased)
    }
}

impl Slot {
    /// Waits for a place among the requests under way, which a delivery gets the earlier the longer it has been
    /// due. `None` where the node ends.
    pub async fn turn(&self, due_at: Timestamp) -> Option<Turn> {
        self.slots.turns.turn(self.whose, due_at).await
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut guard = self.slots.lock();
        let taken = &mut *guard;
        taken.in_all -= 1;
        taken.bytes -= self.bytes;
        if let Some(share) = taken.workspaces.get_mut(&self.whose.workspace) {
            share.leased -= 1;
            share.bytes -= self.bytes;
            if share.leased == 0 {
                taken.workspaces.remove(&self.whose.workspace);
            }
        }
        if let Some((_, leased)) = taken.webhooks.get_mut(&self.whose.webhook) {
            *leased -= 1;
            if *leased == 0 {
                taken.webhooks.remove(&self.whose.webhook);
            }
        }
        // A worker that had to pass deliveries over looks again.
        let passed_over = std::mem::take(&mut taken.passed_over);
        drop(guard);
        if passed_over {
            self.slots.freed.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn take(slots: &Slots, workspace: u128, webhook: u128, bytes: usize) -> Option<Slot> {
        let workspace_id = WorkspaceId::from_parts(1, workspace);
        slots.take(WebhookId::from_parts(1, workspace * 10_000 + webhook), workspace_id, bytes)
    }

    fn fill(slots: &Slots, workspace: u128, webhook: u128) -> Vec<Slot> {
        std::iter::from_fn(|| take(slots, workspace, webhook, 1)).collect()
    }

    #[test]
    fn a_webhook_gets_its_share_and_no_more() {
        let slots = Slots::default();
        let mut leased = fill(&slots, 1, 1);
        assert_eq!(leased.len(), PER_WEBHOOK);
        assert_eq!((slots.busy().webhooks.len(), slots.busy().workspaces.len()), (1, 0));
        assert!(take(&slots, 1, 2, 1).is_some());
        leased.pop();
        assert!(slots.busy().webhooks.is_empty());
        assert!(take(&slots, 1, 1, 1).is_some());
        leased.clear();
        assert_eq!((slots.free(), slots.has_room()), (IN_ALL, true));
    }

    #[test]
    fn greedy_webhooks_leave_slots_to_the_others_of_their_workspace() {
        let slots = Slots::default();
        let _greedy: Vec<_> = (1..=8).map(|webhook| fill(&slots, 1, webhook)).collect();
        assert!(take(&slots, 1, 9, 1).is_some());
        assert!(slots.leased() <= IN_ALL / 2);
    }

    #[test]
    fn greedy_workspaces_leave_slots_to_the_others() {
        let slots = Slots::default();
        let mut greedy = Vec::new();
        for workspace in 1..=5 {
            greedy.extend((1..=600).filter_map(|webhook| take(&slots, workspace, webhook, 1)));
        }
        for workspace in 6..=20 {
            greedy.push(take(&slots, workspace, 1, 1).expect("a slot is free"));
        }
        assert!(slots.busy().workspaces.contains(&WorkspaceId::from_parts(1, 1)));
        assert!(!slots.has_room());
    }

    #[test]
    fn bodies_are_kept_in_memory_up_to_a_bound_and_no_workspace_has_all_of_it() {
        let slots = Slots::default();
        let one: Vec<Slot> = (0..9).filter_map(|n| take(&slots, 1, n, BYTES / 8)).collect();
        assert_eq!(one.len(), 4, "half of the bytes");
        let mut all: Vec<Slot> = (2..9).filter_map(|n| take(&slots, n, 1, BYTES / 4)).collect();
        assert_eq!((all.len(), slots.free()), (2, 0));
        all.extend(one);
        drop(all);
        assert_eq!(slots.free(), IN_ALL);
    }
}
