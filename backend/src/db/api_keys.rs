//! API keys: the rows, the lists that members see, and the lookup by digest that authentication needs.

use std::collections::BTreeSet;

use api_types::{
    Scope, Timestamp,
    account::{Plan, Workspace},
    api_keys::{ApiKey, ApiKeyStatus},
    audit::Actor,
    ids::{ApiKeyId, MemberId, WorkspaceId},
};
use diesel::prelude::*;
use ipnet::IpNet;

use super::{
    Conn, Json, Slice,
    schema::{api_keys, members, workspaces},
};

diesel::alias!(members as revokers: Revokers);

/// An API key as authentication needs it.
#[derive(Clone, Debug)]
pub struct KeyRecord {
    pub id: ApiKeyId,
    pub name: String,
    pub workspace: Workspace,
    pub scopes: Vec<Scope>,
    /// Networks that the key may be used from; an empty list allows every address.
    pub allowed_ips: Vec<IpNet>,
    pub expires_at: Option<Timestamp>,
    pub revoked_at: Option<Timestamp>,
}

/// An API key about to be stored.
#[derive(Debug, Insertable)]
#[diesel(table_name = api_keys)]
pub struct NewKeyRow {
    pub id: ApiKeyId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    /// First and last characters of the secret, by which members recognize it.
    pub hint: String,
    /// HMAC of the secret under the pepper.
    pub digest: String,
    /// Version of the pepper that made `digest`.
    pub pepper_version: i32,
    pub scopes: Json<Vec<Scope>>,
    pub allowed_ips: Json<Vec<IpNet>>,
    pub expires_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: MemberId,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = api_keys)]
struct StoredKeyRow {
    id: ApiKeyId,
    name: String,
    hint: String,
    scopes: Json<Vec<Scope>>,
    allowed_ips: Json<Vec<String>>,
    expires_at: Option<Timestamp>,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
    last_used_ip: Option<String>,
    revoked_at: Option<Timestamp>,
    revoked_reason: Option<String>,
}

type Joined = (StoredKeyRow, (MemberId, String), Option<MemberId>, Option<String>);

fn to_wire((row, creator, revoker, revoker_email): Joined, now: Timestamp) -> ApiKey {
    let status = if row.revoked_at.is_some() {
        ApiKeyStatus::Revoked
    } else if row.expires_at.is_some_and(|at| at <= now) {
        ApiKeyStatus::Expired
    } else {
        ApiKeyStatus::Active
    };
    ApiKey {
        id: row.id,
        name: row.name,
        hint: row.hint,
        status,
        scopes: row.scopes.into_inner(),
        allowed_ips: row.allowed_ips.into_inner(),
        expires_at: row.expires_at,
        created_at: row.created_at,
        created_by: Actor::member(creator.0, creator.1),
        last_used_at: row.last_used_at,
        last_used_ip: row.last_used_ip,
        revoked_at: row.revoked_at,
        revoked_by: revoker.zip(revoker_email).map(|(id, email)| Actor::member(id, email)),
        revoked_reason: row.revoked_reason,
    }
}

pub fn insert(conn: &mut Conn, row: &NewKeyRow) -> QueryResult<()> {
    diesel::insert_into(api_keys::table).values(row).execute(conn).map(drop)
}

/// The number of a workspace's keys that are neither revoked nor expired.
pub fn count_active(conn: &mut Conn, workspace: WorkspaceId, now: Timestamp) -> QueryResult<i64> {
    api_keys::table
        .filter(api_keys::workspace_id.eq(workspace))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .count()
        .get_result(conn)
}

macro_rules! joined {
    ($workspace:expr) => {
        api_keys::table
            .inner_join(members::table.on(members::id.eq(api_keys::created_by)))
            .left_join(revokers.on(revokers.field(members::id).nullable().eq(api_keys::revoked_by)))
            .filter(api_keys::workspace_id.eq($workspace))
            .select((
                StoredKeyRow::as_select(),
                (members::id, members::email),
                revokers.field(members::id).nullable(),
                revokers.field(members::email).nullable(),
            ))
    };
}

/// One key of a workspace.
pub fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: ApiKeyId,
    now: Timestamp,
) -> QueryResult<Option<ApiKey>> {
    let row = joined!(workspace).filter(api_keys::id.eq(id)).first::<Joined>(conn).optional()?;
    Ok(row.map(|row| to_wire(row, now)))
}

/// A workspace's keys, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    statuses: &BTreeSet<ApiKeyStatus>,
    slice: Slice<ApiKeyId>,
    now: Timestamp,
) -> QueryResult<Vec<ApiKey>> {
    let mut query = joined!(workspace).order(api_keys::id.desc()).limit(slice.fetch()).into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(api_keys::id.lt(before));
    }
    // Each status that is not wanted is left out: a key has exactly one.
    let unwanted = |status| !statuses.is_empty() && !statuses.contains(&status);
    let revoked = api_keys::revoked_at.is_not_null();
    if unwanted(ApiKeyStatus::Active) {
        query = query.filter(revoked.or(api_keys::expires_at.le(now).assume_not_null()));
    }
    if unwanted(ApiKeyStatus::Expired) {
        let unlimited = api_keys::expires_at.is_null();
        query = query.filter(revoked.or(unlimited).or(api_keys::expires_at.gt(now).assume_not_null()));
    }
    if unwanted(ApiKeyStatus::Revoked) {
        query = query.filter(api_keys::revoked_at.is_null());
    }
    let rows = query.load::<Joined>(conn)?;
    Ok(rows.into_iter().map(|row| to_wire(row, now)).collect())
}

/// The columns that a change of a key writes: those that it names, and no other.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = api_keys)]
pub struct KeyUpdate {
    pub name: Option<String>,
    /// Networks that the key may be used from; an empty list allows every address.
    pub allowed_ips: Option<Json<Vec<IpNet>>>,
}

/// Changes a key.
pub fn update(conn: &mut Conn, workspace: WorkspaceId, id: ApiKeyId, changes: &KeyUpdate) -> QueryResult<()> {
    diesel::update(api_keys::table.filter(api_keys::workspace_id.eq(workspace)).filter(api_keys::id.eq(id)))
        .set(changes)
        .execute(conn)
        .optional_empty_changeset()
        .map(drop)
}

/// The columns that record the revocation of a key.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = api_keys)]
pub struct Revocation {
    pub revoked_at: Timestamp,
    pub revoked_by: MemberId,
    /// `None` where the member gave no reason.
    pub revoked_reason: Option<String>,
}

/// Revokes a key that works or has expired; `false` where it was revoked before.
pub fn revoke(conn: &mut Conn, workspace: WorkspaceId, id: ApiKeyId, how: &Revocation) -> QueryResult<bool> {
    diesel::update(
        api_keys::table
            .filter(api_keys::workspace_id.eq(workspace))
            .filter(api_keys::id.eq(id))
            .filter(api_keys::revoked_at.is_null()),
    )
    .set(how)
    .execute(conn)
    .map(|changed| changed == 1)
}

/// Records the latest use of a key; a use older than the recorded one changes nothing.
pub fn set_last_used(conn: &mut Conn, id: ApiKeyId, at: Timestamp, ip: &str) -> QueryResult<()> {
    diesel::update(
        api_keys::table.find(id).filter(api_keys::last_used_at.is_null().or(api_keys::last_used_at.lt(at))),
    )
    .set((api_keys::last_used_at.eq(at), api_keys::last_used_ip.eq(ip)))
    .execute(conn)
    .map(drop)
}

/// The key that is stored under one of `digests`.
pub fn by_digest(conn: &mut Conn, digests: &[String]) -> QueryResult<Option<KeyRecord>> {
    type Row = (
        ApiKeyId,
        String,
        (WorkspaceId, String, Plan),
        Json<Vec<Scope>>,
        Json<Vec<IpNet>>,
        Option<Timestamp>,
        Option<Timestamp>,
    );
    let row = api_keys::table
        .inner_join(workspaces::table)
        .filter(api_keys::digest.eq_any(digests))
        .select((
            api_keys::id,
            api_keys::name,
            (workspaces::id, workspaces::name, workspaces::plan),
            api_keys::scopes,
            api_keys::allowed_ips,
            api_keys::expires_at,
            api_keys::revoked_at,
        ))
        .first::<Row>(conn)
        .optional()?;
    Ok(row.map(|(id, name, (workspace_id, workspace_name, plan), scopes, ips, expires_at, revoked_at)| {
        KeyRecord {
            id,
            name,
            workspace: Workspace { id: workspace_id, name: workspace_name, plan },
            scopes: scopes.into_inner(),
            allowed_ips: ips.into_inner(),
            expires_at,
            revoked_at,
        }
    }))
}
