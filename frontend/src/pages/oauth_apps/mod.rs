//! OAuth apps: the section of the overview that lists them and creates one.

mod form;
pub mod page;
pub mod parts;

use api_types::{
    oauth_apps::{CreatedOAuthApp, OAuthApp},
    stream::Topic,
};
use leptos::prelude::*;

use self::parts::{app_logo, app_status, kind_word};
use crate::{
    api::oauth_apps,
    data::list::List,
    paths,
    ui::{
        badge::scope_chips,
        erase::live,
        icon,
        list::{cell, lead},
        list_section::{Blank, Created, ListSection, announcer},
        secret::Secret,
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
    SECTION.view(&list, row, move |creating| create(creating, changed.clone()))
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
            {cell("Status", app_status(app.status))}
        }
    })
}

fn create(creating: RwSignal<Option<()>>, list: List<OAuthApp>) -> AnyView {
    let announce = announcer();
    let close = move || creating.set(None);
    let done = move |CreatedOAuthApp { app, client_secret }| {
        close();
        list.refresh();
        announce(Created {
            secret: client_secret.map(|value| Secret {
                title: "OAuth app created",
                what: "Client secret",
                value,
                advice: "The app sends it with its client ID to obtain tokens. The client ID stays readable on the app's page.",
                then: Callback::new(|()| ()),
            }),
            said: "OAuth app created. A public app has no secret.",
            page: paths::oauth_app(app.id),
        });
    };
    form::new_app(close, done)
}
