//! The consent screen: an app asks to act for a member, who lets it or not, and is sent back to the app either way.

mod answer;
mod question;

use api_types::{ProblemType, authorizations::AuthorizationRequest};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::answer::Answer;
use crate::{
    api::{authorization_requests, error::ApiError},
    data::load::Load,
    pages::shell::signed_in::{sign_out_button, signed_in},
    paths,
    ui::{
        erase::{Erase, live},
        icon::{self, icon, logo},
        load::{Retry, by_state},
        notice::{failed, skeleton},
        page,
        submit::{form_error, spinner},
    },
};

#[component]
pub fn Consent() -> impl IntoView {
    let params = use_params_map();
    signed_in(move |_, _| {
        let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
        asked(&Load::new(move || authorization_requests::show(&id.read())).on_return(), id)
    })
}

fn asked(load: &Load<AuthorizationRequest>, id: Memo<String>) -> AnyView {
    let answer = Answer::new();
    // Of an app that nobody registered, the host alone is certain.
    let app = load.part(|request| {
        let name = request.app.document_host().unwrap_or(&request.app.name).to_owned();
        (name, request.remembered)
    });
    page::title(move || match (app.get(), answer.leaving_for.read().is_some()) {
        (Some((name, false)), false) => format!("Allow {name}?"),
        (Some((name, _)), _) => format!("Back to {name}"),
        (None, _) => "An app asks for access".to_owned(),
    });
    // A member who has allowed all of it before is not asked again.
    let remembered = load.clone();
    Effect::new(move |_| {
        if app.get().is_some_and(|(_, remembered)| remembered)
            && let Some(request) = untrack(|| remembered.ready())
        {
            answer.give(&request, true);
        }
    });
    // Somebody else has signed in since, or something else has changed: the member sees that before they answer again.
    let changed = load.clone();
    Effect::new(move |_| {
        if answer.error().is_some_and(|error| error.is(ProblemType::Conflict)) {
            changed.refresh();
        }
    });
    let load = load.clone();
    let over = Memo::new(move |_| answer.error().is_some_and(|error| error.is_not_found()));
    let card = live(move || match answer.leaving_for.get() {
        Some(address) => leaving(&load, &address),
        None if over.get() => request_over(),
        None => {
            let asking = load.clone();
            by_state(
                &load,
                || skeleton("the app's request", 6),
                move |error, retry| failure(error, retry, answer, id),
                move || {
                    let request = asking.clone();
                    let how = asking.part(|request| (request.remembered, request.sign_in_again));
                    live(move || match how.get() {
                        Some((true, _)) => passing(&request, answer),
                        Some((_, true)) => sign_in_again(&request, answer, id),
                        _ => question::question(&request, answer),
                    })
                },
            )
        }
    });
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

/// A notice in the place of the question: what happened, and the way on.
fn end(shape: &'static str, title: &'static str, text: impl Erase, action: impl Erase) -> AnyView {
    view! {
        <div class="blank">
            {icon(shape)}
            <h1 class="font-semibold text-base">{title}</h1>
            <p class="muted anywhere">{text.erase()}</p>
            {action.erase()}
        </div>
    }
    .erase()
}

fn again(retry: impl Fn() + 'static) -> AnyView {
    view! {
        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| retry()>
            {icon(icon::AGAIN)}
            "Try again"
        </button>
    }
    .erase()
}

fn request_over() -> AnyView {
    end(
        icon::CLOCK,
        "This request is over",
        "It has been answered, it was left waiting for too long, or it was begun in another browser. Go back to the app and start again there.",
        view! { <a class="btn btn-quiet btn-sm" href=paths::AUTHORIZED_APPS>"See authorized apps"</a> },
    )
}

/// The button by which a member who can allow nothing goes back, and lets the app know.
fn turn_back(answer: Answer, id: Memo<String>) -> AnyView {
    view! {
        <button
            type="button"
            class="btn btn-quiet btn-sm"
            disabled=move || answer.busy()
            on:click=move |_| answer.turn_back(&id.get_untracked())
        >
            {spinner(move || answer.deny.busy())}
            "Back to the app"
        </button>
    }
    .erase()
}

/// The app wants to be sure of who is there.
fn sign_in_again(load: &Load<AuthorizationRequest>, answer: Answer, id: Memo<String>) -> AnyView {
    let name = untrack(|| load.ready()).map(|request| request.app.name).unwrap_or_default();
    end(
        icon::LOCK,
        "Sign in again",
        format!("{name} asks that you sign in again before you allow anything."),
        view! {
            {sign_out_button("btn btn-primary btn-sm", None, "Sign in again")}
            {turn_back(answer, id)}
            {form_error(answer.deny, &[])}
        },
    )
}

/// The reason why there is nothing to answer.
fn failure(error: &ApiError, retry: Retry, answer: Answer, id: Memo<String>) -> AnyView {
    if error.is_not_found() {
        return request_over();
    }
    if error.is(ProblemType::NotAMember) {
        return end(
            icon::LOCK,
            "This app belongs to another workspace",
            error.message(),
            view! {
                {sign_out_button("btn btn-primary btn-sm", None, "Use another account")}
                {turn_back(answer, id)}
                {form_error(answer.deny, &[])}
            },
        );
    }
    // The plan has no API, or an admin suspended the app meanwhile: the sentence says which.
    if error.is(ProblemType::PlanRequired) || error.is(ProblemType::Conflict) {
        return end(
            icon::LOCK,
            "This app cannot be let in now",
            error.message(),
            view! {
                {again(retry)}
                {error.is(ProblemType::Conflict).then(|| turn_back(answer, id))}
                {form_error(answer.deny, &[])}
            },
        );
    }
    view! {
        <h1 class="sr-only">"An app asks for access"</h1>
        {failed(error, "This request", retry)}
    }
    .erase()
}

/// The notice for a member who allowed all of it before: on the way back to the app already, unless that fails.
fn passing(load: &Load<AuthorizationRequest>, answer: Answer) -> AnyView {
    let load = load.clone();
    live(move || match answer.error() {
        None => back(&load, spinner(|| true), ()),
        Some(error) => {
            let load = load.clone();
            let retry = move || {
                if let Some(request) = untrack(|| load.ready()) {
                    answer.give(&request, true);
                }
            };
            end(icon::ALERT, "You could not be taken back to the app", error.message(), again(retry))
        }
    })
}

/// Taking the member back to the app. Another program may open without anything happening here.
fn leaving(load: &Load<AuthorizationRequest>, address: &str) -> AnyView {
    let elsewhere = !address.starts_with("http://") && !address.starts_with("https://");
    let of_device = untrack(|| load.ready()).is_some_and(|request| request.redirect_host.is_none());
    if of_device {
        return view! { <div class="blank" role="status">{spinner(|| true)} "One moment…"</div> }.erase();
    }
    if !elsewhere {
        return back(load, spinner(|| true), ());
    }
    let by_hand = view! {
        <p class="muted">"You can close this window."</p>
        <a class="btn btn-quiet btn-sm" href=address.to_owned() rel="external">"Nothing happened? Open the app"</a>
    };
    back(load, icon(icon::CHECK), by_hand)
}

fn back(load: &Load<AuthorizationRequest>, mark: AnyView, more: impl Erase) -> AnyView {
    let name = untrack(|| load.ready()).map(|request| request.app.name).unwrap_or_default();
    view! {
        <div class="blank" role="status">
            {mark}
            <h1 class="font-semibold text-base anywhere">"Taking you back to " <bdi>{name}</bdi> "…"</h1>
            {more.erase()}
        </div>
    }
    .erase()
}
