//! Webhooks: the operations under `/v1/webhooks`.

use std::fmt::Display;

use api_types::{
    Page,
    ids::{SecretId, WebhookId},
    oauth_apps::RotateSecret,
    webhooks::{CreatedSigningSecret, CreatedWebhook, NewWebhook, TestResult, Webhook, WebhookChanges},
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

pub fn list() -> Query<Page<Webhook>> {
    Query::new(paths::WEBHOOKS)
}

/// One webhook; `id` is typed, or the text that stands in the page's address.
pub fn show(id: impl Display) -> Query<Webhook> {
    Query::new(paths::webhook(id))
}

pub fn create(webhook: &NewWebhook) -> Call<CreatedWebhook> {
    Call::post(paths::WEBHOOKS, webhook)
}

pub fn update(id: WebhookId, changes: &WebhookChanges) -> Call<Webhook> {
    Call::patch(paths::webhook(id), changes)
}

pub fn remove(id: WebhookId) -> Call<()> {
    Call::delete(paths::webhook(id))
}

pub fn enable(id: WebhookId) -> Call<Webhook> {
    Call::act(paths::webhook_enable(id))
}

pub fn disable(id: WebhookId) -> Call<Webhook> {
    Call::act(paths::webhook_disable(id))
}

pub fn rotate_secret(id: WebhookId, rotation: &RotateSecret) -> Call<CreatedSigningSecret> {
    Call::post(paths::webhook_secrets(id), rotation)
}

pub fn drop_secret(id: WebhookId, secret: SecretId) -> Call<()> {
    Call::delete(paths::webhook_secret(id, secret))
}

/// Sends a test message and waits for the receiver's answer.
pub fn test(id: WebhookId) -> Call<TestResult> {
    Call::act(paths::webhook_test(id))
}
