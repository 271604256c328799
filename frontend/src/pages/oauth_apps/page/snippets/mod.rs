//! Programs that connect the app, ready to run: one at a time, by the tool or the library.

mod fill;

use api_types::oauth_apps::OAuthApp;
use leptos::prelude::*;

use self::fill::{Facts, Snippet};
use crate::{
    api::metadata::AuthorizationServer,
    data::load::Load,
    ui::{
        code::code_block,
        erase::{Erase, live},
        page,
    },
};

/// The panel; empty until both the app and the server's addresses are here, and where the app can get no token.
pub fn panel(app: &Load<OAuthApp>, server: &Load<AuthorizationServer>) -> AnyView {
    let issuer = server.part(|server| server.issuer.clone());
    let facts = app.part(Clone::clone);
    let facts = Memo::new(move |_| Some(Facts::of(&facts.get()?, issuer.get()?)));
    let chosen = RwSignal::new("curl");
    live(move || {
        let snippets = facts.get()?.snippets();
        (!snippets.is_empty())
            .then(|| page::panel("Connect it", tools(&snippets, chosen), shown(snippets, chosen)))
    })
}

/// The choice of a tool.
fn tools(snippets: &[Snippet], chosen: RwSignal<&'static str>) -> AnyView {
    let buttons = snippets.iter().map(|snippet| {
        let tool = snippet.tool;
        view! {
            <button
                type="button"
                class="btn btn-sm"
                class:btn-quiet=move || chosen.get() == tool
                class:btn-ghost=move || chosen.get() != tool
                aria-pressed=move || if chosen.get() == tool { "true" } else { "false" }
                on:click=move |_| chosen.set(tool)
            >
                {tool}
            </button>
        }
    });
    view! { <div role="group" aria-label="Tool" class="flex flex-wrap gap-1">{buttons.collect_view()}</div> }
        .erase()
}

/// The chosen program. The first one where the app has lost the way of the chosen one.
fn shown(snippets: Vec<Snippet>, chosen: RwSignal<&'static str>) -> AnyView {
    let program = live(move || {
        let tool = chosen.get();
        let found = snippets.iter().find(|snippet| snippet.tool == tool).or(snippets.first())?;
        let Snippet { tool, copy, about, text } = found.clone();
        Some(view! {
            {code_block(tool, copy, false, text)}
            {(!about.is_empty()).then(|| view! { <p class="muted mt-3">{about}</p> })}
        })
    });
    view! {
        <div class="p-5">
            <p class="muted mb-3">
                "Filled in with this app's client ID, its first redirect URI and its scopes. No secret is in it."
            </p>
            {program}
        </div>
    }
    .erase()
}
