//! The form that makes or changes a webhook, with its picker of event types.

use api_types::{
    events::{EventType, EventTypeInfo},
    ids::WebhookId,
    webhooks::{CreatedWebhook, NewWebhook, Webhook, WebhookChanges},
};
use leptos::prelude::*;

use crate::{
    api::{error::ApiError, event_types, webhooks},
    data::load::{Load, Loaded},
    pages::webhooks::{filter::FilterDraft, headers::Headers},
    ui::{
        erase::{Erase, live},
        field::{About, TEXT, Text, about, group, pick, text_field, tick},
        notice::{failed, skeleton},
        submit::{Submit, form_error, form_foot},
    },
};

/// The fields as they have been filled in.
#[derive(Clone, Copy)]
struct Draft {
    url: RwSignal<String>,
    description: RwSignal<String>,
    signature: RwSignal<String>,
    /// Deliveries per second; empty for no limit.
    rate_limit: RwSignal<String>,
    headers: Headers,
    filter: FilterDraft,
    ordered: RwSignal<bool>,
    /// `all` or `chosen`.
    which: RwSignal<String>,
    /// Types and groups (`ticket.*`).
    chosen: RwSignal<Vec<String>>,
}

impl Draft {
    fn new() -> Self {
        Self {
            url: RwSignal::default(),
            description: RwSignal::default(),
            signature: RwSignal::new("v1".to_owned()),
            rate_limit: RwSignal::default(),
            headers: Headers::of(&[]),
            filter: FilterDraft::of(None),
            ordered: RwSignal::new(false),
            which: RwSignal::new("chosen".to_owned()),
            chosen: RwSignal::default(),
        }
    }

    /// The form filled in as the webhook is now.
    fn of(webhook: &Webhook) -> Self {
        let all = webhook.event_types.iter().any(|word| word == "*");
        Self {
            url: RwSignal::new(webhook.url.clone()),
            description: RwSignal::new(webhook.description.clone()),
            signature: RwSignal::new(webhook.signature.as_str().to_owned()),
            rate_limit: RwSignal::new(webhook.rate_limit.map(|limit| limit.to_string()).unwrap_or_default()),
            headers: Headers::of(&webhook.headers),
            filter: FilterDraft::of(webhook.filter.as_ref()),
            ordered: RwSignal::new(webhook.ordered),
            which: RwSignal::new(if all { "all" } else { "chosen" }.to_owned()),
            chosen: RwSignal::new(if all { Vec::new() } else { webhook.event_types.clone() }),
        }
    }

    fn event_types(self) -> Vec<String> {
        if self.which.with_untracked(|which| which == "all") {
            vec!["*".to_owned()]
        } else {
            self.chosen.get_untracked()
        }
    }

    /// The event types that are chosen; followed by the caller.
    fn wanted(self) -> Vec<String> {
        if self.which.with(|which| which == "all") { vec!["*".to_owned()] } else { self.chosen.get() }
    }

    fn has(self, word: &str) -> bool {
        self.chosen.with(|chosen| chosen.iter().any(|other| other == word))
    }

    fn set(self, word: &str, on: bool) {
        self.chosen.update(|chosen| {
            chosen.retain(|other| other != word);
            if on {
                chosen.push(word.to_owned());
            }
        });
    }

    /// Choosing a group takes its single types' place.
    fn set_group(self, group: &str, on: bool) {
        let inside = format!("{group}.");
        self.chosen.update(|chosen| chosen.retain(|word| !word.starts_with(&inside)));
        self.set(&format!("{group}.*"), on);
    }

    /// None where the field is empty.
    fn rate_limit(self) -> Result<Option<u32>, ApiError> {
        let typed = self.rate_limit.get_untracked();
        let typed = typed.trim();
        let limit = if typed.is_empty() { Ok(None) } else { typed.parse().map(Some) };
        limit.map_err(|_| {
            ApiError::of_field("rate_limit", "Give a whole number from 1 to 1,000, or leave it empty.")
        })
    }

    async fn create(self) -> Result<CreatedWebhook, ApiError> {
        let new = NewWebhook {
            url: self.url.read_untracked().trim().to_owned(),
            event_types: self.event_types(),
            description: Some(self.description.get_untracked()).filter(|text| !text.is_empty()),
            signature: Some(self.signature.get_untracked()),
            rate_limit: self.rate_limit()?,
            headers: Some(self.headers.given()).filter(|given| !given.is_empty()),
            filter: self.filter.given(),
            ordered: Some(self.ordered.get_untracked()),
        };
        webhooks::create(&new).await
    }

    async fn update(self, id: WebhookId) -> Result<Webhook, ApiError> {
        let changes = WebhookChanges {
            url: Some(self.url.read_untracked().trim().to_owned()),
            event_types: Some(self.event_types()),
            description: Some(Some(self.description.get_untracked()).filter(|text| !text.is_empty())),
            rate_limit: Some(self.rate_limit()?),
            headers: Some(Some(self.headers.given())),
            filter: Some(self.filter.given()),
            ordered: Some(self.ordered.get_untracked()),
        };
        webhooks::update(id, &changes).await
    }
}

const RATE_LIMIT: About = about(
    "Rate limit (optional)",
    "rate_limit",
    "The most deliveries per second that the receiver is sent, 1 to 1,000. What exceeds it waits its turn.",
);

/// The form that makes a webhook; `done` gets the answer.
pub fn new_webhook(
    close: impl Fn() + Send + Sync + 'static,
    done: impl Fn(CreatedWebhook) + Clone + 'static,
) -> AnyView {
    let draft = Draft::new();
    let submit = Submit::new();
    let send = move || submit.run(draft.create(), done.clone());
    let fields = Fields { url_hint: "https, reachable from the internet.", signature: true };
    form(draft, submit, fields, form_foot(submit, "Create webhook", close), Box::new(send))
}

/// The form that changes this webhook; `done` gets the answer.
pub fn edit(
    webhook: &Webhook,
    close: impl Fn() + Send + Sync + 'static,
    done: impl Fn(Webhook) + Clone + 'static,
) -> AnyView {
    let draft = Draft::of(webhook);
    let id = webhook.id;
    let submit = Submit::new();
    let send = move || submit.run(draft.update(id), done.clone());
    let fields = Fields {
        url_hint: "A new URL holds from the next attempt and starts the webhook's health afresh.",
        signature: false,
    };
    form(draft, submit, fields, form_foot(submit, "Save", close), Box::new(send))
}

/// The differences between the two forms.
#[derive(Clone, Copy)]
struct Fields {
    url_hint: &'static str,
    /// True where the signature's scheme is chosen: for a new webhook only.
    signature: bool,
}

fn form(draft: Draft, submit: Submit, fields: Fields, foot: AnyView, send: Box<dyn Fn()>) -> AnyView {
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        send();
    };
    view! {
        <form class="form" on:submit=send>
            {form_error(submit, &["url", "event_types", "description", "signature", "rate_limit", "headers", "filter", "ordered"])}
            {text_field(
                about("Destination URL", "url", fields.url_hint),
                Text { first: true, placeholder: "https://hooks.acme.example/sayless", ..TEXT },
                draft.url,
                submit,
            )}
            {text_field(
                about("Description (optional)", "description", ""),
                Text { placeholder: "Ticket mirror", ..TEXT },
                draft.description,
                submit,
            )}
            {events_field(draft, submit)}
            {draft.filter.field(move || draft.wanted(), submit)}
            {text_field(RATE_LIMIT, Text { placeholder: "No limit", number: true, ..TEXT }, draft.rate_limit, submit)}
            {order_field(draft.ordered, submit)}
            {draft.headers.field(submit)}
            {fields.signature.then(|| signature_field(draft, submit))}
            {foot}
        </form>
    }
    .erase()
}

fn order_field(ordered: RwSignal<bool>, submit: Submit) -> AnyView {
    group(
        about("Order (optional)", "ordered", ""),
        submit,
        tick(
            "One at a time, oldest first",
            "What it costs: the next delivery goes only once the receiver has taken the one before, which is slower. One that fails \
             holds back all later ones until it succeeds, or until somebody retries or skips it; also once its automatic retries \
             are used up.",
            move || ordered.get(),
            || false,
            move |on| ordered.set(on),
        ),
    )
}

fn signature_field(draft: Draft, submit: Submit) -> AnyView {
    group(
        about(
            "Signature",
            "signature",
            "How receivers know that a message came from Sayless (Standard Webhooks).",
        ),
        submit,
        view! {
            {pick("signature", "v1", "Shared secret (v1)", "HMAC-SHA-256 with a secret that is shown once. Every library knows it.", draft.signature)}
            {pick("signature", "v1a", "Public key (v1a)", "Ed25519: receivers hold nothing worth stealing.", draft.signature)}
        },
    )
}

fn events_field(draft: Draft, submit: Submit) -> AnyView {
    let catalogue = Load::new(event_types::list);
    group(
        about("Events", "event_types", ""),
        submit,
        view! {
            {pick("which", "all", "All events", "Everything, kinds that are added later included.", draft.which)}
            {pick("which", "chosen", "Chosen events", "Only what the receiver needs.", draft.which)}
            {live(move || {
                draft.which.with(|which| which == "chosen")
                    .then(|| match catalogue.get() {
                        Loaded::Loading => skeleton("event types", 4),
                        Loaded::Failed(error) => {
                            let catalogue = catalogue.clone();
                            failed(&error, "The event types", move || catalogue.retry())
                        }
                        Loaded::Ready(page) => groups(draft, &page.data),
                    })
            })}
        },
    )
}

fn groups(draft: Draft, catalogue: &[EventTypeInfo]) -> AnyView {
    // The test message goes to the webhook that it tests, whatever that subscribes to.
    let subscribable = catalogue.iter().filter(|info| info.kind != EventType::WebhookTest);
    let mut names: Vec<&str> = Vec::new();
    for info in subscribable.clone() {
        if !names.contains(&info.group.as_str()) {
            names.push(&info.group);
        }
    }
    let groups = names.into_iter().map(|name| {
        let types: Vec<EventTypeInfo> =
            subscribable.clone().filter(|info| info.group == name).cloned().collect();
        group_of(draft, name, types)
    });
    view! { <div class="divide-y divide-base-300/70">{groups.collect_view()}</div> }.erase()
}

fn group_of(draft: Draft, name: &str, types: Vec<EventTypeInfo>) -> AnyView {
    let wildcard = format!("{name}.*");
    let whole = wildcard.clone();
    let shown = wildcard.clone();
    let single = types.into_iter().map(|info| {
        let word = info.kind.as_str();
        let whole = wildcard.clone();
        let barred = {
            let whole = whole.clone();
            move || draft.has(&whole)
        };
        tick(
            view! { <span class="mono">{word}</span> },
            // Written for the reference, where `data` is set as code.
            info.description.replace('`', ""),
            move || draft.has(word) || draft.has(&whole),
            barred,
            move |on| draft.set(word, on),
        )
    });
    let group = name.to_owned();
    view! {
        <div class="py-1">
            {tick(
                view! { <span class="mono font-semibold">{shown}</span> },
                "All of these, kinds that are added later included",
                move || draft.has(&whole),
                || false,
                move |on| draft.set_group(&group, on),
            )}
            <div class="pl-6.5">{single.collect_view()}</div>
        </div>
    }
    .erase()
}
