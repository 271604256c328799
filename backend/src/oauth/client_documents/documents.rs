//! The documents that this node has fetched lately. One URL is fetched once at a time, and one that failed not again at once.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Mutex as AsyncMutex;

use super::fetch::{self, Fetched};
use crate::{
    clock::Clock,
    db::client_documents::DocumentColumns,
    delivery::{
        address::{AddressPolicy, WebhookUrl},
        send::Sender,
    },
    oauth::error::OAuthError,
};

/// The time for which a URL that failed is not fetched again.
const RETRY: Duration = Duration::from_secs(30);
/// The most URLs that are remembered: some megabytes of documents.
const MAX_URLS: usize = 1_000;

/// Documents, fetched and kept. Cheap to clone; clones share what they keep.
#[derive(Clone)]
pub struct Documents {
    clock: Clock,
    sender: Sender,
    slots: Arc<Mutex<HashMap<String, Arc<AsyncMutex<Slot>>>>>,
}

impl fmt::Debug for Documents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Documents")
    }
}

/// The document at one URL, or its last failure. Times are monotonic.
#[derive(Default)]
struct Slot {
    /// The document, and the time until which it is believed.
    kept: Option<(Fetched, Duration)>,
    /// The last failure, and the time until which it is repeated.
    failed: Option<(OAuthError, Duration)>,
}

impl Slot {
    /// The answer without a fetch, where there is one.
    fn known(&self, now: Duration) -> Option<Result<DocumentColumns, OAuthError>> {
        if let Some((fetched, until)) = &self.kept
            && now < *until
        {
            return Some(Ok(fetched.columns.clone()));
        }
        let (error, until) = self.failed.as_ref()?;
        (now < *until).then(|| Err(error.clone()))
    }

    fn note(
        &mut self,
        fetched: Result<Fetched, OAuthError>,
        now: Duration,
    ) -> Result<DocumentColumns, OAuthError> {
        match fetched {
            Ok(fetched) => {
                let columns = fetched.columns.clone();
                let until = now + fetched.freshness.lifetime;
                *self = Self { kept: Some((fetched, until)), failed: None };
                Ok(columns)
            }
            Err(error) => {
                self.failed = Some((error.clone(), now + RETRY));
                Err(error)
            }
        }
    }
}

impl Documents {
    /// None yet. They are fetched through the sender of webhooks, so that the same destinations are barred.
    pub fn new(clock: Clock, sender: Sender) -> Self {
        Self { clock, sender, slots: Arc::default() }
    }

    /// The policy by which destinations are allowed.
    pub fn policy(&self) -> &AddressPolicy {
        self.sender.policy()
    }

    /// The columns of the document at a URL: from memory, or fetched once `may_fetch` agrees.
    pub async fn get(
        &self,
        url: &WebhookUrl,
        may_fetch: impl FnOnce() -> Result<(), OAuthError>,
    ) -> Result<DocumentColumns, OAuthError> {
        let slot = self.slot(url.as_str());
        // Whoever asks for the same document meanwhile waits here, and is given what came.
        let mut slot = slot.lock().await;
        if let Some(known) = slot.known(self.clock.monotonic()) {
            return known;
        }
        may_fetch()?;
        let before = slot.kept.as_ref().map(|(fetched, _)| fetched);
        let fetched = fetch::fetch(&self.sender, url, before, self.clock.now()).await;
        slot.note(fetched, self.clock.monotonic())
    }

    fn slot(&self, url: &str) -> Arc<AsyncMutex<Slot>> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(url) {
            return Arc::clone(slot);
        }
        if slots.len() >= MAX_URLS {
            // Those that somebody waits for stay, so that their URL is still fetched once.
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(slots.entry(url.to_owned()).or_default())
    }
}
