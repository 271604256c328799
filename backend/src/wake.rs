//! What a commit sets in motion: hints that are safe to lose, since each reader also looks by itself.

use tokio::sync::Notify;

use crate::auth::cache::CredentialCache;

/// Something that became durable just now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A delivery is due.
    DeliveriesDue,
    /// A key, an app, a session, a role or a plan changed: cached credentials are stale.
    CredentialsChanged,
}

/// The parts of a node that react to commits.
#[derive(Debug, Default)]
pub struct Wake {
    /// Notified when a delivery is due.
    pub deliveries: Notify,
    /// Credentials that were looked up lately.
    pub credentials: CredentialCache,
}

impl Wake {
    /// Passes a hint on.
    pub fn release(&self, hint: &Hint) {
        match hint {
            Hint::DeliveriesDue => self.deliveries.notify_one(),
            Hint::CredentialsChanged => self.credentials.forget(),
        }
    }
}
