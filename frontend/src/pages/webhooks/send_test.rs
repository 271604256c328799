//! Sending a test message, from wherever somebody wants to know whether a receiver works.

use api_types::{
    ids::WebhookId,
    webhooks::{NewTest, TestResult},
};
use leptos::prelude::*;

use crate::{
    api::webhooks,
    pages::deliveries::attempt,
    ui::{
        erase::{Erase, live},
        submit::{Submit, form_error, spinner},
    },
};

/// The fields of the choice, beside which their errors stand.
const FIELDS: &[&str] = &["event_type", "event_id"];

/// A test message and its result.
#[derive(Clone, Copy)]
pub struct Test {
    /// The request that sends it.
    pub submit: Submit,
    result: RwSignal<Option<TestResult>>,
}

impl Test {
    pub fn new() -> Self {
        Self { submit: Submit::new(), result: RwSignal::new(None) }
    }

    /// True while a test is under way; followed by the caller.
    pub fn busy(self) -> bool {
        self.submit.busy()
    }

    /// Sends this message; `done` follows the result, good or bad.
    pub fn send(self, webhook: WebhookId, message: &NewTest, done: impl FnOnce() + 'static) {
        self.result.set(None);
        self.submit.run(webhooks::test(webhook, message), move |answer| {
            self.result.set(Some(answer));
            done();
        });
    }

    /// A button that sends a test.
    pub fn button(self, label: &'static str, webhook: WebhookId) -> AnyView {
        view! {
            <button
                type="button"
                class="btn btn-quiet btn-sm"
                disabled=move || self.busy()
                on:click=move |_| self.send(webhook, &NewTest::default(), || ())
            >
                {spinner(move || self.busy())}
                {label}
            </button>
        }
        .erase()
    }

    /// The result; `whole`: with the request and the answer open.
    pub fn outcome(self, whole: bool) -> AnyView {
        view! {
            {form_error(self.submit, FIELDS)}
            {live(move || {
                self.busy()
                    .then(|| {
                        view! {
                            <p class="flex items-center gap-2 muted" role="status">
                                {spinner(|| true)} "Waiting for the receiver, at most 15 seconds…"
                            </p>
                        }
                    })
            })}
            {live(move || self.result.get().map(|result| attempt::test_result(&result, whole)))}
        }
        .erase()
    }
}
