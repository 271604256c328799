//! Removes what has ended by itself: sessions, and answers kept for idempotency keys. Nothing relies on it in time: what
//! has ended is refused from its very end.

use std::time::Duration;

use crate::{
    app::App,
    auth::session::{IDLE_MS, MAX_MS},
    db::{idempotency, sessions},
    idempotent,
    problem::Failure,
};

/// How often it looks.
const EVERY: Duration = Duration::from_hours(1);

/// Removes what has ended, once.
pub async fn once(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            sessions::delete_ended(tx, now - IDLE_MS, now - MAX_MS)?;
            idempotency::delete_before(tx, now - idempotent::KEPT_MS)?;
            Ok(())
        })
        .await
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
