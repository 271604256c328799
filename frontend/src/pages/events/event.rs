//! The page of one event: what it is, its exact body, its deliveries, and sending it to a webhook.

use api_types::{
    events::{Event, Payload},
    ids::EventId,
    stream::Topic,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    api::{deliveries, events},
    data::{list::List, load::Load},
    pages::{
        deliveries::{exchange::pretty, table},
        events::{
            actor::{actor, who},
            send,
        },
    },
    paths,
    ui::{
        code::{code_block, copyable},
        erase::Erase,
        icon,
        load::{loaded, part},
        notice::blank,
        page::{self, crumbs, detail, heading, panel},
        time::{ago, exact},
    },
};

#[component]
pub fn EventPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let load = Load::new(move || events::show(&id.read()));
    let named = load.clone();
    page::title(move || match named.ready() {
        Some(event) => format!("{} event", event.kind),
        None => "Event".to_owned(),
    });
    let asked = RwSignal::new(None::<EventId>);
    let list = List::new(20, move || deliveries::of_event(&id.read())).live(&[Topic::Deliveries], || None);
    let sent = {
        let list = list.clone();
        Callback::new(move |()| list.refresh())
    };
    let content = {
        let load = load.clone();
        move || content(&load, &list, asked)
    };
    view! {
        {crumbs("Events", paths::EVENTS)}
        {loaded(&load, "This event", content)}
        {send::dialog(asked, sent)}
    }
}

fn content(
    load: &Load<Event>,
    list: &List<api_types::deliveries::Delivery>,
    asked: RwSignal<Option<EventId>>,
) -> AnyView {
    let name = |kind: api_types::events::EventType| {
        view! { <span class="mono !text-xl tracking-tight">{kind.as_str()}</span> }.erase()
    };
    let current = load.clone();
    let ask = move |_| asked.set(untrack(|| current.ready()).map(|event| event.id));
    let empty = Callback::new(|()| {
        blank(
            icon::HOOK,
            "No webhook got this event",
            "None wanted its type when it was published. Send it to one, if it should know.",
            (),
        )
    });
    let deliveries = table::table(list, "Deliveries", true, empty);
    let code = |text: String| {
        let block = code_block("What is sent and signed; here with line breaks", "Copy body", true, text);
        view! { <div class="p-5">{block}</div> }.erase()
    };
    let body = |event: &Event| {
        let parsed = event.payload.as_ref().map(Payload::text);
        pretty(event.body.as_deref().or(parsed).unwrap_or_default())
    };
    view! {
        {heading(
            part(load, |event| event.kind, name),
            (),
            view! {
                <button type="button" class="btn btn-primary" on:click=ask>
                    "Send to webhook…"
                </button>
            },
        )}
        {panel("Event", (), part(load, Clone::clone, |event| details(&event)))}
        {panel("Deliveries", (), deliveries)}
        {panel("Body", (), part(load, body, code))}
    }
    .erase()
}

fn details(event: &Event) -> AnyView {
    let object = event.object_id.clone().map(|id| {
        let others = paths::with_query(paths::EVENTS, &[("object_id", &id)]);
        detail(
            "Object ID",
            view! {
                {copyable("Copy object ID", id)}
                <a class="textlink" href=others>"Its other events"</a>
            },
        )
    });
    view! {
        <dl class="facts">
            {detail("Event ID", copyable("Copy event ID", event.id.to_string()))}
            {object}
            {actor(event).map(|actor| {
                let id = actor.id.clone().map(|id| copyable("Copy ID of who did it", id));
                detail("Who", view! { {who(&actor)} {id} })
            })}
            {detail("Happened", view! { {exact(event.created_at)} <span class="muted">" (" {ago(event.created_at)} ")"</span> })}
        </dl>
    }
    .erase()
}
