//! The first tokens of a family: for a member's consent, which a code or a device code stands for.

use std::fmt;

use api_types::{
    Scope,
    ids::{AuthorizationId, MemberId, TokenFamilyId, WorkspaceId},
    oauth_apps::GrantType,
    stream::Topic,
};
use diesel::QueryResult;

use super::{
    admission,
    client::Client,
    error::OAuthError,
    refresh::REFRESH_IDLE_MS,
    refresh_token,
    scope::{NO_SCOPE_LEFT, available},
};
use crate::{
    auth::claims::{Claims, LIFETIME_MS},
    base::Base,
    db::{
        Conn, Json, Tx, accounts,
        authorizations::{self, AuthorizationsOf},
        token_families::{self, FamilyRow},
        tokens::{self, NewTokenRow},
    },
};

/// A consent, as a code or a device code stands for it.
#[derive(Debug)]
pub struct Consented {
    /// The consent.
    pub authorization: AuthorizationId,
    /// The scopes that the member allowed this time.
    pub scopes: Vec<Scope>,
    /// The audience of the tokens, where the app named one.
    pub audience: Option<String>,
}

/// A consent of which something stands, with its scopes cut down to that.
#[derive(Debug)]
pub struct Standing {
    workspace: WorkspaceId,
    member: MemberId,
    consented: Consented,
}

/// The first tokens of a family.
pub struct Redeemed {
    /// The scopes that the tokens have.
    pub scopes: Vec<Scope>,
    /// The refresh token, where the app may refresh.
    pub refresh_token: Option<String>,
    /// The claims of the access token.
    pub claims: Claims,
}

impl fmt::Debug for Redeemed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redeemed").field("scopes", &self.scopes).finish_non_exhaustive()
    }
}

/// An app that redeems a member's consent.
#[derive(Clone, Copy, Debug)]
pub struct Redeeming<'a> {
    /// The node's parts: the keys and the time.
    pub base: &'a Base,
    /// The app, as it has proved itself.
    pub client: &'a Client,
}

impl Redeeming<'_> {
    /// Cuts a consent's scopes down to those that the app, the consent and the member's role still have. Refuses where the app was shut
    /// out, where nothing is left, and with `over` where the consent has ended.
    pub fn cut(
        self,
        conn: &mut Conn,
        consented: Consented,
        over: OAuthError,
    ) -> QueryResult<Result<Standing, OAuthError>> {
        let client = &self.client.record;
        let Some(workspace) = authorizations::workspace(conn, consented.authorization)? else {
            return Ok(Err(over));
        };
        if let Err(refusal) = admission::check(conn, client, workspace)? {
            return Ok(Err(refusal));
        }
        let whose = AuthorizationsOf::App(workspace, client.id);
        let Some(found) = authorizations::find(conn, whose, consented.authorization)? else {
            return Ok(Err(over));
        };
        let Some(role) = accounts::role(conn, workspace, found.member.id)? else { return Ok(Err(over)) };
        let mut scopes = available(&consented.scopes, client, role);
        scopes.retain(|scope| found.scopes.contains(scope));
        if scopes.is_empty() {
            return Ok(Err(NO_SCOPE_LEFT));
        }
        let consented = Consented { scopes, ..consented };
        Ok(Ok(Standing { workspace, member: found.member.id, consented }))
    }

    /// Begins a family of tokens, and makes the first of them.
    pub fn begin_family(
        self,
        tx: &mut Tx<'_>,
        id: TokenFamilyId,
        standing: Standing,
    ) -> QueryResult<Redeemed> {
        let Standing { workspace, member, consented } = standing;
        let now = tx.now();
        let client = &self.client.record;
        let refreshable = client.grants.contains(&GrantType::RefreshToken);
        let row = FamilyRow {
            id,
            workspace_id: workspace,
            app_id: client.id,
            authorization_id: consented.authorization,
            scopes: Json::new(consented.scopes),
            refreshable,
            generation: 1,
            created_at: now,
            rotated_at: now,
            ends_at: now + if refreshable { REFRESH_IDLE_MS } else { LIFETIME_MS },
            secret_id: self.client.secret,
            resource: consented.audience,
            used_generation: 0,
            again_until: None,
            created_ip: Some(self.client.ip.to_string()),
            rotated_ip: Some(self.client.ip.to_string()),
        };
        token_families::insert(tx, &row)?;
        tx.changed(row.workspace_id, Topic::OAuthApps, None);
        let scopes = row.scopes.into_inner();
        let claims = Claims::new(self.base, client.client_id(), member.as_str(), &scopes, now)
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
