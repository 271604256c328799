//! Line icons on a 16-unit grid, drawn for this console. Always decoration: the words beside them carry the meaning.

use leptos::prelude::*;

use crate::ui::erase::Erase;

/// Draws one of the shapes below.
pub fn icon(shape: &'static str) -> AnyView {
    view! { <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=shape></path></svg> }.erase()
}

/// The three lines, each shorter than the last.
pub fn logo() -> AnyView {
    view! {
        <svg class="size-6 flex-none text-primary" viewBox="0 0 32 32" aria-hidden="true">
            <rect width="32" height="32" rx="9" fill="currentColor"></rect>
            <path
                class="stroke-primary-content"
                d="M8.5 11h15M8.5 16h9.5M8.5 21h4"
                stroke-width="2.8"
                stroke-linecap="round"
            ></path>
        </svg>
    }
    .erase()
}

pub const KEY: &str = "M9.5 6.5a3 3 0 1 1-6 0a3 3 0 0 1 6 0M8.6 8.6L13.5 13.5M11.5 11.5L13 10";
pub const APP: &str = "M3 3h4v4H3zM9 3h4v4H9zM3 9h4v4H3zM11 9v4M9 11h4";
pub const HOOK: &str = "M2.5 8h6M6 5l3 3l-3 3M9 2.5h3a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5H9";
pub const ALERT: &str = "M8 2.5L14.2 13.3H1.8zM8 6.7v3M8 11.4v.1";
pub const INFO: &str = "M14 8a6 6 0 1 1-12 0a6 6 0 0 1 12 0M8 7.5v3.3M8 5.2v.1";
pub const EVENT: &str = "M9.2 2L3.6 9h4l-.8 5l5.6-7h-4z";
pub const LOG: &str = "M3.5 2.5h9v11h-9zM6 5.7h4M6 8h4M6 10.3h2";
pub const BOOK: &str = "M8 4.2C6.6 3 4.7 2.7 2.5 2.8v9.6c2.2-.1 4.1.2 5.5 1.4c1.4-1.2 3.3-1.5 5.5-1.4V2.8C11.3 2.7 9.4 3 8 4.2M8 4.2v9.6";
pub const COPY: &str = "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3";
pub const CHECK: &str = "M3 8.5l3.3 3.3L13 4.8";
pub const CLOSE: &str = "M4 4l8 8M12 4l-8 8";
pub const PLUS: &str = "M8 3.2v9.6M3.2 8h9.6";
pub const DOTS: &str = "M3.4 8h.2M7.9 8h.2M12.4 8h.2";
pub const RIGHT: &str = "M6.2 3.8L10.4 8l-4.2 4.2";
pub const DOWN: &str = "M3.8 6.2L8 10.4l4.2-4.2";
pub const LINES: &str = "M2.5 4.5h11M2.5 8h11M2.5 11.5h11";
pub const OUT: &str = "M6.5 2.5h-3v11h3M7 8h6.5M10.5 5l3 3l-3 3";
pub const AGAIN: &str = "M13 8a5 5 0 1 1-1.6-3.7M13 2.3v2.9h-2.9";
pub const SEND: &str = "M13.5 2.5L2.5 6.6l4.6 2.3l2.3 4.6zM13.5 2.5L7.1 8.9";
pub const LOCK: &str = "M3.5 7.2h9v6.3h-9zM5.3 7.2V5a2.7 2.7 0 0 1 5.4 0v2.2";
pub const EDIT: &str = "M3 13l.6-2.8L10.8 3l2.2 2.2l-7.2 7.2zM9.3 4.5l2.2 2.2";
pub const TRASH: &str = "M2.8 4.5h10.4M6 4.5v-2h4v2M4.2 4.5l.6 9h6.4l.6-9";
pub const PAUSE: &str = "M5.5 3.5v9M10.5 3.5v9";
pub const PLAY: &str = "M5 3l7.5 5L5 13z";
pub const CLOCK: &str = "M14 8a6 6 0 1 1-12 0a6 6 0 0 1 12 0M8 4.8V8l2.2 1.6";
/// A member with a tick: they agreed.
pub const CONSENT: &str = "M8.8 5a2.6 2.6 0 1 1-5.2 0a2.6 2.6 0 0 1 5.2 0M1.7 13.3c0-2.6 2-4.2 4.5-4.2c.9 0 1.7.2 2.4.6M9.8 11.7l1.7 1.7l3-3.6";
