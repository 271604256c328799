//! The receiver of the deliveries that are to be recovered: a sign whether it has answered since, and a test of it.

use api_types::{deliveries::Diagnosis, ids::WebhookId, webhooks::WebhookStatus};
use leptos::prelude::*;

use crate::{
    api::webhooks,
    data::load::Load,
    pages::webhooks::send_test::Test,
    ui::{
        badge,
        erase::{Erase, live},
        icon,
        notice::note,
        time::ago,
    },
};

/// The note about one webhook, which failed with this diagnosis last; `name_it` where it is not clear which webhook.
pub fn receiver(id: WebhookId, diagnosis: Diagnosis, name_it: bool) -> AnyView {
    let load = Load::new(move || webhooks::show(id));
    let test = Test::new();
    let state = load.part(move |webhook| {
        let health = &webhook.health;
        let name = if webhook.description.is_empty() { &webhook.url } else { &webhook.description };
        let down = health.failing_since.is_some() || webhook.status == WebhookStatus::Parked;
        let since = health.last_success_at.filter(|_| !down);
        (webhook.status, since, name.clone())
    });
    let draw = move || {
        let (status, well_since, name) = state.get()?;
        let name = name_it.then(|| view! { <bdi class="font-[560]">{name}</bdi> ": " });
        if status == WebhookStatus::Paused {
            return Some(note(
                "plain",
                icon::PAUSE,
                view! { {name} "This webhook is paused: what is recovered is held until it is resumed." },
            ));
        }
        if status == WebhookStatus::Disabled {
            return Some(note(
                "plain",
                icon::PAUSE,
                view! { {name} "This webhook is disabled. Enable it before recovering." },
            ));
        }
        if let Some(at) = well_since {
            return Some(note(
                "good",
                icon::CHECK,
                view! { {name} "The receiver has answered again: it took a delivery " {ago(at)} "." },
            ));
        }
        let diagnosis = diagnosis.clone();
        Some(note(
            "warn",
            icon::ALERT,
            view! {
                <p class="font-semibold">{name} "The receiver is still failing"</p>
                <p class="mt-0.5">{badge::category(diagnosis.category)} " " {diagnosis.summary}</p>
                <p>{diagnosis.advice}</p>
            },
        ))
    };
    view! {
        <div class="grid gap-2.5">
            {live(draw)}
            <div>{test.button("Send a test first", id)}</div>
            {test.outcome(false)}
        </div>
    }
    .erase()
}
