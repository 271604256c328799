//! One delivery: its event, what went wrong and what to do about it, every attempt, and retrying it.

use api_types::{
    deliveries::{CancelReason, Delivery, DeliveryDetail, DeliveryStatus, Diagnosis},
    ids::AttemptId,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    browser,
    data::{Load, Loaded},
    pages::{attempt::attempt, gone::failed_or_gone, retry},
    text::pretty,
    ui::{
        badge::{self, badge, delivery_status},
        code::{code_block, copyable},
        icon,
        notice::{bones, note},
        page::{self, crumbs, fact, heading, panel},
        time::{ago, due_or, exact},
    },
};

/// How long, in milliseconds, to keep looking for the result of a retry.
const FOLLOW_MS: i64 = 60_000;

/// The page.
#[component]
pub fn DeliveryPage() -> impl IntoView {
    let params = use_params_map();
    let load = Load::<DeliveryDetail>::new(move || {
        format!("/v1/deliveries/{}", browser::encode(&params.read().get("id").unwrap_or_default()))
    });
    let named = load.clone();
    page::title(move || match named.ready() {
        Some(detail) => format!("{} delivery", detail.delivery.event_type),
        None => "Delivery".to_owned(),
    });
    let asked = RwSignal::new(None::<Delivery>);
    let following = RwSignal::new(None::<(i64, usize)>);
    follow(&load, following);
    let accepted = {
        let load = load.clone();
        Callback::new(move |()| {
            let known = untrack(|| load.ready()).map_or(0, |detail| detail.attempt_history.len());
            following.set(Some((browser::now().as_millis() + FOLLOW_MS, known)));
            load.refresh();
        })
    };
    view! {
        {crumbs("Webhook delivery failures", "/settings/api#delivery-failures")}
        {move || match load.get() {
            Loaded::Loading => view! { <div class="panel">{bones("the delivery", 6)}</div> }.into_any(),
            Loaded::Failed(error) => {
                let load = load.clone();
                failed_or_gone(&error, "This delivery", move || load.retry())
            }
            Loaded::Ready(detail) => content(&detail, asked, following),
        }}
        {retry::dialog(asked, accepted)}
    }
}

/// Refetches while something is about to change: an attempt is under way, a retry was accepted a moment ago, or the next
/// attempt is due.
fn follow(load: &Load<DeliveryDetail>, following: RwSignal<Option<(i64, usize)>>) {
    let load = load.clone();
    browser::every(1_500, move || {
        let Some(detail) = untrack(|| load.ready()) else { return };
        let now = browser::now();
        if let Some((until, known)) = following.get_untracked()
            && (now.as_millis() > until || (detail.attempt_history.len() > known && !detail.in_flight))
        {
            following.set(None);
        }
        let due = detail.delivery.next_attempt_at.is_some_and(|next| {
            let late = now.millis_since(next);
            (0..FOLLOW_MS).contains(&late)
        });
        if detail.in_flight || due || following.get_untracked().is_some() {
            load.refresh();
        }
    });
}

fn content(
    detail: &DeliveryDetail,
    asked: RwSignal<Option<Delivery>>,
    following: RwSignal<Option<(i64, usize)>>,
) -> AnyView {
    let delivery = detail.delivery.clone();
    let flying = detail.in_flight;
    let working = move || {
        (flying || following.get().is_some()).then(|| {
            view! { <span role="status">{badge("dot live info", "Attempt under way")}</span> }
        })
    };
    let name = view! { <span class="mono !text-xl tracking-tight">{delivery.event_type.as_str()}</span> };
    let beside = view! {
        {delivery_status(delivery.status)}
        {working}
    };
    let payload = payload(detail);
    let attempts = detail.attempt_history.clone();
    view! {
        {heading(name, beside, retry_button(detail, asked))}
        {standing(detail)}
        {panel("Delivery", (), facts(detail))}
        {panel("Attempts", (), timeline(attempts))}
        {panel("Event", (), view! { <div class="p-5">{code_block("What is sent, the same on every attempt", "Copy payload", true, payload)}</div> })}
    }
    .into_any()
}

fn retry_button(detail: &DeliveryDetail, asked: RwSignal<Option<Delivery>>) -> AnyView {
    let delivery = detail.delivery.clone();
    if delivery.status == DeliveryStatus::Succeeded {
        return ().into_any();
    }
    let possible = detail.retry.possible;
    let reason = detail.retry.reason.clone().filter(|_| !possible);
    view! {
        <div class="grid gap-1 justify-items-start sm:justify-items-end">
            <button
                type="button"
                class="btn btn-primary"
                disabled=!possible
                aria-describedby="why-not"
                on:click=move |_| asked.set(Some(delivery.clone()))
            >
                "Retry"
            </button>
            {reason.map(|reason| view! { <p class="muted text-[0.8125rem] max-w-xs sm:text-right" id="why-not">{reason}</p> })}
        </div>
    }
    .into_any()
}

/// Where the delivery stands and what to do: the diagnosis, or that there is nothing to do.
fn standing(detail: &DeliveryDetail) -> AnyView {
    let delivery = &detail.delivery;
    match (delivery.status, delivery.last_diagnosis.clone()) {
        (DeliveryStatus::Succeeded, _) => {
            let at = delivery.finished_at.or(delivery.last_attempt_at);
            note("good", icon::CHECK, view! { "The receiver took it " {at.map(ago)} "." })
        }
        (DeliveryStatus::Canceled, diagnosis) => {
            let why = match delivery.cancel_reason {
                Some(CancelReason::WebhookDisabled) => "the webhook is disabled",
                Some(CancelReason::WebhookDeleted) => "the webhook was deleted",
                Some(CancelReason::Plan) => "the workspace's plan does not include the API",
                None => "it was canceled",
            };
            view! {
                {note("plain", icon::INFO, format!("This delivery will not be sent, because {why}."))}
                {diagnosis.map(|diagnosis| card(diagnosis, delivery))}
            }
            .into_any()
        }
        (_, Some(diagnosis)) => card(diagnosis, delivery),
        (_, None) => note("plain", icon::INFO, "No attempt has failed. There is nothing to do yet."),
    }
}

fn card(diagnosis: Diagnosis, delivery: &Delivery) -> AnyView {
    let next = delivery.next_attempt_at;
    let row = |name: &'static str, content: AnyView| {
        view! {
            <div class="px-5 py-4">
                <dt class="muted text-[0.8125rem] mb-1">{name}</dt>
                <dd class="anywhere">{content}</dd>
            </div>
        }
    };
    let schedule = match next {
        Some(time) => view! { " The next attempt: " {due_or(Some(time), "")} "." }.into_any(),
        None => " No further attempt is scheduled.".into_any(),
    };
    view! {
        <section class="panel mt-4 overflow-hidden" aria-label="Diagnosis">
            <div class="px-5 pt-4 pb-3.5 border-b border-base-300">
                <p class="flex flex-wrap items-center gap-2 mb-1.5">
                    {badge::category(diagnosis.category)} <span class="mono muted text-xs">{diagnosis.code.as_str()}</span>
                </p>
                <p class="text-base font-semibold anywhere">{diagnosis.summary}</p>
            </div>
            <dl class="grid md:grid-cols-3 divide-y md:divide-y-0 md:divide-x divide-base-300">
                {row("Whose problem it is", badge::category_sentence(diagnosis.category).into_any())}
                {row("What to do", diagnosis.advice.into_any())}
                {row("When a retry helps", view! { {retry::when(diagnosis.retry_helps)} {schedule} }.into_any())}
            </dl>
        </section>
    }
    .into_any()
}

fn facts(detail: &DeliveryDetail) -> AnyView {
    let delivery = &detail.delivery;
    let webhook = delivery.webhook.clone();
    let name = if webhook.description.is_empty() { webhook.url.clone() } else { webhook.description.clone() };
    let link = if webhook.deleted {
        view! { <bdi>{name}</bdi> " (deleted)" }.into_any()
    } else {
        view! { <a class="textlink" dir="auto" href=format!("/settings/api/webhooks/{}", webhook.id)>{name}</a> }.into_any()
    };
    view! {
        <dl class="facts">
            {fact("Webhook", view! { {link} <span class="mono muted block" dir="ltr">{webhook.url}</span> })}
            {fact("Event ID", copyable("Copy event ID", delivery.event_id.to_string()))}
            {fact("Delivery ID", copyable("Copy delivery ID", delivery.id.to_string()))}
            {fact("Created", view! { {exact(delivery.created_at)} <span class="muted">" (" {ago(delivery.created_at)} ")"</span> })}
            {fact("Next attempt", due_or(delivery.next_attempt_at, "None is scheduled"))}
            {delivery.finished_at.map(|time| fact("Finished", exact(time)))}
        </dl>
    }
    .into_any()
}

fn timeline(attempts: Vec<api_types::deliveries::Attempt>) -> AnyView {
    if attempts.is_empty() {
        return view! { <p class="muted p-5">"No attempt has been made yet."</p> }.into_any();
    }
    // The newest is open; which others are open stays as the reader left it when a new one arrives.
    let newest: Option<AttemptId> = attempts.first().map(|attempt| attempt.id);
    let rows = attempts.into_iter().map(|one| {
        let open = Some(one.id) == newest;
        view! { <li>{attempt(one, open)}</li> }
    });
    view! { <ol class="divide-y divide-base-300" aria-label="Attempts, newest first">{rows.collect_view()}</ol> }.into_any()
}

/// The payload as it was sent, or as it will be.
fn payload(detail: &DeliveryDetail) -> String {
    let sent = detail.attempt_history.iter().find_map(|attempt| attempt.request.as_ref());
    sent.map_or_else(|| pretty(&detail.event.payload.to_string()), |request| pretty(&request.body))
}
