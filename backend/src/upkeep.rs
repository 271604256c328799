//! Removes what has ended by itself: sessions, answers kept for idempotency keys, and whatever the OAuth server has no more use
//! for. Nothing relies on it in time: what has ended is refused from its very end.

use std::time::Duration;

use crate::{
    app::App,
    auth::session::{IDLE_MS, MAX_MS},
    db::{authorization_codes, authorization_requests, idempotency, sessions, token_families, tokens},
    idempotent,
    oauth::signing_keys,
    problem::Failure,
};

/// How often it looks.
const EVERY: Duration = Duration::from_hours(1);

const DAY_MS: i64 = 24 * 3_600_000;
/// How long it is known which tokens somebody copied.
pub const INCIDENTS_MS: i64 = 90 * DAY_MS;

/// Removes what has ended, once.
pub async fn once(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            sessions::delete_ended(tx, now - IDLE_MS, now - MAX_MS)?;
            idempotency::delete_before(tx, now - idempotent::KEPT_MS)?;
            authorization_requests::delete_ended(tx, now)?;
            // A second use of a code is still noticed a day later.
            authorization_codes::delete_ended(tx, now - DAY_MS)?;
            tokens::delete_ended(tx, now - DAY_MS)?;
            token_families::delete_ended(tx, now - INCIDENTS_MS)?;
            Ok::<_, Failure>(())
        })
        .await?;
    signing_keys::remove_old(app).await
}

/// Removes what has ended, for as long as the node runs.
pub async fn keep(app: App) {
    loop {
        if let Err(error) = once(&app).await {
            tracing::warn!(%error, "what has ended could not be removed; it will be next time");
        }
        app.clock.sleep(EVERY).await;
    }
}
