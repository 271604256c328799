//! Removes what has expired by itself or ended long ago, so that nothing grows for ever: sessions, answers kept for idempotency
//! keys, what the OAuth server has no more use for, credentials, apps and webhooks that ended, old audit entries. Nothing relies
//! on it in time: what has ended is refused from its very end. docs/operate.md has the table of what is kept how long.
//!
//! Each kind of row is removed in short transactions with pauses between, so that nobody waits long for SQLite's one writer
//! or for a lock. A new kind is a line in [`KINDS`].

use std::time::Duration;

use api_types::Timestamp;
use diesel::QueryResult;

use crate::{
    auth::{
        parts::Auth,
        session::{IDLE_MS, MAX_MS},
    },
    base::Base,
    clock::Stopwatch,
    db::{
        Conn, DbError, api_keys, audit, authorization_codes, authorization_requests, authorizations,
        client_documents, client_secrets, device_authorizations, dialect,
        idempotency::{self, KEPT_MS},
        incidents, oauth_apps, oauth_failures, recoveries, restores, sessions, signing_secrets,
        step_size::StepSize,
        token_families, tokens, webhooks,
    },
};

/// The pause between two rounds: short, since sealed answers are to be gone soon after their ten minutes.
const EVERY: Duration = Duration::from_mins(5);
/// The pause between two transactions, in real time.
const PAUSE: Duration = Duration::from_millis(20);
/// The name of the database lock: only one node at a time removes.
const LOCK: &str = "expiry";

const DAY_MS: i64 = 24 * 3_600_000;
/// Milliseconds for which a revoked, expired or replaced key, a deleted app or webhook, a withdrawn authorization and a finished
/// recovery can still be looked at or recognised: 90 days.
const ENDED_MS: i64 = 90 * DAY_MS;

/// Removes at most `limit` rows of one kind that have expired by `now`, and answers how many.
type Remove = fn(&mut Conn, now: Timestamp, limit: i64) -> QueryResult<usize>;

/// Every kind of row that expires, those that refer to others first.
const KINDS: &[Remove] = &[
    |tx, now, limit| sessions::UNUSED.remove(tx, now - IDLE_MS, limit),
    |tx, now, limit| sessions::OLD.remove(tx, now - MAX_MS, limit),
    |tx, now, limit| idempotency::GIVEN.remove(tx, now - KEPT_MS, limit),
    |tx, now, limit| idempotency::forget_secrets(tx, now, limit),
    |tx, now, limit| authorization_requests::ENDED.remove(tx, now, limit),
    |tx, now, limit| authorization_requests::PUSHED_ENDED.remove(tx, now, limit),
    // A second use of a code is still noticed a day later.
    |tx, now, limit| authorization_codes::ENDED.remove(tx, now - DAY_MS, limit),
    // A device that still asks is told that its code has expired.
    |tx, now, limit| device_authorizations::ENDED.remove(tx, now - DAY_MS, limit),
    |tx, now, limit| tokens::ENDED.remove(tx, now - DAY_MS, limit),
    |tx, now, limit| tokens::REVOKED_ENDED.remove(tx, now - DAY_MS, limit),
    |tx, now, limit| tokens::COUNTED.remove(tx, now - DAY_MS, limit),
    |tx, now, limit| tokens::REVOCATIONS_COUNTED.remove(tx, now - DAY_MS, limit),
    // An app that still sends an old secret is told so.
    |tx, now, limit| client_secrets::ENDED.remove(tx, now - client_secrets::RECOGNIZED_MS, limit),
    oauth_failures::remove_old,
    |tx, now, limit| signing_secrets::ENDED.remove(tx, now, limit),
    |tx, now, limit| token_families::ENDED.remove(tx, now - incidents::KEPT_MS, limit),
    |tx, now, limit| token_families::REVOKED.remove(tx, now - incidents::KEPT_MS, limit),
    |tx, now, limit| api_keys::REVOKED.remove(tx, now - ENDED_MS, limit),
    |tx, now, limit| api_keys::EXPIRED.remove(tx, now - ENDED_MS, limit),
    |tx, now, limit| api_keys::REPLACED.remove(tx, now - ENDED_MS, limit),
    |tx, now, limit| signing_secrets::OF_DELETED.remove(tx, now, limit),
    |tx, now, limit| recoveries::FINISHED.remove(tx, now - ENDED_MS, limit),
    |tx, now, limit| authorizations::WITHDRAWN.remove(tx, now - ENDED_MS, limit),
    |tx, now, limit| oauth_apps::DELETED.remove(tx, now - ENDED_MS, limit),
    |tx, now, limit| client_documents::UNUSED.remove(tx, now - DAY_MS, limit),
    |tx, now, limit| webhooks::lifecycle::DELETED.remove(tx, now - ENDED_MS, limit),
    // No token that was given before it is alive any more.
    |tx, now, limit| restores::OLD.remove(tx, now - incidents::KEPT_MS, limit),
];

/// Removes what has expired, once.
pub async fn once(auth: &Auth) -> Result<(), DbError> {
    for remove in KINDS {
        in_steps(&auth.base, *remove).await?;
    }
    let audit_ms = i64::from(auth.base.settings.keep_audit_days) * DAY_MS;
    in_steps(&auth.base, move |tx, now, limit| audit::remove_made_before(tx, now - audit_ms, limit)).await?;
    auth.signing_keys.remove_old(&auth.base).await
}

/// Removes all expired rows of one kind, unless another node is removing.
async fn in_steps(
    base: &Base,
    remove: impl Fn(&mut Conn, Timestamp, i64) -> QueryResult<usize> + Copy + Send + 'static,
) -> Result<(), DbError> {
    let mut size = StepSize::FIRST;
    loop {
        let step = base.db.execute(move |tx| {
            let began = Stopwatch::start();
            if !dialect::try_lock(tx, LOCK)? {
                return Ok(None);
            }
            dialect::take_time(tx)?;
            let now = tx.now();
            let removed = remove(tx, now, size.limit())?;
            Ok((removed == size.rows()).then(|| size.after(removed, began)))
        });
        let Some(next) = step.await? else { return Ok(()) };
        size = next;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Removes what has expired, for as long as the node runs.
pub async fn keep(auth: Auth) {
    loop {
        if let Err(error) = once(&auth).await {
            tracing::warn!(%error, "what has expired could not be removed; it will be next time");
        }
        auth.base.clock.sleep(EVERY).await;
    }
}
