//! Shares of the database: whoever asks for much at once waits for their own earlier calls, not others for them.
//!
//! A request is counted against its workspace as soon as that is known. Looking up who calls has a share of its own, and so has
//! whatever is asked before or without a workspace. The node's own work (deliveries, upkeep) always finds places that requests
//! cannot take, and the other way round.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError, Weak},
    time::Duration,
};

use api_types::ids::WorkspaceId;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::error::DbError;

/// The longest that a call waits for its turn before its caller is told to come back.
const PATIENCE: Duration = Duration::from_secs(3);
/// The longest that a request waits for an answer, its turn included: above the database's own limits, which apply only while
/// the database answers at all.
const ANSWERED_WITHIN: Duration = Duration::from_secs(12);
/// The number of remembered workspaces from which on those without a call are forgotten.
const SWEEP_FROM: usize = 1024;

tokio::task_local! {
    /// The workspace of the request that the task answers, once it is known.
    static REQUEST: OnceLock<WorkspaceId>;
    /// Set while the task finds out who calls.
    static IDENTIFYING: ();
}

/// Answers a request: its calls of the database take a share.
pub async fn for_request<F: Future>(request: F) -> F::Output {
    REQUEST.scope(OnceLock::new(), request).await
}

/// Does something for a workspace outside of its requests.
pub async fn for_workspace<F: Future>(workspace: WorkspaceId, work: F) -> F::Output {
    REQUEST.scope(OnceLock::from(workspace), work).await
}

/// Finds out who calls: nobody's share is used.
pub async fn to_identify<F: Future>(lookup: F) -> F::Output {
    IDENTIFYING.scope((), lookup).await
}

/// Counts the rest of the request that the task answers against this workspace.
pub fn belongs_to(workspace: WorkspaceId) {
    // There is no request in background work, and the first workspace of a request stays.
    let _ = REQUEST.try_with(|known| known.set(workspace));
}

/// Those who have a share each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Party {
    /// The node's own work.
    Node,
    /// Requests whose caller is being looked up.
    Identifying,
    /// Requests that belong to no workspace, or not yet.
    Stranger,
    Workspace(WorkspaceId),
}

impl Party {
    /// The party that the present task works for.
    pub(super) fn now() -> Self {
        if IDENTIFYING.try_with(|()| ()).is_ok() {
            return Self::Identifying;
        }
        match REQUEST.try_with(|workspace| workspace.get().copied()) {
            Err(_) => Self::Node,
            Ok(None) => Self::Stranger,
            Ok(Some(workspace)) => Self::Workspace(workspace),
        }
    }
}

/// Waits for an answer of the database; all but the node's own work does so for a limited time only.
pub(super) async fn within<T, E: From<DbError>>(
    party: Party,
    answer: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    if party == Party::Node { answer.await } else { limited(answer).await }
}

/// Waits for an answer of the database for a limited time.
pub(super) async fn limited<T, E: From<DbError>>(answer: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    let late = |_| DbError::Unavailable("the database did not answer in time".into());
    tokio::time::timeout(ANSWERED_WITHIN, answer).await.map_err(late)?
}

/// The numbers of calls that may be under way at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Of the node's own work.
    pub(super) node: usize,
    /// Of all requests together.
    pub(super) requests: usize,
    /// Of one workspace, of strangers, and of callers being looked up.
    pub(super) each: usize,
}

/// The shares in one resource.
#[derive(Debug)]
pub(super) struct Shares {
    each: usize,
    node: Arc<Semaphore>,
    requests: Arc<Semaphore>,
    identifying: Arc<Semaphore>,
    strangers: Arc<Semaphore>,
    workspaces: Mutex<HashMap<WorkspaceId, Weak<Semaphore>>>,
}

/// The right to make one call; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _share: Option<OwnedSemaphorePermit>,
    _place: OwnedSemaphorePermit,
}

impl Shares {
    pub(super) fn new(sizes: Sizes) -> Self {
        let of = |size| Arc::new(Semaphore::new(size));
        Self {
            each: sizes.each,
            node: of(sizes.node),
            requests: of(sizes.requests),
            identifying: of(sizes.each),
            strangers: of(sizes.each),
            workspaces: Mutex::default(),
        }
    }

    /// Waits for a turn. Fails where it does not come in time; a caller that stops waiting gives its place up.
    pub(super) async fn turn(&self, party: Party) -> Result<Turn, DbError> {
        let share = match party {
            Party::Node => None,
            Party::Identifying => Some(Arc::clone(&self.identifying)),
            Party::Stranger => Some(Arc::clone(&self.strangers)),
            Party::Workspace(id) => Some(self.of(id)),
        };
        let places = if party == Party::Node { &self.node } else { &self.requests };
        let taken = async {
            let share = match share {
                Some(share) => Some(share.acquire_owned().await?),
                None => None,
            };
            Ok(Turn { _share: share, _place: Arc::clone(places).acquire_owned().await? })
        };
        match tokio::time::timeout(PATIENCE, taken).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(closed)) => Err(unavailable(&closed)),
            Err(_) => Err(DbError::Unavailable("too many calls are waiting".into())),
        }
    }

    fn of(&self, workspace: WorkspaceId) -> Arc<Semaphore> {
        let mut known = self.workspaces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(share) = known.get(&workspace).and_then(Weak::upgrade) {
            return share;
        }
        // Amortized: after a sweep, as many come anew before the next as were found in use.
        if known.len() >= SWEEP_FROM && known.len() == known.capacity() {
            known.retain(|_, share| share.strong_count() > 0);
        }
        let share = Arc::new(Semaphore::new(self.each));
        known.insert(workspace, Arc::downgrade(&share));
        share
    }
}

fn unavailable(closed: &tokio::sync::AcquireError) -> DbError {
    DbError::Unavailable(closed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workspace(number: u128) -> WorkspaceId {
        api_types::ids::Id::from_parts(1, number)
    }

    #[tokio::test]
    async fn a_workspace_that_has_its_share_waits_and_others_do_not() {
        let shares = Shares::new(Sizes { node: 1, requests: 3, each: 2 });
        let one = Party::Workspace(workspace(1));
        let (_first, _second) = (shares.turn(one).await.unwrap(), shares.turn(one).await.unwrap());
        tokio::select! {
            biased;
            _ = shares.turn(one) => panic!("more than its share"),
            other = shares.turn(Party::Workspace(workspace(2))) => drop(other.unwrap()),
        }
        drop(shares.turn(Party::Identifying).await.unwrap());
        drop(shares.turn(Party::Node).await.unwrap());
    }

    #[tokio::test]
    async fn requests_belong_to_a_workspace_once_it_is_known() {
        assert_eq!(Party::now(), Party::Node);
        for_request(async {
            assert_eq!(Party::now(), Party::Stranger);
            to_identify(async { assert_eq!(Party::now(), Party::Identifying) }).await;
            belongs_to(workspace(1));
            belongs_to(workspace(2));
            assert_eq!(Party::now(), Party::Workspace(workspace(1)));
        })
        .await;
    }

    #[test]
    fn workspaces_without_a_call_are_forgotten() {
        let shares = Shares::new(Sizes { node: 1, requests: 1, each: 1 });
        for number in 0..100_000 {
            drop(shares.of(workspace(number)));
        }
        assert!(shares.workspaces.lock().unwrap().len() <= 4 * SWEEP_FROM);
    }
}
