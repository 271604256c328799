//! Failed requests of OAuth apps: the last 1,000 of each app, for 7 days. Requests that failed alike within a minute are one row.

use std::collections::{BTreeSet, HashMap};

use api_types::{
    Timestamp,
    ids::{OAuthAppId, OAuthFailureId, WorkspaceId},
    oauth_failures::{FailureCause, OAuthEndpoint, OAuthErrorCode, OAuthFailure},
    stream::Topic,
};
use diesel::prelude::*;

use super::{
    Conn, Slice, Tx, dialect,
    expiry::Expired,
    schema::{oauth_apps, oauth_failures},
};

/// The name of the database lock under which the rows change, so that no two changes wait for each other.
const LOCK: &str = "oauth failures";
/// Milliseconds for which a failed request is kept: 7 days.
pub const KEPT_MS: i64 = 7 * 24 * 3_600_000;
/// Milliseconds within which requests that failed alike are one row.
const ALIKE_MS: i64 = 60_000;
/// The most rows of an app that are trusted, and the most that are not: 1,000 together.
const MAX_EACH: i64 = 500;
/// The most rows of an app that are not trusted, of one endpoint and one cause: what strangers repeat does not push the rest out.
const MAX_OF_CAUSE: i64 = 100;
/// The most addresses within a minute that have a row of their own for one endpoint and one cause, where they are not trusted. The rest
/// have one row together, without an address.
const MAX_ADDRESSES: i64 = 10;

/// A failed request about to be stored, or several that failed alike.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = oauth_failures)]
pub struct NewFailure {
    pub app_id: OAuthAppId,
    pub occurred_at: Timestamp,
    pub last_at: Timestamp,
    pub count: i64,
    pub endpoint: OAuthEndpoint,
    pub error: OAuthErrorCode,
    pub cause: FailureCause,
    /// A sentence, without any secret.
    pub detail: String,
    pub status: i32,
    pub request_id: String,
    /// Empty where it is not shown.
    pub ip: String,
    /// Empty where it is not shown.
    pub user_agent: String,
    /// `true` where no stranger can have made it.
    pub trusted: bool,
}

impl NewFailure {
    /// Takes in a later request that failed alike.
    pub fn add(&mut self, later: Self) {
        *self = Self { occurred_at: self.occurred_at, count: self.count + later.count, ..later };
    }
}

/// Writes failed requests, one node after the other. Those of apps that are gone are dropped, and those of apps that are known by a
/// document, which have no admins here.
pub fn write(tx: &mut Tx<'_>, failures: Vec<NewFailure>) -> QueryResult<()> {
    dialect::lock(tx, LOCK)?;
    let apps: BTreeSet<OAuthAppId> = failures.iter().map(|failure| failure.app_id).collect();
    let workspaces: HashMap<OAuthAppId, WorkspaceId> = oauth_apps::table
        .filter(oauth_apps::id.eq_any(apps))
        .filter(oauth_apps::deleted_at.is_null())
        .filter(oauth_apps::client_id_url.is_null())
        .select((oauth_apps::id, oauth_apps::workspace_id))
        .load::<(OAuthAppId, WorkspaceId)>(&mut **tx)?
        .into_iter()
        .collect();
    for failure in failures {
        if workspaces.contains_key(&failure.app_id) {
            write_one(tx, failure)?;
        }
    }
    for (app, workspace) in workspaces {
        for trusted in [true, false] {
            trim(tx, app, trusted)?;
        }
        tx.changed(workspace, Topic::OAuthApps, None);
    }
    Ok(())
}

fn write_one(tx: &mut Tx<'_>, mut failure: NewFailure) -> QueryResult<()> {
    if add_to_alike(tx, &failure)? {
        return Ok(());
    }
    if !failure.trusted && !failure.ip.is_empty() && addresses(tx, &failure)? >= MAX_ADDRESSES {
        failure.ip = String::new();
        failure.user_agent = String::new();
        if add_to_alike(tx, &failure)? {
            return Ok(());
        }
    }
    let id: OAuthFailureId = tx.new_id();
    let (app, endpoint, cause, trusted) = (failure.app_id, failure.endpoint, failure.cause, failure.trusted);
    let conn: &mut Conn = tx;
    diesel::insert_into(oauth_failures::table).values((oauth_failures::id.eq(id), failure)).execute(conn)?;
    if !trusted {
        trim_cause(conn, app, endpoint, cause)?;
    }
    Ok(())
}

/// Adds a failed request to the row of one that failed alike a moment ago; `false` where there is none.
fn add_to_alike(conn: &mut Conn, failure: &NewFailure) -> QueryResult<bool> {
    let alike = oauth_failures::table
        .filter(oauth_failures::app_id.eq(failure.app_id))
        .filter(oauth_failures::endpoint.eq(failure.endpoint))
        .filter(oauth_failures::cause.eq(failure.cause))
        .filter(oauth_failures::trusted.eq(failure.trusted))
        .filter(oauth_failures::ip.eq(&failure.ip))
        .filter(oauth_failures::occurred_at.gt(failure.occurred_at - ALIKE_MS))
        .order(oauth_failures::id.desc())
        .select(oauth_failures::id)
        .first::<OAuthFailureId>(conn)
        .optional()?;
    let Some(id) = alike else { return Ok(false) };
    diesel::update(oauth_failures::table.find(id))
        .set((
            oauth_failures::count.eq(oauth_failures::count + failure.count),
            oauth_failures::last_at.eq(failure.last_at),
            oauth_failures::error.eq(failure.error),
            oauth_failures::detail.eq(&failure.detail),
            oauth_failures::status.eq(failure.status),
            oauth_failures::request_id.eq(&failure.request_id),
            oauth_failures::user_agent.eq(&failure.user_agent),
        ))
        .execute(conn)?;
    Ok(true)
}

/// The number of addresses that have a row for this endpoint and cause within the minute.
fn addresses(conn: &mut Conn, failure: &NewFailure) -> QueryResult<i64> {
    oauth_failures::table
        .filter(oauth_failures::app_id.eq(failure.app_id))
        .filter(oauth_failures::endpoint.eq(failure.endpoint))
        .filter(oauth_failures::cause.eq(failure.cause))
        .filter(oauth_failures::trusted.eq(false))
        .filter(oauth_failures::ip.ne(""))
        .filter(oauth_failures::occurred_at.gt(failure.occurred_at - ALIKE_MS))
        .count()
        .get_result(conn)
}

/// Drops the oldest rows of an app where there are too many.
fn trim(conn: &mut Conn, app: OAuthAppId, trusted: bool) -> QueryResult<()> {
    let oldest = oauth_failures::table
        .filter(oauth_failures::app_id.eq(app))
        .filter(oauth_failures::trusted.eq(trusted))
        .order(oauth_failures::id.desc())
        .offset(MAX_EACH)
        .limit(1)
        .select(oauth_failures::id)
        .first::<OAuthFailureId>(conn)
        .optional()?;
    let Some(oldest) = oldest else { return Ok(()) };
    diesel::delete(
        oauth_failures::table
            .filter(oauth_failures::app_id.eq(app))
            .filter(oauth_failures::trusted.eq(trusted))
            .filter(oauth_failures::id.le(oldest)),
    )
    .execute(conn)
    .map(drop)
}

/// Drops the oldest rows of an app that strangers may have made, of one endpoint and cause, where there are too many.
fn trim_cause(
    conn: &mut Conn,
    app: OAuthAppId,
    endpoint: OAuthEndpoint,
    cause: FailureCause,
) -> QueryResult<()> {
    let oldest = oauth_failures::table
        .filter(oauth_failures::app_id.eq(app))
        .filter(oauth_failures::trusted.eq(false))
        .filter(oauth_failures::endpoint.eq(endpoint))
        .filter(oauth_failures::cause.eq(cause))
        .order(oauth_failures::id.desc())
        .offset(MAX_OF_CAUSE)
        .limit(1)
        .select(oauth_failures::id)
        .first::<OAuthFailureId>(conn)
        .optional()?;
    let Some(oldest) = oldest else { return Ok(()) };
    diesel::delete(oauth_failures::table.find(oldest)).execute(conn).map(drop)
}

/// The filters of a list of failed requests; an absent filter lets every one pass, and so does an empty set.
#[derive(Clone, Debug, Default)]
pub struct FailureFilter {
    pub endpoints: BTreeSet<OAuthEndpoint>,
    pub errors: BTreeSet<OAuthErrorCode>,
    /// The earliest time of a first request, inclusive.
    pub since: Option<Timestamp>,
    /// The latest time of a first request, exclusive.
    pub until: Option<Timestamp>,
}

type Columns = (
    (OAuthFailureId, Timestamp, Timestamp, i64),
    (OAuthEndpoint, OAuthErrorCode, FailureCause, String),
    (i32, String, String, String),
);

/// An app's failed requests since `kept`, newest first, with one more than the page holds where there are more.
pub fn list(
    conn: &mut Conn,
    app: OAuthAppId,
    wanted: &FailureFilter,
    slice: Slice<OAuthFailureId>,
    kept: Timestamp,
) -> QueryResult<Vec<OAuthFailure>> {
    let since = wanted.since.map_or(kept, |since| since.max(kept));
    let mut query = oauth_failures::table
        .filter(oauth_failures::app_id.eq(app))
        .filter(oauth_failures::occurred_at.ge(since))
        .order(oauth_failures::id.desc())
        .limit(slice.fetch())
        .select((
            (oauth_failures::id, oauth_failures::occurred_at, oauth_failures::last_at, oauth_failures::count),
            (oauth_failures::endpoint, oauth_failures::error, oauth_failures::cause, oauth_failures::detail),
            (
                oauth_failures::status,
                oauth_failures::request_id,
                oauth_failures::ip,
                oauth_failures::user_agent,
            ),
        ))
        .into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(oauth_failures::id.lt(before));
    }
    if let Some(until) = wanted.until {
        query = query.filter(oauth_failures::occurred_at.lt(until));
    }
    if !wanted.endpoints.is_empty() {
        query = query.filter(oauth_failures::endpoint.eq_any(wanted.endpoints.iter().copied()));
    }
    if !wanted.errors.is_empty() {
        query = query.filter(oauth_failures::error.eq_any(wanted.errors.iter().copied()));
    }
    Ok(query.load::<Columns>(conn)?.into_iter().map(to_wire).collect())
}

fn to_wire((times, (endpoint, error, cause, detail), answer): Columns) -> OAuthFailure {
    let (id, occurred_at, last_at, count) = times;
    let (status, request_id, ip, user_agent) = answer;
    let said = |text: String| Some(text).filter(|text| !text.is_empty());
    OAuthFailure {
        id,
        occurred_at,
        last_at,
        count,
        endpoint,
        error,
        cause,
        detail,
        status,
        request_id,
        ip: said(ip),
        user_agent: said(user_agent),
    }
}

/// Removes all failed requests of an app.
pub fn delete_of(conn: &mut Conn, app: OAuthAppId) -> QueryResult<()> {
    dialect::lock(conn, LOCK)?;
    diesel::delete(oauth_failures::table.filter(oauth_failures::app_id.eq(app))).execute(conn).map(drop)
}

/// Failed requests from before a time.
const OLD: Expired = Expired { table: "oauth_failures", condition: "occurred_at < $1" };

/// Removes at most `limit` failed requests that are no longer kept, and answers how many.
pub fn remove_old(conn: &mut Conn, now: Timestamp, limit: i64) -> QueryResult<usize> {
    dialect::lock(conn, LOCK)?;
    OLD.remove(conn, now - KEPT_MS, limit)
}
