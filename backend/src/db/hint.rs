//! Hints: short messages, of ids alone, that tell other parts of the server what a commit changed. A hint is safe to
//! lose, since each of its readers also looks into the database regularly.

use api_types::{
    ids::{WebhookId, WorkspaceId},
    stream::Topic,
};

/// A change that became durable just now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A delivery is due.
    DeliveriesDue,
    /// A webhook's circuit breaker opened or closed.
    Breaker {
        webhook: WebhookId,
        /// `true`: nothing more is sent but probes.
        open: bool,
    },
    /// A webhook of this workspace changed: its URL, its secrets, or whether and when it is sent to. Jobs that wait
    /// look at their webhooks again.
    DestinationsChanged { workspace: WorkspaceId },
    /// A recovery began.
    RecoveriesDue,
    /// A key, an app, a session, a role or a plan changed: cached credentials are stale.
    CredentialsChanged {
        /// The workspace whose credentials these are; `None` where they may be any's.
        workspace: Option<WorkspaceId>,
    },
    /// Something changed that screens show: listeners on `GET /v1/stream` are told.
    Changed {
        workspace: WorkspaceId,
        topic: Topic,
        /// The webhook that the change belongs to; `None` where that may be any.
        webhook: Option<WebhookId>,
    },
}
