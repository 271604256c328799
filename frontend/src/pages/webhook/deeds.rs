//! What can be done to a webhook: edited, tested, its secret rotated, disabled, deleted; each in a dialog.

use api_types::webhooks::{CreatedWebhook, Webhook};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Dialogs, enable};
use crate::{
    api::{self, Nothing},
    data::Load,
    pages::{
        recoveries, rotate,
        test::Test,
        webhook_form::{self, Draft},
        webhooks::url,
    },
    text,
    ui::{
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for, foot},
        erase::Erase,
        secret::{Secret, ShowOnce},
        submit::Submit,
        toast::Toasts,
    },
};

/// Every dialog of the page, each open while its target holds something.
pub fn dialogs(dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let (for_edit, for_rotate, for_enable, for_disable, for_test) =
        (load.clone(), load.clone(), load.clone(), load.clone(), load);
    view! {
        {dialog_for(dialogs.edit, Kind::Wide, |_| "Edit webhook".to_owned(), move |webhook| edit(&webhook, dialogs, for_edit.clone()))}
        {dialog_for(
            dialogs.rotate,
            Kind::Small,
            |_| "Rotate the signing secret?".to_owned(),
            move |webhook| rotate_secret(&webhook, dialogs, for_rotate.clone()),
        )}
        {dialog_for(dialogs.test, Kind::Wide, |_| "Send test".to_owned(), move |webhook| test(&webhook, dialogs, for_test.clone()))}
        {dialog_for(
            dialogs.enable,
            Kind::Small,
            |_| "Enable this webhook?".to_owned(),
            move |webhook| enable::body(&webhook, dialogs.enable, for_enable.clone()),
        )}
        {dialog_for(
            dialogs.disable,
            Kind::Small,
            |_| "Disable this webhook?".to_owned(),
            move |webhook| disable(&webhook, dialogs, for_disable.clone()),
        )}
        {dialog_for(dialogs.delete, Kind::Small, |_| "Delete this webhook?".to_owned(), move |webhook| delete(&webhook, dialogs))}
        {recoveries::dialog(dialogs.recover)}
    }
    .erase()
}

fn edit(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let close = move || dialogs.edit.set(None);
    webhook_form::form(
        Draft::of(webhook),
        Some(format!("/v1/webhooks/{}", webhook.id)),
        "Save",
        close,
        move |webhook: Webhook| {
            close();
            load.set(webhook);
            toasts.say("Saved.");
        },
    )
}

fn rotate_secret(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let (show_once, toasts) = (ShowOnce::use_show_once(), Toasts::use_toasts());
    let close = move || dialogs.rotate.set(None);
    let explain = "Messages are signed with a new secret. While the old one still works, each message carries both signatures, so a receiver may verify with either; afterwards one that knows only the old secret refuses every message.";
    let path = format!("/v1/webhooks/{}/secret/rotate", webhook.id);
    rotate::form(explain, path, close, move |created: CreatedWebhook| {
        close();
        load.set(created.webhook);
        let Some(value) = created.signing_secret else {
            toasts.say("Rotated. The new public key is on this page.");
            return;
        };
        show_once.show(Secret {
            title: "Signing secret rotated",
            what: "New signing secret",
            value,
            advice: "Put it into the receiver before the old one's time is over.",
            then: Callback::new(|()| ()),
        });
    })
}

fn test(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let test = Test::new();
    let id = webhook.id;
    let send = move || {
        let load = load.clone();
        test.send(id, move || load.refresh());
    };
    send();
    view! {
        <div class="form">
            <p>
                "A " <span class="mono">"webhook.test"</span> " message goes to " <span class="mono">{url(&webhook.url)}</span>
                " and to no other webhook. It enters no failure list."
            </p>
            {test.outcome(true)}
            {foot(view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| dialogs.test.set(None)>"Close"</button>
                <button type="button" class="btn btn-primary" disabled=move || test.busy() on:click=move |_| send()>"Send again"</button>
            })}
        </div>
    }
    .erase()
}

fn disable(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let path = format!("/v1/webhooks/{}/disable", webhook.id);
    let act = move || {
        let (path, load) = (path.clone(), load.clone());
        submit.run(async move { api::post::<Webhook>(&path, &Nothing {}).await }, move |webhook| {
            dialogs.disable.set(None);
            load.set(webhook);
            toasts.say("The webhook is disabled.");
        });
    };
    let explain = view! {
        <p>
            "Nothing is sent to it until you enable it again. " {waiting(webhook)}
            " Events published meanwhile are kept as canceled deliveries."
        </p>
    };
    confirm(
        Question { submit, action: "Disable", fields: &[] },
        explain,
        move || dialogs.disable.set(None),
        act,
    )
}

fn waiting(webhook: &Webhook) -> String {
    let health = &webhook.health;
    match health.waiting {
        0 => "No delivery is waiting.".to_owned(),
        1 => "The delivery that is waiting is canceled.".to_owned(),
        count => format!("What is waiting, {}, is canceled.", text::deliveries(count, health.counts_capped)),
    }
}

fn delete(webhook: &Webhook, dialogs: Dialogs) -> AnyView {
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    let submit = Submit::new();
    let path = format!("/v1/webhooks/{}", webhook.id);
    let act = move || {
        let (path, navigate) = (path.clone(), navigate.clone());
        submit.run(async move { api::delete(&path).await }, move |()| {
            dialogs.delete.set(None);
            toasts.say("The webhook is deleted.");
            navigate("/settings/api#webhooks", NavigateOptions { replace: true, ..Default::default() });
        });
    };
    let explain = view! {
        <p>
            "Its receiver gets nothing more, and its signing secret is gone for good. " {waiting(webhook)}
            " Details of past deliveries stay readable. This cannot be undone."
        </p>
        <p class="mono muted anywhere">{webhook.url.clone()}</p>
    };
    confirm(
        Question { submit, action: "Delete", fields: &[] },
        explain,
        move || dialogs.delete.set(None),
        act,
    )
}
