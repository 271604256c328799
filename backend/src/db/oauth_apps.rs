//! OAuth apps, as the members who own them see and change them.

use std::collections::{BTreeSet, HashMap};

use api_types::{
    Scope, Timestamp,
    audit::Actor,
    ids::{MemberId, OAuthAppId, WorkspaceId},
    oauth_apps::{
        ClientKind, ClientSecret, Distribution, GrantType, OAuthApp, OAuthAppStatus, RedirectRemark,
        RedirectUriRemark,
    },
};
use diesel::prelude::*;

use super::{
    Conn, Json, Slice, app_installs, client_secrets,
    expiry::Expired,
    incidents, oauth_failures,
    publisher_domains::DomainState,
    schema::{members, oauth_apps},
    slice,
};

/// An OAuth app as it is stored.
#[derive(Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = oauth_apps)]
#[diesel(treat_none_as_default_value = false)]
pub struct AppRow {
    /// Also the app's `client_id`.
    pub id: OAuthAppId,
    pub workspace_id: WorkspaceId,
    pub name: String,
    pub description: String,
    /// Empty where the app has no homepage.
    pub homepage_url: String,
    /// A `data:` URL; empty where the app has no logo.
    pub logo: String,
    pub kind: ClientKind,
    pub redirect_uris: Json<Vec<String>>,
    /// The most that the app may ask a member for.
    pub scopes: Json<Vec<Scope>>,
    pub grants: Json<Vec<GrantType>>,
    pub suspended_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub created_by: MemberId,
    /// Those of the scopes that each member may leave out.
    pub optional_scopes: Json<Vec<Scope>>,
    /// In which workspaces it may act.
    pub distribution: Distribution,
    /// Empty where the app does not say.
    pub publisher_name: String,
    /// The URL of the document that the app is known by; `None` for an app that an admin made.
    pub client_id_url: Option<String>,
    /// The domain that the publisher claims; empty where the app does not say.
    pub publisher_domain: String,
}

/// The columns that a change of an app writes: those that it names, and no other.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = oauth_apps)]
pub struct AppUpdate {
    pub name: Option<String>,
    pub description: Option<String>,
    /// Empty where the app has no homepage.
    pub homepage_url: Option<String>,
    /// A `data:` URL; empty where the app has no logo.
    pub logo: Option<String>,
    pub redirect_uris: Option<Json<Vec<String>>>,
    /// The most that the app may ask a member for.
    pub scopes: Option<Json<Vec<Scope>>>,
    /// Those of the scopes that each member may leave out.
    pub optional_scopes: Option<Json<Vec<Scope>>>,
    pub grants: Option<Json<Vec<GrantType>>>,
    pub distribution: Option<Distribution>,
    pub publisher_name: Option<String>,
    pub publisher_domain: Option<String>,
}

/// An app with its creator's e-mail address, and with the outcome of the checks of its publisher's domain.
type FullRow = (AppRow, String, DomainState);

pub fn insert(conn: &mut Conn, row: &AppRow) -> QueryResult<()> {
    diesel::insert_into(oauth_apps::table).values(row).execute(conn).map(drop)
}

/// The number of apps that admins of a workspace made.
pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<i64> {
    oauth_apps::table
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::client_id_url.is_null())
        .filter(oauth_apps::deleted_at.is_null())
        .count()
        .get_result(conn)
}

/// One app that an admin of a workspace made, with the secrets that still work.
pub fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: OAuthAppId,
    now: Timestamp,
) -> QueryResult<Option<OAuthApp>> {
    let row = oauth_apps::table
        .inner_join(members::table.on(members::id.eq(oauth_apps::created_by)))
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::client_id_url.is_null())
        .filter(oauth_apps::deleted_at.is_null())
        .filter(oauth_apps::id.eq(id))
        .select((AppRow::as_select(), members::email, DomainState::as_select()))
        .first::<FullRow>(conn)
        .optional()?;
    Ok(with_secrets(conn, workspace, row.into_iter().collect(), now)?.pop())
}

/// The apps that admins of a workspace made, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    statuses: &BTreeSet<OAuthAppStatus>,
    slice: Slice<OAuthAppId>,
    now: Timestamp,
) -> QueryResult<Vec<OAuthApp>> {
    let mut query = oauth_apps::table
        .inner_join(members::table.on(members::id.eq(oauth_apps::created_by)))
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::client_id_url.is_null())
        .filter(oauth_apps::deleted_at.is_null())
        .order(oauth_apps::id.desc())
        .limit(slice.fetch())
        .select((AppRow::as_select(), members::email, DomainState::as_select()))
        .into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(oauth_apps::id.lt(before));
    }
    match slice::only(statuses) {
        Some(OAuthAppStatus::Active) => query = query.filter(oauth_apps::suspended_at.is_null()),
        Some(OAuthAppStatus::Suspended) => query = query.filter(oauth_apps::suspended_at.is_not_null()),
        None => {}
    }
    let rows = query.load::<FullRow>(conn)?;
    with_secrets(conn, workspace, rows, now)
}

/// Adds to apps the secrets that still work.
fn with_secrets(
    conn: &mut Conn,
    workspace: WorkspaceId,
    rows: Vec<FullRow>,
    now: Timestamp,
) -> QueryResult<Vec<OAuthApp>> {
    let ids: Vec<OAuthAppId> = rows.iter().map(|(row, ..)| row.id).collect();
    let mut secrets = client_secrets::of_apps(conn, &ids, now)?;
    let installs: HashMap<OAuthAppId, i64> = app_installs::counts(conn, &ids)?.into_iter().collect();
    let told_since = now - incidents::KEPT_MS;
    let open_incidents: HashMap<OAuthAppId, i64> =
        incidents::open_counts(conn, workspace, &ids, told_since)?.into_iter().collect();
    let of = |counts: &HashMap<OAuthAppId, i64>, id| counts.get(&id).copied().unwrap_or_default();
    Ok(rows
        .into_iter()
        .map(|row| {
            let id = row.0.id;
            let counts = Counts { installs: of(&installs, id), open_incidents: of(&open_incidents, id) };
            to_wire(row, secrets.remove(&id).unwrap_or_default(), counts)
        })
        .collect())
}

/// The numbers of things that an app has.
#[derive(Clone, Copy)]
struct Counts {
    installs: i64,
    open_incidents: i64,
}

fn to_wire((row, email, domain): FullRow, secrets: Vec<ClientSecret>, counts: Counts) -> OAuthApp {
    let remarks = row.redirect_uris.0.iter().filter_map(|uri| {
        Some(RedirectUriRemark { redirect_uri: uri.clone(), remark: RedirectRemark::on(uri)? })
    });
    OAuthApp {
        redirect_uri_remarks: remarks.collect(),
        id: row.id,
        name: row.name,
        description: row.description,
        homepage_url: row.homepage_url,
        logo: row.logo,
        kind: row.kind,
        redirect_uris: row.redirect_uris.into_inner(),
        scopes: row.scopes.into_inner(),
        optional_scopes: row.optional_scopes.into_inner(),
        grants: row.grants.into_inner(),
        distribution: row.distribution,
        publisher_name: row.publisher_name,
        publisher_domain: row.publisher_domain,
        publisher_domain_verified_at: domain.verified_at,
        publisher_domain_fault: domain.fault,
        installs: counts.installs,
        open_incidents: counts.open_incidents,
        status: if row.suspended_at.is_some() { OAuthAppStatus::Suspended } else { OAuthAppStatus::Active },
        suspended_at: row.suspended_at,
        secrets,
        created_at: row.created_at,
        created_by: Actor::member(row.created_by, email),
    }
}

pub fn update(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: OAuthAppId,
    changes: &AppUpdate,
) -> QueryResult<()> {
    diesel::update(
        oauth_apps::table.filter(oauth_apps::workspace_id.eq(workspace)).filter(oauth_apps::id.eq(id)),
    )
    .set(changes)
    .execute(conn)
    .optional_empty_changeset()
    .map(drop)
}

/// Suspends an app at a time, or lets it work again where that is `None`.
pub fn set_suspended(
    conn: &mut Conn,
    workspace: WorkspaceId,
    id: OAuthAppId,
    at: Option<Timestamp>,
) -> QueryResult<()> {
    diesel::update(
        oauth_apps::table.filter(oauth_apps::workspace_id.eq(workspace)).filter(oauth_apps::id.eq(id)),
    )
    .set(oauth_apps::suspended_at.eq(at))
    .execute(conn)
    .map(drop)
}

/// Deletes an app, softly; its secrets stop at once, and its failed requests go.
pub fn delete(conn: &mut Conn, workspace: WorkspaceId, id: OAuthAppId, now: Timestamp) -> QueryResult<()> {
    diesel::update(
        oauth_apps::table.filter(oauth_apps::workspace_id.eq(workspace)).filter(oauth_apps::id.eq(id)),
    )
    .set(oauth_apps::deleted_at.eq(now))
    .execute(conn)?;
    oauth_failures::delete_of(conn, id)?;
    client_secrets::end_all(conn, id, now)
}

/// A condition, and that nothing refers to the app any more, in SQL.
macro_rules! unused {
    ($condition:literal) => {
        concat!(
            $condition,
            " AND NOT EXISTS (SELECT 1 FROM app_installs WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM client_secrets WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM authorizations WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM authorization_codes WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM authorization_requests WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM device_authorizations WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM pushed_requests WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM token_families WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM issued_tokens WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM revoked_tokens WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM token_revocations WHERE app_id = oauth_apps.id) \
             AND NOT EXISTS (SELECT 1 FROM oauth_failures WHERE app_id = oauth_apps.id)",
        )
    };
}
pub(super) use unused;

/// Apps that were deleted before a time, and to which nothing refers any more.
pub const DELETED: Expired = Expired { table: "oauth_apps", condition: unused!("deleted_at < $1") };
