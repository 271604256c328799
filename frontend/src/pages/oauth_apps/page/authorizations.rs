//! The members who let an app act for them, and withdrawing that for one or for all.

use api_types::{
    authorizations::{Authorization, OAuthAppActivity},
    oauth_apps::{GrantType, OAuthApp},
    stream::Topic,
};
use leptos::prelude::*;

use crate::{
    amounts::number,
    api::oauth_apps,
    browser,
    data::list::List,
    pages::{
        authorizations::{withdraw, withdraw_cell},
        oauth_apps::page::loads::Loads,
        webhooks::owner::stopping,
    },
    ui::{
        badge::scope_chips,
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        erase::{Erase, live},
        icon,
        list::{self, Look, cell, lead},
        notice::blank,
        page,
        submit::Submit,
        time::{ago, last_used},
        toast::Toasts,
    },
};

pub fn panel(id: Memo<String>, loads: &Loads) -> AnyView {
    let list =
        List::new(20, move || oauth_apps::list_authorizations(&id.read())).live(&[Topic::OAuthApps], || None);
    let one = RwSignal::new(None::<Authorization>);
    let all = RwSignal::new(None::<OAuthApp>);
    let empty = Callback::new(|()| {
        blank(
            icon::CONSENT,
            "No member has authorized this app",
            "Whoever lets it act for them appears here: for what, since when, and when it was last used. You can withdraw that for them.",
            (),
        )
    });
    let look =
        Look { label: "Authorizations", columns: &["Member", "Scopes", "Since", "Last used", ""], empty };
    let table = list::table(&list, look, move |row| cells(&row, one));
    let rows = list.rows.clone();
    let any = Memo::new(move |_| rows.with(|rows| !rows.is_empty()));
    let app = loads.app.clone();
    let button = live(move || {
        let app = app.clone();
        let ask = move |_| all.set(untrack(|| app.ready()));
        any.get().then(|| {
            view! { <button type="button" class="btn btn-quiet btn-sm" on:click=ask>"Withdraw all"</button> }
        })
    });
    let changed = {
        let list = list.clone();
        let loads = loads.clone();
        Callback::new(move |()| {
            list.refresh();
            loads.activity.refresh();
        })
    };
    let loads = loads.clone();
    view! {
        {page::panel("Authorizations", button, table)}
        {dialog_for(one, Kind::Small, |_| "Withdraw this authorization?".to_owned(), move |authorization| {
            withdraw_one(id, &authorization, one, changed)
        })}
        {dialog_for(all, Kind::Small, |_| "Withdraw all authorizations?".to_owned(), move |app| {
            withdraw_all(&app, &loads, all, changed)
        })}
    }
    .erase()
}

fn cells(row: &ArcRwSignal<Authorization>, target: RwSignal<Option<Authorization>>) -> AnyView {
    let shown = row.clone();
    view! {
        {move || {
            let Authorization { member, scopes, created_at, last_used_at, last_used_ip, .. } = shown.get();
            view! {
                {lead(view! { <span class="font-[560] anywhere" dir="auto">{member.email}</span> })}
                {cell("Scopes", scope_chips(&scopes, 3))}
                {cell("Since", ago(created_at))}
                {cell("Last used", last_used(last_used_at, last_used_ip))}
            }
        }}
        {withdraw_cell(row, target, |authorization| authorization.member.email.clone())}
    }
    .erase()
}

fn withdraw_one(
    id: Memo<String>,
    authorization: &Authorization,
    target: RwSignal<Option<Authorization>>,
    done: Callback<()>,
) -> AnyView {
    let explain = view! {
        <p class="anywhere">
            <bdi class="font-medium">{authorization.app.name.clone()}</bdi> " can no longer act for "
            <bdi class="font-medium">{authorization.member.email.clone()}</bdi>
            "; its tokens for them stop working at once. To use it again they would be asked again."
        </p>
        {stopping(authorization.app.id.as_str(), true)}
    };
    let one = authorization.id;
    let call = move || oauth_apps::withdraw_authorization(&id.read_untracked(), one);
    withdraw(call, explain, target, done)
}

fn withdraw_all(
    app: &OAuthApp,
    loads: &Loads,
    target: RwSignal<Option<OAuthApp>>,
    done: Callback<()>,
) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    // As many as there are now, not when the page was opened.
    loads.activity.refresh();
    let id = app.id;
    let act = move || {
        submit.run(oauth_apps::withdraw_all_authorizations(id), move |gone| {
            target.set(None);
            browser::focus_main_soon();
            done.run(());
            toasts.say(match gone.withdrawn {
                1 => "1 authorization is withdrawn.".to_owned(),
                many => format!("{} authorizations are withdrawn.", number(many)),
            });
        });
    };
    let members = loads.activity.part(|activity: &OAuthAppActivity| activity.authorizations.unsigned_abs());
    let said = move || match members.get() {
        None => "Every member's authorization ends: it".to_owned(),
        Some(1) => "The authorization of 1 member ends: it".to_owned(),
        Some(many) => format!("The authorizations of {} members end: it", number(many)),
    };
    let own = app.grants.contains(&GrantType::ClientCredentials).then(|| {
        view! { <p class="muted">"Tokens with which it acts as itself, by client credentials, keep working. Suspend the app to stop those, too."</p> }
    });
    let explain = view! {
        <p class="anywhere">
            {live(said)} " can no longer act for them, and its tokens stop working at once. To use "
            <bdi class="font-medium">{app.name.clone()}</bdi> " again they would be asked again. This cannot be undone."
        </p>
        {own}
        {stopping(id.as_str(), true)}
    };
    confirm(Question { submit, action: "Withdraw all", fields: &[] }, explain, move || target.set(None), act)
}
