//! An access token as a credential: what a token whose signature is good stands for at this moment, and what it may do now.

use api_types::{Scope, ids::OAuthAppId};

use super::{
    claims::Claims,
    parts::Auth,
    permission,
    principal::{Identity, OnBehalfOf, Principal},
};
use crate::db::{
    DbError, token_families,
    tokens::{self, TokenRecord},
};

/// The app and the member behind a token, from memory where they were looked up within the last second; none where something
/// ended the token.
pub async fn look_up(auth: &Auth, claims: &Claims) -> Result<Option<TokenRecord>, DbError> {
    // Of an app that is known by a document, the URL is no id; such an app never acts as itself.
    let client = claims.client_id.parse::<OAuthAppId>().ok();
    let at = auth.base.clock.monotonic();
    let cache = &auth.cache.tokens;
    let is_clients = |record: &TokenRecord| record.client_id == claims.client_id;
    if let Some(known) = cache.get(&claims.jti, at) {
        return Ok(Some(known).filter(is_clients));
    }
    let changes = cache.changes();
    let mut ids = vec![claims.jti.clone()];
    ids.extend(claims.secret_id.map(|secret| secret.to_string()));
    let of_app_itself = claims.is_of_app_itself();
    let found = auth
        .base
        .db
        .query(move |conn| match client {
            Some(client) if of_app_itself => tokens::of_app(conn, &ids, client),
            _ => tokens::of_member(conn, &ids[0]),
        })
        .await?;
    let mut found = found.filter(is_clients);
    if let Some(record) = &mut found {
        if let Some((family, generation)) = record.unused.take() {
            // The answer that had this token has arrived, so that the refresh token before it is good for nothing more.
            auth.base.db.execute(move |tx| token_families::note_use(tx, family, generation)).await?;
        }
        cache.put(claims.jti.clone(), record.clone(), at, changes);
    }
    Ok(found)
}

/// The scopes that a token may use now, and those that it was given but may not: a scope counts only while the app, the
/// member's consent and the member's role have it.
pub fn effective_scopes(claims: &Claims, record: &TokenRecord) -> (Vec<Scope>, Vec<Scope>) {
    let still = |scope: &Scope| {
        let by_member = record
            .member
            .as_ref()
            .is_none_or(|member| member.scopes.contains(scope) && permission::may(member.role, *scope));
        record.app_scopes.contains(scope) && by_member
    };
    claims.scopes().into_iter().partition(still)
}

/// The app that a token speaks for, with the member for whom it acts.
pub fn principal(claims: &Claims, record: TokenRecord) -> Principal {
    let (scopes, withheld) = effective_scopes(claims, &record);
    let member = record.member.map(|member| OnBehalfOf {
        id: member.id,
        email: member.email,
        role: member.role,
        authorization: member.authorization,
    });
    let identity = Identity::Token { app: record.app_id, name: record.app_name, member, scopes, withheld };
    Principal { workspace: record.workspace, identity }
}
