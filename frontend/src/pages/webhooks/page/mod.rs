//! The page of one webhook: its health, its configuration and secret, a test, recovery, and its deliveries.

mod actions;
mod check;
mod details;
mod dialogs;
mod disabled;
mod enable;
mod health;
mod pausing;
mod signing;
mod test;

use api_types::{
    stream::Topic,
    webhooks::{Webhook, WebhookStatus},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::{
    details::{Configuration, configuration},
    dialogs::Dialogs,
};
use crate::{
    api::{deliveries, webhooks},
    data::{list::List, load::Load},
    pages::{
        deliveries::{choices::status_options, table::table},
        recoveries::{choose::Choice, progress::progress},
        webhooks::{parts::url, state::State},
    },
    paths,
    session::SessionStore,
    ui::{
        erase::{Erase, live},
        filter::{filter, in_address},
        icon,
        list::no_match,
        load::{loaded, opens, part},
        menu::{self, Item},
        notice::blank,
        page::{self, crumbs, heading, panel},
    },
};

#[component]
pub fn WebhookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let load = Load::new(move || webhooks::show(id.read()))
        .live(&[Topic::Webhooks, Topic::Deliveries], move || Some(id.get_untracked()));
    let named = load.clone();
    page::title(move || match named.ready() {
        Some(webhook) if !webhook.description.is_empty() => webhook.description,
        Some(webhook) => webhook.url,
        None => "Webhook".to_owned(),
    });
    let dialogs = Dialogs::new();
    let found = load.part(|_| ());
    let content = {
        let load = load.clone();
        move || content(id, &load, dialogs)
    };
    view! {
        {crumbs("Webhooks", paths::WEBHOOKS)}
        {loaded(&load, "This webhook", content)}
        {live(move || found.get().map(|()| own_deliveries(id, dialogs.recover)))}
        {actions::dialogs(dialogs, load)}
    }
}

fn content(id: Memo<String>, load: &Load<Webhook>, dialogs: Dialogs) -> AnyView {
    let edit = opens(load, dialogs.edit);
    let test = opens(load, dialogs.test);
    let rotate = opens(load, dialogs.rotate);
    let name = |(description, address): (String, String)| {
        if description.is_empty() { url(&address) } else { description.erase() }
    };
    let me =
        SessionStore::use_store().session().and_then(|session| session.member).map(|me| me.id.to_string());
    let others = move |webhook: &Webhook| webhook.owner.as_ref().map(|owner| &owner.id) != me.as_ref();
    let state = move |webhook: &Webhook| {
        (webhook.status == WebhookStatus::Disabled, webhook.paused_at.is_some(), others(webhook))
    };
    let more = part(load, state, {
        let adopt = opens(load, dialogs.adopt);
        let pause = opens(load, dialogs.pause);
        let resume = opens(load, dialogs.resume);
        let enable = opens(load, dialogs.enable);
        let disable = opens(load, dialogs.disable);
        let delete = opens(load, dialogs.delete);
        move |(disabled, paused, others): (bool, bool, bool)| {
            let adopt = others.then(|| Item::new("Adopt", icon::HOOK, adopt.clone()));
            let pausing = if paused {
                Item::new("Resume", icon::PLAY, resume.clone())
            } else {
                Item::new("Pause", icon::PAUSE, pause.clone())
            };
            let switch = if disabled {
                Item::new("Enable", icon::PLAY, enable.clone())
            } else {
                Item::new("Disable", icon::PAUSE, disable.clone())
            };
            let delete = Item::new("Delete", icon::TRASH, delete.clone()).danger();
            more_actions(adopt.into_iter().chain([pausing, switch, delete]).collect())
        }
    });
    view! {
        {heading(
            part(load, |webhook| (webhook.description.clone(), webhook.url.clone()), name),
            part(load, State::of, State::badge),
            view! {
                <button type="button" class="btn btn-primary" on:click=move |_| test()>{icon::icon(icon::SEND)} "Send test"</button>
                <button type="button" class="btn btn-quiet" on:click=move |_| edit()>"Edit"</button>
                {more}
            },
        )}
        {health::panel(load, dialogs)}
        {progress(Some(id))}
        {panel("Configuration", (), part(load, Configuration::of, |webhook| configuration(&webhook)))}
        {panel(
            "Signing",
            view! { <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| rotate()>"Rotate secret"</button> },
            part(load, |webhook| (webhook.signature, webhook.secrets.clone()), move |(scheme, secrets)| signing::signing(scheme, &secrets, dialogs.drop)),
        )}
        {check::card(load)}
    }
    .erase()
}

fn more_actions(items: Vec<Item>) -> AnyView {
    menu::actions(|| "More actions".to_owned(), items)
}

fn own_deliveries(id: Memo<String>, recover: RwSignal<Option<Choice>>) -> AnyView {
    let [status] = in_address(["status"]);
    let list = List::new(20, move || {
        deliveries::list(&deliveries::Filter {
            status: &status.read(),
            webhook_id: &id.read(),
            ..deliveries::Filter::default()
        })
    })
    .live(&[Topic::Deliveries], move || Some(id.get_untracked()));
    let ask = move |_| recover.set(Some(Choice { webhook: id.get_untracked(), ..Choice::default() }));
    let empty = Callback::new(move |()| {
        if status.read().is_empty() {
            blank(
                icon::SEND,
                "No deliveries yet",
                "Each event that this webhook wants appears here with every attempt to deliver it.",
                (),
            )
        } else {
            no_match(move || status.set(String::new()))
        }
    });
    panel(
        "Deliveries",
        view! {
            {filter("Status", status_options, status)}
            <button type="button" class="btn btn-quiet btn-sm" on:click=ask>"Recover…"</button>
        },
        table(&list, "Deliveries", false, empty),
    )
}
