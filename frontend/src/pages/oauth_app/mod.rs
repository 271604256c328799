//! One OAuth app: what it holds and what happened to it, its configuration, how a client connects, its client secrets,
//! and the members who let it act for them.

mod activity;
mod authorizations;
mod client;
mod deeds;
mod facts;
mod secrets;

use api_types::{
    authorizations::OAuthAppActivity,
    oauth_apps::{ClientKind, OAuthApp},
    stream::Topic,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    browser,
    data::Load,
    pages::oauth_apps::{app_logo, app_status},
    ui::{
        erase::{Erase, live},
        icon,
        load::{loaded, part},
        menu::{Item, actions},
        notice::note,
        page::{self, crumbs, heading, panel},
        toast::Toasts,
    },
};

/// Which dialog is open.
#[derive(Clone, Copy)]
struct Dialogs {
    edit: RwSignal<Option<OAuthApp>>,
    rotate: RwSignal<Option<OAuthApp>>,
    suspend: RwSignal<Option<OAuthApp>>,
    delete: RwSignal<Option<OAuthApp>>,
    drop: RwSignal<Option<secrets::Old>>,
}

/// The app, and what it holds.
#[derive(Clone)]
struct Loads {
    app: Load<OAuthApp>,
    activity: Load<OAuthAppActivity>,
}

/// The page.
#[component]
pub fn OAuthAppPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| browser::encode(&params.read().get("id").unwrap_or_default()));
    let app = Load::<OAuthApp>::new(move || format!("/v1/oauth-apps/{}", id.read()))
        .live(&[Topic::OAuthApps], || None)
        .on_return();
    let named = app.clone();
    page::title(move || named.ready().map_or_else(|| "OAuth app".to_owned(), |app| app.name));
    let found = app.part(|_| ());
    let dialogs = Dialogs {
        edit: RwSignal::new(None),
        rotate: RwSignal::new(None),
        suspend: RwSignal::new(None),
        delete: RwSignal::new(None),
        drop: RwSignal::new(None),
    };
    let content = {
        let app = app.clone();
        move || content(&app, dialogs)
    };
    view! {
        {crumbs("OAuth apps", "/settings/api#oauth-apps")}
        {loaded(&app, "This OAuth app", content)}
        // Made once the app is known to be there, so that only one thing says that it is not.
        {live(move || {
            found
                .get()
                .map(|()| {
                    let activity = Load::new(move || format!("/v1/oauth-apps/{}/activity", id.read()))
                        .live(&[Topic::OAuthApps], || None)
                        .on_return();
                    below(id, &Loads { app: app.clone(), activity }, dialogs)
                })
        })}
    }
}

/// Puts the object, as it is at that moment, into a dialog's target.
fn opens(
    load: &Load<OAuthApp>,
    target: RwSignal<Option<OAuthApp>>,
) -> impl Fn() + Clone + Send + Sync + use<> {
    let load = load.clone();
    move || target.set(untrack(|| load.ready()))
}

/// What only the app's own fields are needed for.
fn content(load: &Load<OAuthApp>, dialogs: Dialogs) -> AnyView {
    let edit = opens(load, dialogs.edit);
    let name = |app: OAuthApp| {
        let logo = app_logo(&app.name, &app.logo, "size-9");
        view! { <span class="inline-flex items-center gap-3">{logo} <span class="anywhere">{app.name}</span></span> }
            .erase()
    };
    let suspended = |suspended: bool| {
        suspended
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
            part(load, |app| app.suspended, app_status),
            view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| edit()>"Edit"</button>
                {more_actions(load, dialogs)}
            },
        )}
        {part(load, |app| app.suspended, suspended)}
    }
    .erase()
}

fn below(id: Memo<String>, loads: &Loads, dialogs: Dialogs) -> AnyView {
    let app = &loads.app;
    let secrets = {
        let rotate = opens(app, dialogs.rotate);
        move |(kind, secrets): (ClientKind, Vec<_>)| {
            secrets::panel(kind, &secrets, rotate.clone(), dialogs.drop)
        }
    };
    view! {
        {activity::incidents(loads, opens(app, dialogs.suspend))}
        {activity::panel(&loads.activity)}
        {panel("Configuration", (), part(app, OAuthApp::clone, |app| facts::configuration(&app)))}
        {client::panel(&id.read_untracked())}
        {part(app, |app| (app.kind, app.secrets.clone()), secrets)}
        {authorizations::panel(id, loads)}
        {deeds::dialogs(dialogs, loads)}
    }
    .erase()
}

fn more_actions(load: &Load<OAuthApp>, dialogs: Dialogs) -> AnyView {
    let toasts = Toasts::use_toasts();
    let (suspend, delete) = (opens(load, dialogs.suspend), opens(load, dialogs.delete));
    let resume = {
        let load = load.clone();
        move || deeds::resume(&load, toasts)
    };
    part(
        load,
        |app| app.suspended,
        move |suspended| {
            let switch = if suspended {
                Item::new("Resume", icon::PLAY, resume.clone())
            } else {
                Item::new("Suspend", icon::PAUSE, suspend.clone())
            };
            let delete = Item::new("Delete", icon::TRASH, delete.clone()).danger();
            actions(|| "More actions".to_owned(), vec![switch, delete])
        },
    )
}
