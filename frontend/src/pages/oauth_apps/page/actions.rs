//! The actions on an app: edit, rotate its secret, suspend, resume, delete; most in a dialog.

use api_types::oauth_apps::{CreatedClientSecret, OAuthApp, RotateSecret};
use leptos::prelude::*;
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::{
    api::oauth_apps,
    data::load::Load,
    pages::{
        oauth_apps::{
            form,
            page::{activity::holdings, dialogs::Dialogs, loads::Loads, secrets},
        },
        rotate_secret,
        webhooks::owner::stopping,
    },
    paths,
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
    let for_edit = loads.app.clone();
    let for_rotate = loads.app.clone();
    let for_drop = loads.app.clone();
    let for_suspend = loads.clone();
    let for_delete = loads.clone();
    view! {
        {dialog_for(dialogs.edit, Kind::Wide, |app| format!("Edit “{}”", app.name), move |app| edit(&app, dialogs, for_edit.clone()))}
        {dialog_for(
            dialogs.rotate,
            Kind::Small,
            |_| "Rotate the client secret?".to_owned(),
            move |app| rotate(&app, dialogs, for_rotate.clone()),
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
    form::edit(app, close, move |app| {
        close();
        load.set(app);
        toasts.say("Saved.");
    })
}

/// The last use of any of the app's secrets, as a sentence.
fn secret_used(app: &OAuthApp) -> AnyView {
    let newest = app.secrets.iter().filter_map(|secret| Some((secret.last_used_at?, &secret.last_used_ip)));
    match newest.max_by_key(|(time, _)| *time) {
        Some((time, ip)) => {
            view! { "The client secret was last used " {used_from(time, ip.clone())} "." }.erase()
        }
        None => "The client secret has never been used.".erase(),
    }
}

fn rotate(app: &OAuthApp, dialogs: Dialogs, load: Load<OAuthApp>) -> AnyView {
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
        <p>
            "The app gets a new client secret. After rotating, update any client using the old secret: it is refused once its time is over. "
            {used}
        </p>
        {rotate_secret::no_room(app.secrets.iter().map(|secret| secret.expires_at))}
    };
    let id = app.id;
    let call = move |rotation: &RotateSecret| oauth_apps::rotate_secret(id, rotation);
    rotate_secret::form(explain, call, close, move |created: CreatedClientSecret| {
        close();
        load.refresh();
        show_once.show(Secret {
            title: "Client secret rotated",
            what: "New client secret",
            value: created.client_secret,
            beside: None,
            advice: "Put it into every client that uses the old one. This app's page says whether the old one is still used.",
            then: Callback::new(|()| ()),
        });
    })
}

/// Lets a suspended app work again.
pub fn resume(load: &Load<OAuthApp>, toasts: Toasts) {
    let load = load.clone();
    let Some(app) = untrack(|| load.ready()) else { return };
    leptos::task::spawn_local(async move {
        match oauth_apps::resume(app.id).await {
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
    // The dialog says what the app holds now, not when the page was opened.
    loads.activity.refresh();
    let id = app.id;
    let loads = loads.clone();
    let explain = view! {
        <p>"It gets no tokens, and those it has are refused, until you resume it. Nothing is deleted."</p>
        {holdings(&loads.activity, "This stops: ", "It holds nothing now: no member's authorization and no token.")}
        {stopping(id.as_str(), false)}
    };
    let act = move || {
        let loads = loads.clone();
        submit.run(oauth_apps::suspend(id), move |app| {
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
    let id = app.id;
    let act = move || {
        let navigate = navigate.clone();
        submit.run(oauth_apps::remove(id), move |()| {
            dialogs.delete.set(None);
            toasts.say("The OAuth app is deleted.");
            navigate(paths::OAUTH_APPS, NavigateOptions { replace: true, ..Default::default() });
        });
    };
    let explain = view! {
        <p>
            "Its client ID and secrets stop working at once, every token it holds is refused, and members' authorizations of it end. This cannot be undone."
        </p>
        {holdings(&loads.activity, "This ends: ", "It holds nothing now: no member's authorization and no token.")}
        {stopping(id.as_str(), false)}
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
