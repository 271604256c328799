//! How many attempts a node makes at once, and how many of them for one webhook or one workspace: a receiver that hangs
//! holds its share and no more.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::ids::{WebhookId, WorkspaceId};
use tokio::sync::Notify;

use crate::db::dialect::Busy;

/// Attempts under way on a node at most.
const IN_ALL: usize = 512;
/// Of these, for one workspace.
const PER_WORKSPACE: usize = 256;
/// Of these, for one webhook.
const PER_WEBHOOK: usize = 64;

/// The slots of a node. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Slots {
    taken: Arc<Mutex<Taken>>,
    freed: Arc<Notify>,
}

#[derive(Debug, Default)]
struct Taken {
    in_all: usize,
    webhooks: HashMap<WebhookId, usize>,
    workspaces: HashMap<WorkspaceId, usize>,
}

/// One attempt's place; free again when dropped.
#[derive(Debug)]
pub struct Slot {
    slots: Slots,
    webhook: WebhookId,
    workspace: WorkspaceId,
}

impl Slots {
    /// How many slots are free.
    pub fn free(&self) -> usize {
        IN_ALL.saturating_sub(self.lock().in_all)
    }

    /// Who has their whole share.
    pub fn busy(&self) -> Busy {
        let taken = self.lock();
        Busy { webhooks: at(&taken.webhooks, PER_WEBHOOK), workspaces: at(&taken.workspaces, PER_WORKSPACE) }
    }

    /// A slot, unless there is none or the webhook or its workspace has its share.
    pub fn take(&self, webhook: WebhookId, workspace: WorkspaceId) -> Option<Slot> {
        let mut taken = self.lock();
        let held = |count: Option<&usize>, share| count.is_some_and(|count| *count >= share);
        if taken.in_all >= IN_ALL
            || held(taken.webhooks.get(&webhook), PER_WEBHOOK)
            || held(taken.workspaces.get(&workspace), PER_WORKSPACE)
        {
            return None;
        }
        taken.in_all += 1;
        *taken.webhooks.entry(webhook).or_default() += 1;
        *taken.workspaces.entry(workspace).or_default() += 1;
        Some(Slot { slots: self.clone(), webhook, workspace })
    }

    /// Ends once a slot has become free.
    pub async fn freed(&self) {
        self.freed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut taken = self.slots.lock();
        taken.in_all -= 1;
        give_back(&mut taken.webhooks, &self.webhook);
        give_back(&mut taken.workspaces, &self.workspace);
        drop(taken);
        self.slots.freed.notify_one();
    }
}

fn at<Id: Copy>(counts: &HashMap<Id, usize>, share: usize) -> Vec<Id> {
    counts.iter().filter(|(_, count)| **count >= share).map(|(id, _)| *id).collect()
}

fn give_back<Id: Eq + Hash>(counts: &mut HashMap<Id, usize>, id: &Id) {
    if let Some(count) = counts.get_mut(id) {
        *count -= 1;
        if *count == 0 {
            counts.remove(id);
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
        let mut held: Vec<Slot> = (0..PER_WEBHOOK).filter_map(|_| slots.take(hanging, workspace)).collect();
        assert_eq!(held.len(), PER_WEBHOOK);
        assert!(slots.take(hanging, workspace).is_none());
        assert_eq!(slots.busy().webhooks, [hanging]);
        assert!(slots.take(other, workspace).is_some());
        held.pop();
        assert!(slots.busy().webhooks.is_empty());
        assert!(slots.take(hanging, workspace).is_some());
        held.clear();
        assert_eq!(slots.free(), IN_ALL);
    }

    #[test]
    fn a_workspace_gets_its_share_and_no_more() {
        let slots = Slots::default();
        let workspace = WorkspaceId::from_parts(1, 1);
        let webhook = |n: usize| WebhookId::from_parts(1, n as u128);
        let held: Vec<Slot> =
            (0..2 * PER_WORKSPACE).filter_map(|n| slots.take(webhook(n), workspace)).collect();
        assert_eq!(held.len(), PER_WORKSPACE);
        assert_eq!(slots.busy().workspaces, [workspace]);
        assert!(slots.take(webhook(0), WorkspaceId::from_parts(1, 2)).is_some());
    }
}
