//! "Send to webhook…": chooses a webhook, and sends an event to it.

use api_types::ids::EventId;
use leptos::prelude::*;

use crate::{
    api::{events, webhooks},
    data::list::List,
    pages::deliveries::choices::webhook_label,
    ui::{
        dialog::{Kind, dialog_for},
        erase::Erase,
        field::{about, owned, select_field},
        icon,
        notice::note,
        submit::{Submit, form_error, form_foot},
        toast::Toasts,
    },
};

/// The dialog, open while `asked` holds an event. `sent` is called once the delivery is stored.
pub fn dialog(asked: RwSignal<Option<EventId>>, sent: Callback<()>) -> AnyView {
    dialog_for(
        asked,
        Kind::Small,
        |_| "Send this event to a webhook".to_owned(),
        move |event| body(event, asked, sent),
    )
}

fn body(event: EventId, asked: RwSignal<Option<EventId>>, sent: Callback<()>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let webhook = RwSignal::new(String::new());
    let all = List::new(200, webhooks::list);
    let options = move || {
        let mut options = owned(&[("", "Choose a webhook")]);
        let rows = all.rows.get().into_iter();
        options.extend(rows.map(|(id, webhook)| (id, webhook_label(&webhook.read()))));
        options
    };
    let on_submit = move |event_of_form: web_sys::SubmitEvent| {
        event_of_form.prevent_default();
        submit.run(events::send(event, &webhook.get_untracked()), move |_| {
            asked.set(None);
            sent.run(());
            toasts.say("Sent: a delivery of its own, attempted now.");
        });
    };
    view! {
        <form class="form" novalidate on:submit=on_submit>
            {form_error(submit, &["webhook_id"])}
            {select_field(
                about("Webhook", "webhook_id", "Whatever it subscribes to. A parked webhook gets the event once it is back."),
                options,
                webhook,
                submit,
            )}
            {note(
                "plain",
                icon::INFO,
                "The message is the same as ever, byte for byte, under the same webhook-id: a receiver that had it already skips it.",
            )}
            {form_foot(submit, "Send", move || asked.set(None))}
        </form>
    }
    .erase()
}
