//! Webhooks: the operations under `/v1/webhooks`.

use std::fmt::Display;

use api_types::{
    Page,
    delivery_addresses::DeliveryAddress,
    filters::{FilterPreview, PreviewFilter},
    ids::{SecretId, WebhookId},
    oauth_apps::RotateSecret,
    receiver_checks::ReceiverCheck,
    webhooks::{
        CreatedSigningSecret, CreatedWebhook, NewTest, NewWebhook, TestResult, Webhook, WebhookChanges,
    },
};

use crate::{
    api::call::{Call, Query},
    paths::api as paths,
};

pub fn list() -> Query<Page<Webhook>> {
    Query::new(paths::WEBHOOKS)
}

/// The webhooks of an owner that are not disabled; `for_members`: only those that an app made for members.
pub fn of_owner(owner: &str, for_members: bool) -> Query<Page<Webhook>> {
    let for_members = if for_members { "true" } else { "" };
    list().with(&[
        ("owner_id", owner),
        ("status", "active,parked"),
        ("made_for_members", for_members),
        ("limit", "200"),
    ])
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

pub fn adopt(id: WebhookId) -> Call<Webhook> {
    Call::act(paths::webhook_adopt(id))
}

pub fn enable(id: WebhookId) -> Call<Webhook> {
    Call::act(paths::webhook_enable(id))
}

pub fn disable(id: WebhookId) -> Call<Webhook> {
    Call::act(paths::webhook_disable(id))
}

pub fn pause(id: WebhookId) -> Call<Webhook> {
    Call::act(paths::webhook_pause(id))
}

pub fn resume(id: WebhookId) -> Call<Webhook> {
    Call::act(paths::webhook_resume(id))
}

pub fn rotate_secret(id: WebhookId, rotation: &RotateSecret) -> Call<CreatedSigningSecret> {
    Call::post(paths::webhook_secrets(id), rotation)
}

pub fn drop_secret(id: WebhookId, secret: SecretId) -> Call<()> {
    Call::delete(paths::webhook_secret(id, secret))
}

/// The addresses that deliveries come from.
pub fn delivery_addresses() -> Query<Page<DeliveryAddress>> {
    Query::new(paths::DELIVERY_ADDRESSES)
}

/// The number of past events that a filter would have let through.
pub fn preview_filter(wanted: &PreviewFilter) -> Call<FilterPreview> {
    Call::post(paths::WEBHOOK_FILTER_PREVIEW, wanted)
}

/// Sends a test message and waits for the receiver's answer.
pub fn test(id: WebhookId, message: &NewTest) -> Call<TestResult> {
    Call::post(paths::webhook_test(id), message)
}

/// Sends the messages of a check, and waits for the receiver's answers.
pub fn check(id: WebhookId) -> Call<ReceiverCheck> {
    Call::act(paths::webhook_check(id))
}
