//! When credentials were last used: noted in memory, written in batches, never one write per call.

use std::{
    collections::BTreeMap,
    net::IpAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use api_types::{
    Timestamp,
    ids::{ApiKeyId, AuthorizationId, SecretId},
};

use crate::{
    app::App,
    db::{api_keys, authorizations, oauth_clients},
    oauth::issued,
    problem::Failure,
};

/// How often what was noted is written.
const EVERY: Duration = Duration::from_secs(2);

/// What can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Used {
    /// An API key.
    Key(ApiKeyId),
    /// A token that a member's consent gave.
    Authorization(AuthorizationId),
    /// An OAuth app's client secret.
    Secret(SecretId),
}

/// Uses that are not written yet; in one order on all nodes, so that their writes do not wait for each other in a circle.
#[derive(Debug, Default)]
pub struct LastUsed(Mutex<BTreeMap<Used, (Timestamp, IpAddr)>>);

impl LastUsed {
    /// Notes that something was used.
    pub fn note(&self, used: Used, at: Timestamp, ip: IpAddr) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(used, (at, ip));
    }

    fn take(&self) -> BTreeMap<Used, (Timestamp, IpAddr)> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Writes what was noted since the last time.
pub async fn flush(app: &App) {
    issued::flush(app).await;
    let noted = app.last_used.take();
    if noted.is_empty() {
        return;
    }
    let written = app
        .db
        .write(move |tx| {
            for (used, (at, ip)) in noted {
                let ip = ip.to_string();
                match used {
                    Used::Key(id) => api_keys::set_last_used(tx, id, at, &ip)?,
                    Used::Authorization(id) => authorizations::set_last_used(tx, id, at, &ip)?,
                    Used::Secret(id) => oauth_clients::set_secret_used(tx, id, at, &ip)?,
                }
            }
            Ok::<_, Failure>(())
        })
        .await;
    if let Err(error) = written {
        tracing::warn!(%error, "the last uses of some credentials were not written");
    }
}

/// Writes every few seconds, for as long as the node runs.
pub async fn keep_writing(app: App) {
    loop {
        app.clock.sleep(EVERY).await;
        flush(&app).await;
    }
}
