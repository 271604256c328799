//! One webhook: the state it is in, its configuration and secret, a test, recovery, and its deliveries.

mod deeds;
mod enable;
mod facts;
mod standing;

use api_types::{
    deliveries::Delivery,
    stream::Topic,
    webhooks::{Webhook, WebhookStatus},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api, browser,
    data::{List, Load},
    pages::{
        failures::{deliveries, in_address, status_options},
        recoveries::{self, Choice},
        webhook::facts::{Configuration, configuration, signing},
        webhooks::url,
    },
    ui::{
        badge,
        erase::{Erase, live},
        field::filter,
        icon,
        list::no_match,
        load::{loaded, part},
        menu::{Item, actions},
        notice::blank,
        page::{self, crumbs, heading, panel},
    },
};

/// Which dialog is open.
#[derive(Clone, Copy)]
struct Dialogs {
    edit: RwSignal<Option<Webhook>>,
    rotate: RwSignal<Option<Webhook>>,
    test: RwSignal<Option<Webhook>>,
    enable: RwSignal<Option<Webhook>>,
    disable: RwSignal<Option<Webhook>>,
    delete: RwSignal<Option<Webhook>>,
    recover: RwSignal<Option<Choice>>,
}

/// The page.
#[component]
pub fn WebhookPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| browser::encode(&params.read().get("id").unwrap_or_default()));
    let load = Load::<Webhook>::new(move || format!("/v1/webhooks/{}", id.read()))
        .live(&[Topic::Webhooks, Topic::Deliveries], move || Some(id.get_untracked()));
    let named = load.clone();
    page::title(move || match named.ready() {
        Some(webhook) if !webhook.description.is_empty() => webhook.description,
        Some(webhook) => webhook.url,
        None => "Webhook".to_owned(),
    });
    let dialogs = Dialogs {
        edit: RwSignal::new(None),
        rotate: RwSignal::new(None),
        test: RwSignal::new(None),
        enable: RwSignal::new(None),
        disable: RwSignal::new(None),
        delete: RwSignal::new(None),
        recover: RwSignal::new(None),
    };
    let found = load.part(|_| ());
    let content = {
        let load = load.clone();
        move || content(id, &load, dialogs)
    };
    view! {
        {crumbs("Webhooks", "/settings/api#webhooks")}
        {loaded(&load, "This webhook", content)}
        {live(move || found.get().map(|()| own_deliveries(id, dialogs.recover)))}
        {deeds::dialogs(dialogs, load)}
    }
}

/// Puts the object, as it is at that moment, into a dialog's target.
fn opens(load: &Load<Webhook>, target: RwSignal<Option<Webhook>>) -> impl Fn() + Clone + Send + Sync + use<> {
    let load = load.clone();
    move || target.set(untrack(|| load.ready()))
}

fn content(id: Memo<String>, load: &Load<Webhook>, dialogs: Dialogs) -> AnyView {
    let (edit, test, rotate) =
        (opens(load, dialogs.edit), opens(load, dialogs.test), opens(load, dialogs.rotate));
    let name = |(description, address): (String, String)| {
        if description.is_empty() { url(&address) } else { description.erase() }
    };
    let more = part(load, |webhook| webhook.status == WebhookStatus::Disabled, {
        let (enable, disable, delete) =
            (opens(load, dialogs.enable), opens(load, dialogs.disable), opens(load, dialogs.delete));
        move |disabled| more_actions(disabled, enable.clone(), disable.clone(), delete.clone())
    });
    view! {
        {heading(
            part(load, |webhook| (webhook.description.clone(), webhook.url.clone()), name),
            part(load, badge::Standing::of, badge::webhook),
            view! {
                <button type="button" class="btn btn-primary" on:click=move |_| test()>{icon::icon(icon::SEND)} "Send test"</button>
                <button type="button" class="btn btn-quiet" on:click=move |_| edit()>"Edit"</button>
                {more}
            },
        )}
        {standing::panel(load, dialogs)}
        {recoveries::progress(Some(id))}
        {panel("Configuration", (), part(load, Configuration::of, |webhook| configuration(&webhook)))}
        {panel(
            "Signing",
            view! { <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| rotate()>"Rotate secret"</button> },
            part(load, |webhook| (webhook.signature, webhook.secrets.clone()), |(scheme, secrets)| signing(scheme, &secrets)),
        )}
    }
    .erase()
}

fn more_actions(
    disabled: bool,
    enable: impl Fn() + Send + Sync + 'static,
    disable: impl Fn() + Send + Sync + 'static,
    delete: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    let switch = if disabled {
        Item::new("Enable", icon::PLAY, enable)
    } else {
        Item::new("Disable", icon::PAUSE, disable)
    };
    actions(|| "More actions".to_owned(), vec![switch, Item::new("Delete", icon::TRASH, delete).danger()])
}

fn own_deliveries(id: Memo<String>, recover: RwSignal<Option<Choice>>) -> AnyView {
    let [status] = in_address(["status"]);
    let list = List::<Delivery>::new(20, move || {
        api::with_query("/v1/deliveries", &[("webhook_id", &id.read()), ("status", &status.read())])
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
        deliveries(&list, "Deliveries", false, empty),
    )
}
