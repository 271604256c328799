//! OAuth apps on the overview: listed and created.

use crate::ui::erase::{Erase, live};
use api_types::{
    oauth_apps::{ClientKind, CreatedOAuthApp, OAuthApp},
    stream::Topic,
};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    data::List,
    pages::oauth_app_form::{self, Draft},
    ui::{
        badge::{badge, scope_chips},
        dialog::{Kind, dialog_for},
        icon::{self, icon},
        list::{self, Look, cell, lead},
        notice::blank,
        page::section,
        secret::{Secret, ShowOnce},
        time::ago,
        toast::Toasts,
    },
};

/// The section.
#[component]
pub fn OAuthApps() -> impl IntoView {
    let list = List::<OAuthApp>::new(10, || "/v1/oauth-apps".to_owned()).live(&[Topic::OAuthApps], || None);
    let creating = RwSignal::new(None::<()>);
    let empty = Callback::new(move |()| {
        blank(
            icon::APP,
            "No OAuth apps yet",
            "An OAuth app lets a third-party application act for the members who agree to it, without ever seeing a password.",
            view! {
                <button type="button" class="btn btn-primary btn-sm" on:click=move |_| creating.set(Some(()))>
                    "Create OAuth app"
                </button>
            },
        )
    });
    let look = Look { label: "OAuth apps", columns: &["App", "Kind", "Scopes", "Created", "Status"], empty };
    let table = list::table(&list, look, row);
    let dialog = dialog_for(
        creating,
        Kind::Wide,
        |()| "Create OAuth app".to_owned(),
        move |()| create(creating, list.clone()),
    );
    section(
        "oauth-apps",
        "OAuth apps",
        "OAuth apps allow third-party authorization flows.",
        view! {
            <button type="button" class="btn btn-primary" on:click=move |_| creating.set(Some(()))>
                {icon(icon::PLUS)}
                "Create OAuth app"
            </button>
        },
        view! {
            <div class="panel">{table}</div>
            {dialog}
        },
    )
}

/// An app's logo, or the first letter of its name; `size` is `size-9`, or `size-14 text-2xl` where the app is introduced.
pub fn app_logo(name: &str, logo: &str, size: &'static str) -> AnyView {
    if logo.starts_with("data:image/") {
        let class = format!("{size} rounded-lg object-contain bg-base-200 flex-none");
        return view! { <img class=class src=logo.to_owned() alt="" /> }.erase();
    }
    let letter: String = name.chars().next().unwrap_or('?').to_uppercase().collect();
    let class =
        format!("{size} rounded-lg bg-accent/12 text-accent font-semibold grid place-items-center flex-none");
    view! { <span class=class aria-hidden="true">{letter}</span> }.erase()
}

/// An app's homepage as a link. Only https: anything else that an app says of itself is left out.
pub fn homepage(url: &str) -> Option<AnyView> {
    url.starts_with("https://").then(|| {
        view! {
            <a class="textlink anywhere" dir="ltr" href=url.to_owned() rel="noopener noreferrer" target="_blank">
                {url.to_owned()}
            </a>
        }
        .erase()
    })
}

/// An app's kind in words.
pub const fn kind_word(kind: ClientKind) -> &'static str {
    match kind {
        ClientKind::Confidential => "Confidential",
        ClientKind::Public => "Public",
    }
}

/// Whether the app is suspended.
pub fn app_status(suspended: bool) -> AnyView {
    if suspended { badge("dot warn", "Suspended") } else { badge("dot good", "Active") }
}

fn row(app: ArcRwSignal<OAuthApp>) -> AnyView {
    live(move || {
        let app = app.get();
        view! {
            {lead(view! {
                <div class="flex gap-3 items-center min-w-0">
                    {app_logo(&app.name, &app.logo, "size-9")}
                    <span class="min-w-0">
                        <a class="rowlink block anywhere" dir="auto" href=format!("/settings/api/oauth/{}", app.id)>{app.name.clone()}</a>
                        {(!app.description.is_empty())
                            .then(|| view! { <span class="muted line-clamp-1 anywhere" dir="auto">{app.description.clone()}</span> })}
                    </span>
                </div>
            })}
            {cell("Kind", kind_word(app.kind))}
            {cell("Scopes", scope_chips(&app.scopes, 2))}
            {cell("Created", ago(app.created_at))}
            {cell("Status", app_status(app.suspended))}
        }
    })
}

fn create(creating: RwSignal<Option<()>>, list: List<OAuthApp>) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    let close = move || creating.set(None);
    let done = move |created: CreatedOAuthApp| {
        close();
        list.refresh();
        let path = format!("/settings/api/oauth/{}", created.app.id);
        if let Some(value) = created.client_secret {
            show_once.show(Secret {
                title: "OAuth app created",
                what: "Client secret",
                value,
                advice: "The app sends it with its client ID to obtain tokens. The client ID stays readable on the app's page.",
                then: Callback::new(|()| ()),
            });
        } else {
            toasts.say("OAuth app created. A public app has no secret.");
            navigate(&path, NavigateOptions::default());
        }
    };
    oauth_app_form::form(Draft::new(), None, "Create OAuth app", close, done)
}
