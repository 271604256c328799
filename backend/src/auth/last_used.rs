//! When credentials were last used: noted in memory, written in batches, never one write per call.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use api_types::{Timestamp, ids::ApiKeyId};

use crate::{app::App, db::api_keys, problem::Failure};

/// How often what was noted is written.
const EVERY: Duration = Duration::from_secs(2);

/// Uses that are not written yet.
#[derive(Debug, Default)]
pub struct LastUsed(Mutex<HashMap<ApiKeyId, (Timestamp, IpAddr)>>);

impl LastUsed {
    /// Notes that a key was used.
    pub fn note(&self, key: ApiKeyId, at: Timestamp, ip: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(key, (at, ip));
    }

    fn take(&self) -> HashMap<ApiKeyId, (Timestamp, IpAddr)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes what was noted since the last time.
pub async fn flush(app: &App) {
    let noted = app.last_used.take();
    if noted.is_empty() {
        return;
    }
    let written = app
        .db
        .write(move |tx| {
            for (key, (at, ip)) in noted {
                api_keys::set_last_used(tx, key, at, &ip.to_string())?;
            }
            Ok::<_, Failure>(())
        })
        .await;
    if let Err(error) = written {
        tracing::warn!(%error, "the last uses of some keys were not written");
    }
}

/// Writes every few seconds, for as long as the node runs.
pub async fn keep_writing(app: App) {
    loop {
        app.clock.sleep(EVERY).await;
        flush(&app).await;
    }
}
