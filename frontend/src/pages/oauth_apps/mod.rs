//! OAuth apps: the section of the overview that lists them and creates one.

mod form;
pub mod page;
pub mod parts;

use api_types::{
    ids::OAuthAppId,
    oauth_apps::{CreatedOAuthApp, OAuthApp},
    stream::Topic,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use self::parts::{app_logo, app_status, kind_word};
use crate::{
    amounts::counted,
    api::oauth_apps,
    data::list::List,
    paths,
    ui::{
        badge::scope_chips,
        code::copyable,
        dialog::{Kind, dialog_for, foot},
        erase::{Erase, live},
        icon,
        list::{cell, lead},
        list_section::{Blank, ListSection},
        secret::{Secret, ShowOnce},
        time::ago,
    },
};

const SECTION: ListSection = ListSection {
    id: "oauth-apps",
    name: "OAuth apps",
    about: "OAuth apps allow third-party authorization flows.",
    docs: paths::docs::OAUTH_APPS,
    columns: &["App", "Kind", "Scopes", "Created", "Status"],
    create: "Create OAuth app",
    blank: Blank {
        icon: icon::APP,
        title: "No OAuth apps yet",
        text: "An OAuth app lets a third-party application act for the members who agree to it, without ever seeing a password.",
    },
    filter: None,
};

#[component]
pub fn OAuthApps() -> impl IntoView {
    let list = List::new(10, oauth_apps::list).live(&[Topic::OAuthApps], || None);
    let changed = list.clone();
    let public = RwSignal::new(None::<OAuthAppId>);
    view! {
        {SECTION.view(&list, row, move |creating| create(creating, changed.clone(), public))}
        {dialog_for(public, Kind::Small, |_| "OAuth app created".to_owned(), move |id| created(id, public))}
    }
}

fn row(app: ArcRwSignal<OAuthApp>) -> AnyView {
    live(move || {
        let app = app.get();
        view! {
            {lead(view! {
                <div class="flex gap-3 items-center min-w-0">
                    {app_logo(&app.name, &app.logo, "size-9")}
                    <span class="min-w-0">
                        <a class="rowlink block anywhere" dir="auto" href=paths::oauth_app(app.id)>{app.name.clone()}</a>
                        {(!app.description.is_empty())
                            .then(|| view! { <span class="muted line-clamp-1 anywhere" dir="auto">{app.description.clone()}</span> })}
                    </span>
                </div>
            })}
            {cell("Kind", kind_word(app.kind))}
            {cell("Scopes", scope_chips(&app.scopes, 2))}
            {cell("Created", ago(app.created_at))}
            {cell("Status", view! { {app_status(app.status)} {open_incidents(app.open_incidents)} })}
        }
    })
}

/// A sign of incidents that nobody has acknowledged.
fn open_incidents(count: i64) -> AnyView {
    let count = count.unsigned_abs();
    (count > 0)
        .then(|| view! { <span class="block mt-1"><span class="tag dot bad">{counted(count, "incident")}</span></span> })
        .erase()
}

fn create(
    creating: RwSignal<Option<()>>,
    list: List<OAuthApp>,
    public: RwSignal<Option<OAuthAppId>>,
) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let close = move || creating.set(None);
    let done = move |CreatedOAuthApp { app, client_secret }| {
        close();
        list.refresh();
        let Some(value) = client_secret else { return public.set(Some(app.id)) };
        show_once.show(Secret {
            title: "OAuth app created",
            what: "Client secret",
            value,
            beside: Some(("Client ID", "Copy client ID", app.id.to_string())),
            advice: "The app sends it with its client ID to obtain tokens. The client ID stays readable on the app's page.",
            then: Callback::new(|()| ()),
        });
    };
    form::new_app(close, done)
}

/// The body of the dialog after a public app was created: it has no secret, but its developer needs the client ID.
fn created(id: OAuthAppId, target: RwSignal<Option<OAuthAppId>>) -> AnyView {
    let navigate = use_navigate();
    let open = move |_| {
        target.set(None);
        navigate(&paths::oauth_app(id), NavigateOptions::default());
    };
    view! {
        <div class="form">
            <div class="field">
                <span class="flabel">"Client ID"</span>
                {copyable("Copy client ID", id.to_string())}
            </div>
            <p class="muted">
                "A public app has no secret: it proves itself with PKCE on each authorization. The client ID is none either, and stays readable on the app's page."
            </p>
            {foot(view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| target.set(None)>"Close"</button>
                <button type="button" class="btn btn-primary" on:click=open>"Open the app's page"</button>
            })}
        </div>
    }
    .erase()
}
