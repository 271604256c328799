//! Content for members who are signed in: the others are sent to sign in and come back.

use api_types::account::Session;
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    session::{SessionState, SessionStore},
    ui::{
        erase::{Erase, live},
        notice::failed,
        submit::Submit,
        toast::Toasts,
    },
};

/// `content` for the member who is signed in, made anew when that changes.
pub fn signed_in(content: impl Fn(SessionStore, &Session) -> AnyView + Send + 'static) -> AnyView {
    let store = SessionStore::use_store();
    let navigate = use_navigate();
    Effect::new(move |_| {
        if store.get() == SessionState::SignedOut {
            navigate(&SessionStore::sign_in_path(), NavigateOptions { replace: true, ..Default::default() });
        }
    });
    live(move || {
        match store.get() {
        SessionState::Unknown => waiting(),
        SessionState::SignedOut => ().erase(),
        SessionState::Failed(error) => view! {
            <main class="min-h-dvh grid place-items-center">{failed(&error, "Your session", move || store.reload())}</main>
        }
        .erase(),
        SessionState::SignedIn(session) => content(store, &session),
    }
    })
}

/// The whole page, while nothing is known yet.
pub fn waiting() -> AnyView {
    view! {
        <div id="boot" role="status" aria-label="Loading Sayless">
            <span></span>
            <span></span>
            <span></span>
        </div>
    }
    .erase()
}

/// The button that signs out; `name` where its face does not say so.
pub fn sign_out_button(class: &'static str, name: Option<&'static str>, face: impl Erase) -> AnyView {
    let store = SessionStore::use_store();
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    Effect::new(move |_| {
        if let Some(error) = submit.error() {
            toasts.say(error.message());
        }
    });
    view! {
        <button
            type="button"
            class=class
            aria-label=name
            title=name
            disabled=move || submit.busy()
            on:click=move |_| submit.run(async move { store.sign_out().await }, |()| {})
        >
            {face.erase()}
        </button>
    }
    .erase()
}
