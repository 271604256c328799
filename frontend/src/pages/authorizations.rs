//! The apps that a member lets act for them, and withdrawing that.

use api_types::{Scope, account::Session, authorizations::Authorization};
use leptos::prelude::*;

use crate::{
    api::{authorizations, call::Call},
    browser,
    data::list::List,
    pages::{
        oauth_apps::parts::{app_logo, app_name, homepage_of, verified_domain},
        webhooks::owner::stopping,
    },
    session::SessionStore,
    ui::{
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        erase::{Erase, live},
        icon,
        list::{self, Look, cell, lead, menu_cell},
        notice::blank,
        page::{self, heading},
        submit::Submit,
        time::{ago, last_used},
        toast::Toasts,
    },
};

/// The number of scopes that a row spells out before the rest folds.
const SHOWN: usize = 3;

#[component]
pub fn Authorizations() -> impl IntoView {
    page::title(|| "Authorized apps".to_owned());
    let store = SessionStore::use_store();
    let content = match untrack(|| store.session()) {
        Some(session) if !session.limits.api_access => not_on_plan(&session),
        _ => own(),
    };
    view! {
        {heading("Authorized apps", (), ())}
        <p class="muted -mt-4 mb-5 max-w-2xl">
            "Apps that you let act for you in this workspace, and what you let them do. Withdraw what you no longer use."
        </p>
        <div class="panel">{content}</div>
    }
}

fn not_on_plan(session: &Session) -> AnyView {
    let workspace = session.workspace.name.clone();
    blank(
        icon::LOCK,
        "No app can act for you on the Free plan",
        view! {
            <bdi class="font-medium">{workspace}</bdi>
            " is on the Free plan, which lets no app in. What you authorized earlier is kept, and appears here when the workspace moves to the Startup plan or above."
        },
        (),
    )
}

fn own() -> AnyView {
    let list = List::new(20, authorizations::list);
    let withdrawing = RwSignal::new(None::<Authorization>);
    let empty = Callback::new(|()| {
        blank(
            icon::CONSENT,
            "No app acts for you",
            "When an app asks to act for you and you agree, it appears here: with what you let it do, when it last did something, and a button that ends it.",
            (),
        )
    });
    let look =
        Look { label: "Authorized apps", columns: &["App", "It may", "Since", "Last used", ""], empty };
    let table = list::table(&list, look, move |row| cells(&row, withdrawing));
    view! {
        {table}
        {dialog_for(
            withdrawing,
            Kind::Small,
            |authorization| format!("Withdraw “{}”?", authorization.app.name),
            move |authorization| {
                let list = list.clone();
                withdraw_own(&authorization, withdrawing, Callback::new(move |()| list.refresh()))
            },
        )}
    }
    .erase()
}

fn cells(row: &ArcRwSignal<Authorization>, withdrawing: RwSignal<Option<Authorization>>) -> AnyView {
    let shown = row.clone();
    view! {
        {move || {
            let Authorization { app, scopes, created_at, last_used_at, last_used_ip, .. } = shown.get();
            view! {
                {lead(view! {
                    <div class="flex gap-3 items-start min-w-0">
                        {app_logo(&app.name, &app.logo, "size-9")}
                        <span class="min-w-0">
                            {app_name(&app)}
                            {verified_domain(&app)}
                            {homepage_of(&app)}
                        </span>
                    </div>
                })}
                {cell("It may", may(&scopes))}
                {cell("Since", ago(created_at))}
                {cell("Last used", last_used(last_used_at, last_used_ip))}
            }
        }}
        {withdraw_cell(row, withdrawing, |authorization| authorization.app.name.clone())}
    }
    .erase()
}

/// The things that the scopes let an app do, in words, with the scopes' names on hover; many of them fold.
fn may(scopes: &[Scope]) -> AnyView {
    let listed = |some: &[Scope]| {
        let rows = some.iter().map(|scope| view! { <li title=scope.as_str()>{scope.describe()}</li> });
        view! { <ul class="grid gap-0.5">{rows.collect_view()}</ul> }
    };
    let (first, rest) = scopes.split_at(if scopes.len() > SHOWN + 1 { SHOWN } else { scopes.len() });
    let rest = (!rest.is_empty()).then(|| {
        view! {
            <details class="mt-0.5">
                <summary class="inline-flex items-center gap-1 muted">
                    <span class="turn inline-flex">{icon::icon(icon::RIGHT)}</span>
                    {rest.len()}
                    " more"
                </summary>
                {listed(rest)}
            </details>
        }
    });
    view! {
        {listed(first)}
        {rest}
    }
    .erase()
}

/// The cell of the button that withdraws; `name` tells screen readers the authorization.
pub fn withdraw_cell(
    row: &ArcRwSignal<Authorization>,
    target: RwSignal<Option<Authorization>>,
    name: fn(&Authorization) -> String,
) -> AnyView {
    let row = row.clone();
    let named = row.clone();
    menu_cell(view! {
        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| target.set(Some(row.get_untracked()))>
            "Withdraw"
            <span class="sr-only">" " {live(move || named.with(name))}</span>
        </button>
    })
}

fn withdraw_own(
    authorization: &Authorization,
    target: RwSignal<Option<Authorization>>,
    done: Callback<()>,
) -> AnyView {
    let id = authorization.id;
    let name = authorization.app.name.clone();
    // Only admins see webhooks.
    let admin = untrack(|| SessionStore::use_store().is_admin());
    let explain = view! {
        <p>
            <bdi class="font-medium anywhere">{name}</bdi>
            " can no longer act for you; its tokens stop working at once. To use it again you would be asked again. If nobody else lets it in, the webhooks that it made for members stop, too."
        </p>
        {admin.then(|| stopping(authorization.app.id.as_str(), true))}
    };
    withdraw(move || authorizations::withdraw(id), explain, target, done)
}

/// The body of the dialog that withdraws an authorization by `call`.
pub fn withdraw(
    call: impl Fn() -> Call<()> + Send + Sync + 'static,
    explain: impl Erase,
    target: RwSignal<Option<Authorization>>,
    done: Callback<()>,
) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let act = move || {
        submit.run(call(), move |()| {
            target.set(None);
            browser::focus_main_soon();
            done.run(());
            toasts.say("The authorization is withdrawn.");
        });
    };
    confirm(Question { submit, action: "Withdraw", fields: &[] }, explain, move || target.set(None), act)
}
