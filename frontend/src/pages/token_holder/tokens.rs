//! The live tokens of an app, by the consents that they came from, and ending those of one.

use api_types::{stream::Topic, token_families::TokenFamily};
use leptos::prelude::*;

use super::Holder;
use crate::{
    browser,
    data::list::List,
    ui::{
        badge::scope_chips,
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for},
        erase::{Erase, live},
        icon,
        list::{self, Look, cell, lead, menu_cell},
        notice::blank,
        page,
        submit::Submit,
        time::{ago, last_used},
        toast::Toasts,
    },
};

/// The panel; `done` follows when tokens were ended.
pub fn panel(holder: Holder, done: Callback<()>) -> AnyView {
    let list = List::new(10, move || holder.list_tokens()).live(&[Topic::OAuthApps], || None);
    let ending = RwSignal::new(None::<TokenFamily>);
    let empty = Callback::new(|()| {
        blank(
            icon::KEY,
            "This app has no live tokens",
            "Each time a member lets it act for them, its tokens appear here as one entry, until they end. You can end them before.",
            (),
        )
    });
    let columns = &["Member", "Scopes", "Since", "Last given", "Ends", ""];
    let look = Look { label: "Live tokens", columns, empty };
    let table = list::table(&list, look, move |row| cells(&row, ending));
    let changed = Callback::new(move |()| {
        list.refresh();
        done.run(());
    });
    view! {
        {page::panel("Live tokens", (), table)}
        {dialog_for(ending, Kind::Small, |_| "End these tokens?".to_owned(), move |family| {
            end(holder, &family, ending, changed)
        })}
    }
    .erase()
}

fn cells(row: &ArcRwSignal<TokenFamily>, ending: RwSignal<Option<TokenFamily>>) -> AnyView {
    let shown = row.clone();
    let named = row.clone();
    let row = row.clone();
    let button = view! {
        <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| ending.set(Some(row.get_untracked()))>
            "End"
            <span class="sr-only">" the tokens for " {live(move || named.with(|family| family.member.email.clone()))}</span>
        </button>
    };
    view! {
        {move || {
            let TokenFamily { member, scopes, created_at, issued_at, issued_ip, refreshable, ends_at, .. } = shown.get();
            let renewed = refreshable.then(|| view! { <span class="muted block text-[0.8125rem]">"unless it is refreshed"</span> });
            view! {
                {lead(view! { <span class="font-[560] anywhere" dir="auto">{member.email}</span> })}
                {cell("Scopes", scope_chips(&scopes, 3))}
                {cell("Since", ago(created_at))}
                {cell("Last given", last_used(Some(issued_at), issued_ip))}
                {cell("Ends", view! {
                    {ago(ends_at)}
                    {renewed}
                })}
            }
        }}
        {menu_cell(button)}
    }
    .erase()
}

/// Asks before the tokens of one consent are ended.
fn end(
    holder: Holder,
    family: &TokenFamily,
    target: RwSignal<Option<TokenFamily>>,
    done: Callback<()>,
) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let id = family.id;
    let act = move || {
        submit.run(holder.revoke_tokens(id), move |()| {
            target.set(None);
            browser::focus_main_soon();
            done.run(());
            toasts.say("The tokens have ended.");
        });
    };
    let explain = view! {
        <p class="anywhere">
            "The access tokens and the refresh token that the app got for " <bdi class="font-medium">{family.member.email.clone()}</bdi> " "
            {ago(family.created_at)} " stop working at once. Its other tokens work on."
        </p>
        <p>"The member's authorization stays: the app may send them through consent again. To end that, too, withdraw the authorization."</p>
    };
    confirm(Question { submit, action: "End tokens", fields: &[] }, explain, move || target.set(None), act)
}
