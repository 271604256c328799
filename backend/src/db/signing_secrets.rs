//! The signing secrets of webhooks: stored sealed, listed without what they are, ended by time.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    ids::{SecretId, WebhookId, WorkspaceId},
    webhooks::{SignatureScheme, SigningSecret},
};
use diesel::prelude::*;

use super::{
    Conn, Slice,
    expiry::Expired,
    schema::{signing_secrets, webhooks},
};

/// A signing secret about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = signing_secrets)]
pub struct NewSigningSecretRow {
    pub id: SecretId,
    pub webhook_id: WebhookId,
    pub workspace_id: WorkspaceId,
    pub scheme: SignatureScheme,
    /// The secret, encrypted with the sealing key.
    pub sealed: String,
    /// HMAC of the secret under the pepper, by which the secret is recognized in a text.
    pub digest: String,
    /// First and last characters of the secret, or of the public key, by which members recognize it.
    pub hint: String,
    /// The half of a `v1a` key pair that verifies; `None` under other schemes.
    pub public_key: Option<String>,
    pub created_at: Timestamp,
}

pub fn insert(conn: &mut Conn, row: &NewSigningSecretRow) -> QueryResult<()> {
    diesel::insert_into(signing_secrets::table).values(row).execute(conn).map(drop)
}

/// A secret, and the times of the last attempts of its webhook: the last success and the last failure.
type Row = (
    (WebhookId, SecretId, Option<String>),
    (Timestamp, Option<Timestamp>, Option<String>),
    (Option<Timestamp>, Option<Timestamp>),
);

/// The secrets that sign at `$now`, newest first.
macro_rules! signing {
    ($now:expr) => {
        signing_secrets::table
            .inner_join(webhooks::table)
            .filter(signing_secrets::expires_at.is_null().or(signing_secrets::expires_at.gt($now)))
            .order(signing_secrets::id.desc())
            .select((
                (signing_secrets::webhook_id, signing_secrets::id, signing_secrets::hint),
                (signing_secrets::created_at, signing_secrets::expires_at, signing_secrets::public_key),
                (webhooks::last_success_at, webhooks::last_failure_at),
            ))
    };
}

fn to_wire(row: Row) -> (WebhookId, SigningSecret) {
    let ((webhook, id, hint), (created_at, expires_at, public_key), (succeeded, failed)) = row;
    // Every secret that works signs every attempt.
    let last_used_at = succeeded.max(failed).filter(|last| *last >= created_at);
    (webhook, SigningSecret { id, hint, created_at, last_used_at, expires_at, public_key })
}

/// The secrets of webhooks that sign now: those that never end first, else newest first.
pub fn of_webhooks(
    conn: &mut Conn,
    ids: &[WebhookId],
    now: Timestamp,
) -> QueryResult<HashMap<WebhookId, Vec<SigningSecret>>> {
    let found = signing!(now).filter(signing_secrets::webhook_id.eq_any(ids)).load::<Row>(conn)?;
    let mut secrets: HashMap<WebhookId, Vec<SigningSecret>> = HashMap::new();
    for (webhook, secret) in found.into_iter().map(to_wire) {
        secrets.entry(webhook).or_default().push(secret);
    }
    for secrets in secrets.values_mut() {
        // Of rotations that ran at once, the one that finished last may have begun first.
        secrets.sort_by_key(|secret| secret.expires_at.is_some());
    }
    Ok(secrets)
}

/// A webhook's secrets that sign now, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    webhook: WebhookId,
    slice: Slice<SecretId>,
    now: Timestamp,
) -> QueryResult<Vec<SigningSecret>> {
    let mut query =
        signing!(now).filter(signing_secrets::webhook_id.eq(webhook)).limit(slice.fetch()).into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(signing_secrets::id.lt(before));
    }
    Ok(query.load::<Row>(conn)?.into_iter().map(|row| to_wire(row).1).collect())
}

/// Lets every secret of a webhook that would sign past `at` stop then.
pub fn end_all(conn: &mut Conn, webhook: WebhookId, at: Timestamp) -> QueryResult<()> {
    diesel::update(
        signing_secrets::table
            .filter(signing_secrets::webhook_id.eq(webhook))
            .filter(signing_secrets::expires_at.is_null().or(signing_secrets::expires_at.gt(at))),
    )
    .set(signing_secrets::expires_at.eq(at))
    .execute(conn)
    .map(drop)
}

/// Removes a webhook's secrets that have stopped.
pub fn delete_stopped(conn: &mut Conn, webhook: WebhookId, now: Timestamp) -> QueryResult<()> {
    diesel::delete(
        signing_secrets::table
            .filter(signing_secrets::webhook_id.eq(webhook))
            .filter(signing_secrets::expires_at.le(now)),
    )
    .execute(conn)
    .map(drop)
}

/// Secrets that stopped before a time.
pub const ENDED: Expired = Expired { table: "signing_secrets", condition: "expires_at < $1" };

/// Lets one secret of a webhook stop now.
pub fn end(conn: &mut Conn, webhook: WebhookId, id: SecretId, now: Timestamp) -> QueryResult<()> {
    diesel::update(
        signing_secrets::table
            .filter(signing_secrets::webhook_id.eq(webhook))
            .filter(signing_secrets::id.eq(id)),
    )
    .set(signing_secrets::expires_at.eq(now))
    .execute(conn)
    .map(drop)
}

/// Secrets of webhooks that were deleted before a time.
pub const OF_DELETED: Expired = Expired {
    table: "signing_secrets",
    condition: "webhook_id IN (SELECT id FROM webhooks WHERE deleted_at < $1)",
};
