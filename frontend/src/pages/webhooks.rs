//! Webhooks on the overview: listed and created.

use crate::ui::erase::Erase;
use api_types::{
    Timestamp,
    deliveries::DiagnosisCode,
    ids::WebhookId,
    stream::Topic,
    webhooks::{CreatedWebhook, Webhook, WebhookHealth},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    data::List,
    pages::webhook_form::{self, Draft},
    text,
    ui::{
        badge::{self, Standing, chips},
        dialog::{Kind, dialog_for},
        icon::{self, icon},
        list::{self, Look, cell, lead, part_of},
        notice::blank,
        page::section,
        secret::{Secret, ShowOnce},
        time::clock,
        toast::Toasts,
    },
};

/// The section.
#[component]
pub fn Webhooks() -> impl IntoView {
    let list = List::<Webhook>::new(10, || "/v1/webhooks".to_owned())
        .live(&[Topic::Webhooks, Topic::Deliveries], || None);
    let creating = RwSignal::new(None::<()>);
    let empty = Callback::new(move |()| {
        blank(
            icon::HOOK,
            "No webhooks yet",
            "A webhook tells one of your systems what happens in Sayless, as it happens: give it a URL and the events it should receive.",
            view! {
                <button type="button" class="btn btn-primary btn-sm" on:click=move |_| creating.set(Some(()))>
                    "Create webhook"
                </button>
            },
        )
    });
    let look = Look { label: "Webhooks", columns: &["Destination", "Events", "Health", "Status"], empty };
    let table = list::table(&list, look, |webhook| row(&webhook));
    let dialog = dialog_for(
        creating,
        Kind::Wide,
        |()| "Create webhook".to_owned(),
        move |()| create(creating, list.clone()),
    );
    section(
        "webhooks",
        "Webhooks",
        "Webhooks send Sayless events to external systems.",
        view! {
            <button type="button" class="btn btn-primary" on:click=move |_| creating.set(Some(()))>
                {icon(icon::PLUS)}
                "Create webhook"
            </button>
        },
        view! {
            <div class="panel">{table}</div>
            {dialog}
        },
    )
}

/// A URL that breaks after its scheme and host rather than anywhere.
pub fn url(url: &str) -> AnyView {
    view! { <span class="anywhere" dir="ltr">{url.to_owned()}</span> }.erase()
}

fn row(webhook: &ArcRwSignal<Webhook>) -> AnyView {
    let head = |(id, address, description): (WebhookId, String, String)| {
        let about = (!description.is_empty())
            .then(|| view! { <span class="muted anywhere line-clamp-2" dir="auto">{description}</span> });
        view! {
            <a class="rowlink line-clamp-2" title=address.clone() href=format!("/settings/api/webhooks/{id}")>{url(&address)}</a>
            {about}
        }
        .erase()
    };
    view! {
        {lead(part_of(webhook, |it| (it.id, it.url.clone(), it.description.clone()), head))}
        {cell("Events", part_of(webhook, |it| it.event_types.clone(), |types| event_chips(&types, 2)))}
        {cell("Health", part_of(webhook, |it| (Standing::of(it), since(it), it.health.clone()), |(standing, since, health)| {
            in_a_line(standing, since, &health)
        }))}
        {cell("Status", part_of(webhook, Standing::of, badge::webhook))}
    }
    .erase()
}

/// Since when it is as it is.
fn since(webhook: &Webhook) -> Option<Timestamp> {
    let draining = webhook.draining.map(|draining| draining.since);
    webhook.disabled_at.or(draining).or(webhook.health.failing_since)
}

/// How it is doing: "Connection refused since 14:02, 312 waiting".
fn in_a_line(standing: Standing, since: Option<Timestamp>, health: &WebhookHealth) -> AnyView {
    let count = |count: u64| text::at_least(count, health.counts_capped);
    let waiting = match (standing, health.waiting) {
        (Standing::Disabled, _) | (_, 0) => String::new(),
        (_, waiting) => format!(", {} waiting", count(waiting)),
    };
    let since = since.map(|time| view! { " since " {clock(time)} });
    match standing {
        Standing::Disabled => view! { <span class="muted">"Disabled" {since}</span> }.erase(),
        Standing::Failing | Standing::Parked => {
            let what = health.failing_with.map_or("Failing", DiagnosisCode::phrase);
            view! { <span>{what} {since} {waiting}</span> }.erase()
        }
        Standing::CatchingUp => view! { <span>"Catching up" {since} {waiting}</span> }.erase(),
        Standing::Active if health.last_success_at.is_some() => {
            view! { <span class="muted">"Working" {waiting}</span> }.erase()
        }
        Standing::Active => view! { <span class="muted">"Nothing sent yet" {waiting}</span> }.erase(),
    }
}

/// Subscribed event types on chips; `*` says what it means.
pub fn event_chips(types: &[String], most: usize) -> AnyView {
    if types.iter().any(|word| word == "*") { "All events".erase() } else { chips(types, most) }
}

fn create(creating: RwSignal<Option<()>>, list: List<Webhook>) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    let close = move || creating.set(None);
    let done = move |created: CreatedWebhook| {
        close();
        list.refresh();
        let path = format!("/settings/api/webhooks/{}", created.webhook.id);
        if let Some(value) = created.signing_secret {
            show_once.show(Secret {
                title: "Webhook created",
                what: "Signing secret",
                value,
                advice: "The receiver verifies with it that a message came from Sayless. Then send a test from the webhook's page.",
                then: Callback::new(|()| ()),
            });
        } else {
            toasts.say("Webhook created. Receivers verify with its public key.");
            navigate(&path, NavigateOptions::default());
        }
    };
    webhook_form::form(Draft::new(), None, "Create webhook", close, done)
}
