//! First answers to requests with an `Idempotency-Key`, which repeated requests get again.

use api_types::{Timestamp, ids::WorkspaceId};
use diesel::{prelude::*, result::Error};
use serde::Serialize;

use super::{Conn, Tx, dialect, expiry::Expired, schema::idempotency_keys};

/// Milliseconds for which a first answer is given again: 24 hours.
pub const KEPT_MS: i64 = 24 * 3_600_000;
/// Milliseconds for which a first answer that holds a secret is kept, sealed: ten minutes.
pub const SEALED_MS: i64 = 10 * 60_000;
/// Milliseconds for which a request that works outside of a transaction may hold its key: longer than any of them takes.
const CLAIMED_MS: i64 = 60_000;
/// The status of a key whose request still runs, outside of a transaction.
const RUNNING: i32 = 0;

/// One use of an idempotency key; all fields together identify the answer.
#[derive(Clone, Debug)]
pub struct Use {
    pub workspace_id: WorkspaceId,
    /// Name of the caller's credential: another credential may use the same key for something else.
    pub credential: String,
    pub route: String,
    /// Value of the request's `Idempotency-Key` header.
    pub key: String,
}

impl Use {
    /// The use as one text: the name of its lock, and the owner of what is sealed for it.
    pub fn name(&self) -> String {
        format!("idempotency {} {} {} {}", self.workspace_id, self.credential, self.route, self.key)
    }
}

/// A first answer as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys)]
pub struct Stored {
    /// Digest of the request body that got this answer.
    pub request_digest: String,
    pub status: i32,
    /// JSON; sealed where `sealed_until` is set, and empty once that has passed.
    pub body: String,
    pub created_at: Timestamp,
    /// The answer's own headers, as JSON pairs; sealed like the body. `None` where there are none.
    pub headers: Option<String>,
    /// The object that the answer is about.
    pub object_id: Option<String>,
    /// The time from which an answer that holds a secret is no longer given.
    pub sealed_until: Option<Timestamp>,
}

impl Stored {
    /// The answer `made`, as JSON, to a body with this digest.
    pub fn new(
        request_digest: String,
        status: u16,
        made: &impl Serialize,
        now: Timestamp,
    ) -> QueryResult<Self> {
        let body = serde_json::to_string(made).map_err(|error| Error::SerializationError(error.into()))?;
        Ok(Self {
            request_digest,
            status: i32::from(status),
            body,
            created_at: now,
            headers: None,
            object_id: None,
            sealed_until: None,
        })
    }
}

/// An answer to a request that may have been a repeated one.
#[derive(Clone, Debug)]
pub struct Given {
    pub answer: Stored,
    /// `true`: it is the first answer, given again.
    pub replayed: bool,
}

/// A key cannot be used for this request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyConflict {
    /// A request with the same key is still running.
    InProgress,
    /// The key was used with another body.
    OtherBody,
    /// The first answer held a secret, and is no longer kept. The object that it is about, if any.
    Expired(Option<String>),
}

/// The first answer to this use of a key, if it was used in the last 24 hours.
pub fn first_answer(
    tx: &mut Tx<'_>,
    used: &Use,
    digest: &str,
) -> QueryResult<Result<Option<Stored>, KeyConflict>> {
    if !dialect::try_lock(tx, &used.name())? {
        return Ok(Err(KeyConflict::InProgress));
    }
    let now = tx.now();
    let stored = find(tx, used)?.filter(|stored| now.millis_since(stored.created_at) < KEPT_MS);
    Ok(match stored {
        Some(stored) if stored.request_digest != digest => Err(KeyConflict::OtherBody),
        Some(stored) if stored.status == RUNNING => {
            let runs = now.millis_since(stored.created_at) < CLAIMED_MS;
            // The node that ran it has stopped: nobody answers it any more.
            if runs { Err(KeyConflict::InProgress) } else { Ok(None) }
        }
        Some(stored) if stored.sealed_until.is_some_and(|until| until <= now) => {
            Err(KeyConflict::Expired(stored.object_id))
        }
        other => Ok(other),
    })
}

/// Holds a key for a request that works outside of a transaction, until [`store`] or [`release`].
pub fn claim(tx: &mut Tx<'_>, used: &Use, digest: &str) -> QueryResult<()> {
    let running = Stored {
        request_digest: digest.to_owned(),
        status: RUNNING,
        body: String::new(),
        created_at: tx.now(),
        headers: None,
        object_id: None,
        sealed_until: None,
    };
    store(tx, used, &running)
}

fn find(conn: &mut Conn, wanted: &Use) -> QueryResult<Option<Stored>> {
    idempotency_keys::table
        .find((wanted.workspace_id, &wanted.credential, &wanted.route, &wanted.key))
        .select(Stored::as_select())
        .first(conn)
        .optional()
}

/// Forgets a key, as if it had never been used.
pub fn release(conn: &mut Conn, used: &Use) -> QueryResult<()> {
    diesel::delete(idempotency_keys::table.find((
        used.workspace_id,
        &used.credential,
        &used.route,
        &used.key,
    )))
    .execute(conn)
    .map(drop)
}

/// Keeps a first answer, in place of one that has become too old.
pub fn store(conn: &mut Conn, used: &Use, answer: &Stored) -> QueryResult<()> {
    release(conn, used)?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::workspace_id.eq(used.workspace_id),
            idempotency_keys::credential.eq(&used.credential),
            idempotency_keys::route.eq(&used.route),
            idempotency_keys::idempotency_key.eq(&used.key),
            answer,
        ))
        .execute(conn)
        .map(drop)
}

/// Answers that were first given before a time.
pub const GIVEN: Expired = Expired { table: "idempotency_keys", condition: "created_at < $1" };

/// Answers whose sealed part was to be given until a time, and that still have it.
const SEALED: Expired = Expired { table: "idempotency_keys", condition: "sealed_until <= $1 AND body <> ''" };

/// Removes the sealed parts of at most `limit` answers whose ten minutes are over; their status and object stay.
pub fn forget_secrets(conn: &mut Conn, now: Timestamp, limit: i64) -> QueryResult<usize> {
    SEALED.set(conn, "body = '', headers = NULL", now, limit)
}
