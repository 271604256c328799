//! Last uses of credentials, how many tokens apps were given as themselves, and failed requests of apps: noted in memory and written in
//! batches, never one write per call.

use std::{
    collections::{BTreeMap, HashMap},
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use api_types::{
    Timestamp,
    ids::{ApiKeyId, AuthorizationId, OAuthAppId, SecretId},
};

use prometheus_client::metrics::counter::Counter;

use super::failed_requests::FailedRequests;
use crate::{
    base::Base,
    db::{
        DbError, api_keys, authorizations, dialect, oauth_clients,
        oauth_failures::{self, NewFailure},
        tokens,
    },
};

/// How often the notes are written.
const EVERY: Duration = Duration::from_secs(2);
const MINUTE_MS: i64 = 60_000;

/// A credential whose last use is noted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Used {
    /// An API key.
    Key(ApiKeyId),
    /// A token that a member's consent gave.
    Authorization(AuthorizationId),
    /// An OAuth app's client secret.
    Secret(SecretId),
}

/// A credential that is stored hashed under the pepper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Hashed {
    /// An API key.
    Key(ApiKeyId),
    /// An OAuth app's client secret.
    Secret(SecretId),
}

/// Digests under the newest pepper, of credentials that were used and are stored under an older one.
type NewDigests = BTreeMap<Hashed, String>;

/// Time and client address of each credential's last use. The map is sorted, so that all nodes write in one order and do not
/// wait for each other in a circle.
type LastUses = BTreeMap<Used, (Timestamp, IpAddr)>;
/// Numbers of tokens, by app and by the minute's beginning in milliseconds.
type IssuedCounts = HashMap<(OAuthAppId, i64), i64>;

/// The notes that are not written yet.
#[derive(Default)]
pub struct Usage {
    last_uses: Mutex<LastUses>,
    digests: Mutex<NewDigests>,
    /// Tokens that apps were given as themselves are not stored, only counted.
    issued: Mutex<IssuedCounts>,
    failures: Mutex<FailedRequests>,
    /// Failed requests that found no room.
    dropped: Counter,
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Usage")
    }
}

impl Usage {
    /// No notes yet; `dropped` counts the failed requests of apps that find no room.
    pub fn new(dropped: Counter) -> Self {
        Self { dropped, ..Self::default() }
    }

    /// Notes a failed request of an app, or counts it as dropped where there are too many.
    pub fn note_failure(&self, failure: NewFailure) {
        if !self.failures.lock().unwrap_or_else(PoisonError::into_inner).add(failure) {
            self.drop_failure();
        }
    }

    /// Counts a failed request of an app that is not noted.
    pub fn drop_failure(&self) {
        self.dropped.inc();
    }

    /// Notes a credential's digest under the newest pepper, which is to take the place of its older one.
    pub fn note_digest(&self, of: Hashed, digest: String) {
        self.digests.lock().unwrap_or_else(PoisonError::into_inner).insert(of, digest);
    }

    /// Notes that a credential was used.
    pub fn note_use(&self, used: Used, at: Timestamp, ip: IpAddr) {
        self.last_uses.lock().unwrap_or_else(PoisonError::into_inner).insert(used, (at, ip));
    }

    /// Counts one token that an app was given as itself.
    pub fn note_issued(&self, app: OAuthAppId, at: Timestamp) {
        let minute = at.as_millis() / MINUTE_MS * MINUTE_MS;
        *self.issued.lock().unwrap_or_else(PoisonError::into_inner).entry((app, minute)).or_default() += 1;
    }

    /// Writes what was noted since the last time. Notes that cannot be written are lost, and the log says so.
    pub async fn flush(&self, base: &Base) {
        if let Err(error) = write_counts(base, take(&self.issued)).await {
            tracing::warn!(%error, "how many tokens some apps were given was not written");
        }
        if let Err(error) = write_last_uses(base, take(&self.last_uses)).await {
            tracing::warn!(%error, "the last uses of some credentials were not written");
        }
        if let Err(error) = write_failures(base, take(&self.failures)).await {
            tracing::warn!(%error, "some failed requests of apps were not written");
        }
        if let Err(error) = write_digests(base, take(&self.digests)).await {
            tracing::warn!(%error, "some credentials stay under the old pepper until they are used again");
        }
    }
}

fn take<T: Default>(notes: &Mutex<T>) -> T {
    std::mem::take(&mut notes.lock().unwrap_or_else(PoisonError::into_inner))
}

async fn write_counts(base: &Base, counts: IssuedCounts) -> Result<(), DbError> {
    if counts.is_empty() {
        return Ok(());
    }
    base.db
        .execute(move |tx| {
            dialect::lock(tx, "issued tokens")?;
            for ((app, minute), more) in counts {
                tokens::add_issued(tx, app, Timestamp::from_millis(minute), more)?;
            }
            Ok(())
        })
        .await
}

async fn write_last_uses(base: &Base, uses: LastUses) -> Result<(), DbError> {
    if uses.is_empty() {
        return Ok(());
    }
    base.db
        .execute(move |tx| {
            for (used, (at, ip)) in uses {
                let ip = ip.to_string();
                match used {
                    Used::Key(id) => api_keys::set_last_used(tx, id, at, &ip)?,
                    Used::Authorization(id) => authorizations::set_last_used(tx, id, at, &ip)?,
                    Used::Secret(id) => oauth_clients::set_secret_used(tx, id, at, &ip)?,
                }
            }
            Ok(())
        })
        .await
}

async fn write_failures(base: &Base, failures: FailedRequests) -> Result<(), DbError> {
    if failures.is_empty() {
        return Ok(());
    }
    base.db.execute(move |tx| oauth_failures::write(tx, failures.into_sorted())).await
}

async fn write_digests(base: &Base, digests: NewDigests) -> Result<(), DbError> {
    if digests.is_empty() {
        return Ok(());
    }
    let version = base.keys.pepper_version();
    base.db
        .execute(move |tx| {
            for (of, digest) in digests {
                match of {
                    Hashed::Key(id) => api_keys::set_digest(tx, id, &digest, version)?,
                    Hashed::Secret(id) => oauth_clients::set_secret_digest(tx, id, &digest, version)?,
                }
            }
            Ok(())
        })
        .await
}

/// Writes every few seconds, for as long as the node runs.
pub async fn keep_writing(usage: Arc<Usage>, base: Base) {
    loop {
        base.clock.sleep(EVERY).await;
        usage.flush(&base).await;
    }
}
