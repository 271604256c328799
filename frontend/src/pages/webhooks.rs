//! Webhooks on the overview: listed and created.

use crate::ui::erase::{Erase, live};
use api_types::webhooks::{CreatedWebhook, Webhook, WebhookStatus};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    data::List,
    pages::webhook_form::{self, Draft},
    ui::{
        badge::{chips, webhook_status},
        dialog::{Kind, dialog_for},
        icon::{self, icon},
        list::{self, Look, cell, lead},
        notice::blank,
        page::section,
        secret::{Secret, ShowOnce},
        toast::Toasts,
    },
};

/// The section.
#[component]
pub fn Webhooks() -> impl IntoView {
    let list = List::<Webhook>::new(10, || "/v1/webhooks".to_owned());
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
    let table = list::table(&list, look, row);
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

fn row(webhook: ArcRwSignal<Webhook>) -> AnyView {
    live(move || {
        let webhook = webhook.get();
        let well = webhook.health.failing_since.is_none() || webhook.status == WebhookStatus::Disabled;
        view! {
            {lead(view! {
                <a class="rowlink line-clamp-2" title=webhook.url.clone() href=format!("/settings/api/webhooks/{}", webhook.id)>{url(&webhook.url)}</a>
                {(!webhook.description.is_empty())
                    .then(|| view! { <span class="muted anywhere line-clamp-2" dir="auto">{webhook.description.clone()}</span> })}
            })}
            {cell("Events", event_chips(&webhook.event_types, 2))}
            {cell("Health", view! { <span class="anywhere" class:muted=well>{webhook.health.summary.clone()}</span> })}
            {cell("Status", webhook_status(webhook.status))}
        }
    })
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
