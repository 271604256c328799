//! Small parts by which a webhook is shown wherever it appears: its URL and its events.

use leptos::prelude::*;

use crate::ui::{badge::chips, erase::Erase};

/// A URL that breaks after its scheme and host rather than anywhere.
pub fn url(url: &str) -> AnyView {
    view! { <span class="anywhere" dir="ltr">{url.to_owned()}</span> }.erase()
}

/// Subscribed event types on chips; `*` becomes words.
pub fn event_chips(types: &[String], most: usize) -> AnyView {
    if types.iter().any(|word| word == "*") { "All events".erase() } else { chips(types, most) }
}
