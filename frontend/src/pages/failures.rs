//! Lists of deliveries: the failures of the whole workspace on the overview, and those of one webhook on its page.

use crate::ui::erase::{Erase, live};
use api_types::{
    Timestamp,
    deliveries::{Category, Delivery, DeliveryStatus},
    events::EventType,
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
    pages::retry,
    ui::{
        badge::{self, category_word, delivery_status, delivery_word},
        field::{filter, owned},
        icon,
        list::{self, Look, cell, lead, menu_cell, no_match},
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
    });
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
        (),
        view! {
            <div class="filters mb-3" role="group" aria-label="Filter delivery failures">{filter_row(filters)}</div>
            <div class="panel">{table}</div>
        },
    )
}

fn filter_row(filters: Filters) -> AnyView {
    const STATUSES: [(&str, &str); 3] =
        [("", "Retrying and failed"), ("retrying", "Retrying"), ("failed", "Failed")];
    let webhooks = List::<Webhook>::new(200, || "/v1/webhooks".to_owned());
    let webhooks = move || {
        let mut options = owned(&[("", "All webhooks")]);
        options.extend(
            webhooks.rows.get().into_iter().map(|(id, webhook)| (id, webhook_label(&webhook.read()))),
        );
        options
    };
    view! {
        {filter("Status", || owned(&STATUSES), filters.status)}
        {filter("Webhook", webhooks, filters.webhook)}
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

/// A webhook in a narrow choice: its description, or its URL without the scheme, cut short.
fn webhook_label(webhook: &Webhook) -> String {
    let name = if webhook.description.is_empty() {
        webhook.url.trim_start_matches("https://")
    } else {
        &webhook.description
    };
    if name.chars().count() > 40 { name.chars().take(39).chain(['…']).collect() } else { name.to_owned() }
}

fn event_type_options() -> Vec<(String, String)> {
    let mut options = owned(&[("", "All event types")]);
    let types = EventType::ALL.iter().filter(|kind| **kind != EventType::WebhookTest);
    options.extend(types.map(|kind| (kind.to_string(), kind.to_string())));
    options
}

fn category_options() -> Vec<(String, String)> {
    let mut options = owned(&[("", "All categories")]);
    options.extend(
        Category::ALL.iter().map(|category| (category.to_string(), category_word(*category).to_owned())),
    );
    options
}

/// The choices of a delivery's status, all of them.
pub fn status_options() -> Vec<(String, String)> {
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
    let table = list::table(list, look, move |delivery| row(delivery, with_webhook, asked));
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

fn row(delivery: ArcRwSignal<Delivery>, with_webhook: bool, asked: RwSignal<Option<Delivery>>) -> AnyView {
    let for_button = delivery.clone();
    let failing = {
        let delivery = delivery.clone();
        Memo::new(move |_| delivery.with(|delivery| is_failure(delivery.status)))
    };
    let cells = move || {
        let delivery = delivery.get();
        view! {
            {lead(view! {
                <a class="rowlink block mono !text-[0.8125rem]" href=format!("/settings/api/deliveries/{}", delivery.id)>
                    {delivery.event_type.as_str()}
                </a>
                {with_webhook.then(|| webhook_of(&delivery))}
                <span class="muted block text-[0.8125rem]">{ago(delivery.created_at)}</span>
            })}
            {cell("What happened", what_happened(&delivery))}
            {cell("Attempts", delivery.attempts)}
            {cell("Next attempt", due_or(delivery.next_attempt_at, "None"))}
            {cell("Status", delivery_status(delivery.status))}
        }
    };
    let button = move || {
        let delivery = for_button.clone();
        failing.get().then(|| {
            let name = format!("Retry {}", delivery.with_untracked(|delivery| delivery.event_type.as_str()));
            view! {
                <button type="button" class="btn btn-quiet btn-sm" title=name on:click=move |_| asked.set(Some(delivery.get_untracked()))>
                    "Retry"
                </button>
            }
        })
    };
    view! {
        {cells}
        {menu_cell(button)}
    }
    .erase()
}

const fn is_failure(status: DeliveryStatus) -> bool {
    matches!(status, DeliveryStatus::Retrying | DeliveryStatus::Failed)
}

fn webhook_of(delivery: &Delivery) -> AnyView {
    let webhook = &delivery.webhook;
    let name = if webhook.description.is_empty() { webhook.url.clone() } else { webhook.description.clone() };
    let deleted = webhook.deleted.then_some(" (deleted)");
    view! { <span class="muted anywhere line-clamp-2" dir="auto" title=webhook.url.clone()>{name} {deleted}</span> }.erase()
}

fn what_happened(delivery: &Delivery) -> AnyView {
    let Some(diagnosis) = delivery.last_diagnosis.clone() else {
        let answer = delivery.last_response_status.map(|status| format!("Answered {status}"));
        return view! { <span class="muted">{answer.unwrap_or_else(|| "—".to_owned())}</span> }.erase();
    };
    let status = delivery.last_response_status.map(|status| view! { <span class="chip">{status}</span> });
    view! {
        <span class="flex flex-wrap gap-1.5 items-center mb-1">{badge::category(diagnosis.category)} {status}</span>
        <span class="anywhere block">{diagnosis.summary}</span>
    }
    .erase()
}
