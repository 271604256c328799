//! Signing in, and back to where the visitor was going.

use api_types::account::SignIn as Credentials;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use crate::{
    api::session,
    browser,
    session::{SessionState, SessionStore, is_of_server, safe_return},
    ui::{
        field::{TEXT, Text, about, text_field},
        icon::logo,
        page,
        submit::{Submit, form_error, submit_button},
    },
};

/// The e-mail address that the place to return to names: an app that sends a member here may say whom it expects.
fn expected(return_to: &str) -> String {
    let hint = return_to.split_once("login_hint=").map_or("", |(_, rest)| rest);
    let hint = hint.split(['&', '#']).next().unwrap_or_default();
    js_sys::decode_uri_component(hint).map(String::from).unwrap_or_default()
}

#[component]
pub fn SignIn() -> impl IntoView {
    page::title(|| "Sign in".to_owned());
    let store = SessionStore::use_store();
    let query = use_query_map();
    let navigate = use_navigate();
    // A member who is signed in, by this form or already, goes on to where they were going.
    Effect::new(move |_| {
        if matches!(store.get(), SessionState::SignedIn(_)) {
            let wanted = safe_return(query.read_untracked().get("return_to").as_deref());
            if is_of_server(&wanted) {
                browser::leave_for(&wanted);
            } else {
                navigate(&wanted, NavigateOptions { replace: true, ..Default::default() });
            }
        }
    });
    let email = RwSignal::new(expected(&query.read_untracked().get("return_to").unwrap_or_default()));
    let password = RwSignal::new(String::new());
    let submit = Submit::new();
    let sign_in = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let credentials = Credentials {
            email: email.get_untracked().trim().to_owned(),
            password: password.get_untracked(),
            workspace_id: None,
        };
        submit.run(session::sign_in(&credentials), move |()| store.reload());
    };
    view! {
        <main class="min-h-dvh grid place-items-center p-4" id="main">
            <div class="w-full max-w-sm pb-[8vh]">
                <div class="flex items-center gap-2.5 mb-6 justify-center text-lg font-semibold">{logo()} "Sayless"</div>
                <form class="panel form p-7" on:submit=sign_in>
                    <h1 class="text-xl font-semibold">"Sign in"</h1>
                    {form_error(submit, &["email", "password"])}
                    {text_field(
                        about("E-mail", "email", ""),
                        Text { kind: "email", autocomplete: "username", first: true, ..TEXT },
                        email,
                        submit,
                    )}
                    {text_field(
                        about("Password", "password", ""),
                        Text { kind: "password", autocomplete: "current-password", ..TEXT },
                        password,
                        submit,
                    )}
                    {submit_button(submit, "Sign in", "btn btn-primary w-full mt-1")}
                </form>
                <p class="muted text-center mt-5 text-[0.8125rem]">
                    "No account? Ask an admin of your workspace to add you."
                </p>
            </div>
        </main>
    }
}
