//! Whose a webhook is, in words; taking it over; and the webhooks that stop together with their owner.

use api_types::{
    Page,
    ids::WebhookId,
    webhooks::{Owner, OwnerKind, Webhook, WebhookStatus},
};
use leptos::prelude::*;

use crate::{
    api::webhooks,
    data::load::Load,
    pages::webhooks::parts::url,
    ui::{
        erase::{Erase, live},
        icon,
        notice::note,
        submit::{Submit, form_error, form_foot},
        toast::Toasts,
    },
};

/// "the API key Nightly export", "the app Acme", or a member's address.
pub fn named(owner: &Owner) -> AnyView {
    let what = match owner.kind {
        OwnerKind::ApiKey => "the API key ",
        OwnerKind::OAuthApp => "the app ",
        OwnerKind::Member => "",
    };
    view! { {what} <bdi class="anywhere">{owner.name.clone()}</bdi> }.erase()
}

/// The same where it stands alone.
pub fn label(owner: Option<&Owner>) -> AnyView {
    let Some(owner) = owner else { return "Not recorded".erase() };
    let what = match owner.kind {
        OwnerKind::ApiKey => "API key ",
        OwnerKind::OAuthApp => "App ",
        OwnerKind::Member => "",
    };
    view! { {what} <bdi class="anywhere">{owner.name.clone()}</bdi> }.erase()
}

/// The dialog that takes a webhook over.
pub fn adopt(webhook: &Webhook, target: RwSignal<Option<Webhook>>, load: Load<Webhook>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = webhook.id;
    let act = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let load = load.clone();
        submit.run(webhooks::adopt(id), move |webhook| {
            target.set(None);
            load.set(webhook);
            toasts.say("The webhook is yours.");
        });
    };
    let before = webhook.owner.as_ref().map(|owner| {
        let whose = named(owner);
        match owner.kind {
            OwnerKind::Member => view! { <p>"It belongs to " {whose} ", and will be yours."</p> }.erase(),
            OwnerKind::ApiKey | OwnerKind::OAuthApp => view! {
                <p>
                    "It belongs to " {whose}
                    ", which will see and change it no more. It will be yours, and no longer end with its owner."
                </p>
            }
            .erase(),
        }
    });
    let then = if webhook.status == WebhookStatus::Disabled {
        "It stays disabled. Enable it afterwards; what it missed can be recovered then."
    } else {
        "It goes on sending. Its owner knows the signing secret: rotate it if they are not to be trusted any more."
    };
    view! {
        <form class="form" on:submit=act>
            {form_error(submit, &[])}
            {before}
            <p>{then}</p>
            {form_foot(submit, "Adopt", move || target.set(None))}
        </form>
    }
    .erase()
}

/// A webhook in a few words: its description, or its URL.
#[derive(Clone, PartialEq)]
struct Brief {
    id: WebhookId,
    name: String,
    is_url: bool,
}

impl Brief {
    fn of(webhook: &Webhook) -> Self {
        let is_url = webhook.description.is_empty();
        let name = if is_url { &webhook.url } else { &webhook.description };
        Self { id: webhook.id, name: name.clone(), is_url }
    }

    fn view(&self) -> AnyView {
        if self.is_url {
            url(&self.name)
        } else {
            view! { <bdi class="anywhere">{self.name.clone()}</bdi> }.erase()
        }
    }
}

/// The webhooks that stop when this key or app ends, named in the question that ends it, each with a button that adopts it first.
/// `for_members`: only those that an app made for members, which end with the last consent.
pub fn stopping(owner: &str, for_members: bool) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = owner.to_owned();
    let load = Load::new({
        let id = id.clone();
        move || webhooks::of_owner(&id, for_members)
    });
    // Of keys that replaced each other the newest has the webhooks: the older ones take none with them.
    let found = load.part(move |page: &Page<Webhook>| {
        let own = page.data.iter().filter(|one| one.owner.as_ref().is_some_and(|owner| owner.id == id));
        own.map(Brief::of).collect::<Vec<_>>()
    });
    let adopt = Callback::new(move |these: Vec<WebhookId>| {
        let load = load.clone();
        let request = async move {
            let count = these.len();
            for id in these {
                webhooks::adopt(id).await?;
            }
            Ok(count)
        };
        submit.run(request, move |count| {
            load.refresh();
            toasts.say(if count == 1 {
                "The webhook is yours, and goes on.".to_owned()
            } else {
                format!("{count} webhooks are yours, and go on.")
            });
        });
    });
    live(move || {
        let found = found.get().unwrap_or_default();
        (!found.is_empty()).then(|| stopping_note(&found, for_members, submit, adopt))
    })
}

fn stopping_note(
    found: &[Brief],
    for_members: bool,
    submit: Submit,
    adopt: Callback<Vec<WebhookId>>,
) -> AnyView {
    let title = match (found.len(), for_members) {
        (1, false) => "This webhook stops with it:".to_owned(),
        (many, false) => format!("These {many} webhooks stop with it:"),
        (1, true) => "This webhook stops with the last authorization:".to_owned(),
        (many, true) => format!("These {many} webhooks stop with the last authorization:"),
    };
    let rows = found.iter().map(|one| {
        let id = one.id;
        view! {
            <li class="flex items-center justify-between gap-3 py-1">
                <span class="min-w-0 line-clamp-2">{one.view()}</span>
                <button
                    type="button"
                    class="btn btn-quiet btn-sm"
                    disabled=move || submit.busy()
                    on:click=move |_| adopt.run(vec![id])
                >
                    "Adopt"
                    <span class="sr-only">" " {one.name.clone()}</span>
                </button>
            </li>
        }
    });
    let all: Vec<WebhookId> = found.iter().map(|one| one.id).collect();
    let all = (all.len() > 1).then(|| {
        view! {
            <button
                type="button"
                class="btn btn-quiet btn-sm mt-1"
                disabled=move || submit.busy()
                on:click=move |_| adopt.run(all.clone())
            >
                "Adopt all"
            </button>
        }
    });
    let content = view! {
        <p class="font-semibold">{title}</p>
        <ul class="my-1 max-h-56 overflow-y-auto">{rows.collect_view()}</ul>
        {all}
        <p class="mt-1">"Adopt those that are to go on: they become yours. What the others would be sent is kept as canceled, and can be recovered once they are adopted and enabled."</p>
        {form_error(submit, &[])}
    };
    note("warn", icon::HOOK, content)
}
