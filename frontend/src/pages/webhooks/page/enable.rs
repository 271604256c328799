//! Enabling a webhook again, and recovering what it missed meanwhile, if that is wanted.

use api_types::{
    recoveries::{NewRecovery, Recovery},
    webhooks::Webhook,
};
use leptos::prelude::*;

use crate::{
    amounts,
    api::{error::ApiError, recoveries, webhooks},
    data::load::Load,
    ui::{
        dialog::{cancel_button, foot},
        erase::{Erase, live},
        submit::{Submit, form_error, spinner},
        time::clock,
        toast::Toasts,
    },
};

/// The time before its last success in which a webhook may have missed something, in milliseconds: an attempt that was under way
/// then may have failed after it.
const BEFORE_SUCCESS: i64 = 60_000;

/// A recovery of what a webhook missed: everything since its last success, or all where there was none.
fn missed(webhook: &Webhook) -> NewRecovery {
    let since = webhook.health.last_success_at.map(|success| success - BEFORE_SUCCESS);
    NewRecovery {
        webhook_id: Some(webhook.id.to_string()),
        since: since.map(|time| time.to_string()),
        ..NewRecovery::default()
    }
}

/// The result of enabling.
struct Enabled {
    webhook: Webhook,
    /// The recovery, where one was asked for, or the reason why it did not start.
    recovery: Option<Result<Recovery, ApiError>>,
}

pub fn body(webhook: &Webhook, asked: RwSignal<Option<Webhook>>, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let counting = Submit::new();
    let count = RwSignal::new(None::<Recovery>);
    let id = webhook.id;
    let wanted = missed(webhook);
    counting.run(recoveries::count(wanted.clone()), move |counted| count.set(Some(counted)));
    let enable = Callback::new(move |recover: bool| {
        let wanted = wanted.clone();
        let load = load.clone();
        let request = async move {
            let webhook = webhooks::enable(id).await?;
            let recovery = if recover { Some(recoveries::create(wanted).await) } else { None };
            Ok(Enabled { webhook, recovery })
        };
        submit.run(request, move |enabled| {
            asked.set(None);
            load.set(enabled.webhook);
            toasts.say(match enabled.recovery {
                None => "The webhook is enabled: new events are sent again.".to_owned(),
                Some(Ok(_)) => "The webhook is enabled, and what it missed is being recovered.".to_owned(),
                Some(Err(error)) => {
                    format!("The webhook is enabled, but the recovery did not start: {}", error.message())
                }
            });
        });
    });
    let since = webhook.disabled_at.map(|time| view! { " since " {clock(time)} });
    view! {
        <div class="form">
            {form_error(submit, &[])}
            <p>
                "New events are sent to it again, beginning with a clean slate. It has been disabled" {since}
                ". Fix the receiver first; a test shows whether it works."
            </p>
            <div class="note plain" aria-live="polite">
                <div class="anywhere">{live(move || said(count.get(), counting.error()))}</div>
            </div>
            {foot(view! {
                {cancel_button(move || asked.set(None))}
                {live(move || buttons(count.get().map_or(0, |count| count.total), submit, enable))}
            })}
        </div>
    }
    .erase()
}

fn said(count: Option<Recovery>, error: Option<ApiError>) -> AnyView {
    match (count, error) {
        (Some(count), _) if count.total == 0 => {
            view! { <p>"Nothing was missed: no event came that it wanted."</p> }.erase()
        }
        (Some(count), _) => {
            let many = amounts::deliveries(count.total, false);
            let it = if count.total == 1 { "it" } else { "them" };
            view! {
                <p class="font-semibold">{many} " missed"</p>
                <p>
                    "Recovering sends " {it} " now, 20 per second, oldest first. You can watch and cancel it on this page, or do it later with “Recover…”."
                </p>
            }
            .erase()
        }
        (None, Some(error)) => {
            view! { <p>"What was missed could not be counted. " {error.message()}</p> }.erase()
        }
        (None, None) => view! {
            <p class="flex items-center gap-2 muted">{spinner(|| true)} "Counting what was missed…"</p>
        }
        .erase(),
    }
}

fn buttons(missed: u64, submit: Submit, enable: Callback<bool>) -> AnyView {
    let button = move |class: &'static str, label: String, recover: bool| {
        view! {
            <button type="button" class=class disabled=move || submit.busy() on:click=move |_| enable.run(recover)>
                {label}
            </button>
        }
    };
    if missed == 0 {
        return button("btn btn-primary", "Enable".to_owned(), false).erase();
    }
    view! {
        {button("btn btn-quiet", "Enable only".to_owned(), false)}
        {button("btn btn-primary", format!("Enable and recover {}", amounts::number(missed)), true)}
    }
    .erase()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_missed_is_bounded_by_the_last_success_alone() {
        let webhook = |last_success: Option<&str>| -> Webhook {
            serde_json::from_value(json!({
                "id": "whk_01JD3V5H4QZ8N7K2M9R6T1W0XY", "url": "https://hooks.example/", "event_types": ["*"], "description": "",
                "signature": "v1", "status": "disabled", "headers": [], "ordered": false, "disabled_at": "2026-11-23T10:00:00.000Z", "secrets": [],
                "created_at": "2026-11-01T08:00:00.000Z", "updated_at": "2026-11-01T08:00:00.000Z",
                "health": { "summary": "", "failing_since": "2026-11-23T09:00:00.000Z", "last_success_at": last_success,
                    "waiting": 0, "held": 0, "failures": 0, "counts_capped": false }
            }))
            .unwrap()
        };
        // What was published after the last success, and failed first at nine, is not left behind.
        let since = missed(&webhook(Some("2026-11-23T08:00:00.000Z"))).since;
        assert_eq!(since.as_deref(), Some("2026-11-23T07:59:00.000Z"));
        assert_eq!(missed(&webhook(None)).since, None);
    }
}
