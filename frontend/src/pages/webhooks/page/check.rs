//! The check of a webhook's receiver: the button, and the report in plain words, each message with its exchange.

use api_types::{
    ids::WebhookId,
    receiver_checks::{CheckFinding, CheckMessage, CheckStep, CheckVerdict, CheckedProperty, ReceiverCheck},
    webhooks::Webhook,
};
use leptos::prelude::*;

use crate::{
    api::webhooks,
    data::load::Load,
    pages::deliveries::attempt::exchange_of,
    ui::{
        badge::badge,
        erase::{Erase, live},
        icon::{self, icon},
        load::part,
        page::panel,
        submit::{Submit, form_error, spinner},
        time::ago,
    },
};

/// The card of the check.
pub fn card(load: &Load<Webhook>) -> AnyView {
    let submit = Submit::new();
    let report = RwSignal::new(None::<ReceiverCheck>);
    let button = part(load, |webhook| webhook.id, move |id| button(id, submit, report));
    panel(
        "Receiver check",
        button,
        view! {
            <div class="p-5 grid gap-4 min-w-0">
                <p class="muted max-w-2xl">
                    "Sends a few messages to this webhook alone, good and bad ones, and says what the receiver makes of them. Nothing of it counts for the webhook's health."
                </p>
                {form_error(submit, &[])}
                {live(move || {
                    submit
                        .busy()
                        .then(|| {
                            view! {
                                <p class="flex items-center gap-2 muted" role="status">
                                    {spinner(|| true)} "Sending one message after the other…"
                                </p>
                            }
                        })
                })}
                {live(move || report.get().map(|report| shown(&report)))}
            </div>
        },
    )
}

fn button(id: WebhookId, submit: Submit, report: RwSignal<Option<ReceiverCheck>>) -> AnyView {
    let check = move |_| {
        report.set(None);
        submit.run(webhooks::check(id), move |found| report.set(Some(found)));
    };
    view! {
        <button type="button" class="btn btn-quiet btn-sm" disabled=move || submit.busy() on:click=check>
            {spinner(move || submit.busy())}
            "Check receiver"
        </button>
    }
    .erase()
}

fn shown(report: &ReceiverCheck) -> AnyView {
    let (class, shape, said) = if report.passed {
        ("note good", icon::CHECK, "The receiver does everything right.")
    } else {
        ("note warn", icon::ALERT, "The receiver needs attention.")
    };
    view! {
        <div class=class role="status">
            {icon(shape)}
            <div>
                <p class="font-semibold">{said}</p>
                <p class="muted">"Checked " {ago(report.checked_at)} "."</p>
            </div>
        </div>
        <ul class="divide-y divide-base-300" aria-label="Findings">
            {report.findings.iter().map(finding).collect_view()}
        </ul>
        <div class="grid gap-1 min-w-0" aria-label="Messages">
            {report.steps.iter().map(step).collect_view()}
        </div>
    }
    .erase()
}

const fn property_word(property: CheckedProperty) -> &'static str {
    match property {
        CheckedProperty::Verifies => "Takes valid messages",
        CheckedProperty::RejectsForgeries => "Rejects forgeries",
        CheckedProperty::RejectsReplays => "Rejects replays",
        CheckedProperty::TakesRepeats => "Takes repeats",
        CheckedProperty::AnswersInTime => "Answers within 1 s",
        CheckedProperty::RotationReady => "Ready for the new secret",
    }
}

fn finding(finding: &CheckFinding) -> AnyView {
    let verdict = match finding.verdict {
        CheckVerdict::Passed => badge("dot good", "Yes"),
        CheckVerdict::Warning => badge("dot warn", "With care"),
        CheckVerdict::Failed => badge("dot bad", "No"),
        CheckVerdict::Unknown => badge("dot quiet", "Not known"),
    };
    view! {
        <li class="py-3 grid sm:grid-cols-[13rem_6.5rem_1fr] gap-x-4 gap-y-1 items-start">
            <span class="font-[560]">{property_word(finding.property)}</span>
            <span>{verdict}</span>
            <div class="anywhere">
                <p>{finding.summary.clone()}</p>
                {finding.advice.clone().map(|advice| view! { <p class="muted">{advice}</p> })}
            </div>
        </li>
    }
    .erase()
}

const fn message_word(message: CheckMessage) -> &'static str {
    match message {
        CheckMessage::Valid => "A valid message",
        CheckMessage::Forged => "A message under a wrong signature",
        CheckMessage::Stale => "A message of ten minutes ago",
        CheckMessage::Repeated => "The valid message once more",
        CheckMessage::NewSecret => "A message under the new secret alone",
    }
}

fn step(step: &CheckStep) -> AnyView {
    let answer = step.attempt.response.as_ref().map_or_else(
        || "no answer".erase(),
        |response| view! { <span class="chip">"HTTP " {response.status}</span> }.erase(),
    );
    view! {
        <details>
            <summary class="flex flex-wrap items-center gap-2 py-1.5">
                <span class="turn muted inline-flex">{icon(icon::RIGHT)}</span>
                {message_word(step.message)}
                {answer}
            </summary>
            <div class="grid gap-4 pt-2 pb-4 min-w-0">{exchange_of(step.attempt.clone())}</div>
        </details>
    }
    .erase()
}
