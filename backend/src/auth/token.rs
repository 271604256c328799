//! OAuth access tokens as credentials: what a token whose signature is good stands for at this moment, and what it may do.

use api_types::{Scope, ids::OAuthAppId};

use super::{
    permission,
    principal::{Identity, OnBehalfOf, Principal},
};
use crate::{
    app::App,
    db::tokens::{self, TokenRecord},
    oauth::access_token::Claims,
    problem::Failure,
};

/// What a token stands for, from memory where it was looked up within the last second; none where something ended it.
pub async fn look_up(app: &App, claims: &Claims) -> Result<Option<TokenRecord>, Failure> {
    let (cache, now) = (&app.wake.credentials.tokens, app.clock.now());
    let Ok(client) = claims.client_id.parse::<OAuthAppId>() else { return Ok(None) };
    let its = |record: &TokenRecord| record.app_id == client;
    if let Some(known) = cache.get(&claims.jti, now) {
        return Ok(Some(known).filter(its));
    }
    let generation = cache.generation();
    let (jti, own) = (claims.jti.clone(), claims.is_of_app_itself());
    let found = app
        .db
        .read(move |conn| {
            let found =
                if own { tokens::of_app(conn, &jti, client)? } else { tokens::of_member(conn, &jti)? };
            Ok::<_, Failure>(found)
        })
        .await?;
    if let Some(record) = &found {
        cache.put(claims.jti.clone(), record.clone(), now, generation);
    }
    Ok(found.filter(its))
}

/// What a token may do now, and what it was given but may not: only what the app, the member's consent and the member
/// themselves still may.
pub fn power(claims: &Claims, record: &TokenRecord) -> (Vec<Scope>, Vec<Scope>) {
    let still = |scope: &Scope| {
        let by_member = record
            .member
            .as_ref()
            .is_none_or(|member| member.scopes.contains(scope) && permission::may(member.role, *scope));
        record.app_scopes.contains(scope) && by_member
    };
    claims.scopes().into_iter().partition(still)
}

/// Whom a token speaks for.
pub fn principal(claims: &Claims, record: TokenRecord) -> Principal {
    let (scopes, withheld) = power(claims, &record);
    let member = record.member.map(|member| OnBehalfOf {
        id: member.id,
        email: member.email,
        role: member.role,
        authorization: member.authorization,
    });
    let identity = Identity::Token { app: record.app_id, name: record.app_name, member, scopes, withheld };
    Principal { workspace: record.workspace, identity }
}
