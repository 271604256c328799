//! The keys that sign access tokens. All nodes share them through the database, where the private half is sealed; a new one is
//! made every 90 days, published a day before it signs, and the one before it stays published while its tokens live. An operator
//! may have a new one sign sooner, and end one that leaked: no node believes it for longer than a second after that.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use api_types::Timestamp;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use diesel::QueryResult;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    base::Base,
    crypto::{es256, keys::ServerKeys, seal::CannotOpen, sha256_text},
    db::{
        DbError, Tx, dialect, share,
        signing_keys::{self as stored, SigningKeyRow},
    },
};

const DAY_MS: i64 = 24 * 3_600_000;
/// How long a key signs, in milliseconds.
const SIGNS_MS: i64 = 90 * DAY_MS;
/// How long a key is published before it signs: longer than anybody keeps the key set.
const AHEAD_MS: i64 = DAY_MS;
/// How long a key stays published after its successor took over: longer than any token that it signed.
const BEHIND_MS: i64 = DAY_MS;
/// How long an operator's new key is published before it signs, in milliseconds: longer than the five minutes for which anybody may
/// keep the key set, and the second for which a node does.
const ROTATED_AHEAD_MS: i64 = 310_000;
/// How old this node's copy may be: a key that was revoked is believed for so long.
const FRESH: Duration = Duration::from_secs(1);
/// How old this node's copy must be to be read again because of an unknown key's id.
const UNKNOWN: Duration = Duration::from_millis(100);

/// Signing keys could not be read or made, or a token could not be signed.
#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    /// The database failed.
    #[error(transparent)]
    Database(#[from] DbError),
    /// The curve's library made no key.
    #[error("no signing key could be made")]
    NotMade,
    /// The curve's library made a key of another form.
    #[error("a new signing key is not a point of P-256")]
    NotAPoint,
    /// A new key's private half could not be sealed.
    #[error(transparent)]
    NotSealed(#[from] CannotOpen),
    /// Not one of the keys may sign now.
    #[error("there is no key that signs tokens")]
    NoneSigns,
    /// The token could not be signed.
    #[error(transparent)]
    NotSigned(#[from] jsonwebtoken::errors::Error),
}

/// A key that is published.
pub struct SigningKey {
    /// The key's id: the thumbprint of its public half (RFC 7638).
    pub id: String,
    /// The private half; absent where it cannot be opened any more.
    encoding: Option<EncodingKey>,
    /// The public half.
    pub decoding: DecodingKey,
    jwk: Value,
    active_at: Timestamp,
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// All keys that are published, oldest first.
#[derive(Debug)]
pub struct KeyRing {
    keys: Vec<SigningKey>,
    /// Monotonic.
    read_at: Duration,
}

impl KeyRing {
    /// The id and the private half of the key that signs now.
    pub fn signer(&self, now: Timestamp) -> Option<(&str, &EncodingKey)> {
        let mut active = self.keys.iter().rev().filter(|key| key.active_at <= now);
        // Before its first key a server signs only where its clock was set back.
        let signing = active.find(|key| key.encoding.is_some()).or_else(|| self.keys.first());
        signing.and_then(|key| Some((key.id.as_str(), key.encoding.as_ref()?)))
    }

    /// The key with this id.
    pub fn find(&self, id: &str) -> Option<&SigningKey> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// The public halves, as a JWK set (RFC 7517, section 5).
    pub fn published(&self) -> Value {
        json!({ "keys": self.keys.iter().map(|key| &key.jwk).collect::<Vec<_>>() })
    }
}

/// The time from which an operator's new key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    /// Once everybody who verifies tokens knows the key.
    OnceKnown,
    /// At once: who keeps the key set refuses its tokens until it reads the set again.
    Now,
}

/// A key as an operator sees it.
#[derive(Clone, Debug)]
pub struct ListedKey {
    pub id: String,
    pub created_at: Timestamp,
    /// The time from which the key signs.
    pub active_at: Timestamp,
    /// The key signs now.
    pub signs: bool,
}

/// A node's copy of the keys.
#[derive(Debug, Default)]
pub struct SigningKeys {
    ring: RwLock<Option<Arc<KeyRing>>>,
    /// Held by the one request that reads the keys; the others wait for what it finds.
    loading: Mutex<()>,
}

impl SigningKeys {
    /// The keys, at most a second old; makes the first, and the next once it is time.
    pub async fn ring(&self, base: &Base) -> Result<Arc<KeyRing>, SigningKeyError> {
        self.ring_that(base, |ring| is_younger(ring, base, FRESH)).await
    }

    /// This node's copy of the keys where it is good enough, or else the keys as they are now.
    async fn ring_that(
        &self,
        base: &Base,
        is_good: impl Fn(&KeyRing) -> bool,
    ) -> Result<Arc<KeyRing>, SigningKeyError> {
        let good = || self.copy().filter(|ring| is_good(ring));
        if let Some(ring) = good() {
            return Ok(ring);
        }
        let _loading = self.loading.lock().await;
        match good() {
            Some(ring) => Ok(ring),
            // Others wait for these keys: no workspace's share may hold them up.
            None => share::to_identify(self.load(base)).await,
        }
    }

    /// The keys, read again where the one of this id is unknown: another node may have made it a moment ago.
    pub async fn ring_with(&self, base: &Base, id: &str) -> Result<Arc<KeyRing>, SigningKeyError> {
        self.ring_that(base, |ring| {
            let longest = if ring.find(id).is_some() { FRESH } else { UNKNOWN };
            is_younger(ring, base, longest)
        })
        .await
    }

    /// Makes a new key, which signs from then on; tokens that are out keep working. Answers with the time from which it signs.
    pub async fn rotate(&self, base: &Base, activation: Activation) -> Result<Timestamp, SigningKeyError> {
        // On a database without keys the first one is made, and signs meanwhile.
        self.ring(base).await?;
        let active_at = match activation {
            Activation::OnceKnown => base.now() + ROTATED_AHEAD_MS,
            Activation::Now => base.now(),
        };
        let row = make(base, active_at)?;
        base.db.execute(move |tx| stored::insert(tx, &row)).await?;
        self.load(base).await?;
        Ok(active_at)
    }

    /// Ends a key at once, with every token that it signed: no node believes it any more within a second. Where it was the one that
    /// signs, the next takes over. `false` where there is no such key.
    pub async fn revoke(&self, base: &Base, id: &str) -> Result<bool, SigningKeyError> {
        let spare = make(base, base.now())?;
        let keys = Arc::clone(&base.keys);
        let id = id.to_owned();
        let found = base.db.execute(move |tx| end(tx, &keys, &id, &spare)).await?;
        self.load(base).await?;
        Ok(found)
    }

    /// All keys that are published, oldest first.
    pub async fn list(&self, base: &Base) -> Result<Vec<ListedKey>, SigningKeyError> {
        let ring = self.ring(base).await?;
        let signer = ring.signer(base.now()).map(|(id, _)| id.to_owned());
        let listed = |row: SigningKeyRow| ListedKey {
            signs: signer.as_ref() == Some(&row.id),
            id: row.id,
            created_at: row.created_at,
            active_at: row.active_at,
        };
        Ok(base.db.query(stored::all).await?.into_iter().map(listed).collect())
    }

    /// Removes keys whose last token is over.
    pub async fn remove_old(&self, base: &Base) -> Result<(), DbError> {
        base.db
            .execute(|tx| {
                let keys = stored::all(tx)?;
                let published_since = tx.now() - BEHIND_MS;
                let replaced = keys.windows(2).filter(|pair| pair[1].active_at <= published_since);
                let old: Vec<String> = replaced.map(|pair| pair[0].id.clone()).collect();
                stored::delete(tx, &old)
            })
            .await
    }

    fn copy(&self) -> Option<Arc<KeyRing>> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn load(&self, base: &Base) -> Result<Arc<KeyRing>, SigningKeyError> {
        let now = base.now();
        let read_at = base.clock.monotonic();
        let mut rows = base.db.query(stored::all).await?;
        if let Some(active_at) = next(&base.keys, &rows, now) {
            let row = make(base, active_at)?;
            let keys = Arc::clone(&base.keys);
            rows = base.db.execute(move |tx| add_next(tx, &keys, &row)).await?;
        }
        let keys = rows.into_iter().filter_map(|row| open(&base.keys, row)).collect();
        let ring = Arc::new(KeyRing { keys, read_at });
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&ring));
        Ok(ring)
    }
}

fn is_younger(ring: &KeyRing, base: &Base, age: Duration) -> bool {
    base.clock.monotonic().saturating_sub(ring.read_at) < age
}

/// Stores the next key, unless another node was quicker; answers with all keys.
fn add_next(tx: &mut Tx<'_>, keys: &ServerKeys, row: &SigningKeyRow) -> QueryResult<Vec<SigningKeyRow>> {
    dialect::lock(tx, "signing keys")?;
    let rows = stored::all(tx)?;
    if next(keys, &rows, tx.now()).is_none() {
        return Ok(rows);
    }
    stored::insert(tx, row)?;
    stored::all(tx)
}

/// Removes a key; where it was the one that signs, the next signs from now on, or else `spare`.
fn end(tx: &mut Tx<'_>, keys: &ServerKeys, id: &str, spare: &SigningKeyRow) -> QueryResult<bool> {
    dialect::lock(tx, "signing keys")?;
    let now = tx.now();
    let rows = stored::all(tx)?;
    if !rows.iter().any(|row| row.id == id) {
        return Ok(false);
    }
    let usable = |row: &&SigningKeyRow| keys.sealing.open(&row.id, &row.sealed).is_ok();
    let signer = rows.iter().rev().filter(|row| row.active_at <= now).find(usable);
    stored::delete(tx, &[id.to_owned()])?;
    if signer.is_some_and(|signer| signer.id == id) {
        match rows.iter().filter(|row| row.active_at > now).find(usable) {
            Some(next) => stored::set_active(tx, &next.id, now)?,
            None => stored::insert(tx, spare)?,
        }
    }
    Ok(true)
}

/// The time from which the next key is to sign, if that key is to be made now.
fn next(keys: &ServerKeys, rows: &[SigningKeyRow], now: Timestamp) -> Option<Timestamp> {
    let usable = |row: &&SigningKeyRow| keys.sealing.open(&row.id, &row.sealed).is_ok();
    match rows.iter().rev().find(usable) {
        None => Some(now),
        Some(newest) if newest.active_at <= now - (SIGNS_MS - AHEAD_MS) => {
            Some((newest.active_at + SIGNS_MS).max(now + AHEAD_MS))
        }
        Some(_) => None,
    }
}

fn make(base: &Base, active_at: Timestamp) -> Result<SigningKeyRow, SigningKeyError> {
    let (private, public) = es256::generate().ok_or(SigningKeyError::NotMade)?;
    let (x, y) = coordinates(&public).ok_or(SigningKeyError::NotAPoint)?;
    let id = sha256_text(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes());
    let sealed = base.keys.sealing.seal(&id, &private, base.random.bytes())?;
    let public_key = URL_SAFE_NO_PAD.encode(&public);
    Ok(SigningKeyRow { id, public_key, sealed, created_at: base.now(), active_at })
}

fn open(keys: &ServerKeys, row: SigningKeyRow) -> Option<SigningKey> {
    let public = URL_SAFE_NO_PAD.decode(&row.public_key).ok()?;
    let (x, y) = coordinates(&public)?;
    let jwk =
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": row.id, "use": "sig", "alg": "ES256" });
    let private = keys.sealing.open(&row.id, &row.sealed);
    if private.is_err() {
        tracing::warn!(key = %row.id, "the private half of a signing key cannot be opened: it only verifies");
    }
    Some(SigningKey {
        encoding: private.ok().map(|private| EncodingKey::from_ec_der(&private)),
        decoding: DecodingKey::from_ec_der(&public),
        id: row.id,
        jwk,
        active_at: row.active_at,
    })
}

/// The two halves of an uncompressed point, as a JWK has them.
fn coordinates(public: &[u8]) -> Option<(String, String)> {
    const HALF: usize = 32;
    let (x, y) = public.strip_prefix(&[4])?.split_at_checked(HALF)?;
    (y.len() == HALF).then(|| (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y)))
}
