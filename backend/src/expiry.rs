//! Removes what has expired by itself: sessions, answers kept for idempotency keys, and whatever the OAuth server has no more
//! use for. Nothing relies on it in time: what has expired is refused from its very end.

use std::time::Duration;

use crate::{
    auth::{
        parts::Auth,
        session::{IDLE_MS, MAX_MS},
    },
    db::{
        DbError, authorization_codes, authorization_requests,
        idempotency::{self, KEPT_MS},
        sessions, token_families, tokens,
    },
};

/// The pause between two rounds: short, since sealed answers are to be gone soon after their ten minutes.
const EVERY: Duration = Duration::from_mins(5);

const DAY_MS: i64 = 24 * 3_600_000;
/// Milliseconds for which it is known that a token was copied: 90 days.
pub const INCIDENTS_MS: i64 = 90 * DAY_MS;

/// Removes what has expired, once.
pub async fn once(auth: &Auth) -> Result<(), DbError> {
    let removed = auth.base.db.execute(|tx| {
        let now = tx.now();
        sessions::delete_ended(tx, now - IDLE_MS, now - MAX_MS)?;
        idempotency::delete_before(tx, now - KEPT_MS)?;
        idempotency::forget_secrets(tx, now)?;
        authorization_requests::delete_ended(tx, now)?;
        // A second use of a code is still noticed a day later.
        authorization_codes::delete_ended(tx, now - DAY_MS)?;
        tokens::delete_ended(tx, now - DAY_MS)?;
        token_families::delete_ended(tx, now - INCIDENTS_MS)
    });
    removed.await?;
    auth.signing_keys.remove_old(&auth.base).await
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
