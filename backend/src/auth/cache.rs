//! Recent look-ups of credentials: believed for a second at most, and not past a change made on this node. The rate limits per
//! credential stand beside them.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use api_types::ids::WorkspaceId;

use super::{claims::Verified, limiter::Limiter};
use crate::db::{api_keys::KeyRecord, oauth_clients::ClientRecord, tokens::TokenRecord};

/// How long a look-up is believed: within this, a revocation on another node works here.
const LIFETIME: Duration = Duration::from_secs(1);
/// The most look-ups of a kind that are kept; past that, all of them are dropped.
const MAX_ENTRIES: usize = 10_000;

/// Recent look-ups of credentials, and the rate limits per credential.
#[derive(Debug, Default)]
pub struct CredentialCache {
    /// API keys, by the key's digest.
    pub keys: Lookups<KeyRecord>,
    /// Claims of access tokens whose signature is good, by the token's digest.
    pub signatures: Lookups<Verified>,
    /// Apps and members behind access tokens, by `jti`.
    pub tokens: Lookups<TokenRecord>,
    /// OAuth apps with their secrets, by `client_id`.
    pub clients: Lookups<ClientRecord>,
    /// The requests that each credential has made lately.
    pub limiter: Limiter,
}

impl CredentialCache {
    /// Forgets the look-ups of a workspace, because something of it changed, or all where that is `None`. Verified signatures
    /// stay: no such change makes one bad, and whether their key was revoked is looked at each time.
    pub fn forget(&self, workspace: Option<WorkspaceId>) {
        self.keys.forget(workspace);
        self.tokens.forget(workspace);
        self.clients.forget(workspace);
    }
}

/// A result of a look-up, which a change of its workspace makes stale.
pub trait Found: Clone {
    /// The workspace whose changes make the look-up stale; none where no workspace's do.
    fn workspace(&self) -> Option<WorkspaceId>;
}

impl Found for KeyRecord {
    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace.id)
    }
}

impl Found for TokenRecord {
    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace.id)
    }
}

impl Found for ClientRecord {
    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace.id)
    }
}

impl Found for Verified {
    fn workspace(&self) -> Option<WorkspaceId> {
        None
    }
}

/// Look-ups of one kind.
pub struct Lookups<T>(Mutex<Inner<T>>);

/// Changes are numbered. A look-up is good while none of its workspace came after its begin, so that a change costs the same
/// however many look-ups there are.
struct Inner<T> {
    /// The number of changes so far.
    changes: u64,
    /// The last change that may have been any workspace's.
    of_any: u64,
    /// The last change of each workspace since then.
    of: HashMap<WorkspaceId, u64>,
    found: HashMap<String, Lookup<T>>,
}

struct Lookup<T> {
    /// The monotonic time of the look-up.
    at: Duration,
    /// The number of changes when the look-up began.
    changes: u64,
    found: T,
}

impl<T: Found> Inner<T> {
    fn is_good(&self, found: &T, changes: u64) -> bool {
        let last = found.workspace().and_then(|workspace| self.of.get(&workspace)).copied();
        changes >= last.unwrap_or_default().max(self.of_any)
    }
}

impl<T> Default for Lookups<T> {
    fn default() -> Self {
        Self(Mutex::new(Inner { changes: 0, of_any: 0, of: HashMap::new(), found: HashMap::new() }))
    }
}

impl<T> fmt::Debug for Lookups<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Lookups")
    }
}

impl<T: Found> Lookups<T> {
    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The result of a look-up that was made within the last second of monotonic time, unless something of its workspace has
    /// changed since.
    pub fn get(&self, by: &str, now: Duration) -> Option<T> {
        let inner = self.lock();
        let Lookup { at, changes, found } = inner.found.get(by)?;
        (now.saturating_sub(*at) < LIFETIME && inner.is_good(found, *changes)).then(|| found.clone())
    }

    /// The number of changes so far: read before a look-up starts, and handed to [`Lookups::put`] with the result.
    pub fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// Keeps the result of a look-up, unless something of its workspace changed since the look-up began.
    pub fn put(&self, by: String, found: T, now: Duration, changes: u64) {
        let mut inner = self.lock();
        if !inner.is_good(&found, changes) {
            return;
        }
        if inner.found.len() >= MAX_ENTRIES {
            inner.found.clear();
        }
        inner.found.insert(by, Lookup { at: now, changes, found });
    }

    /// Forgets what belongs to a workspace, or everything where that is `None`.
    fn forget(&self, workspace: Option<WorkspaceId>) {
        let mut inner = self.lock();
        inner.changes += 1;
        let number = inner.changes;
        match workspace {
            Some(workspace) if inner.of.len() < MAX_ENTRIES => {
                inner.of.insert(workspace, number);
            }
            _ => {
                inner.of_any = number;
                inner.of.clear();
                inner.found.clear();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Of(WorkspaceId);

    impl Found for Of {
        fn workspace(&self) -> Option<WorkspaceId> {
            Some(self.0)
        }
    }

    const NOW: Duration = Duration::from_secs(1_000);

    fn workspace(number: u128) -> WorkspaceId {
        WorkspaceId::from_parts(1, number)
    }

    fn put(lookups: &Lookups<Of>, number: u128) {
        lookups.put(number.to_string(), Of(workspace(number)), NOW, lookups.changes());
    }

    fn knows(lookups: &Lookups<Of>, number: u128) -> bool {
        lookups.get(&number.to_string(), NOW).is_some()
    }

    #[test]
    fn a_change_of_one_workspace_leaves_what_is_known_of_the_others() {
        let lookups = Lookups::default();
        put(&lookups, 1);
        put(&lookups, 2);
        lookups.forget(Some(workspace(1)));
        assert!(!knows(&lookups, 1) && knows(&lookups, 2));
        put(&lookups, 1);
        assert!(knows(&lookups, 1));
        lookups.forget(None);
        assert!(!knows(&lookups, 1) && !knows(&lookups, 2));
    }

    #[test]
    fn a_look_up_that_began_before_a_change_of_its_workspace_is_not_kept() {
        let lookups = Lookups::default();
        let before = lookups.changes();
        lookups.forget(Some(workspace(1)));
        lookups.put("1".into(), Of(workspace(1)), NOW, before);
        lookups.put("2".into(), Of(workspace(2)), NOW, before);
        assert!(!knows(&lookups, 1) && knows(&lookups, 2));
        let before = lookups.changes();
        lookups.forget(None);
        lookups.put("2".into(), Of(workspace(2)), NOW, before);
        assert!(!knows(&lookups, 2));
    }

    #[test]
    fn more_workspaces_than_can_be_named_are_all() {
        let lookups = Lookups::default();
        put(&lookups, 1);
        for number in 0..=u128::try_from(MAX_ENTRIES).expect("fits") {
            lookups.forget(Some(workspace(2 + number)));
        }
        assert!(!knows(&lookups, 1));
    }
}
