// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of recoveries.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{NewRecovery, Recovery, RecoveryId, RecoveryStatus, WebhookId};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of recoveries.
#[derive(Debug, Clone)]
pub struct Recoveries<C> {
    client: C,
}

impl<C: Client> Recoveries<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Cancel a recovery.
    ///
    /// It sets nothing more going. What it has set going goes on.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
    pub fn cancel(&self, id: impl Into<RecoveryId>) -> Call<C, Recovery> {
        let id: RecoveryId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "recoveries", id.as_str(), "cancel"]).keyed().conditional(),
        )
    }

    /// Continue a recovery.
    ///
    /// A canary that has stopped goes on with its next stage, whatever the last one brought.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
    pub fn continue_(&self, id: impl Into<RecoveryId>) -> Call<C, Recovery> {
        let id: RecoveryId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "recoveries", id.as_str(), "continue"]).keyed().conditional(),
        )
    }

    /// Recover many deliveries.
    ///
    /// A job sets them going again, oldest first, so many per second: those that failed or were canceled start their schedule
    /// anew, and those that are retrying get one attempt now, whose failure leaves their schedule as it is. Deliveries of disabled
    /// and deleted webhooks are passed over; to recover those of a webhook that is disabled, enable it first. At most one recovery
    /// runs for a webhook at a time, so that the receiver can rely on the pace; one without a webhook is for all of them.
    ///
    /// `include` may also name what is `missing`, events that the webhook wants now and had no delivery for, and what `succeeded`. With
    /// `canary` a few go first: 1, then 10, then 100, each with a single attempt. Where half of such a stage fails, the recovery is
    /// `stopped` and says why, until it is continued or canceled.
    ///
    /// A key or token recovers deliveries of its own webhooks alone.
    ///
    /// With `dry_run` it only counts, and nothing changes. The answer is the recovery as it would begin: it has no id, its status
    /// is `counted`, and `passed_over` is what it would pass over. Where nothing matches, nothing is stored either: the answer has no id,
    /// and its status is `done`.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:retry`
    pub fn create(&self, body: &NewRecovery) -> Call<C, Recovery> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "recoveries"]).keyed().body(body))
    }

    /// Show a recovery.
    ///
    /// With how far it is, and what became of the deliveries that it set going (counted up to 100,000 of each).
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
    pub fn get(&self, id: impl Into<RecoveryId>) -> Call<C, Recovery> {
        let id: RecoveryId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "recoveries", id.as_str()]))
    }

    /// List recoveries.
    ///
    /// Newest first, each with how far it is.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `deliveries:read`
    pub fn list(&self) -> List<C, ListRecoveries> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "recoveries"]))
    }
}

/// The list that [`Recoveries::list`] gives.
#[derive(Debug)]
pub enum ListRecoveries {}

impl Kind for ListRecoveries {
    type Item = Recovery;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListRecoveries> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only those that were asked for of this webhook.
    pub fn webhook_id(self, webhook_id: impl Into<WebhookId>) -> Self {
        self.with("webhook_id", webhook_id.into().as_str())
    }

    /// Only recoveries in one of these states; several by repeating the parameter or separated by commas.
    pub fn status(self, status: impl IntoIterator<Item = RecoveryStatus>) -> Self {
        self.with_all("status", status)
    }
}
