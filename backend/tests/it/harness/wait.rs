//! Waiting for what happens on other tasks, threads and machines.

use std::time::Duration;

/// Waits until something holds: half a minute at most.
pub async fn eventually(what: &str, holds: impl AsyncFnMut() -> bool) {
    within(30, what, holds).await;
}

/// Waits until something holds: so many seconds at most.
pub async fn within(seconds: u32, what: &str, mut holds: impl AsyncFnMut() -> bool) {
    for _ in 0..50 * seconds {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("not within {seconds} seconds: {what}");
}
