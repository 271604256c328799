//! Views, read anew. All jobs that ask at the same time share one look into the database, and a view that was
//! read a moment ago serves them all.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use api_types::ids::WebhookId;
use tokio::sync::Mutex as AsyncMutex;

use super::{
    dock::Dock,
    send::Gate,
    view::{self, SETTLED_AFTER, View},
};
use crate::{clock::Stopwatch, db::Db};

/// The views of a node's jobs.
#[derive(Debug)]
pub struct Views {
    db: Db,
    dock: Arc<Dock>,
    known: Mutex<Known>,
    /// Held by the one who reads; the others wait for what that finds.
    reading: AsyncMutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    views: HashMap<WebhookId, View>,
    /// The webhooks that somebody waits for.
    wanted: BTreeSet<WebhookId>,
    /// The end of the last look that failed.
    failed: Option<Stopwatch>,
}

/// A webhook could not be read; the cause is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread;

impl Views {
    /// The views of the node whose changes `dock` notes.
    pub fn new(db: Db, dock: Arc<Dock>) -> Self {
        Self { db, dock, known: Mutex::default(), reading: AsyncMutex::default() }
    }

    /// Waits until no node sends anything by what it knew of webhooks before the last commit. A change that stops
    /// or redirects deliveries is answered only then.
    pub async fn settled(&self) {
        // The only node on the embedded database has noted the change already.
        if !self.db.is_embedded() {
            tokio::time::sleep(SETTLED_AFTER).await;
        }
    }

    /// The view itself while it may be acted upon, or else the webhook as it is now. `None` where the webhook is
    /// gone.
    pub async fn current(&self, view: &View) -> Result<Option<View>, Unread> {
        if self.dock.is_current(view) {
            return Ok(Some(view.clone()));
        }
        let id = view.destination.id;
        let asked = Stopwatch::start();
        self.lock().wanted.insert(id);
        let _reading = self.reading.lock().await;
        let wanted = {
            let mut known = self.lock();
            if let Some(view) = known.views.get(&id).filter(|view| self.dock.is_current(view)) {
                return Ok(Some(view.clone()));
            }
            // While the database is away, those who wait for it do not wait one after the other.
            if known.failed.is_some_and(|failed| asked < failed) {
                return Err(Unread);
            }
            known.wanted.insert(id);
            Vec::from_iter(std::mem::take(&mut known.wanted))
        };
        let found = self.db.query(move |conn| view::read(conn, &wanted)).await;
        let mut known = self.lock();
        match found {
            Ok(views) => {
                known.views.retain(|_, view| self.dock.is_current(view));
                known.views.extend(views);
                Ok(known.views.get(&id).cloned())
            }
            Err(error) => {
                tracing::warn!(%error, "webhooks cannot be read; their deliveries wait");
                known.failed = Some(Stopwatch::start());
                Err(Unread)
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The gate of a message that was made by a view: open while the webhook is still as the view has it.
#[derive(Debug)]
pub struct Unchanged<'a> {
    pub views: &'a Views,
    pub view: &'a View,
}

impl Gate for Unchanged<'_> {
    async fn opens(&self) -> bool {
        matches!(self.views.current(self.view).await, Ok(Some(now)) if now.sends_like(self.view))
    }
}
