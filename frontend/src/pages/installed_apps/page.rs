//! The page of one app of another workspace that is installed here: its tokens in this workspace, and the incidents with them.

use api_types::{
    app_installs::{AppInstall, AppInstallActivity, InstallStatus},
    stream::Topic,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use super::status;
use crate::{
    api::app_installs,
    data::load::Load,
    pages::{
        oauth_apps::parts::{app_logo, app_name, homepage_of},
        token_holder::{
            Holder, Place,
            counts::{self, Count},
            incidents::Incidents,
            tokens,
        },
    },
    paths,
    ui::{
        erase::{Erase, live},
        load::{loaded, part},
        page::{self, crumbs, detail, heading, panel},
        time::exact,
        toast::Toasts,
    },
};

#[component]
pub fn InstalledAppPage() -> impl IntoView {
    let params = use_params_map();
    let id = Memo::new(move |_| params.read().get("id").unwrap_or_default());
    let install =
        Load::new(move || app_installs::show(&id.read())).live(&[Topic::OAuthApps], || None).on_return();
    let named = install.clone();
    page::title(move || named.ready().map_or_else(|| "Installed app".to_owned(), |install| install.app.name));
    let found = install.part(|_| ());
    let content = {
        let install = install.clone();
        move || content(&install)
    };
    view! {
        {crumbs("Installed apps", paths::INSTALLED_APPS)}
        {loaded(&install, "This installed app", content)}
        {live(move || {
            found
                .get()
                .map(|()| {
                    let activity = Load::new(move || app_installs::show_activity(&id.read()))
                        .live(&[Topic::OAuthApps], || None)
                        .on_return();
                    below(id, &install, &activity)
                })
        })}
    }
}

/// The part of the page that needs the install alone.
fn content(load: &Load<AppInstall>) -> AnyView {
    let name = |install: AppInstall| {
        let logo = app_logo(&install.app.name, &install.app.logo, "size-9");
        view! { <span class="inline-flex items-center gap-3">{logo} <span class="anywhere">{app_name(&install.app)}</span></span> }
            .erase()
    };
    heading(part(load, AppInstall::clone, name), part(load, |install| install.status, status), ())
}

/// The part of the page that needs the app's activity here, too.
fn below(id: Memo<String>, install: &Load<AppInstall>, activity: &Load<AppInstallActivity>) -> AnyView {
    let holder = Holder { place: Place::Installed, id };
    let incidents = Incidents::new(holder, activity.part(|activity| activity.incidents.clone()));
    let changed = {
        let activity = activity.clone();
        Callback::new(move |()| activity.refresh())
    };
    let stop = {
        let install = install.clone();
        move || pause_button(&install)
    };
    view! {
        {incidents.waiting(stop, changed)}
        {counts::panel("In use here", activity, IN_USE)}
        {panel("Details", (), part(install, AppInstall::clone, |install| details(&install)))}
        {tokens::panel(holder, changed)}
        {incidents.acknowledged()}
    }
    .erase()
}

/// The counts of what the app holds in this workspace.
const IN_USE: &[Count<AppInstallActivity>] = &[
    ("Authorizations", |activity| activity.authorizations),
    ("Access tokens", |activity| activity.access_tokens),
    ("Refresh tokens", |activity| activity.refresh_tokens),
];

fn details(install: &AppInstall) -> AnyView {
    let AppInstall { app, publisher_name, requested_by, created_at, .. } = install;
    let client_id = app.client_id_url.clone().unwrap_or_else(|| app.id.to_string());
    let publisher = app
        .client_id_url
        .is_none()
        .then(|| detail("Publisher", view! { <bdi>{publisher_name.clone()}</bdi> }));
    view! {
        <dl class="facts">
            {publisher}
            {(!app.description.is_empty()).then(|| detail("Description", view! { <span dir="auto">{app.description.clone()}</span> }))}
            {homepage_of(app).map(|link| detail("Homepage", link))}
            {detail("Client ID", view! { <span class="mono anywhere" dir="ltr">{client_id}</span> })}
            {requested_by.as_ref().map(|member| detail("Asked for by", view! { <bdi>{member.email.clone()}</bdi> }))}
            {detail("Since", exact(*created_at))}
        </dl>
    }
    .erase()
}

/// The button in the warning about incidents; nothing unless the app works.
fn pause_button(load: &Load<AppInstall>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let load = load.clone();
    let install = load.clone();
    part(
        &load,
        |install| install.status,
        move |status| {
            let install = install.clone();
            let pause = move |_| pause(&install, toasts);
            (status == InstallStatus::Active)
                .then(|| view! { <button type="button" class="btn btn-quiet btn-sm" on:click=pause>"Pause app"</button> })
                .erase()
        },
    )
}

fn pause(load: &Load<AppInstall>, toasts: Toasts) {
    let load = load.clone();
    let Some(install) = untrack(|| load.ready()) else { return };
    leptos::task::spawn_local(async move {
        match app_installs::decide(install.id, "pause").await {
            Ok(install) => {
                load.set(install);
                toasts.say("The app is paused in this workspace.");
            }
            Err(error) => toasts.say(error.message()),
        }
    });
}
