//! A view: a webhook as a job sees it, with the time at which it was read. A view serves for a moment only: what
//! an admin changed counts at once.

use std::{collections::HashMap, sync::Arc, time::Duration};

use api_types::{deliveries::CancelReason, ids::WebhookId};
use diesel::QueryResult;

use crate::{
    clock::Stopwatch,
    db::{
        Conn,
        deliveries::destinations::{self, Destination, SealedSecret},
    },
    plan,
};

/// The time for which a view may be acted upon.
pub const FRESH: Duration = Duration::from_millis(200);
/// The time after a commit at which no node acts upon an older view any more: [`FRESH`], and some time for a
/// thread that had to wait for a processor.
pub const SETTLED_AFTER: Duration = Duration::from_millis(300);

/// A webhook as a job sees it.
#[derive(Clone, Debug)]
pub struct View {
    pub destination: Arc<Destination>,
    /// Every secret of the webhook, newest first. All that are valid sign the request.
    pub secrets: Arc<[SealedSecret]>,
    /// The plan of the workspace includes the API.
    pub plan_allows: bool,
    /// Started before the database was asked: the view knows every commit that came before.
    pub read: Stopwatch,
}

impl View {
    /// Fails with the reason for which the webhook's deliveries are canceled, if there is one.
    pub fn sendable(&self) -> Result<(), CancelReason> {
        if self.destination.deleted_at.is_some() {
            return Err(CancelReason::WebhookDeleted);
        }
        if self.destination.disabled_at.is_some() {
            return Err(CancelReason::WebhookDisabled);
        }
        if self.plan_allows { Ok(()) } else { Err(CancelReason::Plan) }
    }

    /// `true` while nothing may be sent, and what waits is held.
    pub fn is_paused(&self) -> bool {
        self.destination.paused_at.is_some()
    }

    /// `true` while one delivery is sent after the other.
    pub fn is_ordered(&self) -> bool {
        self.destination.ordered_since.is_some()
    }

    /// `true` if a message that was made by the other view goes to the same place under the same signatures, and may.
    pub fn sends_like(&self, other: &Self) -> bool {
        let signing = |view: &Self| -> Vec<_> {
            view.secrets.iter().map(|secret| (secret.id, secret.expires_at)).collect()
        };
        self.sendable() == other.sendable()
            && self.destination.url == other.destination.url
            && self.destination.headers == other.destination.headers
            && self.is_paused() == other.is_paused()
            && self.is_ordered() == other.is_ordered()
            && (Arc::ptr_eq(&self.secrets, &other.secrets) || signing(self) == signing(other))
    }
}

/// Reads the views of some webhooks. Those that are gone are left out.
pub fn read(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<HashMap<WebhookId, View>> {
    let read = Stopwatch::start();
    let mut secrets = by_webhook(destinations::secrets(conn, ids)?);
    let views = destinations::load(conn, ids)?.into_iter().map(|(destination, plan)| {
        let view = View {
            secrets: secrets.remove(&destination.id).unwrap_or_default().into(),
            plan_allows: plan::limits(plan).api_access,
            destination: Arc::new(destination),
            read,
        };
        (view.destination.id, view)
    });
    Ok(views.collect())
}

/// Secrets by the webhook that they sign for, in their order.
pub(super) fn by_webhook(secrets: Vec<SealedSecret>) -> HashMap<WebhookId, Vec<SealedSecret>> {
    let mut found: HashMap<WebhookId, Vec<SealedSecret>> = HashMap::new();
    for secret in secrets {
        found.entry(secret.webhook_id).or_default().push(secret);
    }
    found
}
