//! Tokens for an authorization code (OAuth 2.1, section 4.1.3): once, for the app it was made for, with the right verifier.

use api_types::{
    Scope,
    authorizations::IncidentKind,
    ids::{AuthorizationId, MemberId, TokenFamilyId},
    oauth_apps::GrantType,
    stream::Topic,
};
use subtle::ConstantTimeEq;

use super::{
    access_token::{Claims, LIFETIME_MS},
    client::Client,
    error::OAuthError,
    issued::{self, IssuedTokens},
    params::Params,
    refresh::{self, IDLE_MS},
    refresh_token,
};
use crate::{
    app::App,
    crypto,
    db::{
        Conn, Tx, accounts,
        authorization_codes::{self, CodeRow},
        authorizations::{self, Whose},
        token_families::{self, FamilyRow},
        tokens,
    },
    new_id,
};

const NOT_GOOD: OAuthError = OAuthError::grant(
    "The code has expired, was used, is not this client's, or does not fit what came with it.",
);

/// A verifier's length (RFC 7636, section 4.1).
const VERIFIER: std::ops::RangeInclusive<usize> = 43..=128;

/// What a code gave.
struct Redeemed {
    scopes: Vec<Scope>,
    refresh_token: Option<String>,
    claims: Claims,
}

/// Redeems the code in `params`.
pub async fn redeem(app: &App, client: &Client, params: &Params) -> Result<IssuedTokens, OAuthError> {
    let code = params.get("code").ok_or(OAuthError::request("code is missing."))?;
    let digests = app.keys.digests(code);
    let fits = Presented {
        redirect_uri: params.get("redirect_uri").map(Into::into),
        verifier: params.get("code_verifier").map(Into::into),
    };
    let (inner, client) = (app.clone(), client.clone());
    // What a refusal changes is kept: the code is used up, or the tokens of its first use are dead.
    let outcome = app.db.write(move |tx| in_transaction(tx, &inner, &client, &digests, &fits)).await?;
    let redeemed = outcome?;
    Ok(issued::answer(app, &redeemed.claims, &redeemed.scopes, redeemed.refresh_token).await?)
}

/// What came with a code.
struct Presented {
    redirect_uri: Option<String>,
    verifier: Option<String>,
}

fn in_transaction(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    digests: &[String],
    presented: &Presented,
) -> Result<Result<Redeemed, OAuthError>, OAuthError> {
    let now = app.clock.now();
    let Some(code) = authorization_codes::find(tx, digests)?.filter(|code| code.app_id == client.record.id)
    else {
        return Ok(Err(NOT_GOOD));
    };
    if code.used_at.is_some() {
        return again(tx, app, client, &code.digest);
    }
    if code.expires_at <= now || presented.redirect_uri.as_ref().is_some_and(|uri| *uri != code.redirect_uri)
    {
        return Ok(Err(NOT_GOOD));
    }
    let proved = presented.verifier.as_ref().is_some_and(|verifier| proves(verifier, &code.code_challenge));
    let family = new_id!(app, TokenFamilyId);
    // Whoever guesses a verifier has one guess.
    if !authorization_codes::use_up(tx, &code.digest, proved.then_some(family), now)? {
        return again(tx, app, client, &code.digest);
    }
    if !proved {
        return Ok(Err(NOT_GOOD));
    }
    let Some(member) = consenting(tx, client, code.authorization_id)? else { return Ok(Err(NOT_GOOD)) };
    begin(tx, app, client, code, (family, member)).map(Ok)
}

/// A code was used before: whoever has it may have copied it, so what it gave ends (OAuth 2.1, section 4.1.3).
fn again(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    digest: &str,
) -> Result<Result<Redeemed, OAuthError>, OAuthError> {
    // Read anew: whoever was quicker has written meanwhile what the code gave.
    let code = authorization_codes::find(tx, &[digest.to_owned()])?;
    if let Some(family) = code.and_then(|code| code.family_id) {
        refresh::end_copied(tx, app, client, family, IncidentKind::CodeReused)?;
    }
    Ok(Err(NOT_GOOD))
}

fn proves(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    VERIFIER.contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && bool::from(crypto::sha256_text(verifier.as_bytes()).as_bytes().ct_eq(challenge.as_bytes()))
}

/// The member whose consent it is, while they consent and belong to the workspace.
fn consenting(
    conn: &mut Conn,
    client: &Client,
    authorization: AuthorizationId,
) -> Result<Option<MemberId>, OAuthError> {
    let workspace = client.record.workspace.id;
    let Some(found) = authorizations::find(conn, Whose::App(workspace, client.record.id), authorization)?
    else {
        return Ok(None);
    };
    let role = accounts::role(conn, workspace, found.member.id)?;
    Ok(role.map(|_| found.member.id))
}

fn begin(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    code: CodeRow,
    (family, member): (TokenFamilyId, MemberId),
) -> Result<Redeemed, OAuthError> {
    let now = app.clock.now();
    let refreshable = client.record.grants.contains(&GrantType::RefreshToken);
    let row = FamilyRow {
        id: family,
        workspace_id: client.record.workspace.id,
        app_id: client.record.id,
        authorization_id: code.authorization_id,
        scopes: code.scopes,
        refreshable,
        generation: 1,
        created_at: now,
        rotated_at: now,
        ends_at: now + if refreshable { IDLE_MS } else { LIFETIME_MS },
    };
    token_families::insert(tx, &row)?;
    tx.changed(row.workspace_id, Topic::OAuthApps, None);
    let scopes = row.scopes.into_inner();
    let claims = Claims::new(app, client.record.id, member.as_str(), &scopes);
    tokens::insert(tx, &claims.jti, family, client.record.id, claims.ends_at())?;
    let refresh_token = refreshable.then(|| refresh_token::derive(&app.keys, family, 1));
    Ok(Redeemed { scopes, refresh_token, claims })
}
