//! Apps that are known by a metadata document: one row of `oauth_apps` for each workspace and URL, made when a member is first
//! asked. What the document says is kept in the columns of other apps, so that refreshing needs no document.

use api_types::{
    Scope,
    ids::{OAuthAppId, WorkspaceId},
    oauth_apps::GrantType,
};
use diesel::prelude::*;

use super::{Conn, Json, expiry::Expired, oauth_apps::unused, schema::oauth_apps};

/// The columns that a document fills.
#[derive(Clone, Debug, PartialEq, Eq, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = oauth_apps)]
pub struct DocumentColumns {
    pub name: String,
    /// Empty where the document names none.
    pub homepage_url: String,
    pub redirect_uris: Json<Vec<String>>,
    /// The most that the app may ask a member for.
    pub scopes: Json<Vec<Scope>>,
    pub grants: Json<Vec<GrantType>>,
}

/// The app of this URL in a workspace, with what its document said when it was last read.
pub fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    url: &str,
) -> QueryResult<Option<(OAuthAppId, DocumentColumns)>> {
    oauth_apps::table
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::client_id_url.eq(url))
        .select((oauth_apps::id, DocumentColumns::as_select()))
        .first(conn)
        .optional()
}

/// Stores what an app's document says now.
pub fn update(conn: &mut Conn, id: OAuthAppId, columns: &DocumentColumns) -> QueryResult<()> {
    diesel::update(oauth_apps::table.find(id)).set(columns).execute(conn).map(drop)
}

/// The number of a workspace's apps that are known by a document.
pub fn count(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<i64> {
    oauth_apps::table
        .filter(oauth_apps::workspace_id.eq(workspace))
        .filter(oauth_apps::client_id_url.is_not_null())
        .count()
        .get_result(conn)
}

/// Apps that became known by a document before a time, and that nobody lets in.
pub const UNUSED: Expired =
    Expired { table: "oauth_apps", condition: unused!("client_id_url IS NOT NULL AND created_at < $1") };
