//! The choices by which deliveries are filtered, on their lists and in the dialog that recovers many.

use api_types::{
    deliveries::{Category, DeliveryStatus},
    events::EventType,
    webhooks::Webhook,
};
use leptos::prelude::*;

use crate::{
    api::webhooks,
    data::list::List,
    ui::{
        badge::{category_word, delivery_word},
        field::{Options, owned},
    },
};

/// Every webhook as a choice; they come when they are fetched.
pub fn webhook_options() -> impl Fn() -> Options + Send + Sync {
    let webhooks = List::new(200, webhooks::list);
    move || {
        let mut options = owned(&[("", "All webhooks")]);
        options.extend(
            webhooks.rows.get().into_iter().map(|(id, webhook)| (id, webhook_label(&webhook.read()))),
        );
        options
    }
}

/// A webhook in a narrow choice: its description, or its URL without the scheme, cut short.
pub fn webhook_label(webhook: &Webhook) -> String {
    let name = if webhook.description.is_empty() {
        webhook.url.trim_start_matches("https://")
    } else {
        &webhook.description
    };
    if name.chars().count() > 40 { name.chars().take(39).chain(['…']).collect() } else { name.to_owned() }
}

pub fn event_type_options() -> Options {
    let mut options = owned(&[("", "All event types")]);
    let types = EventType::ALL.iter().filter(|kind| **kind != EventType::WebhookTest);
    options.extend(types.map(|kind| (kind.to_string(), kind.to_string())));
    options
}

/// The choices of a failure's category.
pub fn category_options() -> Options {
    let mut options = owned(&[("", "All categories")]);
    options.extend(
        Category::ALL.iter().map(|category| (category.to_string(), category_word(*category).to_owned())),
    );
    options
}

/// The choices of a delivery's status, all of them.
pub fn status_options() -> Options {
    let mut options = owned(&[("", "All deliveries")]);
    options.extend(
        DeliveryStatus::ALL.iter().map(|status| (status.to_string(), delivery_word(*status).to_owned())),
    );
    options
}
