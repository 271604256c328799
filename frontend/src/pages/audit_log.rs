//! The audit log: who changed what in Settings > API, when and from where.

use api_types::audit::{ActorKind, AuditAction, AuditEntry};
use leptos::prelude::*;
use serde_json::Value;

use crate::{
    api::audit_log,
    data::list::List,
    ui::{
        erase::{Erase, live},
        field::owned,
        filter::{SINCE, clear_filters, filter, in_address, since_time},
        icon,
        list::{self, Look, cell, lead, no_match},
        notice::blank,
        page::{self, heading},
        time::ago,
    },
};

#[component]
pub fn AuditLog() -> impl IntoView {
    page::title(|| "Audit log".to_owned());
    let [action, actor, object, since] = in_address(["action", "actor", "object", "since"]);
    let filters = [action, actor, object, since];
    let any = move || filters.iter().any(|filter| !filter.read().is_empty());
    let clear = move || filters.iter().for_each(|filter| filter.set(String::new()));
    let list = List::new(50, move || {
        audit_log::list(&audit_log::Filter {
            action: &action.read(),
            actor: &actor.read(),
            object: &object.read(),
            since: &since_time(&since.read()),
        })
    });
    let empty = Callback::new(move |()| {
        if any() {
            no_match(clear)
        } else {
            blank(
                icon::LOG,
                "Nothing has been changed yet",
                "Every change made in this area appears here, with who made it and from where.",
                (),
            )
        }
    });
    let look = Look { label: "Audit log", columns: &["What", "Object", "Who", "When"], empty };
    let table = list::table(&list, look, move |entry| row(&entry, actor, object));
    view! {
        {heading("Audit log", (), ())}
        <p class="muted -mt-4 mb-5 max-w-2xl">
            "What was changed in this area, by whom, and from where. Secrets never appear here."
        </p>
        <div class="filters mb-3" role="group" aria-label="Filter the audit log">
            {filter("Action", action_options, action)}
            {filter("Since", || owned(&SINCE), since)}
            {narrowed("By ", actor)}
            {narrowed("Object ", object)}
            {clear_filters(any, clear)}
        </div>
        <div class="panel">{table}</div>
    }
}

/// A filter that was set by choosing something in a row: says what it is, and goes away when pressed.
fn narrowed(what: &'static str, filter: RwSignal<String>) -> AnyView {
    live(move || {
        let value = filter.get();
        (!value.is_empty()).then(|| {
            view! {
                <button type="button" class="btn btn-quiet btn-sm max-w-full" on:click=move |_| filter.set(String::new())>
                    <span class="truncate">{what} <span class="mono">{value}</span></span>
                    {icon::icon(icon::CLOSE)}
                    <span class="sr-only">" Remove filter"</span>
                </button>
            }
        })
    })
}

fn action_options() -> Vec<(String, String)> {
    let mut options = owned(&[("", "All actions")]);
    options.extend(AuditAction::ALL.iter().map(|action| (action.to_string(), words(*action))));
    options
}

/// An action as words: `api_key.secret_rotated` is "API key: secret rotated".
fn words(action: AuditAction) -> String {
    let word = action.as_str().replace('_', " ");
    let (object, change) = word.split_once('.').unwrap_or((&word, ""));
    let object = match object {
        "api key" => "API key".to_owned(),
        "oauth app" => "OAuth app".to_owned(),
        "oauth token" => "OAuth token".to_owned(),
        "oauth incident" => "OAuth incident".to_owned(),
        other => other[..1].to_uppercase() + &other[1..],
    };
    format!("{object} {change}")
}

fn row(entry: &ArcRwSignal<AuditEntry>, actor: RwSignal<String>, object: RwSignal<String>) -> AnyView {
    let entry = entry.get_untracked();
    let by = match entry.actor.kind {
        ActorKind::Member => "Member",
        ActorKind::ApiKey => "API key",
        ActorKind::OAuthApp => "OAuth app",
        ActorKind::Operator => "Operator",
        ActorKind::System => "Sayless",
    };
    let actor_name = Some(entry.actor.name).filter(|name| !name.is_empty()).unwrap_or_else(|| by.to_owned());
    let object_name = if entry.object_name.is_empty() {
        entry.object_id.clone().unwrap_or_default()
    } else {
        entry.object_name
    };
    let ip = entry.ip.map(|ip| view! { " · " <span class="mono">{ip}</span> });
    view! {
        {lead(view! {
            <span class="font-[560] block">{words(entry.action)}</span>
            {details(&entry.details)}
        })}
        {cell("Object", chooser(object_name, entry.object_id, object))}
        {cell("Who", view! {
            {chooser(actor_name, entry.actor.id, actor)}
            <span class="muted block text-[0.8125rem]">{by} {ip}</span>
        })}
        {cell("When", ago(entry.created_at))}
    }
    .erase()
}

/// A name that narrows the list to its object when pressed.
fn chooser(name: String, id: Option<String>, filter: RwSignal<String>) -> AnyView {
    match id {
        Some(id) => view! {
            <button
                type="button"
                class="text-left anywhere hover:underline underline-offset-3 cursor-pointer line-clamp-3"
                dir="auto"
                title=format!("Show only {id}")
                on:click=move |_| filter.set(id.clone())
            >
                {name}
            </button>
        }
        .erase(),
        None => view! { <span class="anywhere line-clamp-3" dir="auto">{name}</span> }.erase(),
    }
}

/// A value as a person reads it: lists by commas, a change as "before → after".
fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => match (fields.get("from"), fields.get("to")) {
            (Some(from), Some(to)) => format!("{} → {}", plain(from), plain(to)),
            _ => value.to_string(),
        },
        other => other.to_string(),
    }
}

/// The names and values that changed.
fn details(details: &Value) -> AnyView {
    let Value::Object(fields) = details else { return ().erase() };
    let says = |value: &Value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty());
    let fields = fields.iter().filter(|(_, value)| says(value)).map(|(name, value)| {
        let value = plain(value);
        view! { <span class="block anywhere"><span class="mono">{name.clone()}</span> ": " <bdi>{value}</bdi></span> }
    });
    view! { <span class="muted block text-[0.8125rem] line-clamp-4">{fields.collect_view()}</span> }.erase()
}
