//! What can be done to an app: edited, its secret rotated, suspended, resumed, deleted; most in a dialog.

use api_types::oauth_apps::{CreatedClientSecret, OAuthApp, OAuthAppChanges};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::{Dialogs, Loads, activity::holdings, secrets};
use crate::{
    api,
    data::Load,
    pages::{
        oauth_app_form::{self, Draft},
        rotate,
    },
    ui::{
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        erase::Erase,
        secret::{Secret, ShowOnce},
        submit::Submit,
        time::used_from,
        toast::Toasts,
    },
};

/// Every dialog of the page, each open while its target holds something.
pub fn dialogs(dialogs: Dialogs, loads: &Loads) -> AnyView {
    let (for_edit, for_rotate) = (loads.app.clone(), loads.app.clone());
    let (for_suspend, for_delete, for_drop) = (loads.clone(), loads.clone(), loads.app.clone());
    view! {
        {dialog_for(dialogs.edit, Kind::Wide, |app| format!("Edit “{}”", app.name), move |app| edit(&app, dialogs, for_edit.clone()))}
        {dialog_for(
            dialogs.rotate,
            Kind::Small,
            |_| "Rotate the client secret?".to_owned(),
            move |app| rotate_secret(&app, dialogs, for_rotate.clone()),
        )}
        {dialog_for(
            dialogs.suspend,
            Kind::Small,
            |app| format!("Suspend “{}”?", app.name),
            move |app| suspend(&app, dialogs, &for_suspend),
        )}
        {dialog_for(
            dialogs.delete,
            Kind::Small,
            |app| format!("Delete “{}”?", app.name),
            move |app| delete(&app, dialogs, &for_delete),
        )}
        {dialog_for(
            dialogs.drop,
            Kind::Small,
            |_| "Drop the old secret?".to_owned(),
            move |old| secrets::drop_dialog(&old, &for_drop, dialogs.drop),
        )}
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

/// When any of the app's secrets was last used, as a sentence.
fn secret_used(app: &OAuthApp) -> AnyView {
    let newest = app.secrets.iter().filter_map(|secret| Some((secret.last_used_at?, &secret.last_used_ip)));
    match newest.max_by_key(|(time, _)| *time) {
        Some((time, ip)) => {
            view! { "The client secret was last used " {used_from(time, ip.clone())} "." }.erase()
        }
        None => "The client secret has never been used.".erase(),
    }
}

fn rotate_secret(app: &OAuthApp, dialogs: Dialogs, load: Load<OAuthApp>) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let close = move || dialogs.rotate.set(None);
    let used = match app.secrets.first().and_then(|current| Some((current.last_used_at?, current.last_used_ip.clone()))) {
        Some((time, ip)) => view! {
            "The current secret was last used " {used_from(time, ip)} ": whatever used it then needs the new one."
        }
        .erase(),
        None => "The current secret has never been used.".erase(),
    };
    let explain = view! {
        "The app gets a new client secret. After rotating, update any client using the old secret: it is refused once its time is over. "
        {used}
    };
    let path = format!("/v1/oauth-apps/{}/secrets", app.id);
    rotate::form(explain, path, close, move |created: CreatedClientSecret| {
        close();
        load.refresh();
        show_once.show(Secret {
            title: "Client secret rotated",
            what: "New client secret",
            value: created.client_secret,
            advice: "Put it into every client that uses the old one. This app's page says whether the old one is still used.",
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

/// Lets a suspended app work again.
pub fn resume(load: &Load<OAuthApp>, toasts: Toasts) {
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

fn suspend(app: &OAuthApp, dialogs: Dialogs, loads: &Loads) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    // What it holds now, not when the page was opened.
    loads.activity.refresh();
    let (app, loads) = (app.clone(), loads.clone());
    let explain = view! {
        <p>"It gets no tokens, and those it has are refused, until you resume it. Nothing is deleted."</p>
        {holdings(&loads.activity, "This stops: ", "It holds nothing now: no member's authorization and no token.")}
    };
    let act = move || {
        let loads = loads.clone();
        submit.run(change_suspended(&app, true), move |app| {
            dialogs.suspend.set(None);
            loads.app.set(app);
            loads.activity.refresh();
            toasts.say("The app is suspended.");
        });
    };
    confirm(
        Question { submit, action: "Suspend", fields: &[] },
        explain,
        move || dialogs.suspend.set(None),
        act,
    )
}

fn delete(app: &OAuthApp, dialogs: Dialogs, loads: &Loads) -> AnyView {
    let toasts = Toasts::use_toasts();
    let navigate = use_navigate();
    let submit = Submit::new();
    loads.activity.refresh();
    let path = format!("/v1/oauth-apps/{}", app.id);
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
            "Its client ID and secrets stop working at once, every token it holds is refused, and members' authorizations of it end. This cannot be undone."
        </p>
        {holdings(&loads.activity, "This ends: ", "It holds nothing now: no member's authorization and no token.")}
        <p>{secret_used(app)}</p>
        <p class="mono muted anywhere">{app.id.to_string()}</p>
    };
    confirm(
        Question { submit, action: "Delete", fields: &[] },
        explain,
        move || dialogs.delete.set(None),
        act,
    )
}
