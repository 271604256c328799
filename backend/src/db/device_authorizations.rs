//! Device authorizations (RFC 8628): devices that wait for a member's answer, by the digests of their two codes.

use api_types::{
    Scope, Timestamp,
    ids::{AuthorizationId, OAuthAppId},
};
use diesel::prelude::*;

use super::{Conn, Json, dialect::locked, expiry::Expired, schema::device_authorizations};

/// A device authorization as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = device_authorizations)]
#[diesel(treat_none_as_default_value = false)]
pub struct DeviceRow {
    /// HMAC of the device code under the pepper.
    pub digest: String,
    /// HMAC of the user code's letters under the pepper.
    pub user_code_digest: String,
    pub app_id: OAuthAppId,
    /// The scopes that were asked for; once a member allowed it, those that the member allowed.
    pub scopes: Json<Vec<Scope>>,
    /// The audience of the tokens, where the app named one.
    pub resource: Option<String>,
    pub expires_at: Timestamp,
    /// The seconds that the device must wait between two polls.
    pub interval_secs: i64,
    /// The last poll; `None` before the first.
    pub polled_at: Option<Timestamp>,
    /// The consent that it was allowed by; `None` until then.
    pub authorization_id: Option<AuthorizationId>,
    pub denied: bool,
    /// The poll that got the tokens; `None` until then.
    pub used_at: Option<Timestamp>,
}

pub fn insert(conn: &mut Conn, row: &DeviceRow) -> QueryResult<()> {
    diesel::insert_into(device_authorizations::table).values(row).execute(conn).map(drop)
}

/// `true` where a user code with one of these digests is stored, also an old one.
pub fn is_taken(conn: &mut Conn, user_code: &[String]) -> QueryResult<bool> {
    let found =
        device_authorizations::table.filter(device_authorizations::user_code_digest.eq_any(user_code));
    diesel::select(diesel::dsl::exists(found)).get_result(conn)
}

/// The number of an app's devices that wait for an answer.
pub fn count_waiting(conn: &mut Conn, app: OAuthAppId, now: Timestamp) -> QueryResult<i64> {
    device_authorizations::table
        .filter(device_authorizations::app_id.eq(app))
        .filter(device_authorizations::expires_at.gt(now))
        .filter(device_authorizations::authorization_id.is_null())
        .filter(device_authorizations::denied.eq(false))
        .count()
        .get_result(conn)
}

/// The device authorization of a device code, by one of its digests, locked until the transaction ends.
pub fn lock(conn: &mut Conn, digests: &[String]) -> QueryResult<Option<DeviceRow>> {
    let found: QueryResult<DeviceRow> = locked!(
        conn,
        for_update,
        first,
        device_authorizations::table
            .filter(device_authorizations::digest.eq_any(digests))
            .select(DeviceRow::as_select())
    );
    found.optional()
}

/// The device authorization of a user code, by one of its digests, locked until the transaction ends; `None` where it was answered or
/// has expired.
pub fn lock_by_user_code(
    conn: &mut Conn,
    user_code: &[String],
    now: Timestamp,
) -> QueryResult<Option<DeviceRow>> {
    let found: QueryResult<DeviceRow> = locked!(
        conn,
        for_update,
        first,
        device_authorizations::table
            .filter(device_authorizations::user_code_digest.eq_any(user_code))
            .select(DeviceRow::as_select())
    );
    Ok(found.optional()?.filter(|device| device.waits(now)))
}

impl DeviceRow {
    /// `true` while a member may answer.
    pub fn waits(&self, now: Timestamp) -> bool {
        self.authorization_id.is_none() && !self.denied && self.expires_at > now
    }
}

/// Records a poll, and how long the device must wait until the next.
pub fn set_polled(conn: &mut Conn, digest: &str, interval_secs: i64, now: Timestamp) -> QueryResult<()> {
    diesel::update(device_authorizations::table.find(digest))
        .set((
            device_authorizations::interval_secs.eq(interval_secs),
            device_authorizations::polled_at.eq(now),
        ))
        .execute(conn)
        .map(drop)
}

/// Records a member's yes to these scopes.
pub fn allow(
    conn: &mut Conn,
    digest: &str,
    authorization: AuthorizationId,
    scopes: Vec<Scope>,
) -> QueryResult<()> {
    diesel::update(device_authorizations::table.find(digest))
        .set((
            device_authorizations::authorization_id.eq(authorization),
            device_authorizations::scopes.eq(Json::new(scopes)),
        ))
        .execute(conn)
        .map(drop)
}

/// Records a member's no.
pub fn deny(conn: &mut Conn, digest: &str) -> QueryResult<()> {
    diesel::update(device_authorizations::table.find(digest))
        .set(device_authorizations::denied.eq(true))
        .execute(conn)
        .map(drop)
}

/// Records that the device has got its tokens.
pub fn use_up(conn: &mut Conn, digest: &str, now: Timestamp) -> QueryResult<()> {
    diesel::update(device_authorizations::table.find(digest))
        .set(device_authorizations::used_at.eq(now))
        .execute(conn)
        .map(drop)
}

/// Device authorizations that expired before a time.
pub const ENDED: Expired = Expired { table: "device_authorizations", condition: "expires_at < $1" };
