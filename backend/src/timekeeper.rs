//! Keeps the node's clock with the database's time, and tells the operator where the machine's own clock is wrong. The node works
//! all the same.

use std::time::Duration;

use crate::{base::Base, clock::Clock};

/// The pause between two measurements.
const EVERY: Duration = Duration::from_mins(1);
/// Milliseconds by which a machine's clock may be wrong before the operator is told.
const WORTH_TELLING: u64 = 10_000;

/// Measures the database's time for as long as the node runs. On SQLite there is nothing to measure.
pub async fn keep(base: Base) {
    let mut wrong = false;
    while !base.db.is_embedded() {
        match base.db.follow_time().await {
            Ok(()) => wrong = tell(&base.clock, wrong),
            Err(error) => tracing::debug!(%error, "the database's time could not be measured"),
        }
        base.clock.sleep(EVERY).await;
    }
}

/// Tells the operator once of a clock that is wrong, and once when it is right again. Answers whether it is wrong.
fn tell(clock: &Clock, was_wrong: bool) -> bool {
    let offset_ms = clock.offset_ms();
    let is_wrong = offset_ms.unsigned_abs() > WORTH_TELLING;
    if is_wrong && !was_wrong {
        tracing::warn!(
            offset_ms,
            "this machine's clock is wrong: the database's time is used instead, which is ahead by offset_ms. Have a time \
             service set this machine's clock"
        );
    } else if was_wrong && !is_wrong {
        tracing::info!(offset_ms, "this machine's clock is right again");
    }
    is_wrong
}
