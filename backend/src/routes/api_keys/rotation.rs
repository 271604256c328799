//! A key that replaces itself: the one thing that a key may do to keys, and only to itself.
//!
//! The new key is the old one over again: same name, scopes, addresses and end, and the same line for rate limits. It takes the old
//! one's place in the plan's limit. The old key ends with the new one's first use ([`takeover`](crate::auth::takeover)), and after a
//! day in any case. As long as the new key is not revoked, the old one makes no other.

use actix_web::{post, web::Data};
use api_types::{
    ProblemType,
    api_keys::{ApiKey, CreatedApiKey},
    audit::AuditAction,
    events::EventType,
    ids::ApiKeyId,
};
use serde_json::json;

use crate::{
    app::App,
    auth::{Caller, Identity, caller, permission::RotatableKey},
    crypto::{keys::ServerKeys, tokens},
    db::{
        Tx,
        api_keys::{self, NewKeyRow, OldKey},
        audit::{self, Change, Who},
        dialect,
    },
    http::{
        made::Made,
        path_id::Noun,
        problem::{Answer, Failure},
    },
    routes::idempotent::IdempotencyKey,
};

/// Milliseconds for which a replaced key works at most: a day.
const OVERLAP_MS: i64 = 24 * 3_600_000;

/// Rotate the key that calls
///
/// The answer holds a new key, this once, with the same name, scopes, addresses and end, and rotatable like the old one. The old
/// key, which calls, ends at the new one's first use, and after 24 hours at the latest. Until then it makes no second key: calling
/// again is 409, and names the new key. So send an `Idempotency-Key`, with which a repeated call gets a lost answer again.
///
/// Revoking either key leaves the other one as it is. A new key that was revoked before its first use can be made again.
#[utoipa::path(operation_id = "rotateOwnApiKey", tag = "API keys",
    security(("bearer" = ["rotatable"])),
    extensions(("x-problems" = json!(["conflict"]))), params(IdempotencyKey),
    responses((status = 201, description = "The new key with its secret", body = CreatedApiKey)))]
#[post("/api-keys/self/rotate")]
pub async fn rotate_own(app: Data<App>, caller: Caller<RotatableKey>, key: IdempotencyKey) -> Answer {
    let Identity::ApiKey { id, .. } = *caller.identity() else {
        return Err(Failure::internal(&"a key's own operation was reached by another caller"));
    };
    let who = caller.who();
    let keys = app.base.keys.clone();
    let publisher = app.delivery.publisher.clone();
    let request = key.of(&caller, String::new());
    let rotated = request.answer(&app.base, move |tx| -> Answer<Made> {
        let old = open(tx, &who, id)?;
        let (row, secret) = successor(tx, &keys, &who, id, &old);
        api_keys::insert(tx, &row)?;
        let latest = tx.now() + OVERLAP_MS;
        let ends = [old.ends_at, old.expires_at].into_iter().flatten().fold(latest, Ord::min);
        api_keys::set_replaced(tx, id, row.id, ends)?;
        let details =
            json!({ "hint": old.hint, "replaced_by": row.id, "new_hint": row.hint, "ends_at": ends });
        audit::append(tx, &who, Change::of(AuditAction::ApiKeyRotated, id.as_str(), &old.name, details))?;
        let data = json!({ "id": row.id, "name": row.name, "hint": row.hint, "scopes": row.scopes.0,
            "created_at": row.created_at, "replaces": id });
        publisher.publish(tx, &who, EventType::ApiKeyCreated, &data)?;
        tx.credentials_changed(who.workspace_id);
        let api_key = shown(tx, &who, row.id)?;
        let created = CreatedApiKey { api_key, key: secret };
        Ok(Made::created("api-keys", row.id.as_str(), &created)?.tagged(&created.api_key).secret())
    });
    rotated.await
}

/// Finds the key that replaces itself, which nobody else changes until the transaction ends, and refuses one that may not, or that
/// has been replaced.
fn open(tx: &mut Tx<'_>, who: &Who, id: ApiKeyId) -> Answer<OldKey> {
    dialect::lock(tx, id.as_str())?;
    let found = api_keys::find_old(tx, who.workspace_id, id)?;
    let (old, successor) = found.ok_or_else(ApiKeyId::missing)?;
    // The caller was looked up a moment ago; this is what holds now.
    if !old.works(tx.now()) {
        return Err(Failure::new(ProblemType::KeyRevoked, "This API key has just stopped working."));
    }
    if !old.rotatable {
        return Err(caller::not_rotatable());
    }
    if let Some(successor) = successor {
        return Err(Failure::conflict(format!(
            "This key has been rotated: its successor is {successor}. If the successor's secret was lost, an admin must revoke \
             {successor} first."
        )));
    }
    Ok(old)
}

/// The key that takes the old one's place, and its secret.
fn successor(tx: &Tx<'_>, keys: &ServerKeys, who: &Who, id: ApiKeyId, old: &OldKey) -> (NewKeyRow, String) {
    let secret = tokens::generate(tokens::API_KEY, tx.random());
    let (digest, pepper_version) = keys.digest(&secret);
    let row = NewKeyRow {
        id: tx.new_id(),
        workspace_id: who.workspace_id,
        name: old.name.clone(),
        hint: tokens::hint(&secret),
        digest,
        pepper_version,
        scopes: old.scopes.clone(),
        allowed_ips: old.allowed_ips.clone(),
        expires_at: old.expires_at,
        created_at: tx.now(),
        created_by: old.created_by,
        rotatable: old.rotatable,
        replaces: Some(id),
        first_key: Some(old.first_key.unwrap_or(id)),
    };
    (row, secret)
}

fn shown(tx: &mut Tx<'_>, who: &Who, id: ApiKeyId) -> Answer<ApiKey> {
    let now = tx.now();
    api_keys::find(tx, who.workspace_id, id, now)?.ok_or_else(ApiKeyId::missing)
}
