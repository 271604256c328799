//! Texts under the sealing key, wherever they stand, for sealing them anew under a newer one.

use api_types::{
    Timestamp,
    ids::{SecretId, WebhookId},
};
use diesel::prelude::*;

use super::{
    conn::Conn,
    schema::{idempotency_keys, signing_keys, signing_secrets, webhooks},
};

/// Signing secrets after `after` that are sealed under another version than this one, by id.
pub fn secrets_not_under(
    conn: &mut Conn,
    version: i32,
    after: Option<SecretId>,
    limit: i64,
) -> QueryResult<Vec<(SecretId, WebhookId, String)>> {
    signing_secrets::table
        .filter(signing_secrets::id.gt(after.unwrap_or_else(|| SecretId::from_parts(0, 0))))
        .filter(signing_secrets::sealed.not_like(format!("{version}.%")))
        .order(signing_secrets::id)
        .limit(limit)
        .select((signing_secrets::id, signing_secrets::webhook_id, signing_secrets::sealed))
        .load(conn)
}

/// Puts a signing secret's new seal and digest in the place of the old seal; does nothing where that was changed meanwhile.
pub fn replace_secret(
    conn: &mut Conn,
    id: SecretId,
    old: &str,
    (sealed, digest): (&str, &str),
) -> QueryResult<usize> {
    diesel::update(signing_secrets::table.find(id).filter(signing_secrets::sealed.eq(old)))
        .set((signing_secrets::sealed.eq(sealed), signing_secrets::digest.eq(digest)))
        .execute(conn)
}

/// Webhooks after `after` whose own request headers are sealed under another version than this one, by id.
pub fn headers_not_under(
    conn: &mut Conn,
    version: i32,
    after: Option<WebhookId>,
    limit: i64,
) -> QueryResult<Vec<(WebhookId, String)>> {
    webhooks::table
        .filter(webhooks::id.gt(after.unwrap_or_else(|| WebhookId::from_parts(0, 0))))
        .filter(webhooks::headers.is_not_null())
        .filter(webhooks::headers.not_like(format!("{version}.%")))
        .order(webhooks::id)
        .limit(limit)
        .select((webhooks::id, webhooks::headers.assume_not_null()))
        .load(conn)
}

/// Puts the new seal of a webhook's headers in the place of the old one; does nothing where that was changed meanwhile.
pub fn replace_headers(conn: &mut Conn, id: WebhookId, old: &str, sealed: &str) -> QueryResult<usize> {
    diesel::update(webhooks::table.find(id).filter(webhooks::headers.eq(old)))
        .set(webhooks::headers.eq(sealed))
        .execute(conn)
}

/// The number of webhooks whose own request headers are sealed under this version.
pub fn headers_under(conn: &mut Conn, version: i32) -> QueryResult<i64> {
    webhooks::table
        .filter(webhooks::deleted_at.is_null())
        .filter(webhooks::headers.like(format!("{version}.%")))
        .count()
        .get_result(conn)
}

/// Puts the new seal of a private half in the place of the old one; does nothing where that was changed meanwhile.
pub fn replace_key(conn: &mut Conn, id: &str, old: &str, sealed: &str) -> QueryResult<usize> {
    diesel::update(signing_keys::table.find(id).filter(signing_keys::sealed.eq(old)))
        .set(signing_keys::sealed.eq(sealed))
        .execute(conn)
}

/// The number of answers kept for idempotency keys that hold a secret under this version.
pub fn answers_under(conn: &mut Conn, version: i32, now: Timestamp) -> QueryResult<i64> {
    idempotency_keys::table
        .filter(idempotency_keys::sealed_until.gt(now))
        .filter(idempotency_keys::body.like(format!("{version}.%")))
        .count()
        .get_result(conn)
}
