//! The page on which a member types the code that a device shows, and to which they come back once they have answered.

use api_types::authorizations::NewAuthorizationRequest;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use crate::{
    api::authorization_requests,
    pages::shell::signed_in::{sign_out_button, signed_in},
    paths,
    ui::{
        erase::{Erase, live},
        field::{TEXT, Text, about, text_field},
        icon::{self, icon, logo},
        notice::note,
        page,
        submit::{Submit, form_error, submit_button},
    },
};

#[component]
pub fn Device() -> impl IntoView {
    let query = use_query_map();
    let said = Memo::new(move |_| query.read().get("answer"));
    page::title(|| "Connect a device".to_owned());
    live(move || match said.get().as_deref() {
        Some("allowed") => framed(end(
            icon::CHECK,
            "Go back to your device",
            "The app may act for you now. Your device notices that within a few seconds. You can close this window.",
        )),
        Some("denied") => framed(end(
            icon::CLOSE,
            "Nothing was allowed",
            "Your device is told so within a few seconds. You can close this window.",
        )),
        _ => signed_in(move |_, session| {
            let email = session.member.as_ref().map(|member| member.email.clone()).unwrap_or_default();
            framed(form(query.read_untracked().get("user_code").unwrap_or_default(), email))
        }),
    })
}

fn framed(card: AnyView) -> AnyView {
    view! {
        <main class="min-h-dvh grid place-items-center px-4 py-8" id="main">
            <div class="w-full max-w-md min-w-0">
                <div class="flex items-center gap-2.5 mb-6 justify-center text-lg font-semibold">{logo()} "Sayless"</div>
                <div class="panel">{card}</div>
            </div>
        </main>
    }
    .erase()
}

/// The code, typed or brought by the link. It is confirmed either way: a link may come from anybody.
fn form(brought: String, email: String) -> AnyView {
    let by_link = !brought.is_empty();
    let code = RwSignal::new(brought);
    let submit = Submit::new();
    let navigate = use_navigate();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let navigate = navigate.clone();
        let new = NewAuthorizationRequest { user_code: code.get_untracked() };
        submit.run(authorization_requests::create(&new), move |request| {
            navigate(&paths::consent(&request.id), NavigateOptions { replace: true, ..Default::default() });
        });
    };
    let hint = if by_link {
        "The link brought this code. Compare it with the one on your device."
    } else {
        "Your device shows it: eight letters."
    };
    view! {
        <form class="form p-7" on:submit=send>
            <h1 class="text-xl font-semibold">"Connect a device"</h1>
            <p class="muted anywhere">
                "You are " <bdi class="font-[560]">{email}</bdi> ". Not you? "
                {sign_out_button("textlink cursor-pointer", None, "Sign out")}
            </p>
            {form_error(submit, &["user_code"])}
            {text_field(
                about("Code", "user_code", hint),
                Text { first: true, placeholder: "WDJB-MJHT", ..TEXT },
                code,
                submit,
            )}
            {note(
                "warn",
                icon::ALERT,
                "Go on only if you have just started this yourself, and this code is on a screen in front of you. Whoever sends you a code or a link wants to get into your account.",
            )}
            {submit_button(submit, "My device shows this code", "btn btn-primary w-full mt-1")}
        </form>
    }
    .erase()
}

/// The end of the way: the rest happens on the device.
fn end(shape: &'static str, title: &'static str, text: &'static str) -> AnyView {
    view! {
        <div class="blank" role="status">
            {icon(shape)}
            <h1 class="font-semibold text-base">{title}</h1>
            <p class="muted">{text}</p>
            <a class="btn btn-quiet btn-sm" href=paths::AUTHORIZED_APPS>"See authorized apps"</a>
        </div>
    }
    .erase()
}
