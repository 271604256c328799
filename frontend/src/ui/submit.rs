//! One request at a time for a form or a button: busy while it runs, the error when it fails.

use std::{
    future::{Future, IntoFuture},
    pin::Pin,
};

use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::error::ApiError,
    browser,
    ui::{
        dialog::{cancel_button, foot},
        erase::{Erase, live},
        icon,
    },
};

/// The action that follows an answer.
type Then = Box<dyn FnOnce()>;

/// The state of a form's or a button's request.
#[derive(Clone, Copy, Debug)]
pub struct Submit {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

impl Submit {
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// True while a request is under way; followed by the caller.
    pub fn busy(self) -> bool {
        self.busy.get()
    }

    /// The failure of the last request; followed by the caller.
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
        request: impl IntoFuture<Output = Result<T, ApiError>> + 'static,
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
                    browser::show_fault();
                }
            }
        });
    }
}

/// The failure of a form, unless every part of it stands beside a field already (`fields` are those that the form shows).
pub fn form_error(submit: Submit, fields: &'static [&'static str]) -> AnyView {
    live(move || {
        let error = submit.error()?;
        let named = error.field_error_count();
        let shown: usize = fields.iter().map(|field| error.about(field).count()).sum();
        (named == 0 || shown < named).then(|| {
            let others = error
                .about_others(fields)
                .cloned()
                .map(|other| view! { <p class="anywhere">{other.name().to_owned()} ": " {other.detail}</p> });
            view! {
                <div class="note bad" role="alert" tabindex="-1" data-failed="">
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

/// The foot of a form in a dialog: a button that leaves it, and one that sends it.
pub fn form_foot(submit: Submit, action: &'static str, close: impl Fn() + Send + Sync + 'static) -> AnyView {
    foot(view! {
        {cancel_button(close)}
        {submit_button(submit, action, "btn btn-primary")}
    })
}

/// A turning circle while `on`.
pub fn spinner(on: impl Fn() -> bool + Send + Sync + 'static) -> AnyView {
    live(move || {
        on().then(|| view! { <span class="loading loading-spinner loading-xs" aria-hidden="true"></span> })
    })
}
