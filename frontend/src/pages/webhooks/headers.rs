//! The field for request headers of the owner's own. Values that are stored are not known here: left empty, they stay.

use api_types::webhook_headers::{NewWebhookHeader, WebhookHeader};
use leptos::prelude::*;

use crate::ui::{
    erase::{Erase, live},
    field::{About, about, fresh_id, group},
    icon::{self, icon},
    submit::Submit,
};

/// The most headers of a webhook.
const MOST: usize = 10;

const HEADERS: About = about(
    "Own headers (optional)",
    "headers",
    "Sent with every message, for a gateway that wants a key, say. Their values are kept encrypted and never shown again.",
);

/// One header as it has been filled in.
#[derive(Clone, Copy)]
struct Row {
    name: RwSignal<String>,
    value: RwSignal<String>,
    /// True for a header that has a value already.
    stored: bool,
}

/// The headers as they have been filled in.
#[derive(Clone, Copy)]
pub struct Headers(RwSignal<Vec<Row>>);

impl Headers {
    /// The headers that a webhook has, each with its value unknown.
    pub fn of(stored: &[WebhookHeader]) -> Self {
        let row = |header: &WebhookHeader| Row {
            name: RwSignal::new(header.name.clone()),
            value: RwSignal::default(),
            stored: true,
        };
        Self(RwSignal::new(stored.iter().map(row).collect()))
    }

    /// The headers for a request. Rows in which nothing stands are left out.
    pub fn given(self) -> Vec<NewWebhookHeader> {
        let rows = self.0.get_untracked().into_iter().filter_map(|row| {
            let name = row.name.get_untracked().trim().to_owned();
            let value = row.value.get_untracked();
            let value = Some(value).filter(|value| !(row.stored && value.is_empty()));
            let is_blank = name.is_empty() && value.as_deref().is_none_or(str::is_empty);
            (!is_blank).then_some(NewWebhookHeader { name, value })
        });
        rows.collect()
    }

    pub fn field(self, submit: Submit) -> AnyView {
        let add = move |_| {
            let row = Row { name: RwSignal::default(), value: RwSignal::default(), stored: false };
            self.0.update(|rows| rows.push(row));
        };
        group(
            HEADERS,
            submit,
            view! {
                {live(move || self.0.get().into_iter().enumerate().map(|(at, row)| self.row(at, row)).collect_view())}
                <div class="p-2">
                    <button type="button" class="btn btn-ghost btn-sm" disabled=move || self.0.with(|rows| rows.len() >= MOST) on:click=add>
                        {icon(icon::PLUS)} "Add header"
                    </button>
                </div>
            },
        )
    }

    fn row(self, at: usize, row: Row) -> AnyView {
        let number = at + 1;
        let (name, value) = (fresh_id(), fresh_id());
        let remove = move |_| {
            self.0.update(|rows| {
                rows.remove(at);
            });
        };
        view! {
            <div class="grid gap-2 p-2 grid-cols-[1fr_auto] sm:grid-cols-[1fr_1fr_auto] items-center">
                <label class="sr-only" for=name.clone()>"Name of header " {number}</label>
                <input
                    class="input mono" id=name type="text" autocomplete="off" spellcheck="false" placeholder="x-gateway-key"
                    readonly=row.stored bind:value=row.name
                />
                <label class="sr-only" for=value.clone()>"Value of header " {number}</label>
                <input
                    class="input mono order-3 col-span-2 sm:order-none sm:col-span-1" id=value type="text" autocomplete="off" spellcheck="false"
                    placeholder=if row.stored { "Unchanged" } else { "Value" } bind:value=row.value
                />
                <button type="button" class="btn btn-ghost btn-sm btn-square" aria-label=format!("Remove header {number}") on:click=remove>
                    {icon(icon::CLOSE)}
                </button>
            </div>
        }
        .erase()
    }
}
