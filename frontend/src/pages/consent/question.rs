//! The question itself: who asks, whom, for what, and where the answer leads.

use api_types::{
    admission::Admission,
    authorizations::{AppRef, AuthorizationRequest, RequestedScope, ScopeChoice},
    oauth_apps::RedirectRemark,
};
use leptos::prelude::*;

use crate::{
    api::authorization_requests,
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
        {part(
            load,
            |request| (request.publisher_name.clone(), request.app.verified_domain.clone()),
            |(name, domain)| publisher(name, domain),
        )}
        {part(load, |request| (request.app.clone(), request.redirect_host.clone()), |(app, host)| unverified(&app, host.as_deref()))}
        {part(load, |request| request.scopes.clone(), move |scopes| for_what(&scopes, answer))}
        <div class="border-t border-base-300 px-6 py-5 grid gap-4">
            {part(load, |request| (request.redirect_host.clone(), anything(request)), |(host, any)| afterwards(host, any))}
            {part(load, |request| request.redirect_remark, remark)}
            {part(load, |request| request.admission, {
                let load = load.clone();
                move |admission| admitted(admission, &load, answer)
            })}
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
    request.admission.is_open() && request.scopes.iter().any(|scope| scope.available)
}

/// The app's name, logo, homepage and description, all of them its own words.
fn who_asks(app: &AppRef) -> AnyView {
    if let Some(host) = app.document_host() {
        return who_asks_by_document(app, host);
    }
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

/// An app that nobody registered: the host of its document stands first, since that alone is certain.
fn who_asks_by_document(app: &AppRef, host: &str) -> AnyView {
    let shown = host.to_owned();
    let homepage = app.homepage_url.clone();
    view! {
        <header class="grid justify-items-center gap-1.5 text-center px-6 pt-7 pb-6 min-w-0">
            {app_logo(host, "", "size-14 text-2xl")}
            <h1 class="text-xl font-semibold anywhere mt-2 max-w-full">"Allow " <bdi dir="ltr">{shown}</bdi> "?"</h1>
            <p class="anywhere max-w-full">"It says it is “" <bdi>{app.name.clone()}</bdi> "”, not verified."</p>
            {(!homepage.is_empty())
                .then(|| view! { <p class="muted anywhere max-w-full"><bdi dir="ltr">{homepage}</bdi></p> })}
        </header>
    }
    .erase()
}

/// A warning of an app that nobody registered.
fn unverified(app: &AppRef, redirect_host: Option<&str>) -> AnyView {
    let Some(url) = app.client_id_url.clone() else { return ().erase() };
    // An answer that goes to localhost has a remark of its own.
    let on_device = redirect_host.is_some_and(|host| is_loopback(host) && host != "localhost");
    let warning = on_device.then(|| {
        note(
            "warn",
            icon::ALERT,
            "Only allow this if you have just started the app on this device: any program on this device could receive its answer.",
        )
    });
    view! {
        <div class="border-t border-base-300 px-6 py-4 grid gap-4">
            <p class="muted anywhere">
                "Nobody has registered this app here. It is known by the document at " <bdi class="mono" dir="ltr">{url}</bdi> "."
            </p>
            {warning}
        </div>
    }
    .erase()
}

/// `true` where an answer goes to a program on this device.
fn is_loopback(host: &str) -> bool {
    matches!(host, "127.0.0.1" | "::1" | "[::1]" | "localhost")
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

/// The publisher of an app of another workspace, with the domain that the publisher has proved to own, if there is one.
fn publisher(name: Option<String>, domain: Option<String>) -> AnyView {
    let Some(name) = name else { return ().erase() };
    let name = view! { <bdi class="font-[560]">{name}</bdi> };
    let sentence = match domain {
        Some(domain) => view! {
            "The app comes from another workspace, and is published by " {name} ", who proved to own "
            <bdi class="font-[560]" dir="ltr">{domain}</bdi> "."
        }
        .erase(),
        None => view! {
            "The app comes from another workspace. It says that " {name} " stands behind it, which is not verified."
        }
        .erase(),
    };
    view! {
        <div class="border-t border-base-300 px-6 py-4">
            <p class="muted anywhere">{sentence}</p>
        </div>
    }
    .erase()
}

/// The admission of an app of another workspace, and the button that asks an admin.
fn admitted(admission: Admission, load: &Load<AuthorizationRequest>, answer: Answer) -> AnyView {
    match admission {
        Admission::Admitted => ().erase(),
        Admission::Installs => note(
            "info",
            icon::INFO,
            "It is not in this workspace yet. To allow it installs it here: other members may then allow it, too.",
        ),
        Admission::Ask => {
            let load = load.clone();
            let ask = move |_| {
                if let Some(request) = untrack(|| load.ready()) {
                    let load = load.clone();
                    answer.ask.run(authorization_requests::request_install(&request.id), move |asked| {
                        load.set(asked);
                    });
                }
            };
            view! {
                {note("warn", icon::LOCK, admission.reason())}
                {form_error(answer.ask, &[])}
                <button type="button" class="btn btn-primary" disabled=move || answer.ask.busy() on:click=ask>
                    {spinner(move || answer.ask.busy())}
                    "Ask an admin"
                </button>
            }
            .erase()
        }
        Admission::Waiting | Admission::Refused | Admission::Paused | Admission::NotListed => {
            note("warn", icon::LOCK, admission.reason())
        }
    }
}

fn for_what(scopes: &[RequestedScope], answer: Answer) -> AnyView {
    let pick = |wanted: fn(&RequestedScope) -> bool| -> Vec<&RequestedScope> {
        scopes.iter().filter(|scope| wanted(scope)).collect()
    };
    // What was left out and has become necessary since is new.
    let is_known = |scope: &RequestedScope| scope.granted_before || scope.choice == ScopeChoice::Declined;
    let (known, fresh): (Vec<_>, Vec<_>) =
        pick(|scope| scope.available).into_iter().partition(|scope| is_known(scope));
    let barred = pick(|scope| !scope.available);
    if fresh.is_empty() && known.is_empty() {
        return view! {
            <div class="border-t border-base-300 px-6 py-5 grid gap-4">
                {note(
                    "warn",
                    icon::LOCK,
                    "There is nothing that you could allow it: it asks only for what you may not do yourself. Ask an admin of the workspace, or cancel.",
                )}
                {group("It asks to", "", &barred, &|scope| listed(scope, icon::CLOSE))}
            </div>
        }
        .erase();
    }
    let grown = !fresh.is_empty() && !known.is_empty();
    let (first, tick) = if grown { ("New", icon::PLUS) } else { ("If you allow it, it can", icon::CHECK) };
    let row = |shape| {
        move |scope: &RequestedScope| {
            if scope.choice == ScopeChoice::Required {
                listed(scope, shape)
            } else {
                choice(scope, scopes.to_vec(), answer)
            }
        }
    };
    let before = group("Already answered", "", &known, &row(icon::CHECK));
    // Who is asked for more is shown what is new; the rest is there to be looked up.
    let before = if grown {
        view! {
            <details>
                <summary class="muted cursor-pointer">"What you have answered before"</summary>
                <div class="pt-3">{before}</div>
            </details>
        }
        .erase()
    } else {
        before.erase()
    };
    view! {
        <div class="border-t border-base-300 px-6 py-5 grid gap-4">
            {group(first, "", &fresh, &row(tick))} {before}
            {group(
                "Not included",
                "You may not do this yourself, so the app will not get it.",
                &barred,
                &|scope| listed(scope, icon::CLOSE),
            )}
        </div>
    }
    .erase()
}

/// A scope that the member may leave out.
fn choice(scope: &RequestedScope, scopes: Vec<RequestedScope>, answer: Answer) -> AnyView {
    let word = scope.scope;
    let all = scopes.clone();
    view! {
        <li>
            <label class="flex gap-2.5 cursor-pointer">
                <input
                    type="checkbox"
                    class="checkbox checkbox-sm mt-0.5"
                    prop:checked=move || !answer.left_out(&all).contains(&word)
                    on:change:target=move |event| answer.tick(&scopes, word, event.target().checked())
                />
                <span class="min-w-0 anywhere">
                    <span class="block">{scope.description.clone()}</span>
                    <span class="mono muted text-xs">{word.as_str()}</span>
                    <span class="muted text-xs">" · if you like"</span>
                </span>
            </label>
        </li>
    }
    .erase()
}

/// A scope that the member only reads.
fn listed(scope: &RequestedScope, shape: &'static str) -> AnyView {
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
    .erase()
}

/// Scopes under a heading; nothing where there are none.
fn group(
    name: &'static str,
    about: &'static str,
    scopes: &[&RequestedScope],
    row: &dyn Fn(&RequestedScope) -> AnyView,
) -> Option<AnyView> {
    let rows = scopes.iter().map(|scope| row(scope));
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
fn afterwards(host: Option<String>, any: bool) -> AnyView {
    let later = any.then(|| {
        view! {
            " You can withdraw what you allow at any time under "
            // Beside this page: a member who looks there has not answered yet.
            <a class="textlink" href=paths::AUTHORIZED_APPS target="_blank">"Authorized apps"</a>
            "."
        }
    });
    let Some(host) = host else {
        return view! {
            {note(
                "warn",
                icon::ALERT,
                "The answer goes to the device that showed the code. Only allow this if you have just started the app there yourself.",
            )}
            <p class="muted">{later}</p>
        }
        .erase();
    };
    let on_device = is_loopback(&host).then_some("a program on this device, ");
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
