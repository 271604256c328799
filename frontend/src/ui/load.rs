//! The one object of a detail page: bars while it loads, a notice that it failed or is gone, or its content; and parts
//! of it that change by themselves, so that a refetch takes neither focus nor an opened detail away.

use leptos::prelude::*;

use crate::{
    api::{answer::Answer, error::ApiError},
    data::{
        cache::Wire,
        load::{Load, Loaded},
    },
    paths,
    ui::{
        erase::{Erase, live},
        icon,
        notice::{blank, failed, skeleton},
    },
};

/// The object's `content`, made once it is here. `what` names it at a sentence's beginning: "This webhook".
pub fn loaded<T: Wire + Answer>(
    load: &Load<T>,
    what: &'static str,
    content: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let waiting = move || view! { <div class="panel">{skeleton(what, 6)}</div> }.erase();
    by_state(load, waiting, move |error, retry| failed_or_gone(error, what, retry), content)
}

/// The object's `content` in a panel that is there already.
pub fn loaded_within<T: Wire + Answer>(
    load: &Load<T>,
    what: &'static str,
    content: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    by_state(load, move || skeleton(what, 2), move |error, retry| failed(error, what, retry), content)
}

/// The action that tries again.
pub type Retry = Box<dyn Fn()>;

/// A view for each state of an object: waited for, not to be had, or here.
pub fn by_state<T: Wire + Answer>(
    load: &Load<T>,
    waiting: impl Fn() -> AnyView + Send + 'static,
    failure: impl Fn(&ApiError, Retry) -> AnyView + Send + 'static,
    content: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    let state = load.clone();
    let load = load.clone();
    let outcome = Memo::new(move |_| match state.get() {
        Loaded::Loading => None,
        Loaded::Failed(error) => Some(Some(error)),
        Loaded::Ready(_) => Some(None),
    });
    live(move || match outcome.get() {
        None => waiting(),
        Some(Some(error)) => {
            let load = load.clone();
            failure(&error, Box::new(move || load.retry()))
        }
        Some(None) => content(),
    })
}

/// Not found, with the way back; or the failure, with a way to try again.
fn failed_or_gone(error: &ApiError, what: &'static str, retry: Retry) -> AnyView {
    let content = if error.status == 404 {
        blank(
            icon::INFO,
            view! { {what} " does not exist" },
            "It may have been deleted, or it belongs to another workspace.",
            view! { <a class="btn btn-quiet btn-sm" href=paths::SETTINGS>"Go to API settings"</a> },
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

/// Puts the object, as it is at that moment, into a dialog's target.
pub fn opens<T: Wire + Answer>(
    load: &Load<T>,
    target: RwSignal<Option<T>>,
) -> impl Fn() + Clone + Send + Sync + use<T> {
    let load = load.clone();
    move || target.set(untrack(|| load.ready()))
}
