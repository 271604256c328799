//! A table of deliveries: all that failed on the overview, or those of one webhook on its page.

use api_types::{
    Timestamp,
    deliveries::{Delivery, DeliveryStatus, Diagnosis, WebhookRef},
    events::EventType,
    ids::DeliveryId,
};
use leptos::prelude::*;

use crate::{
    data::list::List,
    pages::deliveries::retry,
    paths,
    ui::{
        badge::{self, delivery_status},
        erase::Erase,
        list::{self, Look, cell, lead, menu_cell, part_of},
        time::{ago, due_or},
    },
};

/// The table; `with_webhook` where the deliveries are of several webhooks.
pub fn table(
    list: &List<Delivery>,
    label: &'static str,
    with_webhook: bool,
    empty: Callback<(), AnyView>,
) -> AnyView {
    let asked = RwSignal::new(None::<Delivery>);
    let look =
        Look { label, columns: &["Event", "What happened", "Attempts", "Next attempt", "Status", ""], empty };
    let table = list::table(list, look, move |delivery| row(&delivery, with_webhook, asked));
    let refresh = {
        let list = list.clone();
        Callback::new(move |()| list.refresh())
    };
    view! {
        {table}
        {retry::dialog(asked, refresh)}
    }
    .erase()
}

fn row(delivery: &ArcRwSignal<Delivery>, with_webhook: bool, asked: RwSignal<Option<Delivery>>) -> AnyView {
    let head = move |(id, kind, webhook, created_at): (DeliveryId, EventType, WebhookRef, Timestamp)| {
        view! {
            <a class="rowlink block mono !text-[0.8125rem]" href=paths::delivery(id)>
                {kind.as_str()}
            </a>
            {with_webhook.then(|| webhook_of(&webhook))}
            <span class="muted block text-[0.8125rem]">{ago(created_at)}</span>
        }
        .erase()
    };
    let happened = |delivery: &Delivery| (delivery.last_diagnosis.clone(), delivery.last_response_status);
    let asks = delivery.clone();
    let button = move |(failing, kind): (bool, EventType)| {
        let delivery = asks.clone();
        failing
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="btn btn-quiet btn-sm"
                        title=format!("Retry {kind}")
                        on:click=move |_| asked.set(Some(delivery.get_untracked()))
                    >
                        "Retry"
                    </button>
                }
            })
            .erase()
    };
    view! {
        {lead(part_of(delivery, |it| (it.id, it.event_type, it.webhook.clone(), it.created_at), head))}
        {cell("What happened", part_of(delivery, happened, |(diagnosis, status)| what_happened(diagnosis, status)))}
        {cell("Attempts", part_of(delivery, |it| it.attempts, Erase::erase))}
        {cell("Next attempt", part_of(delivery, |it| (it.held, it.next_attempt_at), |(held, at)| {
            if held {
                view! { <span title="Waits until its webhook may be sent more">"Held"</span> }.erase()
            } else {
                due_or(at, "None")
            }
        }))}
        {cell("Status", part_of(delivery, |it| it.status, delivery_status))}
        {menu_cell(part_of(delivery, |it| (is_failure(it.status), it.event_type), button))}
    }
    .erase()
}

const fn is_failure(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::Retrying | DeliveryStatus::Failed)
}

fn webhook_of(webhook: &WebhookRef) -> AnyView {
    let name = if webhook.description.is_empty() { webhook.url.clone() } else { webhook.description.clone() };
    let deleted = webhook.deleted.then_some(" (deleted)");
    view! { <span class="muted anywhere line-clamp-2" dir="auto" title=webhook.url.clone()>{name} {deleted}</span> }.erase()
}

fn what_happened(diagnosis: Option<Diagnosis>, status: Option<u16>) -> AnyView {
    let Some(diagnosis) = diagnosis else {
        let answer = status.map(|status| format!("Answered {status}"));
        return view! { <span class="muted">{answer.unwrap_or_else(|| "—".to_owned())}</span> }.erase();
    };
    let status = status.map(|status| view! { <span class="chip">{status}</span> });
    view! {
        <span class="flex flex-wrap gap-1.5 items-center mb-1">{badge::category(diagnosis.category)} {status}</span>
        <span class="anywhere block">{diagnosis.summary}</span>
    }
    .erase()
}
