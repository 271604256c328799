// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of audit log.

use crate::client::Client;
use crate::generated::models::{AuditAction, AuditEntry, AuditId, Order};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use crate::timestamp::Timestamp;
use reqwest::Method;

/// The operations of audit log.
#[derive(Debug, Clone)]
pub struct AuditLog<C> {
    client: C,
}

impl<C: Client> AuditLog<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// List audit entries.
    ///
    /// Who changed what in Settings > API, newest first.
    ///
    /// To copy the log elsewhere, ask with `order=oldest`, go on with the cursor to the last page, and later ask for what is new
    /// with `after` and the id of the last entry that you have. With `Accept: application/jsonl` (or `application/x-ndjson`) the
    /// answer is JSON lines, one entry a line; the next page is then in the `Link` header, as it is for JSON, too.
    ///
    /// **Permission:** an admin's session, or a key or token with the scope `audit:read`
    pub fn list(&self) -> List<C, ListAuditEntries> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "audit-log"]))
    }
}

/// The list that [`AuditLog::list`] gives.
#[derive(Debug)]
pub enum ListAuditEntries {}

impl Kind for ListAuditEntries {
    type Item = AuditEntry;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListAuditEntries> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only these actions, such as `api_key.revoked`; several by repeating the parameter or separated by commas.
    pub fn action(self, action: impl IntoIterator<Item = AuditAction>) -> Self {
        self.with_all("action", action)
    }

    /// Only changes by this member, key or app: its id.
    pub fn actor(self, actor: impl Into<String>) -> Self {
        self.with("actor", actor.into().as_str())
    }

    /// Only changes to this object: its id.
    pub fn object(self, object: impl Into<String>) -> Self {
        self.with("object", object.into().as_str())
    }

    /// Not before this time (RFC 3339).
    pub fn since(self, since: impl Into<Timestamp>) -> Self {
        self.with("since", since.into().as_str())
    }

    /// Before this time (RFC 3339).
    pub fn until(self, until: impl Into<Timestamp>) -> Self {
        self.with("until", until.into().as_str())
    }

    /// Only entries that are newer than this one: an entry's id. The oldest come first then.
    pub fn after(self, after: impl Into<AuditId>) -> Self {
        self.with("after", after.into().as_str())
    }

    /// `newest` or `oldest` first; `newest` where absent and `after` is, too. Oldest first gives no entry of the last 30
    /// seconds, so that none can come before one that was given already.
    pub fn order(self, order: impl Into<Order>) -> Self {
        self.with("order", order.into().as_str())
    }
}
