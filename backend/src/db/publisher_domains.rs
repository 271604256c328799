//! The domains of publishers: columns of their apps. Others see a domain while it is verified.

use api_types::{
    Timestamp,
    ids::{OAuthAppId, WorkspaceId},
};
use diesel::prelude::*;

use super::{Conn, dialect::locked, schema::oauth_apps};

/// A domain as an app claims it, with the time since which it is verified.
pub type Claim = (String, Option<Timestamp>);

/// The columns of a [`Claim`].
pub const CLAIM: (oauth_apps::publisher_domain, oauth_apps::publisher_domain_verified_at) =
    (oauth_apps::publisher_domain, oauth_apps::publisher_domain_verified_at);

/// The domain that everybody may see, if there is one.
pub fn verified((domain, verified_at): Claim) -> Option<String> {
    verified_at.map(|_| domain)
}

/// A domain, with the app that claims it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = oauth_apps)]
pub struct DomainRow {
    pub id: OAuthAppId,
    pub workspace_id: WorkspaceId,
    /// The app's name.
    pub name: String,
    #[diesel(column_name = publisher_domain)]
    pub domain: String,
    #[diesel(embed)]
    pub state: DomainState,
}

/// The outcome of the checks of a domain.
#[derive(Clone, Debug, Default, PartialEq, Eq, AsChangeset, Queryable, Selectable)]
#[diesel(table_name = oauth_apps)]
#[diesel(treat_none_as_null = true)]
pub struct DomainState {
    #[diesel(column_name = publisher_domain_verified_at)]
    pub verified_at: Option<Timestamp>,
    /// The fault that the last check found, in words.
    #[diesel(column_name = publisher_domain_fault)]
    pub fault: Option<String>,
    /// Checks of a verified domain that failed one after the other.
    #[diesel(column_name = publisher_domain_failures)]
    pub failures: i64,
    /// The time of the next check; `None` while the domain is not verified.
    #[diesel(column_name = publisher_domain_due_at)]
    pub due_at: Option<Timestamp>,
}

/// The domain of an app that was not deleted; empty where it claims none.
pub fn find(conn: &mut Conn, app: OAuthAppId) -> QueryResult<Option<DomainRow>> {
    oauth_apps::table
        .find(app)
        .filter(oauth_apps::deleted_at.is_null())
        .select(DomainRow::as_select())
        .first(conn)
        .optional()
}

/// Stores the outcome of a check, or forgets all of them where that is the default.
pub fn set(conn: &mut Conn, app: OAuthAppId, state: &DomainState) -> QueryResult<()> {
    diesel::update(oauth_apps::table.find(app)).set(state).execute(conn).map(drop)
}

/// Notes that an admin has an app's domain checked, and answers when that was asked for the last time.
pub fn note_asked(conn: &mut Conn, app: OAuthAppId, now: Timestamp) -> QueryResult<Option<Timestamp>> {
    let before = oauth_apps::table.find(app).select(oauth_apps::publisher_domain_asked_at).first(conn)?;
    diesel::update(oauth_apps::table.find(app))
        .set(oauth_apps::publisher_domain_asked_at.eq(now))
        .execute(conn)?;
    Ok(before)
}

/// Takes verified domains that are due, and puts them off until `again`: no other node takes them meanwhile, and one that a node
/// has taken to its grave is due once more.
pub fn take_due(
    conn: &mut Conn,
    now: Timestamp,
    again: Timestamp,
    limit: i64,
) -> QueryResult<Vec<DomainRow>> {
    let mut due: Vec<DomainRow> = locked!(
        conn,
        for_update.skip_locked,
        load,
        oauth_apps::table
            .filter(oauth_apps::publisher_domain_due_at.le(now))
            .filter(oauth_apps::deleted_at.is_null())
            .order(oauth_apps::publisher_domain_due_at)
            .limit(limit)
            .select(DomainRow::as_select())
    )?;
    let ids: Vec<OAuthAppId> = due.iter().map(|row| row.id).collect();
    diesel::update(oauth_apps::table.filter(oauth_apps::id.eq_any(ids)))
        .set(oauth_apps::publisher_domain_due_at.eq(again))
        .execute(conn)?;
    for row in &mut due {
        row.state.due_at = Some(again);
    }
    Ok(due)
}
