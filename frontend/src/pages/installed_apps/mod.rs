//! Apps of other workspaces in this one: which may come in, which are asked for, and what an admin decides about each.

pub mod page;

use api_types::{
    app_installs::{AppInstall, AppPolicy, AppPolicyChange, ClientDocuments, InstallStatus},
    stream::Topic,
};
use leptos::prelude::*;

use crate::{
    api::app_installs,
    browser,
    data::{list::List, load::Load},
    pages::oauth_apps::parts::{app_logo, app_name, homepage_of, verified_domain},
    paths,
    ui::{
        badge::badge,
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        erase::{Erase, live},
        field::{about, group, pick},
        icon,
        list::{self, Look, cell, lead, menu_cell},
        load::loaded_within,
        menu::{Item, actions},
        notice::blank,
        page::{heading, title},
        submit::{Submit, form_error},
        time::ago,
        toast::Toasts,
    },
};

#[component]
pub fn InstalledApps() -> impl IntoView {
    title(|| "Installed apps".to_owned());
    let list = List::new(20, app_installs::list).live(&[Topic::OAuthApps], || None);
    let removing = RwSignal::new(None::<AppInstall>);
    let empty = Callback::new(|()| {
        blank(
            icon::APP,
            "No app from elsewhere is here",
            "An app that somebody else publishes, or that is known by a metadata document, appears here once a member asks for it or an admin allows it.",
            (),
        )
    });
    let look =
        Look { label: "Installed apps", columns: &["App", "Asked for by", "Since", "Status", ""], empty };
    let changed = list.clone();
    let table = list::table(&list, look, move |row| cells(&row, removing));
    view! {
        {heading("Installed apps", (), ())}
        <p class="muted -mt-4 mb-5 max-w-2xl">
            "Apps of other workspaces, and apps that nobody registered, that members of this one may let act for them. What you decide here changes nothing elsewhere."
        </p>
        <div class="panel mb-5 p-5">{policy()}</div>
        <div class="panel">{table}</div>
        {dialog_for(
            removing,
            Kind::Small,
            |install| format!("Remove “{}”?", install.app.name),
            move |install| remove(&install, removing, changed.clone()),
        )}
    }
}

/// A policy in a word, and in a sentence.
const fn policy_words(policy: AppPolicy) -> (&'static str, &'static str, &'static str) {
    match policy {
        AppPolicy::Open => ("open", "Any app", "A member who allows an app installs it."),
        AppPolicy::Ask => ("ask", "After an admin's approval", "Members ask, and an admin decides here."),
        AppPolicy::List => (
            "list",
            "Only what an admin installs",
            "An admin installs an app by allowing it; members cannot ask.",
        ),
    }
}

/// The setting for apps that are known by a document, in a word, and in a sentence.
const fn documents_words(setting: ClientDocuments) -> (&'static str, &'static str, &'static str) {
    match setting {
        ClientDocuments::Off => {
            ("off", "Not taken", "Only apps that an admin of some workspace made may ask.")
        }
        ClientDocuments::On => ("on", "Taken", "They may ask, and the choice above says who lets them in."),
    }
}

fn policy() -> AnyView {
    let load = Load::new(app_installs::policy);
    let submit = Submit::new();
    let toasts = Toasts::use_toasts();
    let shown = load.clone();
    loaded_within(&load, "The policy", move || {
        let setting = untrack(|| shown.ready());
        let policy = setting.map_or(AppPolicy::Ask, |setting| setting.policy);
        let documents = setting.map_or(ClientDocuments::Off, |setting| setting.client_documents);
        let chosen = RwSignal::new(policy_words(policy).0.to_owned());
        let taken = RwSignal::new(documents_words(documents).0.to_owned());
        // Each choice is saved as it is made, and alone.
        let save = move |choice: RwSignal<String>, change: fn(String) -> AppPolicyChange| {
            let kept = RwSignal::new(choice.get_untracked());
            Effect::new(move |_| {
                let wanted = choice.get();
                if wanted != kept.get_untracked() {
                    kept.set(wanted.clone());
                    submit.run(app_installs::set_policy(&change(wanted)), move |_| toasts.say("Saved."));
                }
            });
        };
        save(chosen, |word| AppPolicyChange { policy: Some(word), ..AppPolicyChange::default() });
        save(taken, |word| AppPolicyChange { client_documents: Some(word), ..AppPolicyChange::default() });
        let documents = [ClientDocuments::Off, ClientDocuments::On].map(|documents| {
            let (word, label, sentence) = documents_words(documents);
            pick("client_documents", word, label, sentence, taken)
        });
        let choices = [AppPolicy::Open, AppPolicy::Ask, AppPolicy::List].map(|policy| {
            let (word, label, sentence) = policy_words(policy);
            pick("policy", word, label, sentence, chosen)
        });
        view! {
            {form_error(submit, &["policy", "client_documents"])}
            {group(about("Which apps may come in", "policy", "Apps that are installed stay."), submit, choices.into_iter().collect_view())}
            <div class="mt-5">
                {group(
                    about(
                        "Apps that nobody registered",
                        "client_documents",
                        "Such an app, an AI assistant for example, is known by a document at a web address (Client ID Metadata Documents). What the document says is not verified.",
                    ),
                    submit,
                    documents.into_iter().collect_view(),
                )}
            </div>
            <p class="muted mt-4">
                <a class="textlink" href=paths::docs::OAUTH_CLIENTS target="_blank" rel="noopener">
                    "What to type into Claude, ChatGPT, VS Code, n8n and Postman"
                </a>
            </p>
        }
        .erase()
    })
}

/// The state of an install.
fn status(status: InstallStatus) -> AnyView {
    match status {
        InstallStatus::Requested => badge("dot warn", "Asked for"),
        InstallStatus::Refused => badge("dot quiet", "Refused"),
        InstallStatus::Active => badge("dot good", "Active"),
        InstallStatus::Paused => badge("dot warn", "Paused"),
    }
}

fn cells(row: &ArcRwSignal<AppInstall>, removing: RwSignal<Option<AppInstall>>) -> AnyView {
    let shown = row.clone();
    let row = row.clone();
    view! {
        {live(move || {
            let install = shown.get();
            let app = install.app;
            let asked = install.requested_by.map(|member| member.email).unwrap_or_default();
            view! {
                {lead(view! {
                    <div class="flex gap-3 items-start min-w-0">
                        {app_logo(&app.name, &app.logo, "size-9")}
                        <span class="min-w-0">
                            <a class="rowlink block" href=paths::installed_app(install.id)>{app_name(&app)}</a>
                            {app
                                .client_id_url
                                .is_none()
                                .then(|| view! { <span class="block muted anywhere">"By " <bdi>{install.publisher_name}</bdi></span> })}
                            {verified_domain(&app)}
                            {homepage_of(&app)}
                        </span>
                    </div>
                })}
                {cell("Asked for by", view! { <bdi class="anywhere">{asked}</bdi> })}
                {cell("Since", ago(install.created_at))}
                {cell("Status", status(install.status))}
            }
        })}
        {menu_cell(live(move || menu(&row, removing)))}
    }
    .erase()
}

/// The decisions that are possible about an install as it is now.
fn menu(row: &ArcRwSignal<AppInstall>, removing: RwSignal<Option<AppInstall>>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let install = row.get();
    let decide = |label: &'static str, shape: &'static str, decision: &'static str| {
        let row = row.clone();
        Item::new(label, shape, move || {
            let row = row.clone();
            let id = row.read_untracked().id;
            leptos::task::spawn_local(async move {
                match app_installs::decide(id, decision).await {
                    Ok(install) => row.set(install),
                    Err(error) => toasts.say(error.message()),
                }
            });
        })
    };
    let mut items = match install.status {
        InstallStatus::Requested => {
            vec![decide("Approve", icon::CHECK, "approve"), decide("Refuse", icon::CLOSE, "refuse")]
        }
        InstallStatus::Refused => vec![decide("Approve", icon::CHECK, "approve")],
        InstallStatus::Active => vec![decide("Pause", icon::PAUSE, "pause")],
        InstallStatus::Paused => vec![decide("Resume", icon::PLAY, "resume")],
    };
    let name = install.app.name.clone();
    items.push(Item::new("Remove", icon::TRASH, move || removing.set(Some(install.clone()))).danger());
    actions(move || format!("Actions for {name}"), items)
}

fn remove(install: &AppInstall, removing: RwSignal<Option<AppInstall>>, list: List<AppInstall>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = install.id;
    let name = install.app.name.clone();
    let act = move || {
        let list = list.clone();
        submit.run(app_installs::remove(id), move |()| {
            removing.set(None);
            browser::focus_main_soon();
            list.refresh();
            toasts.say("The app is removed.");
        });
    };
    let explain = view! {
        <p>
            <bdi class="font-medium anywhere">{name}</bdi>
            " can no longer act for anybody of this workspace: what members allowed it ends, its tokens are refused at once, and its webhooks here are disabled. Elsewhere it works on."
        </p>
    };
    confirm(Question { submit, action: "Remove", fields: &[] }, explain, move || removing.set(None), act)
}
