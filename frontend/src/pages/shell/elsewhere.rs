//! The question in a tab whose session was moved to another workspace by another tab: go on here, or show the other one.

use leptos::prelude::*;

use crate::{
    paths,
    session::SessionStore,
    ui::{
        dialog::{Kind, dialog_for, foot},
        erase::Erase,
        submit::{Submit, form_error, spinner},
    },
};

/// The dialog, over everything that the tab shows. What is typed below it stays.
#[component]
pub fn ElsewhereHost() -> impl IntoView {
    let store = SessionStore::use_store();
    let shown = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        let name = store.session().map(|session| session.workspace.name);
        shown.set(name.filter(|_| store.is_elsewhere()));
    });
    dialog_for(
        shown,
        Kind::Locked,
        |_| "You are in another workspace now".to_owned(),
        move |name| question(store, &name),
    )
}

fn question(store: SessionStore, name: &str) -> AnyView {
    let submit = Submit::new();
    let name = name.to_owned();
    let back = move |_| submit.run(async move { store.come_back().await }, |()| {});
    let leave = move |_| {
        let _ = window().location().assign(paths::SETTINGS);
    };
    view! {
        <div class="form">
            {form_error(submit, &[])}
            <p class="anywhere">
                "You switched to another workspace, or signed in again, in another tab. This tab still shows "
                <bdi class="font-[560]">{name}</bdi> ". Nothing that you do here reaches the other workspace."
            </p>
            {foot(view! {
                <button type="button" class="btn btn-quiet" disabled=move || submit.busy() on:click=leave>
                    "Show the other workspace"
                </button>
                <button type="button" class="btn btn-primary" disabled=move || submit.busy() on:click=back>
                    {spinner(move || submit.busy())}
                    "Switch back"
                </button>
            })}
        </div>
    }
    .erase()
}
