//! What a detail page shows of its one object: bars while it loads, why it failed or is gone, or its content; and parts of
//! it that change by themselves, so that a refetch takes neither focus nor an opened detail away.

use leptos::prelude::*;

use crate::{
    answer::Answer,
    api::ApiError,
    data::{Load, Loaded, Wire},
    ui::{
        erase::{Erase, live},
        icon,
        notice::{blank, bones, failed},
    },
};

/// The object's `content`, made once it is here. `what` names it at a sentence's beginning: "This webhook".
pub fn loaded<T: Wire + Answer>(
    load: &Load<T>,
    what: &'static str,
    content: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let (state, load) = (load.clone(), load.clone());
    let failure = Memo::new(move |_| match state.get() {
        Loaded::Loading => None,
        Loaded::Failed(error) => Some(Some(error)),
        Loaded::Ready(_) => Some(None),
    });
    live(move || match failure.get() {
        None => view! { <div class="panel">{bones(what, 6)}</div> }.erase(),
        Some(Some(error)) => {
            let load = load.clone();
            failed_or_gone(&error, what, move || load.retry())
        }
        Some(None) => content(),
    })
}

/// Not found, with the way back; or the failure, with a way to try again.
fn failed_or_gone(error: &ApiError, what: &'static str, retry: impl Fn() + 'static) -> AnyView {
    let content = if error.status == 404 {
        blank(
            icon::INFO,
            view! { {what} " does not exist" },
            "It may have been deleted, or it belongs to another workspace.",
            view! { <a class="btn btn-quiet btn-sm" href="/settings/api">"Go to API settings"</a> },
        )
    } else {
        failed(error, what, retry)
    };
    view! { <div class="panel">{content}</div> }.erase()
}

/// A part of the object, drawn again only when that part changes.
pub fn part<T: Wire + Answer, U: Clone + PartialEq + Send + Sync + 'static>(
    load: &Load<T>,
    pick: impl Fn(&T) -> U + Send + Sync + 'static,
    draw: impl Fn(U) -> AnyView + Send + 'static,
) -> AnyView {
    let part = load.part(pick);
    live(move || part.get().map(&draw))
}
