//! The dock: the place of this node's berth. While the worker runs, the dock holds a berth: slots to fill,
//! and a way to start leased attempts. The publisher and the worker both lease for the berth. Without a
//! berth, other nodes deliver.

use std::{
    collections::HashMap,
    fmt,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
};

use api_types::{
    Timestamp,
    ids::{WebhookId, WorkspaceId},
};

use super::{
    job::Job,
    slots::Slots,
    view::{FRESH, View},
};
use crate::clock::{Clock, Stopwatch};

/// A function that starts attempts.
type Start = Box<dyn Fn(Vec<Job>) + Send + Sync>;

/// The place of the worker's berth, and the webhooks that are known here to be parked.
#[derive(Debug)]
pub struct Dock {
    clock: Clock,
    berth: RwLock<Option<Arc<Berth>>>,
    /// Webhooks, with the time at which their breaker opened here. Attempts that were leased before that time
    /// and still wait for their turn are handed back. Attempts leased later are made: the database knew the
    /// breaker when they were leased.
    parked: Mutex<HashMap<WebhookId, Timestamp>>,
    /// Workspaces whose webhooks a commit of this node changed, with the time of the last one. A view that is
    /// older than [`FRESH`] is read again in any case, so older changes are forgotten.
    changed: Mutex<HashMap<WorkspaceId, Stopwatch>>,
}

/// The deliveries and requests of a node, and its room for more.
#[derive(Clone, Copy, Debug, Default)]
pub struct Load {
    /// Deliveries that the node has leased.
    pub leased: usize,
    /// Requests to receivers that are under way.
    pub under_way: usize,
    /// The node could lease another delivery.
    pub has_room: bool,
}

/// Everything that leasing for this node needs.
pub struct Berth {
    /// The worker's name in its leases.
    pub owner: String,
    /// The deliveries that the node has leased, and the bounds on them.
    pub slots: Slots,
    /// The length of a lease, in milliseconds.
    pub lease_ms: i64,
    start: Start,
    closed: AtomicBool,
}

impl Dock {
    /// A dock without a berth.
    pub fn new(clock: Clock) -> Self {
        Self { clock, berth: RwLock::default(), parked: Mutex::default(), changed: Mutex::default() }
    }

    fn any(&self) -> Option<Arc<Berth>> {
        self.berth.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The berth, while deliveries may be leased for it.
    pub fn berth(&self) -> Option<Arc<Berth>> {
        self.any().filter(|berth| !berth.closed.load(Ordering::Acquire))
    }

    /// The node's load, for metrics and for hints to other nodes.
    pub fn load(&self) -> Load {
        self.berth().map_or_else(Load::default, |berth| Load {
            leased: berth.slots.leased(),
            under_way: berth.slots.under_way(),
            has_room: berth.slots.has_room(),
        })
    }

    /// Opens this berth: from now on the publisher leases for it.
    pub fn open(&self, berth: &Arc<Berth>) {
        *self.berth.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(berth));
    }

    /// Takes this berth away, unless another worker has opened its own meanwhile.
    pub fn leave(&self, berth: &Arc<Berth>) {
        let mut mine = self.berth.write().unwrap_or_else(PoisonError::into_inner);
        if mine.as_ref().is_some_and(|mine| Arc::ptr_eq(mine, berth)) {
            *mine = None;
        }
    }

    /// Starts on attempts that were leased for this node. Without a berth their leases run out.
    pub fn start(&self, jobs: Vec<Job>) {
        if let Some(berth) = self.any() {
            berth.start(jobs);
        }
    }

    /// Notes that a webhook's breaker opened or closed.
    pub fn breaker(&self, webhook: WebhookId, open: bool) {
        let mut parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        if open {
            parked.insert(webhook, self.clock.now());
        } else {
            parked.remove(&webhook);
        }
    }

    /// Notes that a commit of this node changed webhooks of a workspace.
    pub fn destinations_changed(&self, workspace: WorkspaceId) {
        let mut changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        changed.retain(|_, at| at.elapsed() < FRESH);
        changed.insert(workspace, Stopwatch::start());
    }

    /// `true` while a view may be acted upon: it was read a moment ago, and since then no commit of this node
    /// changed a webhook of its workspace.
    pub fn is_current(&self, view: &View) -> bool {
        let changed = self.changed.lock().unwrap_or_else(PoisonError::into_inner);
        let last = changed.get(&view.destination.workspace_id);
        view.read.elapsed() < FRESH && last.is_none_or(|at| *at < view.read)
    }

    /// `true` if the webhook's breaker opened here at `leased_at` or later.
    pub fn is_parked_since(&self, webhook: WebhookId, leased_at: Timestamp) -> bool {
        let parked = self.parked.lock().unwrap_or_else(PoisonError::into_inner);
        // A time that is still to come was noted before the clock was set back: it tells nothing of what is leased now.
        let now = self.clock.now();
        parked.get(&webhook).is_some_and(|at| leased_at <= *at && *at <= now)
    }
}

impl Berth {
    /// A berth of `owner` whose leases last `lease_ms` milliseconds and whose attempts `start` starts.
    pub fn new(owner: String, lease_ms: i64, start: impl Fn(Vec<Job>) + Send + Sync + 'static) -> Self {
        Self {
            owner,
            slots: Slots::default(),
            lease_ms,
            start: Box::new(start),
            closed: AtomicBool::new(false),
        }
    }

    /// A function that starts attempts.
    pub fn start(&self, jobs: Vec<Job>) {
        (self.start)(jobs);
    }

    /// Ends leasing for this berth. Attempts that are leased already may still be started.
    pub fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

impl fmt::Debug for Berth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Berth")
            .field("owner", &self.owner)
            .field("slots", &self.slots)
            .finish_non_exhaustive()
    }
}
