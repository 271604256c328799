//! The delivery that holds the line of an ordered webhook: what that means, and skipping it.

use api_types::deliveries::{Delivery, DeliveryDetail, DeliveryStatus};
use leptos::prelude::*;

use crate::{
    api::deliveries,
    data::load::Load,
    ui::{
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        erase::Erase,
        icon,
        load::part,
        notice::note,
        submit::Submit,
        toast::Toasts,
    },
};

/// A notice with the button that skips, while the delivery holds the line; and the dialog that asks first.
pub fn holds_line(load: &Load<DeliveryDetail>) -> AnyView {
    let asked = RwSignal::new(None::<Delivery>);
    let current = load.clone();
    let ask = move || asked.set(untrack(|| current.ready()).map(|detail| detail.delivery));
    let after = load.clone();
    let holding =
        |detail: &DeliveryDetail| detail.holds_line.then_some((detail.delivery.status, detail.in_flight));
    view! {
        {part(load, holding, move |holding| {
            let ask = ask.clone();
            holding.map(|(status, in_flight)| notice(status, in_flight, ask)).erase()
        })}
        {dialog_for(
            asked,
            Kind::Small,
            |_| "Skip this delivery?".to_owned(),
            move |delivery| question(&delivery, asked, after.clone()),
        )}
    }
    .erase()
}

fn notice(status: DeliveryStatus, in_flight: bool, ask: impl Fn() + Send + Sync + 'static) -> AnyView {
    let until = match status {
        DeliveryStatus::Failed => {
            "Its automatic retries are used up. The line goes on once a retry by hand succeeds, or once you skip it."
        }
        _ => "The line goes on once one of its retries succeeds, or once you skip it.",
    };
    note(
        "warn",
        icon::PAUSE,
        view! {
            <p class="font-semibold">"It holds back all later deliveries of its webhook, which is ordered"</p>
            <p>{until}</p>
            <p class="mt-2">
                <button type="button" class="btn btn-quiet btn-sm" disabled=in_flight on:click=move |_| ask()>"Skip…"</button>
            </p>
        },
    )
}

fn question(delivery: &Delivery, asked: RwSignal<Option<Delivery>>, load: Load<DeliveryDetail>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = delivery.id;
    let act = move || {
        let load = load.clone();
        submit.run(deliveries::skip(id), move |_| {
            asked.set(None);
            load.refresh();
            toasts.say("The delivery is skipped: the line goes on.");
        });
    };
    let explain = view! {
        <p>
            "The receiver does not get this event; those after it go on, in their order. The delivery stays here as canceled, and can be recovered later, out of its turn."
        </p>
    };
    confirm(Question { submit, action: "Skip", fields: &[] }, explain, move || asked.set(None), act)
}
