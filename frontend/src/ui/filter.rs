//! Filters above a list: small choices, how far back to look, and keeping both in the page's address.

use api_types::Timestamp;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use crate::{
    browser,
    paths::with_query,
    ui::{
        erase::{Erase, live},
        field::{Options, choices},
    },
};

/// A small choice, named for screen readers only. Options may come later.
pub fn filter(
    label: &'static str,
    options: impl Fn() -> Options + Send + Sync + 'static,
    value: RwSignal<String>,
) -> AnyView {
    view! {
        <select class="select select-sm" aria-label=label on:change:target=move |event| value.set(event.target().value())>
            {choices(options, value)}
        </select>
    }
    .erase()
}

/// The button that takes every filter away, while there is `any`.
pub fn clear_filters(
    any: impl Fn() -> bool + Send + Sync + 'static,
    clear: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    live(move || {
        any().then(|| {
            view! {
                <button type="button" class="btn btn-ghost btn-sm" on:click=move |_| clear()>
                    "Clear filters"
                </button>
            }
        })
    })
}

/// The choices of how far back to look.
pub const SINCE: [(&str, &str); 5] = [
    ("", "Any time"),
    ("1h", "Last hour"),
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
];

/// The instant that a choice of [`SINCE`] means, as the API takes it.
pub fn since_time(choice: &str) -> String {
    const HOUR_MS: i64 = 3_600_000;
    let hours = match choice {
        "1h" => 1,
        "24h" => 24,
        "7d" => 7 * 24,
        "30d" => 30 * 24,
        _ => return String::new(),
    };
    // To the minute, so that the same choice is the same address for a while.
    let now = browser::now().as_millis() / 60_000 * 60_000;
    Timestamp::from_millis(now - hours * HOUR_MS).to_string()
}

/// Filters that live in the page's address, so that they survive a reload, a link and the back button.
pub fn in_address<const N: usize>(names: [&'static str; N]) -> [RwSignal<String>; N] {
    let query = use_query_map();
    let navigate = use_navigate();
    let path = use_location().pathname;
    let in_query = move |name: &str| query.read().get(name).unwrap_or_default();
    let values = untrack(|| names.map(|name| RwSignal::new(in_query(name))));
    Effect::new(move |before: Option<Vec<String>>| {
        let now: Vec<String> = values.iter().map(|value| value.get()).collect();
        if before.is_some_and(|before| before != now) {
            let pairs: Vec<(&str, &str)> = names.into_iter().zip(now.iter().map(String::as_str)).collect();
            let to = with_query(&path.get_untracked(), &pairs);
            navigate(&to, NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
        now
    });
    // The back button and links change the address under the page.
    Effect::new(move |_| {
        for (name, value) in names.into_iter().zip(values) {
            let wanted = in_query(name);
            if value.with_untracked(|value| *value != wanted) {
                value.set(wanted);
            }
        }
    });
    values
}
