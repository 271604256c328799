//! API keys: the rows, the lists that members see, and the lookup by digest that authentication needs.

mod succession;

use std::collections::BTreeSet;

use api_types::{
    Scope, Timestamp,
    account::{Plan, Workspace},
    api_keys::{ApiKey, ApiKeyRef, ApiKeyStatus},
    audit::{Actor, ActorKind},
    ids::{ApiKeyId, MemberId, WorkspaceId},
};
use diesel::prelude::*;
use ipnet::IpNet;

use super::{
    Conn, Json, Slice,
    expiry::Expired,
    schema::{api_keys, members, workspaces},
};
use crate::ranges;

pub use succession::{OldKey, end_replaced, find_old, set_replaced, take_over};

diesel::alias!(
    members as revokers: Revokers,
    api_keys as predecessors: Predecessors,
    api_keys as successors: Successors,
);

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
    /// The time at which the key stops because it is being replaced.
    pub ends_at: Option<Timestamp>,
    /// `true` where the key may replace itself.
    pub rotatable: bool,
    /// The first key of the line, by which requests are counted.
    pub first_key: ApiKeyId,
    /// The key that ends with the first use of this one; `None` once it was used.
    pub takes_over: Option<ApiKeyId>,
    /// `true` where the key is stored under an older pepper.
    pub is_under_old_pepper: bool,
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
    pub rotatable: bool,
    /// The key that this one is to replace.
    pub replaces: Option<ApiKeyId>,
    /// The first key of the line; `None` where it is this one.
    pub first_key: Option<ApiKeyId>,
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
    rotatable: bool,
    ends_at: Option<Timestamp>,
}

/// A key with its creator, its revoker, and the keys before and after it.
type Joined = (
    StoredKeyRow,
    (MemberId, String),
    (Option<MemberId>, Option<String>),
    (Option<ApiKeyId>, Option<String>, Option<String>),
    (Option<ApiKeyId>, Option<String>),
);

fn to_wire((row, creator, (revoker, revoker_email), before, after): Joined, now: Timestamp) -> ApiKey {
    let (replaces, replaced_name, replaced_hint) = before;
    let (replaced_by, successor_hint) = after;
    let status = if row.revoked_at.is_some() {
        ApiKeyStatus::Revoked
    } else if row.ends_at.is_some_and(|at| at <= now) {
        ApiKeyStatus::Replaced
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
        // A key that replaces another was made by it.
        created_by: match replaces.zip(replaced_name) {
            Some((id, name)) => Actor { kind: ActorKind::ApiKey, id: Some(id.to_string()), name },
            None => Actor::member(creator.0, creator.1),
        },
        rotatable: row.rotatable,
        replaces: replaces.zip(replaced_hint).map(|(id, hint)| ApiKeyRef { id, hint }),
        replaced_by: replaced_by.zip(successor_hint).map(|(id, hint)| ApiKeyRef { id, hint }),
        ends_at: row.ends_at,
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

/// The number of a workspace's keys that work. A key and the one that replaces it count as one.
pub fn count_active(conn: &mut Conn, workspace: WorkspaceId, now: Timestamp) -> QueryResult<i64> {
    api_keys::table
        .left_join(
            successors.on(successors
                .field(api_keys::id)
                .nullable()
                .eq(api_keys::replaced_by)
                .and(successors.field(api_keys::revoked_at).is_null())),
        )
        .filter(api_keys::workspace_id.eq(workspace))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.is_null().or(api_keys::expires_at.gt(now)))
        .filter(api_keys::ends_at.is_null().or(api_keys::ends_at.gt(now)))
        .filter(successors.field(api_keys::id).nullable().is_null())
        .count()
        .get_result(conn)
}

macro_rules! joined {
    ($workspace:expr) => {
        api_keys::table
            .inner_join(members::table.on(members::id.eq(api_keys::created_by)))
            .left_join(revokers.on(revokers.field(members::id).nullable().eq(api_keys::revoked_by)))
            .left_join(predecessors.on(predecessors.field(api_keys::id).nullable().eq(api_keys::replaces)))
            .left_join(successors.on(successors.field(api_keys::id).nullable().eq(api_keys::replaced_by)))
            .filter(api_keys::workspace_id.eq($workspace))
            .select((
                StoredKeyRow::as_select(),
                (members::id, members::email),
                (revokers.field(members::id).nullable(), revokers.field(members::email).nullable()),
                (
                    predecessors.field(api_keys::id).nullable(),
                    predecessors.field(api_keys::name).nullable(),
                    predecessors.field(api_keys::hint).nullable(),
                ),
                (successors.field(api_keys::id).nullable(), successors.field(api_keys::hint).nullable()),
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
    let replaced = api_keys::ends_at.le(now).assume_not_null();
    if unwanted(ApiKeyStatus::Active) {
        let expired = api_keys::expires_at.le(now).assume_not_null();
        query = query.filter(revoked.or(replaced).or(expired));
    }
    if unwanted(ApiKeyStatus::Expired) {
        let unlimited = api_keys::expires_at.is_null();
        let later = api_keys::expires_at.gt(now).assume_not_null();
        query = query.filter(revoked.or(replaced).or(unlimited).or(later));
    }
    if unwanted(ApiKeyStatus::Replaced) {
        let later = api_keys::ends_at.gt(now).assume_not_null();
        query = query.filter(revoked.or(api_keys::ends_at.is_null()).or(later));
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
    pub rotatable: Option<bool>,
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

/// Stores a key under another pepper.
pub fn set_digest(conn: &mut Conn, id: ApiKeyId, digest: &str, version: i32) -> QueryResult<()> {
    diesel::update(api_keys::table.find(id))
        .set((api_keys::digest.eq(digest), api_keys::pepper_version.eq(version)))
        .execute(conn)
        .map(drop)
}

/// The key that is stored under one of `digests`, newest pepper first.
pub fn by_digest(conn: &mut Conn, digests: &[String]) -> QueryResult<Option<KeyRecord>> {
    type Row = (
        (ApiKeyId, String, String),
        (WorkspaceId, String, Plan),
        Json<Vec<Scope>>,
        Json<Vec<IpNet>>,
        (Option<Timestamp>, Option<Timestamp>, Option<Timestamp>),
        (bool, Option<ApiKeyId>, Option<ApiKeyId>, Option<Timestamp>),
    );
    let row = api_keys::table
        .inner_join(workspaces::table)
        .filter(api_keys::digest.eq_any(digests))
        .select((
            (api_keys::id, api_keys::name, api_keys::digest),
            (workspaces::id, workspaces::name, workspaces::plan),
            api_keys::scopes,
            api_keys::allowed_ips,
            (api_keys::expires_at, api_keys::revoked_at, api_keys::ends_at),
            (api_keys::rotatable, api_keys::first_key, api_keys::replaces, api_keys::took_over_at),
        ))
        .first::<Row>(conn)
        .optional()?;
    Ok(row.map(|((id, name, digest), (workspace_id, workspace_name, plan), scopes, ips, ends, rotation)| {
        let (expires_at, revoked_at, ends_at) = ends;
        let (rotatable, first_key, replaces, took_over_at) = rotation;
        KeyRecord {
            id,
            name,
            workspace: Workspace { id: workspace_id, name: workspace_name, plan },
            scopes: scopes.into_inner(),
            // Rows of earlier versions may hold ranges in other forms.
            allowed_ips: ips.into_inner().into_iter().map(ranges::canonical).collect(),
            expires_at,
            revoked_at,
            ends_at,
            rotatable,
            first_key: first_key.unwrap_or(id),
            takes_over: replaces.filter(|_| took_over_at.is_none()),
            is_under_old_pepper: digests.first() != Some(&digest),
        }
    }))
}

/// Keys that were revoked before a time.
pub const REVOKED: Expired = Expired { table: "api_keys", condition: "revoked_at < $1" };

/// Keys that expired before a time.
pub const EXPIRED: Expired = Expired { table: "api_keys", condition: "expires_at < $1" };

/// Keys whose successor took their place before a time.
pub const REPLACED: Expired = Expired { table: "api_keys", condition: "ends_at < $1" };
