//! Notices that stand where content would: nothing yet, on its way, or failed.

use leptos::prelude::*;

use crate::{
    api::error::ApiError,
    ui::{
        erase::Erase,
        icon::{self, icon},
    },
};

/// Nothing here yet: the purpose of this place, and the button that begins.
pub fn blank(shape: &'static str, title: impl Erase, text: impl Erase, action: impl Erase) -> AnyView {
    view! {
        <div class="blank">
            {icon(shape)}
            <p class="font-semibold text-base">{title.erase()}</p>
            <p class="muted">{text.erase()}</p>
            {action.erase()}
        </div>
    }
    .erase()
}

/// A failure, and a way to try again.
pub fn failed(error: &ApiError, what: &'static str, retry: impl Fn() + 'static) -> AnyView {
    let id = error.request_id().map(|id| view! { <p class="muted text-xs mono mt-1">"Request " {id}</p> });
    view! {
        <div class="blank" role="alert">
            {icon(icon::ALERT)}
            <p class="font-semibold text-base">{what} " could not be loaded"</p>
            <p class="muted anywhere">{error.message()}</p>
            {id}
            <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| retry()>
                {icon(icon::AGAIN)}
                "Try again"
            </button>
        </div>
    }
    .erase()
}

/// A remark in a frame; `tone` is one of `warn bad good plain` or empty.
pub fn note(tone: &'static str, shape: &'static str, content: impl Erase) -> AnyView {
    view! {
        <div class=format!("note {tone}")>
            {icon(shape)}
            <div class="anywhere">{content.erase()}</div>
        </div>
    }
    .erase()
}

/// Grey bars in the place of `lines` lines that are on their way.
pub fn skeleton(what: &'static str, lines: usize) -> AnyView {
    const WIDTHS: [&str; 4] = ["w-3/5", "w-2/5", "w-4/5", "w-1/2"];
    let bones = (0..lines).map(|i| view! { <div class=format!("bone {}", WIDTHS[i % WIDTHS.len()])></div> });
    view! {
        <div class="grid gap-5 p-5" role="status" aria-busy="true">
            <span class="sr-only">"Loading " {what} "…"</span>
            {bones.collect_view()}
        </div>
    }
    .erase()
}
