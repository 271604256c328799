//! Webhooks: the section of the overview that lists them and creates one.

mod addresses;
mod filter;
mod form;
mod headers;
pub mod owner;
pub mod page;
mod parts;
pub mod send_test;
mod state;
mod verify;

use api_types::{
    Timestamp,
    deliveries::DiagnosisCode,
    ids::WebhookId,
    stream::Topic,
    webhooks::{CreatedWebhook, Owner, Webhook, WebhookHealth},
};
use leptos::prelude::*;

use self::{
    parts::{event_chips, url},
    state::State,
};
use crate::{
    amounts::at_least,
    api::webhooks,
    data::list::List,
    paths,
    ui::{
        erase::Erase,
        icon,
        list::{cell, lead, part_of},
        list_section::{Blank, Created, ListSection, announcer},
        secret::Secret,
        time::clock,
    },
};

const SECTION: ListSection = ListSection {
    id: "webhooks",
    name: "Webhooks",
    about: "Webhooks send Sayless events to external systems.",
    docs: paths::docs::WEBHOOKS,
    columns: &["Destination", "Events", "Health", "Status"],
    create: "Create webhook",
    blank: Blank {
        icon: icon::HOOK,
        title: "No webhooks yet",
        text: "A webhook tells one of your systems what happens in Sayless, as it happens: give it a URL and the events it should receive.",
    },
    filter: None,
};

#[component]
pub fn Webhooks() -> impl IntoView {
    let list = List::new(10, webhooks::list).live(&[Topic::Webhooks, Topic::Deliveries], || None);
    let changed = list.clone();
    view! {
        {SECTION.view(&list, |webhook| row(&webhook), move |creating| create(creating, changed.clone()))}
        {addresses::addresses()}
    }
}

fn row(webhook: &ArcRwSignal<Webhook>) -> AnyView {
    let head = |(id, address, description, owner): (WebhookId, String, String, Option<Owner>)| {
        let about = (!description.is_empty())
            .then(|| view! { <span class="muted anywhere line-clamp-2" dir="auto">{description}</span> });
        view! {
            <a class="rowlink line-clamp-2" title=address.clone() href=paths::webhook(id)>{url(&address)}</a>
            {about}
            <span class="muted text-[0.8125rem] line-clamp-2">{owner::label(owner.as_ref())}</span>
        }
        .erase()
    };
    view! {
        {lead(part_of(webhook, |it| (it.id, it.url.clone(), it.description.clone(), it.owner.clone()), head))}
        {cell("Events", part_of(webhook, |it| it.event_types.clone(), |types| event_chips(&types, 2)))}
        {cell("Health", part_of(webhook, |it| (State::of(it), since(it), it.health.clone()), |(state, since, health)| {
            in_a_line(state, since, &health)
        }))}
        {cell("Status", part_of(webhook, State::of, State::badge))}
    }
    .erase()
}

/// The instant since which the webhook is in its state.
fn since(webhook: &Webhook) -> Option<Timestamp> {
    let draining = webhook.draining.map(|draining| draining.since);
    webhook.disabled_at.or(webhook.paused_at).or(draining).or(webhook.health.failing_since)
}

/// The state in a line: "Connection refused since 14:02, 312 waiting".
fn in_a_line(state: State, since: Option<Timestamp>, health: &WebhookHealth) -> AnyView {
    let count = |count: u64| at_least(count, health.counts_capped);
    let waiting = match (state, health.waiting) {
        (State::Disabled, _) | (_, 0) => String::new(),
        (_, waiting) => format!(", {} waiting", count(waiting)),
    };
    let since = since.map(|time| view! { " since " {clock(time)} });
    match state {
        State::Disabled => view! { <span class="muted">"Disabled" {since}</span> }.erase(),
        State::Paused => view! { <span>"Paused" {since} {waiting}</span> }.erase(),
        State::Failing | State::Parked | State::HeldInOrder => {
            let what = health.failing_with.map_or("Failing", DiagnosisCode::phrase);
            view! { <span>{what} {since} {waiting}</span> }.erase()
        }
        State::CatchingUp => view! { <span>"Catching up" {since} {waiting}</span> }.erase(),
        State::New | State::Working | State::RateLimited if health.last_success_at.is_some() => {
            view! { <span class="muted">"Working" {waiting}</span> }.erase()
        }
        State::New | State::Working | State::RateLimited => {
            view! { <span class="muted">"Nothing sent yet" {waiting}</span> }.erase()
        }
    }
}

fn create(creating: RwSignal<Option<()>>, list: List<Webhook>) -> AnyView {
    let announce = announcer();
    let close = move || creating.set(None);
    let done = move |CreatedWebhook { webhook, signing_secret }| {
        close();
        list.refresh();
        announce(Created {
            secret: signing_secret.map(|value| Secret {
                title: "Webhook created",
                what: "Signing secret",
                value,
                beside: None,
                advice: "The receiver verifies with it that a message came from Sayless. Then send a test from the webhook's page.",
                then: Callback::new(|()| ()),
            }),
            said: "Webhook created. Receivers verify with its public key.",
            page: paths::webhook(webhook.id),
        });
    };
    form::new_webhook(close, done)
}
