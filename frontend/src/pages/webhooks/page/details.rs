//! The configuration of a webhook and the signing of its messages, as lists of names and values.

use api_types::webhooks::{SignatureScheme, SigningSecret, Webhook};
use leptos::prelude::*;

use crate::{
    amounts::number,
    pages::webhooks::{parts::event_chips, verify},
    ui::{
        badge::badge,
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
            {detail("Rate limit", limit)}
            {detail("Webhook ID", copyable("Copy webhook ID", webhook.id.to_string()))}
            {detail("Created", exact(webhook.created_at))}
            {detail("Last changed", ago(webhook.updated_at))}
        </dl>
    }
    .erase()
}

/// The scheme and the secrets by which messages are signed, and code that verifies them.
pub fn signing(signature: SignatureScheme, secrets: &[SigningSecret]) -> AnyView {
    let scheme = match signature {
        SignatureScheme::V1 => "HMAC-SHA-256 with a shared secret (v1)",
        SignatureScheme::V1a => "Ed25519 with a public key (v1a)",
    };
    let secrets = secrets.iter().map(|secret| {
        let state = if secret.expires_at.is_none() { badge("dot good", "Current") } else { badge("dot warn", "Old") };
        let ends = secret.expires_at.map(|time| view! { " · signs until " {exact(time)} " (" {ago(time)} ")" });
        let key = secret.public_key.clone();
        view! {
            <li class="grid gap-0.5 not-first:mt-2">
                <span class="flex flex-wrap gap-x-2 items-center">{state} <span class="muted">"Created " {ago(secret.created_at)} {ends}</span></span>
                {key.map(|key| copyable("Copy public key", key))}
            </li>
        }
    });
    view! {
        <dl class="facts">
            {detail("Signature", scheme)}
            {detail(
                if signature == SignatureScheme::V1 { "Signing secrets" } else { "Public keys" },
                view! { <ul>{secrets.collect_view()}</ul> },
            )}
        </dl>
        {verify::how_to(signature)}
    }
    .erase()
}
