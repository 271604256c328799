//! Families of refresh tokens: each redeemed code begins one, and all its tokens end together.

use api_types::{
    Scope, Timestamp,
    account::MemberRef,
    ids::{AuthorizationId, MemberId, OAuthAppId, SecretId, TokenFamilyId, WorkspaceId},
    token_families::TokenFamily,
};
use diesel::{dsl::exists, prelude::*};

use super::{
    Conn, Json, Slice,
    expiry::Expired,
    schema::{access_tokens, authorizations, members, token_families},
};

/// The reason of a regular end: a member or an admin withdrew the consent, or the app was deleted.
pub const WITHDRAWN: &str = "withdrawn";
/// The reason of a regular end: the client secret by which the app got the tokens was dropped, and they with it.
pub const SECRET_DROPPED: &str = "secret_dropped";
/// The reason of a regular end: the app gave its refresh token back.
pub const GIVEN_BACK: &str = "given_back";
/// The reason of a regular end: an admin ended the family.
pub const BY_ADMIN: &str = "by_admin";

/// The reason of a quiet end: the database was put back to a state before the present refresh token was given.
pub const RESTORED: &str = "restored";

/// A family as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = token_families)]
#[diesel(treat_none_as_default_value = false)]
pub struct FamilyRow {
    pub id: TokenFamilyId,
    pub workspace_id: WorkspaceId,
    pub app_id: OAuthAppId,
    pub authorization_id: AuthorizationId,
    /// The scopes of the redeemed code.
    pub scopes: Json<Vec<Scope>>,
    /// `false` for a family that has access tokens only.
    pub refreshable: bool,
    /// Number of the present refresh token within the family, from 1.
    pub generation: i64,
    /// The time at which the code was redeemed.
    pub created_at: Timestamp,
    /// The time at which the present refresh token was given.
    pub rotated_at: Timestamp,
    /// The time at which the present refresh token expires.
    pub ends_at: Timestamp,
    /// The client secret by which the app got the family's last tokens; `None` for a public app.
    pub secret_id: Option<SecretId>,
    /// The audience of the tokens, where the app named one.
    pub resource: Option<String>,
    /// The newest generation whose access token was used.
    pub used_generation: i64,
    /// The time until which the refresh token before the present one gives the present one again, while that is not used; `None`
    /// where there was none before.
    pub again_until: Option<Timestamp>,
    /// The address that redeemed the code; `None` where it is not known.
    pub created_ip: Option<String>,
    /// The address that the present refresh token was given to; `None` where it is not known.
    pub rotated_ip: Option<String>,
}

/// A family with its member, unless it was revoked.
#[derive(Clone, Debug)]
pub struct LiveFamily {
    pub row: FamilyRow,
    /// The member for whom the family's tokens act.
    pub member: MemberId,
    /// The member's e-mail address.
    pub email: String,
    /// The scopes that the member agrees to now.
    pub consented: Vec<Scope>,
}

pub fn insert(conn: &mut Conn, row: &FamilyRow) -> QueryResult<()> {
    diesel::insert_into(token_families::table).values(row).execute(conn).map(drop)
}

/// A family, unless it was revoked or its consent withdrawn.
pub fn find(conn: &mut Conn, id: TokenFamilyId) -> QueryResult<Option<LiveFamily>> {
    let row = token_families::table
        .inner_join(authorizations::table.inner_join(members::table))
        .filter(token_families::id.eq(id))
        .filter(token_families::revoked_at.is_null())
        .filter(authorizations::withdrawn_at.is_null())
        .select((FamilyRow::as_select(), members::id, members::email, authorizations::scopes))
        .first::<(FamilyRow, MemberId, String, Json<Vec<Scope>>)>(conn)
        .optional()?;
    Ok(row.map(|(row, member, email, scopes)| LiveFamily {
        row,
        member,
        email,
        consented: scopes.into_inner(),
    }))
}

/// The end of a family.
#[derive(Clone, Debug)]
pub struct FamilyEnd {
    pub app_id: OAuthAppId,
    /// `None` where the family itself was not revoked: its consent was withdrawn.
    pub revoked_at: Option<Timestamp>,
    pub reason: Option<String>,
}

/// The end of a family that [`find`] does not find, and the app that had it.
pub fn end(conn: &mut Conn, id: TokenFamilyId) -> QueryResult<Option<FamilyEnd>> {
    let row = token_families::table
        .find(id)
        .select((token_families::app_id, token_families::revoked_at, token_families::revoked_reason))
        .first::<(OAuthAppId, Option<Timestamp>, Option<String>)>(conn)
        .optional()?;
    Ok(row.map(|(app_id, revoked_at, reason)| FamilyEnd { app_id, revoked_at, reason }))
}

/// The times of a family's next refresh token.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// The time at which it is given.
    pub now: Timestamp,
    /// The time at which it expires.
    pub ends_at: Timestamp,
    /// The time until which the one before gives it again.
    pub again_until: Timestamp,
}

/// An app that asks for tokens.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The client secret by which it proved itself; `None` for a public app.
    pub secret: Option<SecretId>,
    /// The address that it calls from.
    pub ip: String,
}

/// Moves a family on to its next refresh token, for the app that asks.
pub fn rotate(conn: &mut Conn, id: TokenFamilyId, asker: &Asker, rotation: Rotation) -> QueryResult<()> {
    diesel::update(token_families::table.find(id))
        .set((
            token_families::generation.eq(token_families::generation + 1),
            token_families::rotated_at.eq(rotation.now),
            token_families::ends_at.eq(rotation.ends_at),
            token_families::again_until.eq(rotation.again_until),
            token_families::secret_id.eq(asker.secret),
            token_families::rotated_ip.eq(&asker.ip),
        ))
        .execute(conn)
        .map(drop)
}

/// Notes that an access token of this generation was used: its answer has arrived.
pub fn note_use(conn: &mut Conn, id: TokenFamilyId, generation: i64) -> QueryResult<()> {
    diesel::update(
        token_families::table
            .filter(token_families::id.eq(id))
            .filter(token_families::used_generation.lt(generation)),
    )
    .set(token_families::used_generation.eq(generation))
    .execute(conn)
    .map(drop)
}

/// Ends a family with all its tokens; `false` where it was ended before.
pub fn revoke(
    conn: &mut Conn,
    id: TokenFamilyId,
    why: &str,
    ip: Option<&str>,
    now: Timestamp,
) -> QueryResult<bool> {
    diesel::update(
        token_families::table.filter(token_families::id.eq(id)).filter(token_families::revoked_at.is_null()),
    )
    .set((
        token_families::revoked_at.eq(now),
        token_families::revoked_reason.eq(why),
        token_families::revoked_ip.eq(ip),
    ))
    .execute(conn)
    .map(|changed| changed == 1)
}

/// Ends every family of these consents.
pub fn revoke_of(conn: &mut Conn, authorizations: &[AuthorizationId], now: Timestamp) -> QueryResult<()> {
    diesel::update(
        token_families::table
            .filter(token_families::authorization_id.eq_any(authorizations))
            .filter(token_families::revoked_at.is_null()),
    )
    .set((token_families::revoked_at.eq(now), token_families::revoked_reason.eq(WITHDRAWN)))
    .execute(conn)
    .map(drop)
}

/// Ends an app's families whose last tokens were got by this secret, or by one that is not known; answers with how many.
pub fn revoke_of_secret(
    conn: &mut Conn,
    app: OAuthAppId,
    secret: SecretId,
    now: Timestamp,
) -> QueryResult<usize> {
    diesel::update(
        token_families::table
            .filter(token_families::app_id.eq(app))
            .filter(token_families::secret_id.is_null().or(token_families::secret_id.eq(secret)))
            .filter(token_families::revoked_at.is_null()),
    )
    .set((token_families::revoked_at.eq(now), token_families::revoked_reason.eq(SECRET_DROPPED)))
    .execute(conn)
}

/// The number of an app's refresh tokens that have not ended: in this workspace, or anywhere where that is `None`.
pub fn count(
    conn: &mut Conn,
    app: OAuthAppId,
    workspace: Option<WorkspaceId>,
    now: Timestamp,
) -> QueryResult<i64> {
    let mut query = token_families::table
        .filter(token_families::app_id.eq(app))
        .filter(token_families::revoked_at.is_null())
        .filter(token_families::refreshable)
        .filter(token_families::ends_at.gt(now))
        .count()
        .into_boxed();
    if let Some(workspace) = workspace {
        query = query.filter(token_families::workspace_id.eq(workspace));
    }
    query.get_result(conn)
}

/// An app's families of a workspace that have a token that works, newest first, with one more than the page holds where there are more.
pub fn live(
    conn: &mut Conn,
    workspace: WorkspaceId,
    app: OAuthAppId,
    slice: Slice<TokenFamilyId>,
    now: Timestamp,
) -> QueryResult<Vec<TokenFamily>> {
    let access_token = access_tokens::table
        .filter(access_tokens::family_id.eq(token_families::id))
        .filter(access_tokens::expires_at.gt(now))
        .filter(access_tokens::revoked_at.is_null());
    let refresh_token = token_families::refreshable.and(token_families::ends_at.gt(now));
    let mut query = token_families::table
        .inner_join(authorizations::table.inner_join(members::table))
        .filter(token_families::app_id.eq(app))
        .filter(token_families::workspace_id.eq(workspace))
        .filter(token_families::revoked_at.is_null())
        .filter(authorizations::withdrawn_at.is_null())
        .filter(refresh_token.or(exists(access_token)))
        .order(token_families::id.desc())
        .limit(slice.fetch())
        .select((FamilyRow::as_select(), (members::id, members::email)))
        .into_boxed();
    if let Some(before) = slice.before {
        query = query.filter(token_families::id.lt(before));
    }
    let rows = query.load::<(FamilyRow, (MemberId, String))>(conn)?;
    let family = |(row, (member, email)): (FamilyRow, (MemberId, String))| TokenFamily {
        id: row.id,
        member: MemberRef { id: member, email },
        scopes: row.scopes.into_inner(),
        created_at: row.created_at,
        issued_at: row.rotated_at,
        issued_ip: row.rotated_ip,
        refreshable: row.refreshable,
        ends_at: row.ends_at,
    };
    Ok(rows.into_iter().map(family).collect())
}

/// Families whose last refresh token expired before a time, and that have no access token any more.
pub const ENDED: Expired = Expired {
    table: "token_families",
    condition: "ends_at < $1 AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE family_id = token_families.id)",
};

/// Families that were revoked before a time, and that have no access token any more.
pub const REVOKED: Expired = Expired {
    table: "token_families",
    condition: "revoked_at < $1 AND NOT EXISTS (SELECT 1 FROM access_tokens WHERE family_id = token_families.id)",
};
