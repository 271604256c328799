//! Keys that replace themselves: the old key as its rotation needs it, and what a rotation and the new key's first use write.

use api_types::{
    Scope, Timestamp,
    ids::{ApiKeyId, MemberId, WorkspaceId},
};
use diesel::prelude::*;
use ipnet::IpNet;

use crate::db::{Conn, Json, schema::api_keys};

diesel::alias!(api_keys as successors: Successors);

/// A key that is to be replaced.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = api_keys)]
pub struct OldKey {
    pub name: String,
    pub hint: String,
    pub scopes: Json<Vec<Scope>>,
    pub allowed_ips: Json<Vec<IpNet>>,
    pub expires_at: Option<Timestamp>,
    pub created_by: MemberId,
    pub rotatable: bool,
    /// The first key of the line; `None` where it is this one.
    pub first_key: Option<ApiKeyId>,
    /// The time at which the key stops because it is being replaced.
    pub ends_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

impl OldKey {
    /// `true` where the key works at `now`.
    pub fn works(&self, now: Timestamp) -> bool {
        let ended = |end: Option<Timestamp>| end.is_some_and(|at| at <= now);
        self.revoked_at.is_none() && !ended(self.expires_at) && !ended(self.ends_at)
    }
}

/// A key that is to be replaced, and the key that replaces it already, unless that one was revoked.
pub fn find_old(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: ApiKeyId,
) -> QueryResult<Option<(OldKey, Option<ApiKeyId>)>> {
    api_keys::table
        .left_join(
            successors.on(successors
                .field(api_keys::id)
                .nullable()
                .eq(api_keys::replaced_by)
                .and(successors.field(api_keys::revoked_at).is_null())),
        )
        .filter(api_keys::workspace_id.eq(workspace))
        .filter(api_keys::id.eq(id))
        .select((OldKey::as_select(), successors.field(api_keys::id).nullable()))
        .first(conn)
        .optional()
}

/// Notes that a key is being replaced, and stops at `ends_at` at the latest.
pub fn set_replaced(
    conn: &mut Conn,
    id: ApiKeyId,
    successor: ApiKeyId,
    ends_at: Timestamp,
) -> QueryResult<()> {
    diesel::update(api_keys::table.find(id))
        .set((api_keys::replaced_by.eq(successor), api_keys::ends_at.eq(ends_at)))
        .execute(conn)
        .map(drop)
}

/// Notes the first use of a key that replaces another; `false` where it was used before.
pub fn take_over(conn: &mut Conn, id: ApiKeyId, now: Timestamp) -> QueryResult<bool> {
    diesel::update(api_keys::table.find(id).filter(api_keys::took_over_at.is_null()))
        .set(api_keys::took_over_at.eq(now))
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Lets a replaced key stop now; its name and hint, unless it had stopped already.
pub fn end_replaced(conn: &mut Conn, id: ApiKeyId, now: Timestamp) -> QueryResult<Option<(String, String)>> {
    let working = api_keys::table
        .find(id)
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(now)));
    let changed = diesel::update(working).set(api_keys::ends_at.eq(now)).execute(conn)?;
    if changed == 0 {
        return Ok(None);
    }
    api_keys::table.find(id).select((api_keys::name, api_keys::hint)).first(conn).optional()
}
