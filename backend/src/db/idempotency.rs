//! First answers to requests with an `Idempotency-Key`, which repeated requests get again.

use api_types::{Timestamp, ids::WorkspaceId};
use diesel::{prelude::*, result::Error};
use serde::Serialize;

use super::{Conn, Tx, dialect, schema::idempotency_keys};

/// Milliseconds for which a first answer is given again: 24 hours.
pub const KEPT_MS: i64 = 24 * 3_600_000;

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

/// A first answer as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct Stored {
    /// SHA-256 of the request body that got this answer.
    pub request_digest: String,
    pub status: i32,
    pub body: String,
    pub created_at: Timestamp,
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
        Ok(Self { request_digest, status: i32::from(status), body, created_at: now })
    }
}

/// A key cannot be used for this request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyConflict {
    /// A request with the same key is still running.
    InProgress,
    /// The key was used with another body.
    OtherBody,
}

/// The first answer to this use of a key, if it was used in the last 24 hours.
pub fn first_answer(
    tx: &mut Tx<'_>,
    used: &Use,
    digest: &str,
) -> QueryResult<Result<Option<Stored>, KeyConflict>> {
    let lock = format!("idempotency {} {} {} {}", used.workspace_id, used.credential, used.route, used.key);
    if !dialect::try_lock(tx, &lock)? {
        return Ok(Err(KeyConflict::InProgress));
    }
    let now = tx.now();
    let stored = find(tx, used)?.filter(|stored| now.millis_since(stored.created_at) < KEPT_MS);
    Ok(match stored {
        Some(stored) if stored.request_digest != digest => Err(KeyConflict::OtherBody),
        other => Ok(other),
    })
}

fn find(conn: &mut Conn, wanted: &Use) -> QueryResult<Option<Stored>> {
    idempotency_keys::table
        .find((wanted.workspace_id, &wanted.credential, &wanted.route, &wanted.key))
        .select(Stored::as_select())
        .first(conn)
        .optional()
}

/// Keeps a first answer, in place of one that has become too old.
pub fn store(conn: &mut Conn, used: &Use, answer: &Stored) -> QueryResult<()> {
    diesel::delete(idempotency_keys::table.find((
        used.workspace_id,
        &used.credential,
        &used.route,
        &used.key,
    )))
    .execute(conn)?;
    diesel::insert_into(idempotency_keys::table)
        .values((
            idempotency_keys::workspace_id.eq(used.workspace_id),
            idempotency_keys::credential.eq(&used.credential),
            idempotency_keys::route.eq(&used.route),
            idempotency_keys::idempotency_key.eq(&used.key),
            idempotency_keys::request_digest.eq(&answer.request_digest),
            idempotency_keys::status.eq(answer.status),
            idempotency_keys::body.eq(&answer.body),
            idempotency_keys::created_at.eq(answer.created_at),
        ))
        .execute(conn)
        .map(drop)
}

/// Removes answers that are no longer given again.
pub fn delete_before(conn: &mut Conn, before: Timestamp) -> QueryResult<usize> {
    diesel::delete(idempotency_keys::table.filter(idempotency_keys::created_at.lt(before))).execute(conn)
}
