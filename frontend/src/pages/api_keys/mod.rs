//! API keys: the section of the overview that lists them, and the dialogs in which they are created, edited, replaced
//! and revoked.

mod form;

use api_types::{
    api_keys::{ApiKey, ApiKeyChanges, ApiKeyRef, ApiKeyStatus, CreatedApiKey, RevokeApiKey},
    stream::Topic,
};
use leptos::prelude::*;

use self::form::Draft;
use crate::{
    api::api_keys,
    browser,
    data::list::List,
    pages::webhooks::owner::stopping,
    paths,
    ui::{
        badge,
        confirm::{Question, confirm},
        dialog::{Kind, dialog_for, foot},
        erase::{Erase, live},
        field::{TEXT, Text, about, area_field, lines, text_field},
        icon,
        list::{cell, lead, menu_cell},
        list_section::{Blank, Filter, ListSection},
        menu::{Item, actions},
        notice::note,
        secret::{Secret, ShowOnce},
        submit::{Submit, form_error, form_foot, spinner},
        time::{ago_or, countdown, last_used, used_from},
        toast::Toasts,
    },
};

/// The dialogs, each open for the key in its target.
#[derive(Clone, Copy)]
struct Dialogs {
    edit: RwSignal<Option<ApiKey>>,
    replace: RwSignal<Option<ApiKey>>,
    /// The last step of a replacement: the old key.
    retire: RwSignal<Option<ApiKey>>,
    revoke: RwSignal<Option<ApiKey>>,
}

const CHOICES: &[(&str, &str)] = &[
    ("active", "Active"),
    ("expired", "Expired"),
    ("replaced", "Replaced"),
    ("revoked", "Revoked"),
    ("", "All"),
];

#[component]
pub fn ApiKeys() -> impl IntoView {
    let status = RwSignal::new("active".to_owned());
    let list = List::new(10, move || api_keys::list(&status.read())).live(&[Topic::ApiKeys], || None);
    let dialogs = Dialogs {
        edit: RwSignal::new(None),
        replace: RwSignal::new(None),
        retire: RwSignal::new(None),
        revoke: RwSignal::new(None),
    };
    let section = ListSection {
        id: "api-keys",
        name: "API keys",
        about: "API keys allow external systems to access Sayless.",
        docs: paths::docs::API_KEYS,
        columns: &["Name", "Scopes", "Last used", "Expires", "Status", ""],
        create: "Create API key",
        blank: Blank {
            icon: icon::KEY,
            title: "No active API keys",
            text: "An API key lets an internal tool or an integration read and write in this workspace. Only create keys for systems you trust.",
        },
        filter: Some(Filter { label: "Show keys", choices: CHOICES, usual: "active", value: status }),
    };
    let refresh = {
        let list = list.clone();
        Callback::new(move |()| list.refresh())
    };
    view! {
        {section.view(&list, move |key| row(key, dialogs), move |creating| create(creating, refresh))}
        {open_dialogs(dialogs, refresh)}
    }
}

fn row(key: ArcRwSignal<ApiKey>, dialogs: Dialogs) -> AnyView {
    let named = key.clone();
    let menu_key = key.clone();
    let cells = move || {
        let key = key.get();
        view! {
            {lead(view! {
                <span class="block font-[560] anywhere" dir="auto">{key.name.clone()}</span>
                <span class="mono muted">{key.hint.clone()}</span>
                {succession(&key)}
            })}
            {cell("Scopes", badge::scope_chips(&key.scopes, 2))}
            {cell("Last used", last_used(key.last_used_at, key.last_used_ip.clone()))}
            {cell("Expires", ago_or(key.expires_at, "Never"))}
            {cell("Status", view! { {badge::key_status(key.status)} {until(&key)} })}
        }
    };
    let menu = move || {
        let key = menu_key.clone();
        let named = named.clone();
        let active = Memo::new(move |_| {
            key.with(|key| !matches!(key.status, ApiKeyStatus::Revoked | ApiKeyStatus::Replaced))
        });
        let key = menu_key.clone();
        move || {
            let name = named.clone();
            active
                .get()
                .then(|| actions(move || format!("Actions for {}", name.get().name), items(&key, dialogs)))
        }
    };
    view! {
        {cells}
        {menu_cell(menu())}
    }
    .erase()
}

/// The place of a key in a line of keys that replace each other, if it has one.
fn succession(key: &ApiKey) -> Option<AnyView> {
    let line = |words: &'static str, other: &ApiKeyRef| {
        view! { <span class="block muted text-[0.8125rem]">{words} <span class="mono">{other.hint.clone()}</span></span> }
    };
    let rotates = (key.rotatable && key.replaced_by.is_none())
        .then(|| view! { <span class="block muted text-[0.8125rem]">"May rotate itself"</span> });
    let before = key.replaces.as_ref().map(|other| line("Replaces ", other));
    let after = key.replaced_by.as_ref().map(|other| line("Replaced by ", other));
    let any = rotates.is_some() || before.is_some() || after.is_some();
    any.then(|| view! { {rotates} {before} {after} }.erase())
}

/// The end of a key that still works and is being replaced.
fn until(key: &ApiKey) -> Option<AnyView> {
    let end = key.ends_at.filter(|_| key.status == ApiKeyStatus::Active)?;
    Some(
        view! { <span class="block muted text-[0.8125rem] mt-1">"Ends in " {countdown(end, "a moment")} " at the latest"</span> }
            .erase(),
    )
}

fn items(key: &ArcRwSignal<ApiKey>, dialogs: Dialogs) -> Vec<Item> {
    let opens = |target: RwSignal<Option<ApiKey>>| {
        let key = key.clone();
        move || target.set(Some(key.get_untracked()))
    };
    vec![
        Item::new("Edit", icon::EDIT, opens(dialogs.edit)),
        Item::new("Replace key", icon::AGAIN, opens(dialogs.replace)),
        Item::new("Revoke", icon::TRASH, opens(dialogs.revoke)).danger(),
    ]
}

fn open_dialogs(dialogs: Dialogs, refresh: Callback<()>) -> AnyView {
    view! {
        {dialog_for(dialogs.edit, Kind::Small, |key| format!("Edit “{}”", key.name), move |key| edit(&key, dialogs, refresh))}
        {dialog_for(
            dialogs.replace,
            Kind::Wide,
            |key| format!("Replace “{}”", key.name),
            move |key| replace(key, dialogs, refresh),
        )}
        {dialog_for(dialogs.retire, Kind::Wide, |_| "Revoke the old key".to_owned(), move |key| retire(&key, dialogs, refresh))}
        {dialog_for(dialogs.revoke, Kind::Small, |key| format!("Revoke “{}”?", key.name), move |key| revoke(key, dialogs, refresh))}
    }
    .erase()
}

const CREATED: &str = "Store it where your other secrets are, then give it to the system that needs it.";

fn create(creating: RwSignal<Option<()>>, refresh: Callback<()>) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let close = move || creating.set(None);
    form::form(Draft::new(), "Create API key", (), close, move |created: CreatedApiKey| {
        close();
        refresh.run(());
        show_once.show(Secret {
            title: "API key created",
            what: "API key",
            value: created.key,
            beside: None,
            advice: CREATED,
            then: Callback::new(|()| ()),
        });
    })
}

fn edit(key: &ApiKey, dialogs: Dialogs, refresh: Callback<()>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let name = RwSignal::new(key.name.clone());
    let ips = RwSignal::new(key.allowed_ips.join("\n"));
    let rotatable = RwSignal::new(key.rotatable);
    let id = key.id;
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        let changes = ApiKeyChanges {
            name: Some(name.get_untracked()),
            allowed_ips: Some(Some(lines(&ips.read_untracked()))),
            rotatable: Some(rotatable.get_untracked()),
        };
        submit.run(api_keys::update(id, &changes), move |_| {
            dialogs.edit.set(None);
            refresh.run(());
            toasts.say("Saved. It holds from the key's next request.");
        });
    };
    view! {
        <form class="form" on:submit=save>
            {form_error(submit, &["name", "allowed_ips"])}
            {text_field(about("Name", "name", ""), Text { first: true, ..TEXT }, name, submit)}
            {area_field(form::ALLOWED_IPS, 3, "203.0.113.0/24", ips, submit)}
            {form::rotatable_field(rotatable)}
            {note("plain", icon::INFO, "Scopes and expiry cannot be changed. Replace the key to change them.")}
            {form_foot(submit, "Save", move || dialogs.edit.set(None))}
        </form>
    }
    .erase()
}

fn replace(old: ApiKey, dialogs: Dialogs, refresh: Callback<()>) -> AnyView {
    let show_once = ShowOnce::use_show_once();
    let close = move || dialogs.replace.set(None);
    let steps = note(
        "plain",
        icon::AGAIN,
        "Three steps: create the new key, put it into the external system, then revoke the old one. Both keys work until you do. Webhooks that the old key made are the new one's, too.",
    );
    form::form(Draft::in_place_of(&old), "Create new key", steps, close, move |created: CreatedApiKey| {
        close();
        refresh.run(());
        let old = old.clone();
        show_once.show(Secret {
            title: "New key created",
            what: "New API key",
            value: created.key,
            beside: None,
            advice: "Put it into the external system in place of the old one. The old key still works.",
            then: Callback::new(move |()| dialogs.retire.set(Some(old.clone()))),
        });
    })
}

/// The last step of a replacement: the old key's last use, which is looked at every few seconds, and revoking the key.
fn retire(old: &ApiKey, dialogs: Dialogs, refresh: Callback<()>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let look = Submit::new();
    let submit = Submit::new();
    let id = old.id;
    let key = RwSignal::new(old.clone());
    let check = move || look.run(api_keys::show(id), move |now| key.set(now));
    check();
    browser::every(5_000, check);
    let reason = RevokeApiKey { reason: Some("Replaced by a new key".to_owned()) };
    let act = move || {
        submit.run(api_keys::revoke(id, &reason), move |_| {
            dialogs.retire.set(None);
            refresh.run(());
            toasts.say("The old key is revoked. The replacement is complete.");
        });
    };
    view! {
        <div class="form">
            {form_error(submit, &[])}
            <p>
                "Update the external system to use the new key first. When the old key's last use stops moving, nothing depends on it any more."
            </p>
            <dl class="facts panel">
                <dt>"Old key"</dt>
                <dd class="anywhere"><bdi>{old.name.clone()}</bdi> " " <span class="mono muted">{old.hint.clone()}</span></dd>
                <dt>"Last used"</dt>
                <dd class="flex flex-wrap items-center justify-between gap-2" aria-live="polite">
                    <span>{live(move || {
                        let key = key.get();
                        last_used(key.last_used_at, key.last_used_ip)
                    })}</span>
                    <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| check()>
                        {spinner(move || look.busy())}
                        "Check again"
                    </button>
                </dd>
            </dl>
            {foot(view! {
                <button type="button" class="btn btn-quiet" on:click=move |_| dialogs.retire.set(None)>
                    "Keep both for now"
                </button>
                <button type="button" class="btn btn-danger" disabled=move || submit.busy() on:click=move |_| act()>
                    "Revoke old key"
                </button>
            })}
        </div>
    }
    .erase()
}

fn revoke(key: ApiKey, dialogs: Dialogs, refresh: Callback<()>) -> AnyView {
    let toasts = Toasts::use_toasts();
    let submit = Submit::new();
    let reason = RwSignal::new(String::new());
    let id = key.id;
    let name = key.name.clone();
    let act = move || {
        let reason = reason.get_untracked();
        let body = RevokeApiKey { reason: (!reason.trim().is_empty()).then_some(reason) };
        let name = name.clone();
        submit.run(api_keys::revoke(id, &body), move |_| {
            dialogs.revoke.set(None);
            refresh.run(());
            toasts.say(format!("“{name}” is revoked."));
        });
    };
    let used = match key.last_used_at {
        Some(time) => view! {
            "It was last used " {used_from(time, key.last_used_ip.clone())} "."
        }
        .erase(),
        None => "It has never been used.".erase(),
    };
    let successor = key.replaced_by.map(|other| {
        let words = view! {
            "The key that replaces it, " <span class="mono">{other.hint}</span> ", goes on working. If this key leaked, revoke that one, too."
        };
        note("warn", icon::ALERT, words)
    });
    let explain = view! {
        <p>
            "Whatever uses this key is refused from its next request on. " {used}
            " This cannot be undone; to rotate a key without an interruption, replace it instead."
        </p>
        <p class="mono muted">{key.hint}</p>
        {successor}
        {stopping(id.as_str(), false)}
        {text_field(about("Reason (optional)", "reason", "Kept in the audit log."), TEXT, reason, submit)}
    };
    confirm(
        Question { submit, action: "Revoke", fields: &["reason"] },
        explain,
        move || dialogs.revoke.set(None),
        act,
    )
}
