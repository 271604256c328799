//! Retrying a delivery by hand: first what went wrong and what to do about it, then the attempt.

use api_types::{
    deliveries::{Delivery, RetryHelps},
    webhooks::NewTest,
};
use leptos::prelude::*;

use crate::{
    api::deliveries,
    pages::webhooks::send_test::Test,
    ui::{
        badge,
        dialog::{Kind, cancel_button, dialog_for, foot},
        erase::Erase,
        icon,
        notice::note,
        submit::{Submit, form_error, spinner},
        toast::Toasts,
    },
};

/// The dialog, open while `asked` holds a delivery. `accepted` is called once its retry is.
pub fn dialog(asked: RwSignal<Option<Delivery>>, accepted: Callback<()>) -> AnyView {
    dialog_for(
        asked,
        Kind::Wide,
        |_| "Retry this delivery?".to_owned(),
        move |delivery| body(&delivery, asked, accepted),
    )
}

/// The moment at which a retry makes sense, as a sentence.
pub const fn retry_helps(helps: RetryHelps) -> &'static str {
    match helps {
        RetryHelps::Now => "A retry can succeed right away.",
        RetryHelps::AfterFix => {
            "A retry helps only after this is fixed; otherwise the same delivery fails again."
        }
        RetryHelps::Later => "A retry helps once the receiver is back. The schedule tries again by itself.",
    }
}

fn body(delivery: &Delivery, asked: RwSignal<Option<Delivery>>, accepted: Callback<()>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let test = Test::new();
    let id = delivery.id;
    let webhook = delivery.webhook.id;
    let retry = move |_| {
        submit.run(deliveries::retry(id), move |_| {
            asked.set(None);
            accepted.run(());
            toasts.say("Retry accepted: one attempt is made now.");
        });
    };
    let deleted = delivery.webhook.deleted;
    view! {
        <div class="form">
            {form_error(submit, &[])}
            {known(delivery)}
            <p>
                "Retry delivery when the receiving system is ready to accept the event. Retry only after fixing the destination service; otherwise the same delivery can fail again."
            </p>
            {test.outcome(false)}
            {foot(view! {
                {cancel_button(move || asked.set(None))}
                {(!deleted)
                    .then(|| {
                        view! {
                            <button type="button" class="btn btn-quiet" disabled=move || test.busy() on:click=move |_| test.send(webhook, &NewTest::default(), || ())>
                                {spinner(move || test.busy())}
                                "Send a test first"
                            </button>
                        }
                    })}
                <button type="button" class="btn btn-primary" disabled=move || submit.busy() on:click=retry>
                    {spinner(move || submit.busy())}
                    "Retry"
                </button>
            })}
        </div>
    }
    .erase()
}

fn known(delivery: &Delivery) -> AnyView {
    let Some(diagnosis) = delivery.last_diagnosis.clone() else {
        return note("plain", icon::INFO, "Nothing is known to be wrong with the last attempt.");
    };
    view! {
        <div class="note plain">
            <div class="anywhere grid gap-1.5">
                <p>{badge::category(diagnosis.category)}</p>
                <p class="font-semibold">{diagnosis.summary}</p>
                <p>{diagnosis.advice}</p>
                <p class="muted">{retry_helps(diagnosis.retry_helps)}</p>
            </div>
        </div>
    }
    .erase()
}
