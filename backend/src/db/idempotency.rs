//! Answers that are given again to the same `Idempotency-Key`.

use api_types::{Timestamp, ids::WorkspaceId};
use diesel::prelude::*;

use super::{Conn, schema::idempotency_keys};

/// One use of an idempotency key.
#[derive(Clone, Debug)]
pub struct Use {
    /// In which workspace.
    pub workspace_id: WorkspaceId,
    /// With which credential.
    pub credential: String,
    /// On which route.
    pub route: String,
    /// The key itself.
    pub key: String,
}

/// A first answer.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = idempotency_keys)]
pub struct Stored {
    /// SHA-256 of the body that got it.
    pub request_digest: String,
    /// Its HTTP status.
    pub status: i32,
    /// Its body.
    pub body: String,
    /// When it was given.
    pub created_at: Timestamp,
}

/// The first answer to this use of the key.
pub fn find(conn: &mut Conn, wanted: &Use) -> QueryResult<Option<Stored>> {
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
