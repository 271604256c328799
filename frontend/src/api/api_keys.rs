//! API keys: the operations under `/v1/api-keys`.

use api_types::{
    Page,
    api_keys::{ApiKey, ApiKeyChanges, CreatedApiKey, NewApiKey, RevokeApiKey},
    ids::ApiKeyId,
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

/// The workspace's keys of one status, or all where `status` is empty.
pub fn list(status: &str) -> Query<Page<ApiKey>> {
    Query::new(paths::API_KEYS).with(&[("status", status)])
}

pub fn show(id: ApiKeyId) -> Query<ApiKey> {
    Query::new(paths::api_key(id))
}

pub fn create(key: &NewApiKey) -> Call<CreatedApiKey> {
    Call::post(paths::API_KEYS, key)
}

pub fn update(id: ApiKeyId, changes: &ApiKeyChanges) -> Call<ApiKey> {
    Call::patch(paths::api_key(id), changes)
}

pub fn revoke(id: ApiKeyId, reason: &RevokeApiKey) -> Call<ApiKey> {
    Call::post(paths::api_key_revoke(id), reason)
}
