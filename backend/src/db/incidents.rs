//! Incidents: families of tokens that ended because a code or a refresh token was used twice.

use api_types::{
    Timestamp,
    account::MemberRef,
    ids::{MemberId, OAuthAppId, TokenFamilyId, WorkspaceId},
    incidents::{Incident, IncidentKind, LikelyCause},
};
use diesel::prelude::*;

use super::{
    Conn,
    schema::{authorizations, members, token_families},
};

/// The time for which an incident is told of and its family kept, in milliseconds.
pub const KEPT_MS: i64 = 90 * 24 * 3_600_000;

diesel::alias!(members as acknowledgers: Acknowledgers);

/// A second use, about to end its family.
#[derive(Clone, Debug)]
pub struct NewIncident {
    pub kind: IncidentKind,
    pub occurred_at: Timestamp,
    pub ip: String,
    /// `None` where the first use is not known.
    pub first_used_at: Option<Timestamp>,
    pub first_used_ip: Option<String>,
    pub likely: Option<LikelyCause>,
}

/// Ends a family with all its tokens; `false` where it was ended before.
pub fn begin(conn: &mut Conn, id: TokenFamilyId, incident: &NewIncident) -> QueryResult<bool> {
    diesel::update(
        token_families::table.filter(token_families::id.eq(id)).filter(token_families::revoked_at.is_null()),
    )
    .set((
        token_families::revoked_at.eq(incident.occurred_at),
        token_families::revoked_reason.eq(incident.kind),
        token_families::revoked_ip.eq(&incident.ip),
        token_families::first_used_at.eq(incident.first_used_at),
        token_families::first_used_ip.eq(&incident.first_used_ip),
        token_families::likely.eq(incident.likely),
    ))
    .execute(conn)
    .map(|changed| changed == 1)
}

type Columns = (
    (TokenFamilyId, IncidentKind, Timestamp, Option<String>),
    (Option<Timestamp>, Option<String>, Option<LikelyCause>),
    (MemberId, String),
    (Option<Timestamp>, Option<String>),
    (Option<MemberId>, Option<String>),
);

/// The incidents of an app in a workspace, as a query.
macro_rules! of_app {
    ($workspace:expr, $app:expr) => {
        token_families::table
            .inner_join(authorizations::table.inner_join(members::table))
            .left_join(
                acknowledgers
                    .on(acknowledgers.field(members::id).nullable().eq(token_families::acknowledged_by)),
            )
            .filter(token_families::app_id.eq($app))
            .filter(token_families::workspace_id.eq($workspace))
            .filter(token_families::revoked_at.is_not_null())
            .filter(token_families::revoked_reason.eq_any(IncidentKind::ALL.iter().map(|kind| kind.as_str())))
            .select((
                (
                    token_families::id,
                    token_families::revoked_reason.assume_not_null(),
                    token_families::revoked_at.assume_not_null(),
                    token_families::revoked_ip,
                ),
                (token_families::first_used_at, token_families::first_used_ip, token_families::likely),
                (members::id, members::email),
                (token_families::acknowledged_at, token_families::acknowledged_note),
                (acknowledgers.field(members::id).nullable(), acknowledgers.field(members::email).nullable()),
            ))
    };
}

fn to_wire((found, first, member, (acknowledged_at, note), by): Columns) -> Incident {
    let (id, kind, occurred_at, ip) = found;
    let (first_used_at, first_ip, likely) = first;
    let member_ref = |(id, email)| MemberRef { id, email };
    Incident {
        id,
        kind,
        likely,
        occurred_at,
        ip,
        first_used_at,
        first_ip,
        seconds_between: first_used_at.map(|first| occurred_at.millis_since(first) / 1_000),
        member: member_ref(member),
        acknowledged_at,
        acknowledged_by: by.0.zip(by.1).map(member_ref),
        note,
    }
}

/// An app's newest incidents in a workspace.
pub fn list(
    conn: &mut Conn,
    workspace: WorkspaceId,
    app: OAuthAppId,
    since: Timestamp,
    limit: i64,
) -> QueryResult<Vec<Incident>> {
    let rows = of_app!(workspace, app)
        .filter(token_families::revoked_at.gt(since))
        .order(token_families::revoked_at.desc())
        .limit(limit)
        .load::<Columns>(conn)?;
    Ok(rows.into_iter().map(to_wire).collect())
}

/// The number of incidents of each of these apps in a workspace that nobody has acknowledged. An app without one is left out.
pub fn open_counts(
    conn: &mut Conn,
    workspace: WorkspaceId,
    apps: &[OAuthAppId],
    since: Timestamp,
) -> QueryResult<Vec<(OAuthAppId, i64)>> {
    token_families::table
        .filter(token_families::workspace_id.eq(workspace))
        .filter(token_families::app_id.eq_any(apps))
        .filter(token_families::revoked_at.gt(since))
        .filter(token_families::acknowledged_at.is_null())
        .filter(token_families::revoked_reason.is_not_null())
        .filter(token_families::revoked_reason.eq_any(IncidentKind::ALL.iter().map(|kind| kind.as_str())))
        .group_by(token_families::app_id)
        .select((token_families::app_id, diesel::dsl::count_star()))
        .load(conn)
}

/// One incident of an app in a workspace.
pub fn find(
    conn: &mut Conn,
    workspace: WorkspaceId,
    app: OAuthAppId,
    id: TokenFamilyId,
) -> QueryResult<Option<Incident>> {
    let row = of_app!(workspace, app).filter(token_families::id.eq(id)).first::<Columns>(conn).optional()?;
    Ok(row.map(to_wire))
}

/// Notes that an admin acknowledged an incident, in the place of an earlier acknowledgement.
pub fn acknowledge(
    conn: &mut Conn,
    id: TokenFamilyId,
    by: MemberId,
    note: Option<&str>,
    now: Timestamp,
) -> QueryResult<()> {
    diesel::update(token_families::table.find(id))
        .set((
            token_families::acknowledged_at.eq(now),
            token_families::acknowledged_by.eq(by),
            token_families::acknowledged_note.eq(note),
        ))
        .execute(conn)
        .map(drop)
}
