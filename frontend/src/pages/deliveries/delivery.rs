//! The page of one delivery: its event, what went wrong and what to do about it, its attempts, and retrying it.

use std::time::Duration;

use api_types::{
    Timestamp,
    deliveries::{CancelReason, Delivery, DeliveryDetail, DeliveryStatus, Diagnosis},
    events::EventType,
    ids::{DeliveryId, WebhookId},
    stream::Topic,
    webhooks::{Draining, Parked, Webhook},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    amounts,
    api::{deliveries, webhooks},
    browser,
    data::load::Load,
    pages::deliveries::{
        exchange::pretty,
        retry::{self, retry_helps},
        skip::holds_line,
        timeline::timeline,
    },
    paths,
    ui::{
        badge::{self, badge, delivery_status},
        code::{code_block, copyable},
        docs::diagnosis_code,
        erase::{Erase, live},
        icon,
        load::{loaded, part},
        notice::note,
        page::{self, crumbs, detail, heading, panel},
        time::{ago, clock, countdown, due_or, exact},
    },
};

/// The time for which an accepted retry is shown as under way where its result does not come.
const FOLLOW: Duration = Duration::from_mins(1);

#[component]
pub fn DeliveryPage() -> impl IntoView {
    let params = use_params_map();
    let load = Load::new(move || deliveries::show(&params.read().get("id").unwrap_or_default()));
    let own = load.clone();
    let load = load.live(&[Topic::Deliveries], move || {
        untrack(|| own.ready()).map(|detail| detail.delivery.webhook.id.to_string())
    });
    let named = load.clone();
    page::title(move || match named.ready() {
        Some(detail) => format!("{} delivery", detail.delivery.event_type),
        None => "Delivery".to_owned(),
    });
    let asked = RwSignal::new(None::<Delivery>);
    let following = RwSignal::new(None::<u32>);
    follow(&load, following);
    let accepted = {
        let load = load.clone();
        Callback::new(move |()| {
            let known = untrack(|| load.ready()).map_or(0, |detail| detail.delivery.attempts);
            following.set(Some(known));
            load.refresh();
        })
    };
    let content = {
        let load = load.clone();
        move || content(&load, asked, following)
    };
    view! {
        {crumbs("Webhook delivery failures", paths::DELIVERY_FAILURES)}
        {loaded(&load, "This delivery", content)}
        {retry::dialog(asked, accepted)}
    }
}

/// An accepted retry is under way until its attempt has ended, or for as long as one may take.
fn follow(load: &Load<DeliveryDetail>, following: RwSignal<Option<u32>>) {
    let progress = load.part(|detail| (detail.delivery.attempts, detail.in_flight));
    Effect::new(move |_| {
        if let (Some((attempts, false)), Some(known)) = (progress.get(), following.get())
            && attempts > known
        {
            following.set(None);
        }
    });
    let turn = StoredValue::new(0_u32);
    Effect::new(move |_| {
        turn.update_value(|turn| *turn += 1);
        let own = turn.get_value();
        if following.get().is_some() {
            let give_up = move || {
                if turn.try_get_value() == Some(own) {
                    following.try_set(None);
                }
            };
            set_timeout(give_up, FOLLOW);
        }
    });
}

fn content(
    load: &Load<DeliveryDetail>,
    asked: RwSignal<Option<Delivery>>,
    following: RwSignal<Option<u32>>,
) -> AnyView {
    let name =
        |kind: EventType| view! { <span class="mono !text-xl tracking-tight">{kind.as_str()}</span> }.erase();
    let flying = load.part(|detail| detail.in_flight);
    let working = Memo::new(move |_| flying.get() == Some(true) || following.get().is_some());
    let working = move || {
        working
            .get()
            .then(|| view! { <span role="status">{badge("dot live info", "Attempt under way")}</span> })
    };
    let code = |text: String| {
        let block = code_block("What is sent, the same on every attempt", "Copy payload", true, text);
        view! { <div class="p-5">{block}</div> }.erase()
    };
    view! {
        {heading(
            part(load, |detail| detail.delivery.event_type, name),
            view! {
                {part(load, |detail| detail.delivery.status, delivery_status)}
                {live(working)}
            },
            retry_button(load, asked),
        )}
        {part(load, waits, |webhook| webhook.map(held_back).erase())}
        {holds_line(load)}
        {part(load, |detail| detail.delivery.clone(), |delivery| status_notice(&delivery))}
        {panel("Delivery", (), part(load, |detail| detail.delivery.clone(), |delivery| details(&delivery)))}
        {panel("Attempts", (), timeline(load))}
        {panel("Event", (), part(load, payload, code))}
    }
    .erase()
}

fn retry_button(load: &Load<DeliveryDetail>, asked: RwSignal<Option<Delivery>>) -> AnyView {
    let advice = load.part(|detail| detail.retry.clone());
    let disabled = move || advice.get().is_none_or(|advice| !advice.possible);
    let reason = move || {
        let reason = advice.get().filter(|advice| !advice.possible).and_then(|advice| advice.reason);
        reason.map(|reason| view! { <p class="muted text-[0.8125rem] max-w-xs sm:text-right">{reason}</p> })
    };
    let current = load.clone();
    let ask = move |_| asked.set(untrack(|| current.ready()).map(|detail| detail.delivery));
    let finished = load.part(|detail| detail.delivery.status == DeliveryStatus::Succeeded);
    view! {
        <div class="grid gap-1 justify-items-start sm:justify-items-end" class:hidden=move || finished.get() == Some(true)>
            <button type="button" class="btn btn-primary" disabled=disabled aria-describedby="why-not" on:click=ask>
                "Retry"
            </button>
            <div id="why-not">{live(reason)}</div>
        </div>
    }
    .erase()
}

/// The state of the delivery and the way on: the diagnosis, or that there is nothing to do.
fn status_notice(delivery: &Delivery) -> AnyView {
    match (delivery.status, delivery.last_diagnosis.clone()) {
        (DeliveryStatus::Succeeded, _) => {
            let at = delivery.finished_at.or(delivery.last_attempt_at);
            note("good", icon::CHECK, view! { "The receiver took it " {at.map(ago)} "." })
        }
        (DeliveryStatus::Canceled, diagnosis) => {
            let why = match delivery.cancel_reason {
                Some(CancelReason::WebhookDisabled) => "the webhook is disabled",
                Some(CancelReason::WebhookDeleted) => "the webhook was deleted",
                Some(CancelReason::Skipped) => "somebody skipped it",
                Some(CancelReason::Plan) => "the workspace's plan does not include the API",
                Some(CancelReason::Missed) => {
                    "the webhook was not there yet when its event was published, or did not want this type"
                }
                None => "it was canceled",
            };
            view! {
                {note("plain", icon::INFO, format!("This delivery will not be sent, because {why}."))}
                {diagnosis.map(|diagnosis| card(diagnosis, delivery))}
            }
            .erase()
        }
        (_, Some(diagnosis)) => card(diagnosis, delivery),
        // The notice above says what a held delivery waits for.
        (_, None) if delivery.held => ().erase(),
        (_, None) => note("plain", icon::INFO, "No attempt has failed. There is nothing to do yet."),
    }
}

/// The webhook of a delivery that is held.
fn waits(detail: &DeliveryDetail) -> Option<WebhookId> {
    let delivery = &detail.delivery;
    (delivery.held && !delivery.webhook.deleted).then_some(delivery.webhook.id)
}

/// The state of a webhook's own line, in which its deliveries wait.
#[derive(Clone, PartialEq)]
enum Line {
    Free,
    Paused(Timestamp),
    /// The webhook is ordered; with the delivery that failed and holds the others back.
    Ordered(Option<DeliveryId>),
    Parked(Parked),
    Draining(Draining),
    Limited {
        limit: u32,
        held: String,
    },
}

impl Line {
    fn of(webhook: &Webhook) -> Self {
        let health = &webhook.health;
        if let Some(since) = webhook.paused_at {
            return Self::Paused(since);
        }
        if webhook.ordered && webhook.parked.is_none() {
            return Self::Ordered(webhook.held_by);
        }
        match (webhook.parked, webhook.draining, webhook.rate_limit) {
            (Some(parked), ..) => Self::Parked(parked),
            (None, Some(draining), _) => Self::Draining(draining),
            (None, None, Some(limit)) if health.held > 0 => {
                Self::Limited { limit, held: amounts::deliveries(health.held, health.counts_capped) }
            }
            _ => Self::Free,
        }
    }
}

/// The reason why a delivery is held, from the state of its webhook.
fn held_back(id: WebhookId) -> AnyView {
    let webhook = Load::new(move || webhooks::show(id))
        .live(&[Topic::Webhooks, Topic::Deliveries], move || Some(id.to_string()));
    part(&webhook, Line::of, |line| match line {
        Line::Free => note(
            "",
            icon::CLOCK,
            "Waits its turn: its webhook's deliveries are sent one after the other, oldest first.",
        ),
        Line::Paused(since) => note(
            "warn",
            icon::PAUSE,
            view! {
                <p class="font-semibold">"Held: the webhook is paused since " {clock(since)}</p>
                <p>"It spends no retries meanwhile. Once the webhook is resumed, what is held is sent, oldest first."</p>
            },
        ),
        Line::Ordered(None) => note(
            "",
            icon::CLOCK,
            "Waits its turn: its webhook is ordered, and older deliveries go first, one at a time.",
        ),
        Line::Ordered(Some(holder)) => note(
            "warn",
            icon::PAUSE,
            view! {
                "Held: its webhook is ordered, and " <a class="textlink" href=paths::delivery(holder)>"an older delivery"</a>
                " failed. It waits until that one succeeds or is skipped."
            },
        ),
        Line::Parked(parked) => note(
            "warn",
            icon::PAUSE,
            view! {
                <p class="font-semibold">"Held: the webhook is parked since " {clock(parked.since)}</p>
                <p>
                    "It spends no retries meanwhile. Next probe: " {countdown(parked.next_probe_at, "under way")}
                    "; once one succeeds, what is held is sent, oldest first. A retry by hand does not wait for that."
                </p>
            },
        ),
        Line::Draining(draining) => note(
            "",
            icon::CLOCK,
            view! {
                "Waits its turn: the receiver is back, and what was held is being sent, oldest first, "
                {amounts::number(draining.per_second.into())} " per second at present."
            },
        ),
        Line::Limited { limit, held } => note(
            "",
            icon::CLOCK,
            view! {
                "Waits its turn: the webhook is limited to " {amounts::number(limit.into())} " per second, and " {held}
                " are held by that."
            },
        ),
    })
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
    let asked = diagnosis.wait_until.filter(|until| *until > browser::now()).map(|until| {
        view! { " The receiver asked to wait until " {clock(until)} ", and that is kept." }
    });
    let schedule = match next {
        Some(_) if delivery.held => " It is held for the moment.".erase(),
        Some(time) => view! { " The next attempt: " {due_or(Some(time), "")} "." }.erase(),
        None => " No further attempt is scheduled.".erase(),
    };
    view! {
        <section class="panel mt-4 overflow-hidden" aria-label="Diagnosis">
            <div class="px-5 pt-4 pb-3.5 border-b border-base-300">
                <p class="flex flex-wrap items-center gap-2 mb-1.5">
                    {badge::category(diagnosis.category)} {diagnosis_code(diagnosis.code.as_str())}
                </p>
                <p class="text-base font-semibold anywhere">{diagnosis.summary}</p>
            </div>
            <dl class="grid md:grid-cols-3 divide-y md:divide-y-0 md:divide-x divide-base-300">
                {row("Whose problem it is", badge::category_sentence(diagnosis.category).erase())}
                {row("What to do", diagnosis.advice.erase())}
                {row("When a retry helps", view! { {retry_helps(diagnosis.retry_helps)} {asked} {schedule} }.erase())}
            </dl>
        </section>
    }
    .erase()
}

fn details(delivery: &Delivery) -> AnyView {
    let webhook = delivery.webhook.clone();
    let name = if webhook.description.is_empty() { webhook.url.clone() } else { webhook.description.clone() };
    let link = if webhook.deleted {
        view! { <bdi>{name}</bdi> " (deleted)" }.erase()
    } else {
        view! { <a class="textlink" dir="auto" href=paths::webhook(webhook.id)>{name}</a> }.erase()
    };
    view! {
        <dl class="facts">
            {detail("Webhook", view! { {link} <span class="mono muted block" dir="ltr">{webhook.url}</span> })}
            {detail("Event ID", view! {
                {copyable("Copy event ID", delivery.event_id.to_string())}
                <a class="textlink" href=paths::event(delivery.event_id)>"Show the event"</a>
            })}
            {detail("Delivery ID", copyable("Copy delivery ID", delivery.id.to_string()))}
            {detail("Created", view! { {exact(delivery.created_at)} <span class="muted">" (" {ago(delivery.created_at)} ")"</span> })}
            {detail("Next attempt", if delivery.held { "Held".erase() } else { due_or(delivery.next_attempt_at, "None is scheduled") })}
            {delivery.recovery_id.map(|id| detail("Set going again by", view! { "a recovery " <span class="mono muted">{id.to_string()}</span> }))}
            {delivery.finished_at.map(|time| detail("Finished", exact(time)))}
        </dl>
    }
    .erase()
}

/// The payload, the same on every attempt.
fn payload(detail: &DeliveryDetail) -> String {
    // An admin is shown every payload.
    detail.event.payload.as_ref().map_or_else(String::new, |payload| pretty(payload.text()))
}
