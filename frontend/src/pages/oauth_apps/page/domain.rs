//! The domain of an app's publisher: the file that proves it, the check of that, and what it found.

use api_types::{
    Timestamp,
    ids::OAuthAppId,
    oauth_apps::{Distribution, OAuthApp},
    publisher_domains::file_url,
};
use leptos::prelude::*;

use crate::{
    api::oauth_apps,
    data::load::Load,
    ui::{
        code::{code_block, copyable},
        erase::{Erase, live},
        icon,
        load::part,
        notice::note,
        page,
        submit::{Submit, form_error, spinner},
        time::ago,
    },
};

/// The panel; nothing for an app of this workspace alone that names no domain.
pub fn panel(load: &Load<OAuthApp>) -> AnyView {
    let submit = Submit::new();
    let pick = |app: &OAuthApp| {
        let is_shown = app.distribution == Distribution::Public || !app.publisher_domain.is_empty();
        is_shown.then(|| (app.id, app.publisher_domain.clone()))
    };
    let app = load.clone();
    part(load, pick, move |shown| {
        let Some((id, domain)) = shown else { return ().erase() };
        if domain.is_empty() {
            let why = "No domain is named. Edit the app to name one that the publisher owns: once it is verified, members elsewhere see it when they are asked.";
            return page::panel("Publisher's domain", (), view! { <p class="muted p-5">{why}</p> });
        }
        let content = view! {
            <div class="grid gap-4 p-5">{form_error(submit, &[])} {state(&app, &domain)} {file(id, &domain)}</div>
        };
        page::panel("Publisher's domain", button(id, &app, submit), content)
    })
}

fn button(id: OAuthAppId, load: &Load<OAuthApp>, submit: Submit) -> AnyView {
    let load = load.clone();
    let verify = move |_| {
        let load = load.clone();
        submit.run(oauth_apps::verify_domain(id), move |app| load.set(app));
    };
    view! {
        <button type="button" class="btn btn-quiet btn-sm" disabled=move || submit.busy() on:click=verify>
            {spinner(move || submit.busy())}
            "Verify"
        </button>
    }
    .erase()
}

/// The outcome of the last check.
fn state(load: &Load<OAuthApp>, domain: &str) -> AnyView {
    let outcome = load.part(|app| (app.publisher_domain_verified_at, app.publisher_domain_fault.clone()));
    let domain = domain.to_owned();
    let said = live(move || {
        outcome.get().map(|(verified_at, fault)| outcome_note(domain.clone(), verified_at, fault))
    });
    view! { <div role="status">{said}</div> }.erase()
}

fn outcome_note(domain: String, verified_at: Option<Timestamp>, fault: Option<String>) -> AnyView {
    let domain = view! { <bdi class="font-[560]" dir="ltr">{domain}</bdi> };
    match (verified_at, fault) {
        (Some(at), None) => note(
            "good",
            icon::CHECK,
            view! { {domain} " was verified " {ago(at)} ". Members of other workspaces see it." },
        ),
        (Some(at), Some(fault)) => note(
            "warn",
            icon::ALERT,
            view! {
                {domain} " was verified " {ago(at)} ", but the last check failed. " {fault}
                " After three failed checks in a row, a day apart, it is verified no longer."
            },
        ),
        (None, Some(fault)) => {
            note("bad", icon::ALERT, view! { {domain} " is not verified, and nobody else sees it. " {fault} })
        }
        (None, None) => {
            note("plain", icon::INFO, view! { {domain} " is not verified yet, and nobody else sees it." })
        }
    }
}

/// The file that proves the domain.
fn file(id: OAuthAppId, domain: &str) -> AnyView {
    view! {
        <div class="grid gap-2">
            <p class="muted">"Put this text file at the domain, then choose Verify. It is looked at again every day, so leave it there."</p>
            {copyable("Copy the file's address", file_url(domain))}
            {code_block("One client ID in each line", "Copy the file", true, format!("{id}\n"))}
        </div>
    }
    .erase()
}
