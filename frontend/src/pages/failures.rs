//! Lists of deliveries: the failures of the whole workspace on the overview, and those of one webhook on its page.

use crate::ui::erase::{Erase, live};
use api_types::{
    Timestamp,
    deliveries::{Category, Delivery, DeliveryStatus, Diagnosis, WebhookRef},
    events::EventType,
    ids::DeliveryId,
    stream::Topic,
    webhooks::Webhook,
};
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate, use_query_map},
};

use crate::{
    api, browser,
    data::List,
    pages::{
        recoveries::{self, Choice},
        retry,
    },
    ui::{
        badge::{self, category_word, delivery_status, delivery_word},
        field::{Options, filter, owned},
        icon,
        list::{self, Look, cell, lead, menu_cell, no_match, part_of},
        notice::blank,
        page::section,
        time::{ago, due_or},
    },
};

/// The choices of how far back to look.
pub const SINCE: [(&str, &str); 5] = [
    ("", "Any time"),
    ("1h", "Last hour"),
    ("24h", "Last 24 hours"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
];

/// The instant that a choice of [`SINCE`] means, as the API takes it.
pub fn since_time(choice: &str) -> String {
    const HOUR_MS: i64 = 3_600_000;
    let hours = match choice {
        "1h" => 1,
        "24h" => 24,
        "7d" => 7 * 24,
        "30d" => 30 * 24,
        _ => return String::new(),
    };
    // To the minute, so that the same choice is the same address for a while.
    let now = browser::now().as_millis() / 60_000 * 60_000;
    Timestamp::from_millis(now - hours * HOUR_MS).to_string()
}

/// Filters that live in the page's address, so that they survive a reload, a link and the back button.
pub fn in_address<const N: usize>(names: [&'static str; N]) -> [RwSignal<String>; N] {
    let query = use_query_map();
    let navigate = use_navigate();
    let path = use_location().pathname;
    let in_query = move |name: &str| query.read().get(name).unwrap_or_default();
    let values = untrack(|| names.map(|name| RwSignal::new(in_query(name))));
    Effect::new(move |before: Option<Vec<String>>| {
        let now: Vec<String> = values.iter().map(|value| value.get()).collect();
        if before.is_some_and(|before| before != now) {
            let pairs: Vec<(&str, &str)> = names.into_iter().zip(now.iter().map(String::as_str)).collect();
            let to = api::with_query(&path.get_untracked(), &pairs);
            navigate(&to, NavigateOptions { replace: true, scroll: false, ..Default::default() });
        }
        now
    });
    // The back button and links change the address under the page.
    Effect::new(move |_| {
        for (name, value) in names.into_iter().zip(values) {
            let wanted = in_query(name);
            if value.with_untracked(|value| *value != wanted) {
                value.set(wanted);
            }
        }
    });
    values
}

/// The filters above a list of deliveries.
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

    fn any(self) -> bool {
        self.all().iter().any(|filter| !filter.read().is_empty())
    }

    fn clear(self) {
        for filter in self.all() {
            filter.set(String::new());
        }
    }
}

/// The section.
#[component]
pub fn Failures() -> impl IntoView {
    let [status, webhook, event_type, category, since] =
        in_address(["status", "webhook_id", "event_type", "category", "since"]);
    let filters = Filters { status, webhook, event_type, category, since };
    let list = List::<Delivery>::new(20, move || {
        let status = filters.status.get();
        let status = if status.is_empty() { "retrying,failed".to_owned() } else { status };
        let parameters = [
            ("status", status.as_str()),
            ("webhook_id", &filters.webhook.read()),
            ("event_type", &filters.event_type.read()),
            ("category", &filters.category.read()),
            ("since", &since_time(&filters.since.read())),
        ];
        api::with_query("/v1/deliveries", &parameters)
    })
    .live(&[Topic::Deliveries], move || {
        Some(filters.webhook.get_untracked()).filter(|webhook| !webhook.is_empty())
    });
    let recover = RwSignal::new(None::<Choice>);
    let ask = move |_| {
        recover.set(Some(Choice {
            webhook: filters.webhook.get_untracked(),
            event_type: filters.event_type.get_untracked(),
            category: filters.category.get_untracked(),
            since: filters.since.get_untracked(),
        }));
    };
    let empty = Callback::new(move |()| {
        if filters.any() {
            no_match(move || filters.clear())
        } else {
            blank(
                icon::CHECK,
                "No delivery failures",
                "Every event reached its webhook, or is on its first way there. A delivery that fails appears here with what went wrong and what to do.",
                (),
            )
        }
    });
    let table = deliveries(&list, "Webhook delivery failures", true, empty);
    section(
        "delivery-failures",
        "Webhook delivery failures",
        "Investigate failed delivery attempts: whether the configuration is wrong or the receiver is down for a while. Retry only after fixing the destination service; otherwise the same delivery can fail again.",
        view! { <button type="button" class="btn btn-quiet" on:click=ask>"Recover…"</button> },
        view! {
            <div class="mb-5 empty:hidden">{recoveries::progress(None)}</div>
            <div class="filters mb-3" role="group" aria-label="Filter delivery failures">{filter_row(filters)}</div>
            <div class="panel">{table}</div>
            {recoveries::dialog(recover)}
        },
    )
}

fn filter_row(filters: Filters) -> AnyView {
    const STATUSES: [(&str, &str); 3] =
        [("", "Retrying and failed"), ("retrying", "Retrying"), ("failed", "Failed")];
    view! {
        {filter("Status", || owned(&STATUSES), filters.status)}
        {filter("Webhook", webhook_options(), filters.webhook)}
        {filter("Event type", event_type_options, filters.event_type)}
        {filter("Category", category_options, filters.category)}
        {filter("Since", || owned(&SINCE), filters.since)}
        {live(move || {
            filters
                .any()
                .then(|| {
                    view! {
                        <button type="button" class="btn btn-ghost btn-sm" on:click=move |_| filters.clear()>
                            "Clear filters"
                        </button>
                    }
                })
        })}
    }
    .erase()
}

/// Every webhook as a choice; they come when they are fetched.
pub fn webhook_options() -> impl Fn() -> Options + Send + Sync {
    let webhooks = List::<Webhook>::new(200, || "/v1/webhooks".to_owned());
    move || {
        let mut options = owned(&[("", "All webhooks")]);
        options.extend(
            webhooks.rows.get().into_iter().map(|(id, webhook)| (id, webhook_label(&webhook.read()))),
        );
        options
    }
}

/// A webhook in a narrow choice: its description, or its URL without the scheme, cut short.
fn webhook_label(webhook: &Webhook) -> String {
    let name = if webhook.description.is_empty() {
        webhook.url.trim_start_matches("https://")
    } else {
        &webhook.description
    };
    if name.chars().count() > 40 { name.chars().take(39).chain(['…']).collect() } else { name.to_owned() }
}

/// The choices of an event type.
pub fn event_type_options() -> Options {
    let mut options = owned(&[("", "All event types")]);
    let types = EventType::ALL.iter().filter(|kind| **kind != EventType::WebhookTest);
    options.extend(types.map(|kind| (kind.to_string(), kind.to_string())));
    options
}

/// The choices of whose problem it is.
pub fn category_options() -> Options {
    let mut options = owned(&[("", "All categories")]);
    options.extend(
        Category::ALL.iter().map(|category| (category.to_string(), category_word(*category).to_owned())),
    );
    options
}

/// The choices of a delivery's status, all of them.
pub fn status_options() -> Options {
    let mut options = owned(&[("", "All deliveries")]);
    options.extend(
        DeliveryStatus::ALL.iter().map(|status| (status.to_string(), delivery_word(*status).to_owned())),
    );
    options
}

/// A table of deliveries; `with_webhook` where they are of several webhooks.
pub fn deliveries(
    list: &List<Delivery>,
    label: &'static str,
    with_webhook: bool,
    empty: Callback<(), AnyView>,
) -> AnyView {
    let asked = RwSignal::new(None::<Delivery>);
    let look =
        Look { label, columns: &["Event", "What happened", "Attempts", "Next attempt", "Status", ""], empty };
    let table = list::table(list, look, move |delivery| row(&delivery, with_webhook, asked));
    let refresh = {
        let list = list.clone();
        Callback::new(move |()| list.refresh())
    };
    view! {
        {table}
        {retry::dialog(asked, refresh)}
    }
    .erase()
}

fn row(delivery: &ArcRwSignal<Delivery>, with_webhook: bool, asked: RwSignal<Option<Delivery>>) -> AnyView {
    let head = move |(id, kind, webhook, created_at): (DeliveryId, EventType, WebhookRef, Timestamp)| {
        view! {
            <a class="rowlink block mono !text-[0.8125rem]" href=format!("/settings/api/deliveries/{id}")>
                {kind.as_str()}
            </a>
            {with_webhook.then(|| webhook_of(&webhook))}
            <span class="muted block text-[0.8125rem]">{ago(created_at)}</span>
        }
        .erase()
    };
    let happened = |delivery: &Delivery| (delivery.last_diagnosis.clone(), delivery.last_response_status);
    let asks = delivery.clone();
    let button = move |(failing, kind): (bool, EventType)| {
        let delivery = asks.clone();
        failing
            .then(|| {
                view! {
                    <button
                        type="button"
                        class="btn btn-quiet btn-sm"
                        title=format!("Retry {kind}")
                        on:click=move |_| asked.set(Some(delivery.get_untracked()))
                    >
                        "Retry"
                    </button>
                }
            })
            .erase()
    };
    view! {
        {lead(part_of(delivery, |it| (it.id, it.event_type, it.webhook.clone(), it.created_at), head))}
        {cell("What happened", part_of(delivery, happened, |(diagnosis, status)| what_happened(diagnosis, status)))}
        {cell("Attempts", part_of(delivery, |it| it.attempts, Erase::erase))}
        {cell("Next attempt", part_of(delivery, |it| (it.held, it.next_attempt_at), |(held, at)| {
            if held {
                view! { <span title="Waits until its webhook may be sent more">"Held"</span> }.erase()
            } else {
                due_or(at, "None")
            }
        }))}
        {cell("Status", part_of(delivery, |it| it.status, delivery_status))}
        {menu_cell(part_of(delivery, |it| (is_failure(it.status), it.event_type), button))}
    }
    .erase()
}

const fn is_failure(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::Retrying | DeliveryStatus::Failed)
}

fn webhook_of(webhook: &WebhookRef) -> AnyView {
    let name = if webhook.description.is_empty() { webhook.url.clone() } else { webhook.description.clone() };
    let deleted = webhook.deleted.then_some(" (deleted)");
    view! { <span class="muted anywhere line-clamp-2" dir="auto" title=webhook.url.clone()>{name} {deleted}</span> }.erase()
}

fn what_happened(diagnosis: Option<Diagnosis>, status: Option<u16>) -> AnyView {
    let Some(diagnosis) = diagnosis else {
        let answer = status.map(|status| format!("Answered {status}"));
        return view! { <span class="muted">{answer.unwrap_or_else(|| "—".to_owned())}</span> }.erase();
    };
    let status = status.map(|status| view! { <span class="chip">{status}</span> });
    view! {
        <span class="flex flex-wrap gap-1.5 items-center mb-1">{badge::category(diagnosis.category)} {status}</span>
        <span class="anywhere block">{diagnosis.summary}</span>
    }
    .erase()
}
