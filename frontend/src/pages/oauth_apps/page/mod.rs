//! The page of one OAuth app: its tokens and incidents, its configuration, its publisher's domain, the settings of a client and
//! programs that connect it, its client secrets, its failed requests, and the members who let it act for them.

mod actions;
mod activity;
mod authorizations;
mod client;
mod details;
mod dialogs;
mod domain;
mod failures;
mod loads;
mod secrets;
mod snippets;

use api_types::{
    oauth_apps::{ClientKind, OAuthApp, OAuthAppStatus},
    stream::Topic,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use self::{dialogs::Dialogs, loads::Loads};
use crate::{
    api::{metadata, oauth_apps},
    data::load::Load,
    pages::{
        oauth_apps::parts::{app_logo, app_status},
        token_holder::{Holder, Place, incidents::Incidents, tokens},
    },
    paths,
    ui::{
        erase::{Erase, live},
        icon,
        load::{loaded, opens, part},
        menu::{self, Item},
        notice::note,
        page::{self, crumbs, heading, panel},
        toast::Toasts,
    },
};

#[component]
pub fn OAuthAppPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let app = Load::new(move || oauth_apps::show(&id.read())).live(&[Topic::OAuthApps], || None).on_return();
    let named = app.clone();
    page::title(move || named.ready().map_or_else(|| "OAuth app".to_owned(), |app| app.name));
    let found = app.part(|_| ());
    let dialogs = Dialogs::new();
    let content = {
        let app = app.clone();
        move || content(&app, dialogs)
    };
    view! {
        {crumbs("OAuth apps", paths::OAUTH_APPS)}
        {loaded(&app, "This OAuth app", content)}
        // Made once the app is known to be there, so that only one thing says that it is not.
        {live(move || {
            found
                .get()
                .map(|()| {
                    let activity = Load::new(move || oauth_apps::show_activity(&id.read()))
                        .live(&[Topic::OAuthApps], || None)
                        .on_return();
                    below(id, &Loads { app: app.clone(), activity }, dialogs)
                })
        })}
    }
}

/// The part of the page that needs the app's own fields only.
fn content(load: &Load<OAuthApp>, dialogs: Dialogs) -> AnyView {
    let edit = opens(load, dialogs.edit);
    let name = |app: OAuthApp| {
        let logo = app_logo(&app.name, &app.logo, "size-9");
        view! { <span class="inline-flex items-center gap-3">{logo} <span class="anywhere">{app.name}</span></span> }
            .erase()
    };
    let suspended = |status: OAuthAppStatus| {
        (status == OAuthAppStatus::Suspended)
            .then(|| {
                note(
                    "warn",
                    icon::PAUSE,
                    "This app is suspended: it gets no tokens, and those it has are refused.",
                )
            })
            .erase()
    };
    view! {
        {heading(
            part(load, OAuthApp::clone, name),
            part(load, |app| app.status, app_status),
            view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| edit()>"Edit"</button>
                {more_actions(load, dialogs)}
            },
        )}
        {part(load, |app| app.status, suspended)}
    }
    .erase()
}

/// The part of the page that needs the app's activity, too.
fn below(id: Memo<String>, loads: &Loads, dialogs: Dialogs) -> AnyView {
    let app = &loads.app;
    let secrets = {
        let rotate = opens(app, dialogs.rotate);
        move |(kind, secrets): (ClientKind, Vec<_>)| {
            secrets::panel(kind, &secrets, rotate.clone(), dialogs.drop)
        }
    };
    let server = Load::new(metadata::show);
    let holder = Holder { place: Place::Own, id };
    let incidents = Incidents::new(holder, loads.activity.part(|activity| activity.incidents.clone()));
    let changed = {
        let activity = loads.activity.clone();
        Callback::new(move |()| activity.refresh())
    };
    let stop = {
        let app = app.clone();
        move || suspend_button(&app, dialogs)
    };
    view! {
        {incidents.waiting(stop, changed)}
        {activity::panel(&loads.activity)}
        {panel("Configuration", (), part(app, OAuthApp::clone, |app| details::configuration(&app)))}
        {domain::panel(app)}
        {client::panel(&id.read_untracked(), &server)}
        {snippets::panel(app, &server)}
        {part(app, |app| (app.kind, app.secrets.clone()), secrets)}
        {failures::panel(id)}
        {authorizations::panel(id, loads)}
        {tokens::panel(holder, changed)}
        {incidents.acknowledged()}
        {actions::dialogs(dialogs, loads)}
    }
    .erase()
}

/// The button in the warning about incidents; nothing while the app is suspended.
fn suspend_button(load: &Load<OAuthApp>, dialogs: Dialogs) -> AnyView {
    let suspend = opens(load, dialogs.suspend);
    part(
        load,
        |app| app.status,
        move |status| {
            let suspend = suspend.clone();
            (status == OAuthAppStatus::Active)
                .then(|| {
                    view! {
                        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| suspend()>"Suspend app"</button>
                    }
                })
                .erase()
        },
    )
}

fn more_actions(load: &Load<OAuthApp>, dialogs: Dialogs) -> AnyView {
    let toasts = Toasts::use_toasts();
    let suspend = opens(load, dialogs.suspend);
    let delete = opens(load, dialogs.delete);
    let resume = {
        let load = load.clone();
        move || actions::resume(&load, toasts)
    };
    part(
        load,
        |app| app.status,
        move |status| {
            let switch = match status {
                OAuthAppStatus::Suspended => Item::new("Resume", icon::PLAY, resume.clone()),
                OAuthAppStatus::Active => Item::new("Suspend", icon::PAUSE, suspend.clone()),
            };
            let delete = Item::new("Delete", icon::TRASH, delete.clone()).danger();
            menu::actions(|| "More actions".to_owned(), vec![switch, delete])
        },
    )
}
