//! Turns: places among the requests that are under way, shared fairly. Free places go round the workspaces in which
//! deliveries wait, and within a workspace round its webhooks.
//!
//! A turn cannot be taken back, and a receiver may keep one for as long as an attempt takes. So places are kept
//! free for those who come later: beside others, a workspace gets a place only while it has less than a third as
//! many as are free. One greedy workspace ends at a quarter of all places, two at a fifth each, and so on. A
//! workspace that is alone may have three quarters. In the same way a webhook leaves places to the other webhooks
//! of its workspace.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::{
    Timestamp,
    ids::{WebhookId, WorkspaceId},
};
use tokio::sync::oneshot;

/// The most requests under way at once.
pub(super) const IN_ALL: usize = 512;
/// The most of these for a workspace that is alone.
const ALONE: usize = IN_ALL / 4 * 3;
/// The most of these to one webhook.
pub(super) const PER_WEBHOOK: usize = 64;

/// The turns of a node. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Turns(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    workspaces: HashMap<WorkspaceId, Tenant>,
    /// The workspaces in which deliveries wait, each once; the first one is next.
    line: VecDeque<WorkspaceId>,
    /// The number of deliveries that ever waited: tells those apart that were due at the same time.
    asked: u64,
}

/// A workspace with requests under way, or with deliveries that wait.
#[derive(Debug, Default)]
struct Tenant {
    under_way: usize,
    webhooks: HashMap<WebhookId, Share>,
    /// The webhooks for which deliveries wait, each once; the first one is next.
    line: VecDeque<WebhookId>,
}

#[derive(Debug, Default)]
struct Share {
    under_way: usize,
    /// The deliveries that wait, the one that has been due longest first.
    waiting: BTreeMap<(Timestamp, u64), oneshot::Sender<Turn>>,
}

/// Whose request it is.
#[derive(Clone, Copy, Debug)]
pub struct Whose {
    pub workspace: WorkspaceId,
    pub webhook: WebhookId,
}

/// A place among the requests under way; free again when dropped.
#[derive(Debug)]
pub struct Turn {
    turns: Turns,
    whose: Whose,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().end(self.whose);
        self.turns.grant();
    }
}

impl Turns {
    pub fn under_way(&self) -> usize {
        self.lock().under_way
    }

    /// Waits for a place. Of deliveries to one webhook, the one that has been due longest gets its place first.
    /// `None` never comes while somebody still waits.
    pub async fn turn(&self, whose: Whose, due_at: Timestamp) -> Option<Turn> {
        let granted = self.lock().ask(whose, due_at);
        self.grant();
        granted.await.ok()
    }

    /// Hands out the places that are free.
    fn grant(&self) {
        loop {
            // The lock is let go of before the turn is sent: where nobody waits for it any more, it ends at once.
            let Some((whose, waiting)) = self.lock().next() else { return };
            drop(waiting.send(Turn { turns: self.clone(), whose }));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn ask(&mut self, whose: Whose, due_at: Timestamp) -> oneshot::Receiver<Turn> {
        let (tell, told) = oneshot::channel();
        self.asked += 1;
        let tenant = self.workspaces.entry(whose.workspace).or_default();
        if tenant.line.is_empty() {
            self.line.push_back(whose.workspace);
        }
        let share = tenant.webhooks.entry(whose.webhook).or_default();
        if share.waiting.is_empty() {
            tenant.line.push_back(whose.webhook);
        }
        share.waiting.insert((due_at, self.asked), tell);
        told
    }

    /// The places that a workspace could still get.
    fn room(&self, under_way: usize) -> usize {
        if self.workspaces.len() <= 1 {
            return ALONE.saturating_sub(under_way);
        }
        let free = IN_ALL.saturating_sub(self.under_way);
        free.saturating_sub(3 * under_way).div_ceil(4)
    }

    /// Takes a place for the delivery that is next, if there is one for it.
    fn next(&mut self) -> Option<(Whose, oneshot::Sender<Turn>)> {
        if self.under_way >= IN_ALL {
            return None;
        }
        for _ in 0..self.line.len() {
            let workspace = self.line.pop_front()?;
            let under_way = self.workspaces.get(&workspace).map_or(0, |tenant| tenant.under_way);
            let room = self.room(under_way);
            let Some(tenant) = self.workspaces.get_mut(&workspace) else { continue };
            let next = tenant.next(room);
            if !tenant.line.is_empty() {
                self.line.push_back(workspace);
            } else if tenant.webhooks.is_empty() {
                self.workspaces.remove(&workspace);
            }
            if let Some((webhook, waiting)) = next {
                self.under_way += 1;
                return Some((Whose { workspace, webhook }, waiting));
            }
        }
        None
    }

    fn end(&mut self, whose: Whose) {
        self.under_way -= 1;
        let Some(tenant) = self.workspaces.get_mut(&whose.workspace) else { return };
        tenant.under_way -= 1;
        if let Some(share) = tenant.webhooks.get_mut(&whose.webhook) {
            share.under_way -= 1;
            if share.is_idle() {
                tenant.webhooks.remove(&whose.webhook);
            }
        }
        if tenant.webhooks.is_empty() {
            self.workspaces.remove(&whose.workspace);
        }
    }
}

impl Tenant {
    /// Takes a place for the delivery that is next, where the workspace may have `room` more.
    fn next(&mut self, room: usize) -> Option<(WebhookId, oneshot::Sender<Turn>)> {
        if room == 0 {
            return None;
        }
        for _ in 0..self.line.len() {
            let webhook = self.line.pop_front()?;
            let Some(share) = self.webhooks.get_mut(&webhook) else { continue };
            let free = share.under_way < PER_WEBHOOK.min(room);
            let next = if free { share.next() } else { None };
            share.under_way += usize::from(next.is_some());
            if !share.waiting.is_empty() {
                self.line.push_back(webhook);
            } else if share.is_idle() {
                self.webhooks.remove(&webhook);
            }
            if let Some(waiting) = next {
                self.under_way += 1;
                return Some((webhook, waiting));
            }
        }
        None
    }
}

impl Share {
    /// The delivery that has been due longest. A worker that stops waits for nothing any more: those are left out.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        loop {
            let (_, waiting) = self.waiting.pop_first()?;
            if !waiting.is_closed() {
                return Some(waiting);
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.under_way == 0 && self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    fn whose(workspace: u128, webhook: u128) -> Whose {
        Whose {
            workspace: WorkspaceId::from_parts(1, workspace),
            webhook: WebhookId::from_parts(1, workspace * 1000 + webhook),
        }
    }

    /// Asks for turns that are due at the same time; gives those that came at once, and those that wait.
    fn ask(turns: &Turns, whose: Whose, many: usize) -> (Vec<Turn>, Vec<oneshot::Receiver<Turn>>) {
        let mut asked: Vec<_> =
            (0..many).map(|_| turns.lock().ask(whose, Timestamp::from_millis(1))).collect();
        turns.grant();
        let granted: Vec<Turn> = asked.iter_mut().filter_map(|told| told.try_recv().ok()).collect();
        let waiting = asked.split_off(granted.len());
        (granted, waiting)
    }

    #[test]
    fn a_webhook_has_its_share_and_no_more() {
        let turns = Turns::default();
        let (mut granted, mut waiting) = ask(&turns, whose(1, 1), PER_WEBHOOK + 1);
        assert_eq!((granted.len(), turns.under_way()), (PER_WEBHOOK, PER_WEBHOOK));
        granted.pop();
        assert!(waiting[0].try_recv().is_ok());
    }

    #[test]
    fn eight_hanging_webhooks_of_one_workspace_leave_the_others_their_turns() {
        let turns = Turns::default();
        let mut hanging = Vec::new();
        for webhook in 1..=8 {
            hanging.push(ask(&turns, whose(1, webhook), 100));
        }
        let alone = turns.under_way();
        assert!((IN_ALL / 2..=ALONE).contains(&alone), "{alone}");
        // Another workspace has room at once, and a third and a fourth.
        for other in 2..=4 {
            let (granted, _waiting) = ask(&turns, whose(other, 1), 10);
            assert_eq!(granted.len(), 10);
        }
        // While the other one is there, the turns that end do not go back to the first.
        let (_granted, _waiting) = ask(&turns, whose(2, 1), 1);
        let of_first = |turns: &Turns| turns.lock().workspaces[&whose(1, 1).workspace].under_way;
        for (granted, waiting) in &mut hanging {
            granted.clear();
            waiting.retain_mut(|told| match told.try_recv() {
                Ok(turn) => {
                    granted.push(turn);
                    false
                }
                Err(_) => true,
            });
        }
        assert!((100..=IN_ALL / 4).contains(&of_first(&turns)), "{}", of_first(&turns));
    }

    #[test]
    fn the_more_workspaces_wait_the_less_each_has() {
        let turns = Turns::default();
        let mut all = Vec::new();
        // All are there before any of them is greedy.
        for workspace in 1..=3 {
            all.push(ask(&turns, whose(workspace, 0), 1));
        }
        for round in 1..=8 {
            for workspace in 1..=3 {
                all.push(ask(&turns, whose(workspace, round), 40));
            }
        }
        let state = turns.lock();
        for tenant in state.workspaces.values() {
            assert!((50..=IN_ALL / 5).contains(&tenant.under_way), "{}", tenant.under_way);
        }
        drop(state);
    }

    #[test]
    fn what_has_been_due_longest_comes_first_and_who_left_is_passed_over() {
        let turns = Turns::default();
        let (mut granted, _) = ask(&turns, whose(1, 1), PER_WEBHOOK);
        let mut late = turns.lock().ask(whose(1, 1), Timestamp::from_millis(9));
        let gone = turns.lock().ask(whose(1, 1), Timestamp::from_millis(2));
        let mut early = turns.lock().ask(whose(1, 1), Timestamp::from_millis(5));
        drop(gone);
        granted.pop();
        assert!(late.try_recv().is_err());
        assert!(early.try_recv().is_ok());
    }

    #[test]
    fn nothing_is_remembered_of_what_is_over() {
        let turns = Turns::default();
        let (granted, waiting) = ask(&turns, whose(1, 1), PER_WEBHOOK + 5);
        drop(waiting);
        drop(granted);
        assert!(turns.turn(whose(1, 1), Timestamp::from_millis(1)).now_or_never().flatten().is_some());
        let state = turns.lock();
        assert!(state.workspaces.is_empty() && state.line.is_empty() && state.under_way == 0);
        drop(state);
    }
}
