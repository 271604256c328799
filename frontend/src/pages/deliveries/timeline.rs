//! The attempts of a delivery: the last ones, which its detail holds, and older ones that the reader asks for.

use api_types::{
    deliveries::{Attempt, DeliveryDetail},
    ids::DeliveryId,
};
use leptos::prelude::*;

use crate::{
    api::deliveries,
    data::load::Load,
    pages::deliveries::attempt::attempt,
    ui::{
        erase::{Erase, live},
        submit::{Submit, spinner},
    },
};

/// The attempts of one delivery that have been seen, newest first. None goes away when newer ones come.
#[derive(Clone, Default)]
struct Seen {
    delivery: Option<DeliveryId>,
    attempts: Vec<Attempt>,
    /// The cursor of the next older page; empty before the first.
    cursor: String,
    /// The oldest attempt is here.
    all: bool,
}

impl Seen {
    /// Takes attempts in: in place of what was known of them, or at their place.
    fn take(&mut self, attempts: Vec<Attempt>) {
        for attempt in attempts {
            self.attempts.retain(|known| known.id != attempt.id);
            self.attempts.push(attempt);
        }
        self.attempts.sort_by_key(|attempt| std::cmp::Reverse(attempt.number));
    }

    /// Takes the last attempts of a delivery in; another delivery begins anew.
    fn take_latest(&mut self, delivery: DeliveryId, attempts: Vec<Attempt>) {
        if self.delivery != Some(delivery) {
            *self = Self { delivery: Some(delivery), ..Self::default() };
        }
        self.take(attempts);
    }
}

/// Every attempt that has been seen. Each is drawn once: which of them are open stays as the reader left it when a new one
/// arrives.
pub fn timeline(load: &Load<DeliveryDetail>) -> AnyView {
    let latest = load.part(|detail| (detail.delivery.id, detail.attempt_history.clone()));
    let count = load.part(|detail| detail.delivery.attempts);
    let payload = load.part(|detail| {
        detail.event.payload.as_ref().map_or_else(String::new, |payload| payload.text().to_owned())
    });
    let seen = RwSignal::new(Seen::default());
    let take = move |latest: Option<(DeliveryId, Vec<Attempt>)>| {
        if let Some((delivery, attempts)) = latest {
            seen.update(|seen| seen.take_latest(delivery, attempts));
        }
    };
    take(latest.get_untracked());
    Effect::new(move |_| take(latest.get()));
    let newest = seen.with_untracked(|seen| seen.attempts.first().map(|attempt| attempt.id));
    let none = Memo::new(move |_| seen.with(|seen| seen.attempts.is_empty()));
    let empty =
        move || none.get().then(|| view! { <p class="muted p-5">"No attempt has been made yet."</p> });
    let older = Memo::new(move |_| {
        let count = count.get().unwrap_or_default() as usize;
        seen.with(|seen| !seen.all && seen.attempts.len() < count)
    });
    let draw = move |one: Attempt| attempt(one, newest, &payload.get_untracked().unwrap_or_default());
    view! {
        {live(empty)}
        <ol class="divide-y divide-base-300" aria-label="Attempts, newest first">
            <For
                each=move || seen.with(|seen| seen.attempts.clone())
                key=|attempt| (attempt.id, attempt.outcome)
                let(one)
            >
                <li>{draw(one)}</li>
            </For>
        </ol>
        {live(move || older.get().then(|| show_older(seen)))}
    }
    .erase()
}

/// A button that brings a page of older attempts.
fn show_older(seen: RwSignal<Seen>) -> AnyView {
    let submit = Submit::new();
    let more = move |_| {
        let (delivery, cursor) = seen.with_untracked(|seen| (seen.delivery, seen.cursor.clone()));
        let Some(delivery) = delivery else { return };
        submit.run(deliveries::attempts(delivery, &cursor), move |page| {
            seen.update(|seen| {
                if seen.delivery == Some(delivery) {
                    seen.all = page.next_cursor.is_none();
                    seen.cursor = page.next_cursor.unwrap_or_default();
                    seen.take(page.data);
                }
            });
        });
    };
    view! {
        <div class="p-3 grid gap-2 justify-items-center border-t border-base-300">
            <button type="button" class="btn btn-quiet btn-sm" disabled=move || submit.busy() on:click=more>
                {spinner(move || submit.busy())}
                "Show older"
            </button>
            {live(move || submit.error().map(|error| view! { <p role="alert">{error.message()}</p> }))}
        </div>
    }
    .erase()
}
