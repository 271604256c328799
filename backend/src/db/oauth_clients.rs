//! OAuth apps as the OAuth server needs them: by `client_id` alone, with their secrets' digests.

use api_types::{
    Scope, Timestamp,
    account::{Plan, Workspace},
    authorizations::AppRef,
    ids::{OAuthAppId, SecretId, WorkspaceId},
    oauth_apps::{ClientKind, Distribution, GrantType},
};
use diesel::prelude::*;

use super::{
    Conn, Json,
    publisher_domains::{self, Claim},
    schema::{client_secrets, oauth_apps, workspaces},
};

/// An OAuth app as the OAuth server needs it.
#[derive(Clone, Debug)]
pub struct ClientRecord {
    pub id: OAuthAppId,
    pub name: String,
    pub workspace: Workspace,
    pub kind: ClientKind,
    pub redirect_uris: Vec<String>,
    /// The most that the app may ask a member for.
    pub scopes: Vec<Scope>,
    /// Those of the scopes that each member may leave out.
    pub optional_scopes: Vec<Scope>,
    pub grants: Vec<GrantType>,
    pub suspended: bool,
    /// In which workspaces it may act.
    pub distribution: Distribution,
    /// The name of whoever publishes the app, as other workspaces read it.
    pub publisher_name: String,
    /// The URL of the document that the app is known by, which is its `client_id`; `None` where its id is that.
    pub client_id_url: Option<String>,
    /// The client secrets that have not expired.
    pub secrets: Vec<SecretDigest>,
}

impl ClientRecord {
    /// The app's `client_id`, as tokens name it.
    pub fn client_id(&self) -> &str {
        self.client_id_url.as_deref().unwrap_or_else(|| self.id.as_str())
    }

    /// `true` where this is the app's own workspace, in which nobody need let it in. An app that is known by a document has none.
    pub fn is_at_home(&self, workspace: WorkspaceId) -> bool {
        self.client_id_url.is_none() && self.workspace.id == workspace
    }
}

/// A client secret's digest; `Debug` does not show it.
#[derive(Clone)]
pub struct SecretDigest {
    pub id: SecretId,
    /// HMAC of the secret under the pepper.
    pub digest: String,
    pub expires_at: Option<Timestamp>,
}

impl std::fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SecretDigest").field("id", &self.id).finish_non_exhaustive()
    }
}

type Row = (
    (OAuthAppId, String, ClientKind, Option<Timestamp>),
    (Json<Vec<String>>, Json<Vec<Scope>>, Json<Vec<Scope>>, Json<Vec<GrantType>>),
    (WorkspaceId, String, Plan),
    (Distribution, String, Option<String>),
);

/// The client with this id, unless it was deleted.
pub fn find(conn: &mut Conn, id: OAuthAppId, now: Timestamp) -> QueryResult<Option<ClientRecord>> {
    let row = oauth_apps::table
        .inner_join(workspaces::table)
        .filter(oauth_apps::id.eq(id))
        .filter(oauth_apps::deleted_at.is_null())
        .select((
            (oauth_apps::id, oauth_apps::name, oauth_apps::kind, oauth_apps::suspended_at),
            (oauth_apps::redirect_uris, oauth_apps::scopes, oauth_apps::optional_scopes, oauth_apps::grants),
            (workspaces::id, workspaces::name, workspaces::plan),
            (oauth_apps::distribution, oauth_apps::publisher_name, oauth_apps::client_id_url),
        ))
        .first::<Row>(conn)
        .optional()?;
    let Some((
        (id, name, kind, suspended_at),
        (redirect_uris, scopes, optional, grants),
        workspace,
        published,
    )) = row
    else {
        return Ok(None);
    };
    let secrets = client_secrets::table
        .filter(client_secrets::app_id.eq(id))
        .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(now)))
        .select((client_secrets::id, client_secrets::digest, client_secrets::expires_at))
        .load::<(SecretId, String, Option<Timestamp>)>(conn)?;
    let (workspace_id, workspace_name, plan) = workspace;
    let (distribution, publisher_name, client_id_url) = published;
    Ok(Some(ClientRecord {
        id,
        name,
        workspace: Workspace { id: workspace_id, name: workspace_name, plan },
        kind,
        redirect_uris: redirect_uris.into_inner(),
        scopes: scopes.into_inner(),
        optional_scopes: optional.into_inner(),
        grants: grants.into_inner(),
        suspended: suspended_at.is_some(),
        distribution,
        publisher_name,
        client_id_url,
        secrets: secrets
            .into_iter()
            .map(|(id, digest, expires_at)| SecretDigest { id, digest, expires_at })
            .collect(),
    }))
}

/// An app as members see it, unless it was deleted.
pub fn shown(conn: &mut Conn, id: OAuthAppId) -> QueryResult<Option<AppRef>> {
    let row = oauth_apps::table
        .filter(oauth_apps::id.eq(id))
        .filter(oauth_apps::deleted_at.is_null())
        .select((
            oauth_apps::client_id_url,
            oauth_apps::name,
            oauth_apps::description,
            oauth_apps::homepage_url,
            oauth_apps::logo,
            publisher_domains::CLAIM,
        ))
        .first::<(Option<String>, String, String, String, String, Claim)>(conn)
        .optional()?;
    Ok(row.map(|(client_id_url, name, description, homepage_url, logo, claim)| AppRef {
        id,
        client_id_url,
        name,
        description,
        homepage_url,
        logo,
        verified_domain: publisher_domains::verified(claim),
    }))
}

/// Stores a client secret under another pepper.
pub fn set_secret_digest(conn: &mut Conn, id: SecretId, digest: &str, version: i32) -> QueryResult<()> {
    diesel::update(client_secrets::table.find(id))
        .set((client_secrets::digest.eq(digest), client_secrets::pepper_version.eq(version)))
        .execute(conn)
        .map(drop)
}

/// Records the latest use of a client secret; a use older than the recorded one changes nothing.
pub fn set_secret_used(conn: &mut Conn, id: SecretId, at: Timestamp, ip: &str) -> QueryResult<()> {
    diesel::update(
        client_secrets::table
            .find(id)
            .filter(client_secrets::last_used_at.is_null().or(client_secrets::last_used_at.lt(at))),
    )
    .set((client_secrets::last_used_at.eq(at), client_secrets::last_used_ip.eq(ip)))
    .execute(conn)
    .map(drop)
}
