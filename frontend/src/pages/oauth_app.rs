//! One OAuth app: its configuration, its client secrets, and what can be done with it.

use crate::ui::erase::Erase;
use api_types::{
    Timestamp,
    oauth_apps::{ClientKind, ClientSecret, CreatedClientSecret, OAuthApp, OAuthAppChanges},
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_params_map},
};

use crate::{
    api, browser,
    data::Load,
    pages::{
        oauth_app_form::{self, Draft, grant_words},
        oauth_apps::{app_logo, app_status, kind_word},
        rotate,
    },
    ui::{
        badge::{badge, scope_chips},
        code::copyable,
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        icon,
        load::{loaded, part},
        menu::{Item, actions},
        notice::note,
        page::{self, crumbs, fact, heading, panel},
        secret::{Secret, ShowOnce},
        submit::Submit,
        time::{ago, ago_or, exact},
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
}

/// The page.
#[component]
pub fn OAuthAppPage() -> impl IntoView {
    let params = use_params_map();
    let load = Load::<OAuthApp>::new(move || {
        format!("/v1/oauth-apps/{}", browser::encode(&params.read().get("id").unwrap_or_default()))
    });
    let named = load.clone();
    page::title(move || named.ready().map_or_else(|| "OAuth app".to_owned(), |app| app.name));
    let dialogs = Dialogs {
        edit: RwSignal::new(None),
        rotate: RwSignal::new(None),
        suspend: RwSignal::new(None),
        delete: RwSignal::new(None),
    };
    let content = {
        let load = load.clone();
        move || content(&load, dialogs)
    };
    view! {
        {crumbs("OAuth apps", "/settings/api#oauth-apps")}
        {loaded(&load, "This OAuth app", content)}
        {open_dialogs(dialogs, load)}
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

fn content(load: &Load<OAuthApp>, dialogs: Dialogs) -> AnyView {
    let edit = opens(load, dialogs.edit);
    let name = |app: OAuthApp| {
        let logo = app_logo(&app);
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
    let secrets = {
        let rotate = opens(load, dialogs.rotate);
        move |(kind, secrets): (ClientKind, Vec<ClientSecret>)| client_secrets(kind, &secrets, rotate.clone())
    };
    view! {
        {heading(
            part(load, OAuthApp::clone, name),
            part(load, OAuthApp::clone, |app| app_status(&app)),
            view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| edit()>"Edit"</button>
                {more_actions(load, dialogs)}
            },
        )}
        {part(load, |app| app.suspended, suspended)}
        {panel("Configuration", (), part(load, OAuthApp::clone, |app| facts(&app)))}
        {part(load, |app| (app.kind, app.secrets.clone()), secrets)}
    }
    .erase()
}

fn more_actions(load: &Load<OAuthApp>, dialogs: Dialogs) -> AnyView {
    let toasts = Toasts::use_toasts();
    let (suspend, delete) = (opens(load, dialogs.suspend), opens(load, dialogs.delete));
    let resume = {
        let load = load.clone();
        move || resume(&load, toasts)
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

fn client_secrets(
    kind: ClientKind,
    listed: &[ClientSecret],
    rotate: impl Fn() + Send + Sync + 'static,
) -> AnyView {
    if kind == ClientKind::Public {
        let why = "A public app has no secret. It proves itself with PKCE on each authorization.";
        return panel("Client secrets", (), view! { <p class="muted p-5">{why}</p> });
    }
    let button = view! {
        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| rotate()>"Rotate secret"</button>
    };
    panel("Client secrets", button, secrets(listed))
}

fn facts(app: &OAuthApp) -> AnyView {
    let uris =
        app.redirect_uris.iter().map(|uri| view! { <li class="mono anywhere" dir="ltr">{uri.clone()}</li> });
    let grants: Vec<&str> = app.grants.iter().map(|grant| grant_words(*grant).0).collect();
    let homepage = app.homepage_url.clone();
    view! {
        <dl class="facts">
            {fact("Client ID", copyable("Copy client ID", app.id.to_string()))}
            {fact("Kind", kind_word(app.kind))}
            {(!app.description.is_empty()).then(|| fact("Description", view! { <span dir="auto">{app.description.clone()}</span> }))}
            {(homepage.starts_with("https://"))
                .then(|| {
                    fact(
                        "Homepage",
                        view! {
                            <a class="textlink" href=homepage.clone() rel="noopener noreferrer" target="_blank">
                                {homepage.clone()}
                            </a>
                        },
                    )
                })}
            {fact("Redirect URIs", view! { <ul class="grid gap-0.5">{uris.collect_view()}</ul> })}
            {fact("Scopes", scope_chips(&app.scopes, 20))}
            {fact("Grants", grants.join(", "))}
            {fact("Created", view! { {exact(app.created_at)} " by " <bdi>{app.created_by.email.clone()}</bdi> })}
        </dl>
    }
    .erase()
}

fn secrets(secrets: &[ClientSecret]) -> AnyView {
    let rows = secrets.iter().map(|secret| {
        let state = match secret.expires_at {
            None => badge("dot good", "Current"),
            Some(_) => badge("dot warn", "Old"),
        };
        let ends = match secret.expires_at {
            Some(time) => view! { "Works until " {exact(time)} " (" {ago(time)} ")" }.erase(),
            None => "Works until it is rotated".erase(),
        };
        view! {
            <li class="px-5 py-3.5 grid gap-1 sm:grid-cols-[1fr_auto] sm:items-center">
                <span class="min-w-0">
                    <span class="flex flex-wrap gap-2 items-center"><span class="mono">{secret.hint.clone()}</span> {state}</span>
                    <span class="muted block mt-0.5">"Created " {ago(secret.created_at)} " · " {ends}</span>
                </span>
                <span class="muted sm:text-right">
                    "Last used: " {ago_or(secret.last_used_at, "never")}
                    {secret.last_used_ip.clone().map(|ip| view! { <span class="block mono text-xs">{ip}</span> })}
                </span>
            </li>
        }
    });
    view! { <ul class="divide-y divide-base-300">{rows.collect_view()}</ul> }.erase()
}

fn open_dialogs(dialogs: Dialogs, load: Load<OAuthApp>) -> AnyView {
    let (edit_load, rotate_load, suspend_load) = (load.clone(), load.clone(), load);
    view! {
        {dialog_for(dialogs.edit, Kind::Wide, |app| format!("Edit “{}”", app.name), move |app| edit(&app, dialogs, edit_load.clone()))}
        {dialog_for(
            dialogs.rotate,
            Kind::Small,
            |_| "Rotate the client secret?".to_owned(),
            move |app| rotate_secret(&app, dialogs, rotate_load.clone()),
        )}
        {dialog_for(
            dialogs.suspend,
            Kind::Small,
            |app| format!("Suspend “{}”?", app.name),
            move |app| suspend(&app, dialogs, suspend_load.clone()),
        )}
        {dialog_for(dialogs.delete, Kind::Small, |app| format!("Delete “{}”?", app.name), move |app| delete(&app, dialogs))}
    }
    .erase()
}

fn edit(app: &OAuthApp, dialogs: Dialogs, load: Load<OAuthApp>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let close = move || dialogs.edit.set(None);
    oauth_app_form::form(
        Draft::of(app),
        Some(format!("/v1/oauth-apps/{}", app.id)),
        "Save",
        close,
        move |app: OAuthApp| {
            close();
            load.set(app);
            toasts.say("Saved.");
        },
    )
}

fn rotate_secret(app: &OAuthApp, dialogs: Dialogs, load: Load<OAuthApp>) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let close = move || dialogs.rotate.set(None);
    let used = app.secrets.first().and_then(|secret| secret.last_used_at);
    let explain = view! {
        "The app gets a new client secret. After rotating, update any client using the old secret: it is refused once its time is over. It was last used: "
        {ago_or(used, "never")} "."
    };
    let path = format!("/v1/oauth-apps/{}/secrets", app.id);
    rotate::form(explain, path, close, move |created: CreatedClientSecret| {
        close();
        load.refresh();
        show_once.show(Secret {
            title: "Client secret rotated",
            what: "New client secret",
            value: created.client_secret,
            advice: "Put it into every client that uses the old one.",
            then: Callback::new(|()| ()),
        });
    })
}

fn change_suspended(
    app: &OAuthApp,
    suspended: bool,
) -> impl Future<Output = Result<OAuthApp, api::ApiError>> + use<> {
    let path = format!("/v1/oauth-apps/{}", app.id);
    let changes = OAuthAppChanges { suspended: Some(suspended), ..OAuthAppChanges::default() };
    async move { api::patch::<OAuthApp>(&path, &changes).await }
}

fn resume(load: &Load<OAuthApp>, toasts: Toasts) {
    let load = load.clone();
    let Some(app) = untrack(|| load.ready()) else { return };
    let change = change_suspended(&app, false);
    leptos::task::spawn_local(async move {
        match change.await {
            Ok(app) => {
                load.set(app);
                toasts.say("The app works again.");
            }
            Err(error) => toasts.say(error.message()),
        }
    });
}

fn suspend(app: &OAuthApp, dialogs: Dialogs, load: Load<OAuthApp>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let app = app.clone();
    let act = move || {
        let load = load.clone();
        submit.run(change_suspended(&app, true), move |app| {
            dialogs.suspend.set(None);
            load.set(app);
            toasts.say("The app is suspended.");
        });
    };
    let explain = view! { <p>"It gets no tokens, and those it has are refused, until you resume it. Nothing is deleted."</p> };
    confirm(
        Question { submit, action: "Suspend", fields: &[] },
        explain,
        move || dialogs.suspend.set(None),
        act,
    )
}

fn delete(app: &OAuthApp, dialogs: Dialogs) -> AnyView {
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    let submit = Submit::new();
    let path = format!("/v1/oauth-apps/{}", app.id);
    let last_used: Option<Timestamp> = app.secrets.iter().filter_map(|secret| secret.last_used_at).max();
    let act = move || {
        let (path, navigate) = (path.clone(), navigate.clone());
        submit.run(async move { api::delete(&path).await }, move |()| {
            dialogs.delete.set(None);
            toasts.say("The OAuth app is deleted.");
            navigate("/settings/api#oauth-apps", NavigateOptions { replace: true, ..Default::default() });
        });
    };
    let explain = view! {
        <p>
            "Its client ID and secrets stop working at once, every token it holds is refused, and members' authorizations of it end. This cannot be undone. Its secret was last used: "
            {ago_or(last_used, "never")} "."
        </p>
        <p class="muted flex items-center gap-1"><span class="mono">{app.id.to_string()}</span></p>
    };
    confirm(
        Question { submit, action: "Delete", fields: &[] },
        explain,
        move || dialogs.delete.set(None),
        act,
    )
}
