//! The actions on a webhook: edit, test, rotate its secret, enable, disable, delete, recover; each in a dialog.

use api_types::{
    oauth_apps::RotateSecret,
    webhooks::{CreatedSigningSecret, Webhook},
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    amounts,
    api::webhooks,
    data::load::Load,
    pages::{
        recoveries::choose,
        rotate_secret,
        webhooks::{
            form, owner,
            page::{dialogs::Dialogs, enable, pausing, signing, test},
        },
    },
    paths,
    ui::{
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        erase::Erase,
        secret::{Secret, ShowOnce},
        submit::Submit,
        toast::Toasts,
    },
};

/// Every dialog of the page, each open while its target holds something.
pub fn dialogs(dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let for_edit = load.clone();
    let for_rotate = load.clone();
    let for_drop = load.clone();
    let for_enable = load.clone();
    let for_disable = load.clone();
    let for_pausing = load.clone();
    let for_adopt = load.clone();
    let for_test = load;
    view! {
        {dialog_for(dialogs.edit, Kind::Wide, |_| "Edit webhook".to_owned(), move |webhook| edit(&webhook, dialogs, for_edit.clone()))}
        {dialog_for(
            dialogs.rotate,
            Kind::Small,
            |_| "Rotate the signing secret?".to_owned(),
            move |webhook| rotate(&webhook, dialogs, for_rotate.clone()),
        )}
        {dialog_for(
            dialogs.drop,
            Kind::Small,
            |_| "Drop the old secret?".to_owned(),
            move |old| signing::drop_dialog(&old, &for_drop, dialogs.drop),
        )}
        {dialog_for(dialogs.test, Kind::Tool, |_| "Send test".to_owned(), move |webhook| test::body(&webhook, dialogs.test, for_test.clone()))}
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
        {pausing::dialogs(dialogs, &for_pausing)}
        {dialog_for(
            dialogs.adopt,
            Kind::Small,
            |_| "Adopt this webhook?".to_owned(),
            move |webhook| owner::adopt(&webhook, dialogs.adopt, for_adopt.clone()),
        )}
        {dialog_for(dialogs.delete, Kind::Small, |_| "Delete this webhook?".to_owned(), move |webhook| delete(&webhook, dialogs))}
        {choose::dialog(dialogs.recover)}
    }
    .erase()
}

fn edit(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let close = move || dialogs.edit.set(None);
    form::edit(webhook, close, move |webhook| {
        close();
        load.set(webhook);
        toasts.say("Saved.");
    })
}

fn rotate(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let toasts = Toasts::use_toasts();
    let close = move || dialogs.rotate.set(None);
    let explain = view! {
        <p>
            "Messages are signed with a new secret. While the old one still works, each message carries both signatures, so a receiver may verify with either; afterwards one that knows only the old secret refuses every message."
        </p>
        {rotate_secret::no_room(webhook.secrets.iter().map(|secret| secret.expires_at))}
    };
    let id = webhook.id;
    let call = move |rotation: &RotateSecret| webhooks::rotate_secret(id, rotation);
    rotate_secret::form(explain, call, close, move |created: CreatedSigningSecret| {
        close();
        load.refresh();
        let Some(value) = created.signing_secret else {
            toasts.say("Rotated. The new public key is on this page.");
            return;
        };
        show_once.show(Secret {
            title: "Signing secret rotated",
            what: "New signing secret",
            value,
            beside: None,
            advice: "Put it into the receiver before the old one's time is over.",
            then: Callback::new(|()| ()),
        });
    })
}

fn disable(webhook: &Webhook, dialogs: Dialogs, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = webhook.id;
    let act = move || {
        let load = load.clone();
        submit.run(webhooks::disable(id), move |webhook| {
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
        count => {
            format!("What is waiting, {}, is canceled.", amounts::deliveries(count, health.counts_capped))
        }
    }
}

fn delete(webhook: &Webhook, dialogs: Dialogs) -> AnyView {
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    let submit = Submit::new();
    let id = webhook.id;
    let act = move || {
        let navigate = navigate.clone();
        submit.run(webhooks::remove(id), move |()| {
            dialogs.delete.set(None);
            toasts.say("The webhook is deleted.");
            navigate(paths::WEBHOOKS, NavigateOptions { replace: true, ..Default::default() });
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
