//! The frame of every page for which one signs in: navigation, workspace, account; and the notices for members who may
//! not see Settings > API.

pub mod elsewhere;
mod notices;
pub mod sections;
mod side;
pub mod sign_in_again;
pub mod signed_in;

use api_types::account::Session;
use leptos::prelude::*;
use leptos_router::{components::Outlet, hooks::use_location};

use self::{sections::Reading, signed_in::signed_in};
use crate::{
    browser, paths,
    session::SessionStore,
    stream::Interrupted,
    ui::{
        dialog::{Kind, dialog_for},
        erase::{Erase, live},
        icon::{self, icon, logo},
    },
};

#[component]
pub fn Shell() -> impl IntoView {
    provide_context(Reading(RwSignal::new("")));
    focus_after_navigation();
    signed_in(frame)
}

/// Settings > API within the frame: for admins, where the plan has it.
#[component]
pub fn Settings() -> impl IntoView {
    let store = SessionStore::use_store();
    untrack(|| match store.session() {
        Some(session) if !store.is_admin() => notices::member(&session),
        Some(session) if !session.limits.api_access => notices::plan(&session),
        _ => view! { <Outlet /> }.erase(),
    })
}

/// A new page starts with its content, for the keyboard and for screen readers; anchors and filters leave focus alone.
fn focus_after_navigation() {
    let path = use_location().pathname;
    Effect::new(move |before: Option<String>| {
        let path = path.get();
        if before.is_some_and(|before| before != path) {
            request_animation_frame(|| browser::focus("#main"));
        }
        path
    });
}

fn frame(store: SessionStore, session: &Session) -> AnyView {
    let sheet = RwSignal::new(None::<()>);
    let allowed = store.is_admin() && session.limits.api_access;
    let wide = session.clone();
    let narrow = session.clone();
    let workspace = session.workspace.name.clone();
    view! {
        <a class="skip btn btn-primary" href="#main">"Skip to content"</a>
        <div class="shell">
            <aside class="side">{side::side(store, &wide, allowed)}</aside>
            <header class="topbar">
                <button type="button" class="btn btn-ghost btn-sm btn-square -ml-1.5" aria-label="Open navigation" on:click=move |_| sheet.set(Some(()))>
                    {icon(icon::LINES)}
                </button>
                <a href=paths::SETTINGS aria-label="API settings">{logo()}</a>
                <span class="font-semibold truncate" dir="auto">{workspace}</span>
            </header>
            <main class="page" id="main" tabindex="-1">
                <Outlet />
            </main>
        </div>
        {interrupted()}
        {dialog_for(sheet, Kind::Sheet, |()| "Navigation".to_owned(), move |()| {
            let narrow = narrow.clone();
            view! {
                <div class="flex flex-col gap-5 min-h-full -mx-3" on:click=move |event| {
                    if is_link(&event) {
                        sheet.set(None);
                    }
                }>
                    {side::side(store, &narrow, allowed)}
                </div>
            }
            .erase()
        })}
    }
    .erase()
}

/// A sign, shown while live updates are interrupted, that the screen may be out of date.
fn interrupted() -> AnyView {
    let sign = use_context::<Interrupted>();
    let on = move || sign.is_some_and(|sign| sign.0.get());
    view! {
        <div class="paused" role="status">
            {live(move || on().then(|| view! { <p class="tag dot live warn">"Updates paused, reconnecting"</p> }))}
        </div>
    }
    .erase()
}

fn is_link(event: &web_sys::MouseEvent) -> bool {
    use wasm_bindgen::JsCast;
    let element = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    element.is_some_and(|element| element.closest("a").ok().flatten().is_some())
}
