//! Tokens for a refresh token: each works once and gives its successor (RFC 9700, section 4.14). Where that answer was lost, the
//! same successor is given again for ten seconds, while nobody has used it; later, somebody has a copy, and the family ends.

use api_types::{Scope, audit::AuditAction, authorizations::IncidentKind, ids::TokenFamilyId};
use serde_json::json;

use super::{
    access_token::Claims,
    client::Client,
    error::{Code, OAuthError},
    issued::{self, IssuedTokens},
    params::Params,
    refresh_token,
    request::narrow,
};
use crate::{
    app::App,
    db::{
        Tx, accounts, dialect,
        token_families::{self, LiveFamily},
        tokens,
    },
};

const DAY_MS: i64 = 24 * 3_600_000;
/// Ends a refresh token that is not used for so long.
pub const IDLE_MS: i64 = 30 * DAY_MS;
/// Ends a family however busy.
const MAX_MS: i64 = 365 * DAY_MS;
/// How long a refresh token that was used still gives its successor.
const GRACE_MS: i64 = 10_000;

const NOT_GOOD: OAuthError =
    OAuthError::grant("The refresh token has expired, was used, was revoked, or is not this client's.");

const NOTHING_LEFT: OAuthError =
    OAuthError::new(Code::InvalidScope, "The app or the member's consent has lost all of these scopes.");

struct Refreshed {
    scopes: Vec<Scope>,
    refresh_token: String,
    claims: Claims,
}

/// Refreshes by the token in `params`.
pub async fn refresh(app: &App, client: &Client, params: &Params) -> Result<IssuedTokens, OAuthError> {
    let token = params.get("refresh_token").ok_or(OAuthError::request("refresh_token is missing."))?;
    let (family, generation) = refresh_token::read(&app.keys, token).ok_or(NOT_GOOD)?;
    let scope = params.get("scope").map(str::to_owned);
    let (inner, client) = (app.clone(), client.clone());
    // What a refusal changes is kept: the family may be dead.
    let outcome = app
        .db
        .write(move |tx| {
            lock(tx, family)?;
            in_transaction(tx, &inner, &client, (family, generation), scope.as_deref())
        })
        .await?;
    let refreshed = outcome?;
    Ok(issued::answer(app, &refreshed.claims, &refreshed.scopes, Some(refreshed.refresh_token)).await?)
}

/// Lets changes of a family come one after the other, so that two refreshes at once give the same successor.
fn lock(tx: &mut Tx<'_>, family: TokenFamilyId) -> Result<(), OAuthError> {
    Ok(dialect::lock(tx, &format!("token family {family}"))?)
}

fn in_transaction(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    (id, generation): (TokenFamilyId, i64),
    scope: Option<&str>,
) -> Result<Result<Refreshed, OAuthError>, OAuthError> {
    let now = app.clock.now();
    let found = token_families::find(tx, id)?.filter(|family| family.row.app_id == client.record.id);
    let Some(family) = found else { return Ok(Err(NOT_GOOD)) };
    let present = family.row.generation;
    let in_grace = generation == present - 1 && now.millis_since(family.row.rotated_at) <= GRACE_MS;
    if generation != present && !in_grace {
        end_copied(tx, app, client, id, IncidentKind::RefreshTokenReused)?;
        return Ok(Err(NOT_GOOD));
    }
    let is_member = accounts::role(tx, family.row.workspace_id, family.member)?.is_some();
    if !family.row.refreshable || family.row.ends_at <= now || !is_member {
        return Ok(Err(NOT_GOOD));
    }
    let scopes = match narrow(scope, &family.row.scopes.0) {
        Ok(scopes) => still_given(scopes, &family, client),
        Err(error) => return Ok(Err(error)),
    };
    if scopes.is_empty() {
        return Ok(Err(NOTHING_LEFT));
    }
    if !in_grace {
        let ends_at = (now + IDLE_MS).min(family.row.created_at + MAX_MS);
        token_families::rotate(tx, id, now, ends_at)?;
    }
    let successor = if in_grace { present } else { present + 1 };
    let claims = Claims::new(app, client.record.id, family.member.as_str(), &scopes);
    tokens::insert(tx, &claims.jti, id, client.record.id, claims.ends_at())?;
    Ok(Ok(Refreshed { scopes, refresh_token: refresh_token::derive(&app.keys, id, successor), claims }))
}

/// What is left of these scopes, where the app or the member's consent has lost some since.
fn still_given(mut scopes: Vec<Scope>, family: &LiveFamily, client: &Client) -> Vec<Scope> {
    scopes.retain(|scope| client.record.scopes.contains(scope) && family.consented.contains(scope));
    scopes
}

/// Somebody used a copy: ends the family with all its tokens, and says so where admins look.
pub fn end_copied(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    id: TokenFamilyId,
    kind: IncidentKind,
) -> Result<(), OAuthError> {
    let now = app.clock.now();
    let Some(family) = token_families::find(tx, id)? else { return Ok(()) };
    if !token_families::revoke(tx, id, kind.as_str(), Some(&client.ip), now)? {
        return Ok(());
    }
    let details = json!({ "kind": kind, "member": family.email, "token_family": id });
    Ok(client.record(tx, app, AuditAction::OAuthTokenReused, details)?)
}
