//! The configuration of a webhook, as a list of names and values.

use api_types::webhooks::Webhook;
use leptos::prelude::*;

use crate::{
    amounts::number,
    pages::webhooks::{filter::conditions, owner, parts::event_chips},
    ui::{
        actor::by,
        badge::chips,
        code::copyable,
        erase::Erase,
        page::detail,
        time::{ago, exact},
    },
};

/// The webhook without its health, which changes all the time: the panel is drawn from it.
#[derive(Clone, PartialEq)]
pub struct Configuration(Webhook);

impl Configuration {
    pub fn of(webhook: &Webhook) -> Self {
        let mut webhook = webhook.clone();
        webhook.health = api_types::webhooks::WebhookHealth::default();
        webhook.parked = None;
        webhook.held_by = None;
        webhook.draining = None;
        Self(webhook)
    }
}

pub fn configuration(Configuration(webhook): &Configuration) -> AnyView {
    let limit = match webhook.rate_limit {
        Some(1) => "1 delivery per second".to_owned(),
        Some(limit) => format!("{} deliveries per second", number(limit.into())),
        None => "None".to_owned(),
    };
    view! {
        <dl class="facts">
            {detail("Destination URL", copyable("Copy URL", webhook.url.clone()))}
            {(!webhook.description.is_empty())
                .then(|| detail("Description", view! { <span dir="auto">{webhook.description.clone()}</span> }))}
            {detail("Events", event_chips(&webhook.event_types, 30))}
            {webhook.filter.as_ref().map(|filter| detail("Filter", conditions(filter)))}
            {detail("Rate limit", limit)}
            {webhook.ordered.then(|| detail("Order", "One at a time, oldest first; a failure holds back the later ones"))}
            {(!webhook.headers.is_empty()).then(|| {
                let names: Vec<String> = webhook.headers.iter().map(|header| header.name.clone()).collect();
                detail("Own headers", view! { {chips(&names, 10)} <span class="muted block text-xs">"Their values are kept encrypted and are not shown."</span> })
            })}
            {detail("Webhook ID", copyable("Copy webhook ID", webhook.id.to_string()))}
            {detail("Owner", owner::label(webhook.owner.as_ref()))}
            {detail("Created", view! { {exact(webhook.created_at)} " " {webhook.created_by.as_ref().map(by)} })}
            {detail("Last changed", ago(webhook.updated_at))}
        </dl>
    }
    .erase()
}
