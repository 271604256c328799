//! One request at a time for a form or a button: busy while it runs, the error when it fails.

use std::{future::Future, pin::Pin};

use crate::ui::erase::{Erase, live};
use leptos::{prelude::*, task::spawn_local};

use crate::{api::ApiError, browser, ui::icon};

/// What follows an answer.
type Then = Box<dyn FnOnce()>;

/// The state of a form's or a button's request.
#[derive(Clone, Copy, Debug)]
pub struct Submit {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

impl Submit {
    /// Nothing asked yet.
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Whether a request is under way.
    pub fn busy(self) -> bool {
        self.busy.get()
    }

    /// How the last request failed.
    pub fn error(self) -> Option<ApiError> {
        self.error.get()
    }

    /// Shows an error that something else than its request met, or none.
    pub fn show(self, error: Option<ApiError>) {
        if self.error.try_with_untracked(|old| *old != error) == Some(true) {
            self.error.set(error);
        }
    }

    /// Makes the request unless one is under way; `done` gets what it answered. A component that is gone by then
    /// hears nothing.
    pub fn run<T: 'static>(
        self,
        request: impl Future<Output = Result<T, ApiError>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        let then = async move { request.await.map(|answer| Box::new(move || done(answer)) as Then) };
        self.start(Box::pin(then));
    }

    fn start(self, request: Pin<Box<dyn Future<Output = Result<Then, ApiError>>>>) {
        if self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let answer = request.await;
            if self.busy.try_set(false).is_some() {
                return;
            }
            match answer {
                Ok(done) => done(),
                Err(error) => {
                    self.error.try_set(Some(error));
                    browser::sleep(30).await;
                    browser::focus("dialog[open] [aria-invalid=true], form [aria-invalid=true]");
                }
            }
        });
    }
}

/// What failed, unless every part of it stands beside a field already (`fields` are those that the form shows).
pub fn form_error(submit: Submit, fields: &'static [&'static str]) -> AnyView {
    live(move || {
        let error = submit.error()?;
        let named = error.problem.iter().flat_map(|problem| &problem.errors).count();
        let shown: usize = fields.iter().map(|field| error.about(field).count()).sum();
        (named == 0 || shown < named).then(|| {
            let others = error.problem.iter().flat_map(|problem| problem.errors.clone());
            let others = others
                .filter(|other| !fields.iter().any(|field| crate::text::is_or_in(&other.field, field)))
                .map(|other| view! { <p class="anywhere">{other.field} ": " {other.detail}</p> });
            view! {
                <div class="note bad" role="alert">
                    {icon::icon(icon::ALERT)}
                    <div class="anywhere">
                        <p>{error.message()}</p>
                        {others.collect_view()}
                    </div>
                </div>
            }
        })
    })
}

/// The button that sends a form (`type=submit`), busy while its request runs.
pub fn submit_button(submit: Submit, label: &'static str, class: &'static str) -> AnyView {
    view! {
        <button type="submit" class=class disabled=move || submit.busy()>
            {spinner(move || submit.busy())}
            {label}
        </button>
    }
    .erase()
}

/// A turning circle while `on`.
pub fn spinner(on: impl Fn() -> bool + Send + Sync + 'static) -> AnyView {
    live(move || {
        on().then(|| view! { <span class="loading loading-spinner loading-xs" aria-hidden="true"></span> })
    })
}
