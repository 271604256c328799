//! The field for a webhook's filter: conditions on the events' fields, and how many past events would have passed.

mod words;

use std::collections::BTreeMap;

use api_types::{
    Page,
    filters::{EventFilter, FilterPreview, PreviewFilter},
};
use leptos::prelude::*;

use self::words::{Kind, OPS, condition, fields, is_alone, lines, row};
use crate::{
    amounts,
    api::{error::ApiError, event_types, webhooks},
    data::load::Load,
    ui::{
        erase::{Erase, live},
        field::{About, Options, about, choices, group, owned},
        icon::{self, icon},
        submit::{Submit, spinner},
        time::clock,
    },
};

/// The most conditions of a filter.
const MOST: usize = 20;

const FILTER: About = about(
    "Filter (optional)",
    "filter",
    "Sends only the events that meet these conditions. A field that an event does not have meets none of them but “is not set”.",
);

/// A condition as it has been filled in.
#[derive(Clone, Copy)]
struct Row {
    path: RwSignal<String>,
    op: RwSignal<String>,
    value: RwSignal<String>,
}

/// The filter as it has been filled in.
#[derive(Clone, Copy)]
pub struct FilterDraft {
    /// `all` or `any`.
    how: RwSignal<String>,
    rows: RwSignal<Vec<Row>>,
    /// The fields of the chosen types, once they are known.
    fields: RwSignal<BTreeMap<String, Kind>>,
}

impl FilterDraft {
    /// The filter that a webhook has.
    pub fn of(filter: Option<&EventFilter>) -> Self {
        let any = filter.is_some_and(|filter| filter.any.is_some());
        let conditions = filter.and_then(|filter| filter.all.as_ref().or(filter.any.as_ref()));
        let rows = conditions.into_iter().flatten().map(|condition| {
            let (op, typed) = row(condition);
            Row {
                path: RwSignal::new(condition.path.clone()),
                op: RwSignal::new(op.to_owned()),
                value: RwSignal::new(typed),
            }
        });
        Self {
            how: RwSignal::new(if any { "any" } else { "all" }.to_owned()),
            rows: RwSignal::new(rows.collect()),
            fields: RwSignal::default(),
        }
    }

    /// The filter for a request; none without conditions.
    pub fn given(self) -> Option<EventFilter> {
        let known = self.fields.get_untracked();
        let conditions: Vec<_> = self
            .rows
            .get_untracked()
            .into_iter()
            .map(|row| {
                let path = row.path.get_untracked();
                let kind = known.get(&path).copied().unwrap_or(Kind::Text);
                condition(&path, &row.op.get_untracked(), &row.value.get_untracked(), kind)
            })
            .collect();
        if conditions.is_empty() {
            return None;
        }
        Some(if self.how.with_untracked(|how| how == "any") {
            EventFilter { any: Some(conditions), all: None }
        } else {
            EventFilter { all: Some(conditions), any: None }
        })
    }

    /// The field; `wanted` gives the event types that are chosen.
    pub fn field(
        self,
        wanted: impl Fn() -> Vec<String> + Copy + Send + Sync + 'static,
        submit: Submit,
    ) -> AnyView {
        let catalogue = Load::new(event_types::list);
        Effect::new(move |_| {
            if let Some(Page { data, .. }) = catalogue.ready() {
                self.fields.set(fields(&data, &wanted()));
            }
        });
        let add = move |_| {
            let first = self.fields.with_untracked(|fields| {
                let status = fields.keys().find(|path| path.as_str() == "data.status");
                status.or_else(|| fields.keys().next()).cloned().unwrap_or_default()
            });
            let row = Row {
                path: RwSignal::new(first),
                op: RwSignal::new("eq".to_owned()),
                value: RwSignal::default(),
            };
            self.rows.update(|rows| rows.push(row));
        };
        let several = move || self.rows.with(|rows| rows.len() > 1);
        let barred =
            move || self.rows.with(|rows| rows.len() >= MOST) || self.fields.with(BTreeMap::is_empty);
        group(
            FILTER,
            submit,
            view! {
                {live(move || several().then(|| self.how_field()))}
                {live(move || self.rows.get().into_iter().enumerate().map(|(at, row)| self.row(at, row)).collect_view())}
                <div class="p-2 flex flex-wrap gap-2 items-center">
                    <button type="button" class="btn btn-ghost btn-sm" disabled=barred on:click=add>
                        {icon(icon::PLUS)} "Add condition"
                    </button>
                    {self.preview(wanted)}
                </div>
            },
        )
    }

    fn how_field(self) -> AnyView {
        let options = || owned(&[("all", "All of these must hold"), ("any", "One of these must hold")]);
        select("How conditions go together".to_owned(), options, self.how, "select select-sm m-2 w-auto")
    }

    fn row(self, at: usize, row: Row) -> AnyView {
        let number = at + 1;
        let paths = move || -> Options {
            let mut paths: Vec<String> = self.fields.with(|fields| fields.keys().cloned().collect());
            let own = row.path.get_untracked();
            if !own.is_empty() && !paths.contains(&own) {
                paths.push(own);
            }
            paths.into_iter().map(|path| (path.clone(), path)).collect()
        };
        let remove = move |_| {
            self.rows.update(|rows| {
                rows.remove(at);
            });
        };
        let value = move || {
            (!row.op.with(|op| is_alone(op))).then(|| {
                let several = row.op.with(|op| op == "in");
                view! {
                    <input
                        class="input w-full" type="text" autocomplete="off" spellcheck="false" dir="auto"
                        aria-label=format!("Value of condition {number}")
                        placeholder=if several { "open, closed" } else { "Value" }
                        bind:value=row.value
                    />
                }
            })
        };
        view! {
            <div class="grid gap-2 p-2 grid-cols-[1fr_auto] sm:grid-cols-[1fr_10rem_1fr_auto] items-center">
                {select(format!("Field of condition {number}"), paths, row.path, "select mono col-span-2 sm:col-span-1 w-full")}
                {select(format!("Comparison of condition {number}"), || owned(OPS), row.op, "select col-span-2 sm:col-span-1 w-full")}
                <div>{live(value)}</div>
                <button type="button" class="btn btn-ghost btn-sm btn-square" aria-label=format!("Remove condition {number}") on:click=remove>
                    {icon(icon::CLOSE)}
                </button>
            </div>
        }
        .erase()
    }

    /// The button that counts past events, and what it found.
    fn preview(self, wanted: impl Fn() -> Vec<String> + Copy + Send + Sync + 'static) -> AnyView {
        let counting = Submit::new();
        let found = RwSignal::new(None::<FilterPreview>);
        let count = move |_| {
            found.set(None);
            let request = PreviewFilter { event_types: untrack(wanted), filter: self.given() };
            counting.run(webhooks::preview_filter(&request), move |preview| {
                found.set(Some(preview));
            });
        };
        let said = move || match (counting.error(), found.get()) {
            (Some(error), _) => {
                Some(view! { <span class="ferror">{icon(icon::ALERT)} {first_fault(&error)}</span> }.erase())
            }
            (None, Some(preview)) => Some(outcome(preview)),
            (None, None) => None,
        };
        view! {
            <button
                type="button" class="btn btn-ghost btn-sm"
                disabled=move || counting.busy() || self.rows.with(Vec::is_empty) on:click=count
            >
                {spinner(move || counting.busy())}
                "Try on past events"
            </button>
            <span class="text-[0.8125rem] anywhere" role="status">{live(said)}</span>
        }
        .erase()
    }
}

/// The first sentence about a field, or else about the whole.
fn first_fault(error: &ApiError) -> String {
    let fault =
        error.about("filter").chain(error.about("event_types")).next().map(|error| error.detail.clone());
    fault.unwrap_or_else(|| error.message())
}

fn outcome(preview: FilterPreview) -> AnyView {
    let count = |count: u32| amounts::number(count.into());
    let FilterPreview { matched, examined, since, complete } = preview;
    let of = format!("{} of {} events ", count(matched), count(examined));
    if complete {
        return view! { <strong class="font-semibold">{of}</strong> "of the last 30 days would be sent." }
            .erase();
    }
    view! { <strong class="font-semibold">{of}</strong> "since " {clock(since)} " would be sent; there are more." }.erase()
}

fn select(
    label: String,
    options: impl Fn() -> Options + Send + Sync + 'static,
    value: RwSignal<String>,
    class: &'static str,
) -> AnyView {
    view! {
        <select class=class aria-label=label on:change:target=move |event| value.set(event.target().value())>
            {choices(options, value)}
        </select>
    }
    .erase()
}

/// A filter as a webhook's page shows it.
pub fn conditions(filter: &EventFilter) -> AnyView {
    let (how, each) = lines(filter);
    let each = each.into_iter().map(|line| view! { <li class="mono anywhere text-[0.8125rem]">{line}</li> });
    view! {
        <p>{how}</p>
        <ul class="list-disc pl-5">{each.collect_view()}</ul>
    }
    .erase()
}
