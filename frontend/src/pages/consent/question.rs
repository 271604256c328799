//! The question itself: who asks, whom, for what, and where the answer leads.

use api_types::{
    authorizations::{AppRef, AuthorizationRequest, RequestedScope},
    oauth_apps::RedirectRemark,
};
use leptos::prelude::*;

use crate::{
    data::load::Load,
    pages::{
        consent::answer::Answer,
        oauth_apps::parts::{app_logo, homepage},
        shell::signed_in::sign_out_button,
    },
    paths,
    ui::{
        erase::Erase,
        icon::{self, icon},
        load::part,
        notice::note,
        submit::{Submit, form_error, spinner},
    },
};

pub fn question(load: &Load<AuthorizationRequest>, answer: Answer) -> AnyView {
    view! {
        {part(load, |request| request.app.clone(), |app| who_asks(&app))}
        {part(
            load,
            |request| (request.member.email.clone(), request.workspace.name.clone(), request.login_hint.clone()),
            |(email, workspace, expected)| whom(email, workspace, expected),
        )}
        {part(load, |request| request.scopes.clone(), |scopes| for_what(&scopes))}
        <div class="border-t border-base-300 px-6 py-5 grid gap-4">
            {part(load, |request| (request.redirect_host.clone(), anything(request)), |(host, any)| afterwards(host, any))}
            {part(load, |request| request.redirect_remark, remark)}
            {form_error(answer.allow, &[])}
            {form_error(answer.deny, &[])}
            {part(load, anything, {
                let load = load.clone();
                move |any| choices(&load, answer, any)
            })}
        </div>
    }
    .erase()
}

/// True where there is something that the member could allow.
fn anything(request: &AuthorizationRequest) -> bool {
    request.scopes.iter().any(|scope| scope.available)
}

/// The app's name, logo, homepage and description, all of them its own words.
fn who_asks(app: &AppRef) -> AnyView {
    let description = app.description.clone();
    view! {
        <header class="grid justify-items-center gap-1.5 text-center px-6 pt-7 pb-6 min-w-0">
            {app_logo(&app.name, &app.logo, "size-14 text-2xl")}
            <h1 class="text-xl font-semibold anywhere mt-2 max-w-full">"Allow " <bdi>{app.name.clone()}</bdi> "?"</h1>
            <p class="max-w-full min-w-0">{homepage(&app.homepage_url)}</p>
            {(!description.is_empty())
                .then(|| view! { <p class="muted anywhere max-w-full whitespace-pre-line" dir="auto">{description}</p> })}
        </header>
    }
    .erase()
}

fn whom(email: String, workspace: String, expected: Option<String>) -> AnyView {
    let expected = expected.filter(|expected| !expected.eq_ignore_ascii_case(&email)).map(|expected| {
        view! { <p class="muted anywhere">"It expects " <bdi class="font-[560]">{expected}</bdi> "."</p> }
    });
    view! {
        <div class="border-t border-base-300 px-6 py-4 grid gap-1">
            <p class="anywhere">
                "It asks to act for you, " <bdi class="font-[560]">{email}</bdi> ", in the workspace "
                <bdi class="font-[560]">{workspace}</bdi> "."
            </p>
            {expected}
            <p class="muted">"Not you? " {sign_out_button("textlink cursor-pointer", None, "Sign out")}</p>
        </div>
    }
    .erase()
}

fn for_what(scopes: &[RequestedScope]) -> AnyView {
    let pick = |wanted: fn(&RequestedScope) -> bool| -> Vec<&RequestedScope> {
        scopes.iter().filter(|scope| wanted(scope)).collect()
    };
    let fresh = pick(|scope| scope.available && !scope.granted_before);
    let known = pick(|scope| scope.available && scope.granted_before);
    let barred = pick(|scope| !scope.available);
    if fresh.is_empty() && known.is_empty() {
        return view! {
            <div class="border-t border-base-300 px-6 py-5 grid gap-4">
                {note(
                    "warn",
                    icon::LOCK,
                    "There is nothing that you could allow it: it asks only for what you may not do yourself. Ask an admin of the workspace, or cancel.",
                )}
                {group("It asks to", "", icon::CLOSE, &barred)}
            </div>
        }
        .erase();
    }
    let grown = !fresh.is_empty() && !known.is_empty();
    let (first, tick) = if grown { ("New", icon::PLUS) } else { ("If you allow it, it can", icon::CHECK) };
    view! {
        <div class="border-t border-base-300 px-6 py-5 grid gap-4">
            {group(first, "", tick, &fresh)}
            {group("Already allowed", "", icon::CHECK, &known)}
            {group("Not included", "You may not do this yourself, so the app will not get it.", icon::CLOSE, &barred)}
        </div>
    }
    .erase()
}

/// Scopes under a heading; nothing where there are none.
fn group(
    name: &'static str,
    about: &'static str,
    shape: &'static str,
    scopes: &[&RequestedScope],
) -> Option<AnyView> {
    let rows = scopes.iter().map(|scope| {
        let (mark, words) = if scope.available {
            ("text-accent mt-0.5", "block")
        } else {
            ("muted mt-0.5", "block muted line-through")
        };
        view! {
            <li class="flex gap-2.5">
                <span class=mark>{icon(shape)}</span>
                <span class="min-w-0 anywhere">
                    <span class=words>{scope.description.clone()}</span>
                    <span class="mono muted text-xs">{scope.scope.as_str()}</span>
                </span>
            </li>
        }
    });
    (!scopes.is_empty()).then(|| {
        view! {
            <section class="grid gap-2.5">
                <div>
                    <h2 class="font-semibold">{name}</h2>
                    {(!about.is_empty()).then(|| view! { <p class="muted text-[0.8125rem]">{about}</p> })}
                </div>
                <ul class="grid gap-2.5">{rows.collect_view()}</ul>
            </section>
        }
        .erase()
    })
}

/// `any`: there is something to allow, and so to withdraw.
fn afterwards(host: String, any: bool) -> AnyView {
    let later = any.then(|| {
        view! {
            " You can withdraw what you allow at any time under "
            // Beside this page: a member who looks there has not answered yet.
            <a class="textlink" href=paths::AUTHORIZED_APPS target="_blank">"Authorized apps"</a>
            "."
        }
    });
    let loopback = matches!(host.as_str(), "127.0.0.1" | "::1" | "[::1]" | "localhost");
    let on_device = loopback.then_some("a program on this device, ");
    view! {
        <p class="muted">
            "You will be sent to " {on_device} <bdi class="font-[560] text-base-content anywhere">{host}</bdi> "." {later}
        </p>
    }
    .erase()
}

/// A warning about the place that the answer goes to.
fn remark(remark: Option<RedirectRemark>) -> AnyView {
    let words = match remark {
        None => return ().erase(),
        Some(RedirectRemark::Localhost) => {
            "Only allow this if you have just started the app on this device: its answer goes to localhost."
        }
        Some(RedirectRemark::SchemeWithoutDot) => {
            "Only allow this if you have just started the app on this device: another program could take its place."
        }
    };
    note("warn", icon::ALERT, words)
}

fn choices(load: &Load<AuthorizationRequest>, answer: Answer, any: bool) -> AnyView {
    let button = |label: &'static str, class: &'static str, submit: Submit, allowed: bool| {
        let load = load.clone();
        let act = move |_| {
            if let Some(request) = untrack(|| load.ready()) {
                answer.give(&request, allowed);
            }
        };
        view! {
            <button type="button" class=class disabled=move || answer.busy() on:click=act>
                {spinner(move || submit.busy())}
                {label}
            </button>
        }
        .erase()
    };
    view! {
        <div class="flex flex-wrap-reverse gap-2">
            {button("Cancel", "btn btn-quiet flex-1", answer.deny, false)}
            {any.then(|| button("Allow access", "btn btn-primary flex-1", answer.allow, true))}
        </div>
    }
    .erase()
}
