//! Recognizes credentials that Sayless gave out among secrets found in a text, by their digests.

use api_types::{
    Timestamp,
    ids::{ApiKeyId, OAuthAppId, SecretId, WebhookId, WorkspaceId},
};
use diesel::prelude::*;

use super::{
    Conn,
    schema::{api_keys, client_secrets, oauth_apps, signing_secrets, webhooks},
};

/// The most digests that one statement asks for.
const CHUNK: usize = 500;

/// A credential that Sayless gave out.
#[derive(Clone, Debug)]
pub struct Known {
    /// The digest that the credential is stored under.
    pub digest: String,
    pub workspace_id: WorkspaceId,
    /// The key's, app's or webhook's id.
    pub object_id: String,
    /// The key's or app's name, or the webhook's URL.
    pub object_name: String,
    /// `None` for an API key: the key is the secret, and has no second id.
    pub secret_id: Option<SecretId>,
}

/// API keys stored under one of `digests`, also those that no longer work.
pub fn api_keys(conn: &mut Conn, digests: &[String]) -> QueryResult<Vec<Known>> {
    let mut known = Vec::new();
    for digests in digests.chunks(CHUNK) {
        let rows = api_keys::table
            .filter(api_keys::digest.eq_any(digests))
            .select((api_keys::digest, api_keys::workspace_id, api_keys::id, api_keys::name))
            .load::<(String, WorkspaceId, ApiKeyId, String)>(conn)?;
        known.extend(rows.into_iter().map(|(digest, workspace_id, id, name)| Known {
            digest,
            workspace_id,
            object_id: id.to_string(),
            object_name: name,
            secret_id: None,
        }));
    }
    Ok(known)
}

/// Client secrets stored under one of `digests` that still work.
pub fn client_secrets(conn: &mut Conn, digests: &[String], now: Timestamp) -> QueryResult<Vec<Known>> {
    let mut known = Vec::new();
    for digests in digests.chunks(CHUNK) {
        let rows = client_secrets::table
            .inner_join(oauth_apps::table)
            .filter(client_secrets::digest.eq_any(digests))
            .filter(client_secrets::expires_at.is_null().or(client_secrets::expires_at.gt(now)))
            .filter(oauth_apps::deleted_at.is_null())
            .select((
                client_secrets::digest,
                client_secrets::workspace_id,
                oauth_apps::id,
                oauth_apps::name,
                client_secrets::id,
            ))
            .load::<(String, WorkspaceId, OAuthAppId, String, SecretId)>(conn)?;
        known.extend(rows.into_iter().map(|(digest, workspace_id, app, name, secret)| Known {
            digest,
            workspace_id,
            object_id: app.to_string(),
            object_name: name,
            secret_id: Some(secret),
        }));
    }
    Ok(known)
}

/// Signing secrets stored under one of `digests` that still sign.
pub fn signing_secrets(conn: &mut Conn, digests: &[String], now: Timestamp) -> QueryResult<Vec<Known>> {
    let mut known = Vec::new();
    for digests in digests.chunks(CHUNK) {
        let rows = signing_secrets::table
            .inner_join(webhooks::table)
            .filter(signing_secrets::digest.eq_any(digests))
            .filter(signing_secrets::expires_at.is_null().or(signing_secrets::expires_at.gt(now)))
            .filter(webhooks::deleted_at.is_null())
            .select((
                signing_secrets::digest,
                signing_secrets::workspace_id,
                webhooks::id,
                webhooks::url,
                signing_secrets::id,
            ))
            .load::<(String, WorkspaceId, WebhookId, String, SecretId)>(conn)?;
        known.extend(rows.into_iter().map(|(digest, workspace_id, webhook, url, secret)| Known {
            digest,
            workspace_id,
            object_id: webhook.to_string(),
            object_name: url,
            secret_id: Some(secret),
        }));
    }
    Ok(known)
}
