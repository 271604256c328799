//! Events: what happened in the workspace, newest first, by type and by object.

mod actor;
pub mod event;
mod send;

use api_types::{events::Event, stream::Topic};
use leptos::prelude::*;

use self::actor::{actor, who};
use crate::{
    api::events,
    data::list::List,
    pages::deliveries::choices::event_type_options,
    paths,
    ui::{
        docs::docs,
        erase::Erase,
        filter::{clear_filters, filter, in_address},
        icon,
        list::{self, Look, cell, lead, no_match},
        notice::blank,
        page::{self, heading},
        time::ago,
    },
};

#[component]
pub fn Events() -> impl IntoView {
    page::title(|| "Events".to_owned());
    let [kind, object] = in_address(["type", "object_id"]);
    let any = move || !kind.read().is_empty() || !object.read().is_empty();
    let clear = move || {
        kind.set(String::new());
        object.set(String::new());
    };
    let list = List::new(50, move || events::list(&kind.read(), object.read().trim()))
        .going_on_by("after")
        .live(&[Topic::Events], || None);
    let empty = Callback::new(move |()| {
        if any() {
            no_match(clear)
        } else {
            blank(
                icon::EVENT,
                "Nothing has happened yet",
                "Every change of a ticket, comment, note or broadcast appears here, and what your systems publish.",
                (),
            )
        }
    });
    let look = Look { label: "Events", columns: &["Event", "Object", "Who", "When"], empty };
    let table = list::table(&list, look, move |event| row(&event, object));
    view! {
        {heading("Events", (), ())}
        <p class="muted -mt-4 mb-5 max-w-2xl">
            "What happened in this workspace, whether a webhook wanted it or not. Events are kept for as long as their deliveries."
            {docs(paths::docs::EVENTS)}
        </p>
        <div class="filters mb-3" role="group" aria-label="Filter events">
            {filter("Event type", event_type_options, kind)}
            {search(object)}
            {clear_filters(any, clear)}
        </div>
        <div class="panel">{table}</div>
    }
}

/// The field for an object's id; the list follows once the reader has typed it.
fn search(object: RwSignal<String>) -> AnyView {
    view! {
        <input
            class="input input-sm w-72 max-w-full mono"
            type="search"
            aria-label="Object ID"
            placeholder="Object ID, such as tkt_…"
            autocomplete="off"
            spellcheck="false"
            maxlength="200"
            prop:value=move || object.get()
            on:change:target=move |event| object.set(event.target().value().trim().to_owned())
        />
    }
    .erase()
}

fn row(event: &ArcRwSignal<Event>, object: RwSignal<String>) -> AnyView {
    let event = event.get_untracked();
    view! {
        {lead(view! {
            <a class="rowlink block mono !text-[0.8125rem]" href=paths::event(event.id)>
                {event.kind.as_str()}
            </a>
        })}
        {cell("Object", event.object_id.clone().map(|id| chooser(id, object)).erase())}
        {cell("Who", actor(&event).map(|actor| who(&actor)).erase())}
        {cell("When", ago(event.created_at))}
    }
    .erase()
}

/// An object's id that narrows the list to it when pressed.
fn chooser(id: String, object: RwSignal<String>) -> AnyView {
    let chosen = id.clone();
    view! {
        <button
            type="button"
            class="text-left anywhere mono !text-[0.8125rem] hover:underline underline-offset-3 cursor-pointer line-clamp-2"
            dir="auto"
            title="Show only events about this object"
            on:click=move |_| object.set(chosen.clone())
        >
            {id}
        </button>
    }
    .erase()
}
