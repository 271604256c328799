// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! The operations of API keys.

use crate::call::Call;
use crate::client::Client;
use crate::generated::models::{
    ApiKey, ApiKeyChanges, ApiKeyId, ApiKeyStatus, CreatedApiKey, NewApiKey, RevokeApiKey,
};
use crate::list::{Kind, List, Pages};
use crate::request::Request;
use reqwest::Method;

/// The operations of API keys.
#[derive(Debug, Clone)]
pub struct ApiKeys<C> {
    client: C,
}

impl<C: Client> ApiKeys<C> {
    pub(crate) fn of(client: &C) -> Self {
        Self { client: client.clone() }
    }

    /// Create an API key.
    ///
    /// The answer holds the secret, this once: it is stored only as a digest.
    ///
    /// **Permission:** an admin's session
    pub fn create(&self, body: &NewApiKey) -> Call<C, CreatedApiKey> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "api-keys"]).keyed().body(body))
    }

    /// Show an API key.
    ///
    /// **Permission:** an admin's session
    pub fn get(&self, id: impl Into<ApiKeyId>) -> Call<C, ApiKey> {
        let id: ApiKeyId = id.into();
        Call::new(&self.client, Request::new(Method::GET, &["v1", "api-keys", id.as_str()]))
    }

    /// List API keys.
    ///
    /// Newest first, without the secrets.
    ///
    /// **Permission:** an admin's session
    pub fn list(&self) -> List<C, ListApiKeys> {
        List::new(&self.client, Request::new(Method::GET, &["v1", "api-keys"]))
    }

    /// Revoke an API key.
    ///
    /// It stops working with the next request, for good, and its webhooks are disabled, unless a key that replaces it has them. Revoking
    /// a revoked key changes nothing and answers with it. A key that was made to replace it goes on working: if the key leaked, look at
    /// `replaced_by` and revoke that one, too.
    ///
    /// **Permission:** an admin's session
    pub fn revoke(&self, id: impl Into<ApiKeyId>, body: &RevokeApiKey) -> Call<C, ApiKey> {
        let id: ApiKeyId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::POST, &["v1", "api-keys", id.as_str(), "revoke"])
                .keyed()
                .conditional()
                .body(body),
        )
    }

    /// Rotate the key that calls.
    ///
    /// The answer holds a new key, this once, with the same name, scopes, addresses and end, and rotatable like the old one. The old
    /// key, which calls, ends at the new one's first use, and after 24 hours at the latest. Until then it makes no second key: calling
    /// again is 409, and names the new key. So send an `Idempotency-Key`, with which a repeated call gets a lost answer again.
    ///
    /// Revoking either key leaves the other one as it is. A new key that was revoked before its first use can be made again.
    ///
    /// **Permission:** an API key that an admin marked rotatable
    pub fn rotate_own(&self) -> Call<C, CreatedApiKey> {
        Call::new(&self.client, Request::new(Method::POST, &["v1", "api-keys", "self", "rotate"]).keyed())
    }

    /// Change an API key.
    ///
    /// A JSON merge patch (RFC 7396) of its name, of the addresses it may be used from, or of whether it may replace itself. What it may
    /// do and when it expires cannot be changed: replace it.
    ///
    /// **Permission:** an admin's session
    pub fn update(&self, id: impl Into<ApiKeyId>, body: &ApiKeyChanges) -> Call<C, ApiKey> {
        let id: ApiKeyId = id.into();
        Call::new(
            &self.client,
            Request::new(Method::PATCH, &["v1", "api-keys", id.as_str()]).conditional().body(body),
        )
    }
}

/// The list that [`ApiKeys::list`] gives.
#[derive(Debug)]
pub enum ListApiKeys {}

impl Kind for ListApiKeys {
    type Item = ApiKey;
    const PAGES: Pages = Pages::Cursor;
}

impl<C: Client> List<C, ListApiKeys> {
    /// How many results to give: 1 to 200, 50 where absent.
    pub fn limit(self, limit: u32) -> Self {
        self.with("limit", limit.to_string())
    }

    /// Where to go on: the `next_cursor` of the page before.
    pub fn cursor(self, cursor: impl Into<String>) -> Self {
        self.with("cursor", cursor.into().as_str())
    }

    /// Only keys in one of these states; several by repeating the parameter or separated by commas.
    pub fn status(self, status: impl IntoIterator<Item = ApiKeyStatus>) -> Self {
        self.with_all("status", status)
    }
}
