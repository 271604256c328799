//! Deliveries: the section of the overview that lists the failures of the whole workspace.

pub mod attempt;
pub mod choices;
pub mod delivery;
pub mod exchange;
pub mod retry;
mod skip;
pub mod table;
mod timeline;

use api_types::{Page, deliveries::Delivery, recoveries::Included, stream::Topic};
use leptos::prelude::*;

use self::choices::{category_options, event_type_options, webhook_options};
use crate::{
    api::{call::Query, deliveries},
    data::list::List,
    pages::recoveries::{
        choose::{self, Choice},
        progress::progress,
    },
    paths,
    ui::{
        docs::docs,
        erase::{Erase, live},
        field::owned,
        filter::{SINCE, clear_filters, filter, in_address, since_time},
        icon,
        list::no_match,
        notice::blank,
        page::section,
    },
};

#[derive(Clone, Copy)]
struct Filters {
    status: RwSignal<String>,
    webhook: RwSignal<String>,
    event_type: RwSignal<String>,
    category: RwSignal<String>,
    since: RwSignal<String>,
}

impl Filters {
    fn all(self) -> [RwSignal<String>; 5] {
        [self.status, self.webhook, self.event_type, self.category, self.since]
    }

    /// The deliveries to list; followed by the caller.
    fn query(self) -> Query<Page<Delivery>> {
        let status = self.status.read();
        deliveries::list(&deliveries::Filter {
            status: if status.is_empty() { deliveries::FAILING } else { &status },
            webhook_id: &self.webhook.read(),
            event_type: &self.event_type.read(),
            category: &self.category.read(),
            since: &since_time(&self.since.read()),
            ..deliveries::Filter::default()
        })
    }

    /// The choice that the dialog for many deliveries begins with.
    fn choice(self) -> Choice {
        Choice {
            webhook: self.webhook.get_untracked(),
            event_type: self.event_type.get_untracked(),
            category: self.category.get_untracked(),
            since: self.since.get_untracked(),
            only: self.status.with_untracked(|status| status == "canceled").then_some(Included::Canceled),
        }
    }

    fn any(self) -> bool {
        self.all().iter().any(|filter| !filter.read().is_empty())
    }

    fn clear(self) {
        for filter in self.all() {
            filter.set(String::new());
        }
    }
}

#[component]
pub fn Failures() -> impl IntoView {
    let [status, webhook, event_type, category, since] =
        in_address(["status", "webhook_id", "event_type", "category", "since"]);
    let filters = Filters { status, webhook, event_type, category, since };
    let list = List::new(20, move || filters.query()).live(&[Topic::Deliveries], move || {
        Some(filters.webhook.get_untracked()).filter(|webhook| !webhook.is_empty())
    });
    let recover = RwSignal::new(None::<Choice>);
    let ask = move |_| recover.set(Some(filters.choice()));
    let empty =
        Callback::new(
            move |()| {
                if filters.any() { no_match(move || filters.clear()) } else { none_failing(filters) }
            },
        );
    let table = table::table(&list, "Webhook delivery failures", true, empty);
    section(
        "delivery-failures",
        "Webhook delivery failures",
        view! {
            "Investigate failed delivery attempts: whether the configuration is wrong or the receiver is down for a while. Retry only after fixing the destination service; otherwise the same delivery can fail again."
            {docs(paths::docs::DELIVERIES)}
        },
        view! { <button type="button" class="btn btn-quiet" on:click=ask>"Recover…"</button> },
        view! {
            <div class="mb-5 empty:hidden">{progress(None)}</div>
            <div class="filters mb-3" role="group" aria-label="Filter delivery failures">{filter_row(filters)}</div>
            <div class="panel">{table}</div>
            {choose::dialog(recover)}
        },
    )
}

/// The section while nothing is retrying and nothing has failed. What was canceled never arrived, and is said to.
fn none_failing(filters: Filters) -> AnyView {
    let canceled = List::new(1, || {
        deliveries::list(&deliveries::Filter { status: "canceled", ..deliveries::Filter::default() })
    })
    .live(&[Topic::Deliveries], || None);
    live(move || {
        if canceled.rows.get().is_empty() {
            return blank(
                icon::CHECK,
                "No delivery failures",
                "No delivery is waiting for a retry, and none was given up or canceled. One that fails appears here with what went wrong and what to do.",
                (),
            );
        }
        blank(
            icon::CHECK,
            "Nothing is failing",
            "No delivery is waiting for a retry or was given up. Some were canceled and did not arrive.",
            view! {
                <button type="button" class="btn btn-quiet btn-sm" on:click=move |_| filters.status.set("canceled".to_owned())>
                    "Show canceled deliveries"
                </button>
            },
        )
    })
}

fn filter_row(filters: Filters) -> AnyView {
    const STATUSES: [(&str, &str); 5] = [
        ("", "Retrying and failed"),
        ("retrying", "Retrying"),
        ("failed", "Failed"),
        ("canceled", "Canceled"),
        ("retrying,failed,canceled", "All of these"),
    ];
    view! {
        {filter("Status", || owned(&STATUSES), filters.status)}
        {filter("Webhook", webhook_options(), filters.webhook)}
        {filter("Event type", event_type_options, filters.event_type)}
        {filter("Category", category_options, filters.category)}
        {filter("Since", || owned(&SINCE), filters.since)}
        {clear_filters(move || filters.any(), move || filters.clear())}
    }
    .erase()
}
