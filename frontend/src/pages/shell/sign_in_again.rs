//! The dialog in a tab whose session has ended while something was typed there: sign in, and go on.

use api_types::account::Session;
use leptos::prelude::*;

use crate::{
    session::SessionStore,
    ui::{
        dialog::{Kind, dialog_for, foot},
        erase::Erase,
        field::{TEXT, Text, about, text_field},
        submit::{Submit, form_error, submit_button},
    },
};

/// The dialog, over everything that the tab shows. What is typed below it stays.
#[component]
pub fn SignInAgainHost() -> impl IntoView {
    let store = SessionStore::use_store();
    let ended = RwSignal::new(None::<Session>);
    Effect::new(move |_| ended.set(store.ended()));
    dialog_for(
        ended,
        Kind::Locked,
        |_| "Your session has ended".to_owned(),
        move |session| form(store, &session),
    )
}

fn form(store: SessionStore, session: &Session) -> AnyView {
    let submit = Submit::new();
    let password = RwSignal::new(String::new());
    let email = session.member.as_ref().map(|member| member.email.clone()).unwrap_or_default();
    let sign_in = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        submit.run(async move { store.sign_in_again(password.get_untracked()).await }, |()| {});
    };
    view! {
        <form class="form" on:submit=sign_in>
            {form_error(submit, &["password"])}
            <p class="anywhere">
                "What you typed is still here. Sign in as " <bdi class="font-[560]">{email.clone()}</bdi> " to go on."
            </p>
            // For password managers.
            <input type="email" autocomplete="username" value=email readonly hidden />
            {text_field(
                about("Password", "password", ""),
                Text { kind: "password", autocomplete: "current-password", first: true, ..TEXT },
                password,
                submit,
            )}
            {foot(view! {
                <button type="button" class="btn btn-quiet" disabled=move || submit.busy() on:click=move |_| store.end()>
                    "Discard it and leave"
                </button>
                {submit_button(submit, "Sign in", "btn btn-primary")}
            })}
        </form>
    }
    .erase()
}
