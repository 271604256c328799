//! Pausing a webhook and resuming it: what happens, in words, before it does.

use api_types::webhooks::Webhook;
use leptos::prelude::*;

use crate::{
    amounts,
    api::webhooks,
    data::load::Load,
    pages::webhooks::page::dialogs::Dialogs,
    ui::{
        dialog::{Kind, cancel_button, dialog_for, foot},
        erase::Erase,
        submit::{Submit, form_error, submit_button},
        toast::Toasts,
    },
};

pub fn dialogs(dialogs: Dialogs, load: &Load<Webhook>) -> AnyView {
    let for_pause = load.clone();
    let for_resume = load.clone();
    view! {
        {dialog_for(
            dialogs.pause,
            Kind::Small,
            |_| "Pause this webhook?".to_owned(),
            move |webhook| pause(&webhook, dialogs, for_pause.clone()),
        )}
        {dialog_for(
            dialogs.resume,
            Kind::Small,
            |_| "Resume this webhook?".to_owned(),
            move |webhook| resume(&webhook, dialogs, for_resume.clone()),
        )}
    }
    .erase()
}

fn pause(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = webhook.id;
    let close = move || dialogs.pause.set(None);
    let act = move || {
        let load = load.clone();
        submit.run(webhooks::pause(id), move |webhook| {
            close();
            load.set(webhook);
            toasts.say("The webhook is paused.");
        });
    };
    let explain = view! {
        <p>
            "Nothing is sent to it until you resume it, retries by hand included; a test can still be sent. Nothing is canceled: what waits and what comes is held, however long, and spends no retries."
        </p>
        <p class="muted">"To stop it for good, disable it: that cancels what waits."</p>
    };
    body(submit, explain.erase(), "Pause", close, act)
}

fn resume(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = webhook.id;
    let close = move || dialogs.resume.set(None);
    let act = move || {
        let load = load.clone();
        submit.run(webhooks::resume(id), move |webhook| {
            close();
            load.set(webhook);
            toasts.say("The webhook is resumed.");
        });
    };
    let health = &webhook.health;
    let held = match health.held {
        0 => "Nothing is held.".to_owned(),
        1 => "The delivery that is held is sent.".to_owned(),
        count => format!(
            "What is held, {}, is sent, oldest first, at a pace that grows with every success.",
            amounts::deliveries(count, health.counts_capped)
        ),
    };
    let first = match (webhook.disabled_at.is_some(), webhook.parked.is_some()) {
        (true, _) => "It stays disabled: nothing is sent before it is enabled, too.",
        (false, true) => "It is parked, too: a probe tries first whether its receiver is back.",
        (false, false) => "New events are sent to it again.",
    };
    body(submit, view! { <p>{first} " " {held}</p> }.erase(), "Resume", close, act)
}

fn body(
    submit: Submit,
    explain: AnyView,
    action: &'static str,
    close: impl Fn() + Send + Sync + 'static,
    act: impl Fn() + 'static,
) -> AnyView {
    view! {
        <form
            class="form"
            on:submit=move |event| {
                event.prevent_default();
                act();
            }
        >
            {form_error(submit, &[])}
            {explain}
            {foot(view! {
                {cancel_button(close)}
                {submit_button(submit, action, "btn btn-primary")}
            })}
        </form>
    }
    .erase()
}
