//! Authorization codes, by digest: good for one redemption, and remembered a day longer to notice a second one.

use api_types::{
    Scope, Timestamp,
    ids::{AuthorizationId, OAuthAppId, TokenFamilyId},
};
use diesel::prelude::*;

use super::{Conn, Json, expiry::Expired, schema::authorization_codes};

/// A code as it is stored.
#[derive(Clone, Debug, Insertable, Queryable, Selectable)]
#[diesel(table_name = authorization_codes)]
#[diesel(treat_none_as_default_value = false)]
pub struct CodeRow {
    /// HMAC of the code under the pepper.
    pub digest: String,
    pub app_id: OAuthAppId,
    pub authorization_id: AuthorizationId,
    pub redirect_uri: String,
    pub scopes: Json<Vec<Scope>>,
    /// PKCE challenge: the hash that the app's verifier must have.
    pub code_challenge: String,
    pub expires_at: Timestamp,
    /// The first attempt to redeem the code, successful or not; `None` while the code is unused.
    pub used_at: Option<Timestamp>,
    /// The family of the tokens that the code was redeemed for; `None` where it gave no tokens.
    pub family_id: Option<TokenFamilyId>,
    /// The audience of the tokens, where the app named one.
    pub resource: Option<String>,
}

pub fn insert(conn: &mut Conn, row: &CodeRow) -> QueryResult<()> {
    diesel::insert_into(authorization_codes::table).values(row).execute(conn).map(drop)
}

/// The code that is stored under one of `digests`.
pub fn find(conn: &mut Conn, digests: &[String]) -> QueryResult<Option<CodeRow>> {
    authorization_codes::table
        .filter(authorization_codes::digest.eq_any(digests))
        .select(CodeRow::as_select())
        .first(conn)
        .optional()
}

/// Marks a code as used, for this family of tokens or for none; `false` where the code was used before.
pub fn use_up(
    conn: &mut Conn,
    digest: &str,
    family: Option<TokenFamilyId>,
    now: Timestamp,
) -> QueryResult<bool> {
    diesel::update(
        authorization_codes::table
            .filter(authorization_codes::digest.eq(digest))
            .filter(authorization_codes::used_at.is_null()),
    )
    .set((authorization_codes::used_at.eq(now), authorization_codes::family_id.eq(family)))
    .execute(conn)
    .map(|changed| changed == 1)
}

/// Codes that expired before a time.
pub const ENDED: Expired = Expired { table: "authorization_codes", condition: "expires_at < $1" };
