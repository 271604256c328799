//! The keys that sign access tokens. All nodes share them through the database, where the private half is sealed; a new one is
//! made every 90 days, published a day before it signs, and the one before it stays published while its tokens live.

use std::{
    fmt,
    sync::{Arc, PoisonError, RwLock},
};

use api_types::Timestamp;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde_json::{Value, json};

use crate::{
    app::App,
    crypto::{es256, sha256_text},
    db::{
        dialect,
        signing_keys::{self as stored, KeyRow},
    },
    problem::Failure,
};

const DAY_MS: i64 = 24 * 3_600_000;
/// How long a key signs.
const SIGNS_MS: i64 = 90 * DAY_MS;
/// How long a key is published before it signs: longer than anybody keeps our key set.
const AHEAD_MS: i64 = DAY_MS;
/// How long a key stays published after its successor took over: longer than any token that it signed.
const BEHIND_MS: i64 = DAY_MS;
/// How old this node's copy may be.
const FRESH_MS: i64 = 60_000;
/// How soon an unknown key's id makes a node look again.
const UNKNOWN_MS: i64 = 1_000;

/// One key.
pub struct SigningKey {
    /// Its id: the thumbprint of its public half (RFC 7638).
    pub id: String,
    /// Signs; absent where the private half cannot be opened any more.
    encoding: Option<EncodingKey>,
    /// Verifies.
    pub decoding: DecodingKey,
    jwk: Value,
    active_at: Timestamp,
}

/// All keys that are published, oldest first.
#[derive(Debug)]
pub struct KeyRing {
    keys: Vec<SigningKey>,
    read_at: Timestamp,
}

impl KeyRing {
    /// The key that signs now.
    pub fn signer(&self, now: Timestamp) -> Option<(&str, &EncodingKey)> {
        let mut active = self.keys.iter().rev().filter(|key| key.active_at <= now);
        active.find_map(|key| Some((key.id.as_str(), key.encoding.as_ref()?)))
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

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A node's copy of the keys.
#[derive(Debug, Default)]
pub struct SigningKeys(RwLock<Option<Arc<KeyRing>>>);

impl SigningKeys {
    fn copy(&self) -> Option<Arc<KeyRing>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, ring: &Arc<KeyRing>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(ring));
    }
}

/// The keys, at most a minute old; makes the first, and the next where it is time.
pub async fn ring(app: &App) -> Result<Arc<KeyRing>, Failure> {
    let now = app.clock.now();
    match app.signing_keys.copy() {
        Some(ring) if now.millis_since(ring.read_at) < FRESH_MS => Ok(ring),
        _ => load(app).await,
    }
}

/// The keys, with the one of this id if there is one: another node may have made it a moment ago.
pub async fn ring_with(app: &App, id: &str) -> Result<Arc<KeyRing>, Failure> {
    let known = ring(app).await?;
    let stale = app.clock.now().millis_since(known.read_at) >= UNKNOWN_MS;
    if known.find(id).is_none() && stale { load(app).await } else { Ok(known) }
}

/// Has a new key sign from now on; tokens that are out keep working.
pub async fn rotate(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    let row = make(app, now)?;
    app.db.write(move |tx| Ok::<_, Failure>(stored::insert(tx, &row)?)).await?;
    load(app).await.map(drop)
}

/// Removes keys whose last token is over.
pub async fn remove_old(app: &App) -> Result<(), Failure> {
    let now = app.clock.now();
    app.db
        .write(move |tx| {
            let keys = stored::all(tx)?;
            let replaced = keys.windows(2).filter(|pair| pair[1].active_at <= now - BEHIND_MS);
            let old: Vec<String> = replaced.map(|pair| pair[0].id.clone()).collect();
            Ok::<_, Failure>(stored::delete(tx, &old)?)
        })
        .await
}

async fn load(app: &App) -> Result<Arc<KeyRing>, Failure> {
    let now = app.clock.now();
    let mut rows = app.db.read(|conn| Ok::<_, Failure>(stored::all(conn)?)).await?;
    if let Some(active_at) = next(app, &rows, now) {
        let row = make(app, active_at)?;
        let inner = app.clone();
        rows = app
            .db
            .write(move |tx| {
                dialect::lock(tx, "signing keys")?;
                let rows = stored::all(tx)?;
                // Another node may have been quicker.
                if next(&inner, &rows, now).is_none() {
                    return Ok(rows);
                }
                stored::insert(tx, &row)?;
                Ok::<_, Failure>(stored::all(tx)?)
            })
            .await?;
    }
    let keys = rows.into_iter().filter_map(|row| open(app, row)).collect();
    let ring = Arc::new(KeyRing { keys, read_at: now });
    app.signing_keys.keep(&ring);
    Ok(ring)
}

/// When the next key is to sign, if it is to be made now.
fn next(app: &App, rows: &[KeyRow], now: Timestamp) -> Option<Timestamp> {
    let usable = |row: &&KeyRow| app.keys.sealing.open(&row.id, &row.sealed).is_ok();
    match rows.iter().rev().find(usable) {
        None => Some(now),
        Some(newest) if newest.active_at <= now - (SIGNS_MS - AHEAD_MS) => {
            Some((newest.active_at + SIGNS_MS).max(now + AHEAD_MS))
        }
        Some(_) => None,
    }
}

fn make(app: &App, active_at: Timestamp) -> Result<KeyRow, Failure> {
    let (private, public) =
        es256::generate().ok_or_else(|| Failure::internal(&"no signing key could be made"))?;
    let public_key = URL_SAFE_NO_PAD.encode(&public);
    let id = coordinates(&public)
        .map(|(x, y)| sha256_text(format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#).as_bytes()))
        .ok_or_else(|| Failure::internal(&"a new signing key is not a point of P-256"))?;
    let sealed = app
        .keys
        .sealing
        .seal(&id, &private, app.chance.bytes())
        .map_err(|error| Failure::internal(&error))?;
    Ok(KeyRow { id, public_key, sealed, created_at: app.clock.now(), active_at })
}

fn open(app: &App, row: KeyRow) -> Option<SigningKey> {
    let public = URL_SAFE_NO_PAD.decode(&row.public_key).ok()?;
    let (x, y) = coordinates(&public)?;
    let jwk =
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": row.id, "use": "sig", "alg": "ES256" });
    let private = app.keys.sealing.open(&row.id, &row.sealed);
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
