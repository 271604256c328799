//! Authorization codes: made for a consent, and redeemed for tokens (OAuth 2.1, section 4.1.3) once, by the app that the code was
//! made for, with the right verifier.

use std::ops::RangeInclusive;

use api_types::{
    Scope,
    authorizations::IncidentKind,
    ids::{AuthorizationId, MemberId, OAuthAppId, TokenFamilyId, WorkspaceId},
    oauth_apps::GrantType,
    stream::Topic,
};
use diesel::QueryResult;
use subtle::ConstantTimeEq;

use super::{
    admission,
    client::Client,
    error::OAuthError,
    params::Params,
    redirect_uri,
    refresh::{self, REFRESH_IDLE_MS},
    refresh_token,
    scope::{NO_SCOPE_LEFT, available},
    token_response::{self, IssuedTokens},
};
use crate::{
    auth::{
        claims::{Claims, LIFETIME_MS},
        parts::Auth,
    },
    base::Base,
    crypto::{self, keys::ServerKeys},
    db::{
        Conn, Json, Tx, accounts,
        authorization_codes::{self, CodeRow},
        authorizations::{self, AuthorizationsOf},
        token_families::{self, FamilyRow},
        tokens::{self, NewTokenRow},
    },
};

/// How long a code works, in milliseconds (OAuth 2.1, section 4.1.2).
const CODE_MS: i64 = 60_000;
/// The length of a verifier, in bytes (RFC 7636, section 4.1).
const VERIFIER: RangeInclusive<usize> = 43..=128;

/// The one answer to every code that gives nothing.
const INVALID_CODE: OAuthError = OAuthError::grant(
    "The code has expired, was used, is not this client's, or does not fit what came with it.",
);

/// What a member has agreed to of a request, and what the app must show for it.
#[derive(Clone, Debug)]
pub struct Agreed<'a> {
    /// The address that the code goes to.
    pub redirect_uri: &'a str,
    /// The scopes that the app gets.
    pub scopes: Vec<Scope>,
    /// The SHA-256 of the code's verifier, in base64url.
    pub code_challenge: String,
    /// The audience of the tokens, where the app named one.
    pub audience: Option<String>,
}

/// Makes a code for what a member has agreed to, and stores what the code stands for.
pub fn issue(
    tx: &mut Tx<'_>,
    keys: &ServerKeys,
    client: OAuthAppId,
    authorization: AuthorizationId,
    agreed: Agreed<'_>,
) -> QueryResult<String> {
    let code = crypto::text(&tx.random().bytes::<32>());
    let row = CodeRow {
        digest: keys.digest(&code).0,
        app_id: client,
        authorization_id: authorization,
        redirect_uri: agreed.redirect_uri.to_owned(),
        scopes: Json::new(agreed.scopes),
        code_challenge: agreed.code_challenge,
        expires_at: tx.now() + CODE_MS,
        used_at: None,
        family_id: None,
        resource: agreed.audience,
    };
    authorization_codes::insert(tx, &row)?;
    Ok(code)
}

/// Redeems the code in `params`.
pub async fn redeem(
    auth: &Auth,
    client: &Client,
    params: &Params,
    audience: Option<String>,
) -> Result<IssuedTokens, OAuthError> {
    let code = params.get("code").ok_or(OAuthError::request("code is missing."))?;
    let redemption = Redemption {
        base: auth.base.clone(),
        client: client.clone(),
        digests: auth.base.keys.digests(code),
        redirect_uri: params.get("redirect_uri").map(Into::into),
        verifier: params.get("code_verifier").map(Into::into),
        audience,
    };
    let redeemed = auth.base.db.execute(move |tx| redemption.run(tx)).await??;
    Ok(token_response::answer(auth, &redeemed.claims, &redeemed.scopes, redeemed.refresh_token).await?)
}

/// A code that a client presents, with what came beside it.
struct Redemption {
    base: Base,
    client: Client,
    /// The code's digests, under each pepper.
    digests: Vec<String>,
    redirect_uri: Option<String>,
    verifier: Option<String>,
    audience: Option<String>,
}

/// The tokens that a code gave.
struct Redeemed {
    scopes: Vec<Scope>,
    refresh_token: Option<String>,
    claims: Claims,
}

/// Tokens, or a refusal. The changes behind a refusal are committed too: the code is used up, or the tokens of its first use
/// have ended.
type RedeemOutcome = Result<Redeemed, OAuthError>;

impl Redemption {
    fn run(&self, tx: &mut Tx<'_>) -> QueryResult<RedeemOutcome> {
        let now = tx.now();
        let found = authorization_codes::find(tx, &self.digests)?;
        let Some(code) = found.filter(|code| code.app_id == self.client.record.id) else {
            return Ok(Err(INVALID_CODE));
        };
        if code.used_at.is_some() {
            return self.refuse_reuse(tx, &code.digest);
        }
        let other_uri = self.redirect_uri.as_ref().is_some_and(|uri| *uri != code.redirect_uri);
        if code.expires_at <= now || other_uri {
            return Ok(Err(INVALID_CODE));
        }
        let proved = self.verifier.as_ref().is_some_and(|verifier| proves(verifier, &code.code_challenge));
        let family: TokenFamilyId = tx.new_id();
        let uris = &self.client.record.redirect_uris;
        let registered = uris.iter().any(|known| redirect_uri::matches(known, &code.redirect_uri));
        let good = proved && registered;
        // A wrong verifier uses the code up as well: there is one guess.
        if !authorization_codes::use_up(tx, &code.digest, good.then_some(family), now)? {
            return self.refuse_reuse(tx, &code.digest);
        }
        if !good {
            return Ok(Err(INVALID_CODE));
        }
        let workspace = authorizations::workspace(tx, code.authorization_id)?;
        let Some(workspace) = workspace else { return Ok(Err(INVALID_CODE)) };
        if let Err(refusal) = admission::check(tx, &self.client.record, workspace)? {
            return Ok(Err(refusal));
        }
        let Some((member, scopes)) = self.consenting(tx, workspace, &code)? else {
            return Ok(Err(INVALID_CODE));
        };
        if scopes.is_empty() {
            return Ok(Err(NO_SCOPE_LEFT));
        }
        let code = CodeRow { scopes: Json::new(scopes), ..code };
        self.begin_family(tx, family, (workspace, member), code).map(Ok)
    }

    /// Refuses a code that was used before. One of the two who had the code copied it, so the tokens that it gave end (OAuth 2.1,
    /// section 4.1.3).
    fn refuse_reuse(&self, tx: &mut Tx<'_>, digest: &str) -> QueryResult<RedeemOutcome> {
        // Read anew: the quicker request has written meanwhile which family the code gave.
        let code = authorization_codes::find(tx, &[digest.to_owned()])?;
        if let Some(family) = code.and_then(|code| code.family_id) {
            refresh::end_copied(tx, &self.client, family, IncidentKind::CodeReused)?;
        }
        Ok(Err(INVALID_CODE))
    }

    /// The member who gave the consent, while it stands and the member belongs to the workspace, and the code's scopes, without
    /// those that the app, the consent or the member's role has lost since.
    fn consenting(
        &self,
        conn: &mut Conn,
        workspace: WorkspaceId,
        code: &CodeRow,
    ) -> QueryResult<Option<(MemberId, Vec<Scope>)>> {
        let client = &self.client.record;
        let whose = AuthorizationsOf::App(workspace, client.id);
        let Some(found) = authorizations::find(conn, whose, code.authorization_id)? else { return Ok(None) };
        let role = accounts::role(conn, workspace, found.member.id)?;
        Ok(role.map(|role| {
            let mut scopes = available(&code.scopes.0, client, role);
            scopes.retain(|scope| found.scopes.contains(scope));
            (found.member.id, scopes)
        }))
    }

    fn begin_family(
        &self,
        tx: &mut Tx<'_>,
        id: TokenFamilyId,
        (workspace_id, member): (WorkspaceId, MemberId),
        code: CodeRow,
    ) -> QueryResult<Redeemed> {
        let now = tx.now();
        let client = &self.client.record;
        let refreshable = client.grants.contains(&GrantType::RefreshToken);
        let row = FamilyRow {
            id,
            workspace_id,
            app_id: client.id,
            authorization_id: code.authorization_id,
            scopes: code.scopes,
            refreshable,
            generation: 1,
            created_at: now,
            rotated_at: now,
            ends_at: now + if refreshable { REFRESH_IDLE_MS } else { LIFETIME_MS },
            secret_id: self.client.secret,
            resource: self.audience.clone().or(code.resource),
            used_generation: 0,
            again_until: None,
        };
        token_families::insert(tx, &row)?;
        tx.changed(row.workspace_id, Topic::OAuthApps, None);
        let scopes = row.scopes.into_inner();
        let claims = Claims::new(&self.base, client.client_id(), member.as_str(), &scopes, now)
            .with_audience(row.resource);
        let row = NewTokenRow {
            id: &claims.jti,
            family_id: id,
            app_id: client.id,
            expires_at: claims.ends_at(),
            secret_id: self.client.secret,
            generation: 1,
        };
        tokens::insert(tx, row)?;
        let refresh_token = refreshable.then(|| refresh_token::derive(&self.base.keys, id, 1));
        Ok(Redeemed { scopes, refresh_token, claims })
    }
}

/// `true` where the verifier is well formed and its hash is the challenge.
fn proves(verifier: &str, challenge: &str) -> bool {
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    VERIFIER.contains(&verifier.len())
        && verifier.bytes().all(unreserved)
        && bool::from(crypto::sha256_text(verifier.as_bytes()).as_bytes().ct_eq(challenge.as_bytes()))
}
