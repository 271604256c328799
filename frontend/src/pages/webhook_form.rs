//! The form that makes or changes a webhook, with its picker of event types.

use crate::ui::erase::{Erase, live};
use api_types::{Page, events::EventType};
use api_types::{
    events::EventTypeInfo,
    webhooks::{NewWebhook, Webhook, WebhookChanges},
};
use leptos::prelude::*;

use crate::{
    answer::Answer,
    api::{self, ApiError},
    data::{Load, Loaded},
    ui::{
        dialog::{cancel_button, foot},
        field::{About, TEXT, Text, about, group, pick, text_field, tick},
        notice::{bones, failed},
        submit::{Submit, form_error, submit_button},
    },
};

/// What has been filled in.
#[derive(Clone, Copy)]
pub struct Draft {
    url: RwSignal<String>,
    description: RwSignal<String>,
    signature: RwSignal<String>,
    /// Deliveries per second; empty for no limit.
    rate_limit: RwSignal<String>,
    /// `all` or `chosen`.
    which: RwSignal<String>,
    /// Types and groups (`ticket.*`).
    chosen: RwSignal<Vec<String>>,
}

impl Draft {
    /// An empty form.
    pub fn new() -> Self {
        Self {
            url: RwSignal::default(),
            description: RwSignal::default(),
            signature: RwSignal::new("v1".to_owned()),
            rate_limit: RwSignal::default(),
            which: RwSignal::new("chosen".to_owned()),
            chosen: RwSignal::default(),
        }
    }

    /// The form filled in as the webhook is now.
    pub fn of(webhook: &Webhook) -> Self {
        let all = webhook.event_types.iter().any(|word| word == "*");
        Self {
            url: RwSignal::new(webhook.url.clone()),
            description: RwSignal::new(webhook.description.clone()),
            signature: RwSignal::new(webhook.signature.as_str().to_owned()),
            rate_limit: RwSignal::new(webhook.rate_limit.map(|limit| limit.to_string()).unwrap_or_default()),
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

    async fn send<T: Answer>(self, path: Option<String>) -> Result<T, ApiError> {
        let url = self.url.read_untracked().trim().to_owned();
        let rate_limit = self.rate_limit()?;
        let Some(path) = path else {
            let description = Some(self.description.get_untracked()).filter(|text| !text.is_empty());
            let signature = Some(self.signature.get_untracked());
            let event_types = self.event_types();
            let new = NewWebhook { url, event_types, description, signature, rate_limit };
            return api::post("/v1/webhooks", &new).await;
        };
        let changes = WebhookChanges {
            url: Some(url),
            event_types: Some(self.event_types()),
            description: Some(self.description.get_untracked()),
            rate_limit: Some(rate_limit),
        };
        api::patch(&path, &changes).await
    }
}

const RATE_LIMIT: About = about(
    "Rate limit (optional)",
    "rate_limit",
    "The most deliveries per second that the receiver is sent, 1 to 1,000. What exceeds it waits its turn.",
);

/// The form. With `path`, it changes that webhook; without, it makes one. `done` gets the answer.
pub fn form<T: Answer + 'static>(
    draft: Draft,
    path: Option<String>,
    action: &'static str,
    close: impl Fn() + Send + Sync + 'static,
    done: impl Fn(T) + Clone + 'static,
) -> AnyView {
    let submit = Submit::new();
    let new = path.is_none();
    let send = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        submit.run(draft.send::<T>(path.clone()), done.clone());
    };
    view! {
        <form class="form" on:submit=send>
            {form_error(submit, &["url", "event_types", "description", "signature", "rate_limit"])}
            {text_field(
                about("Destination URL", "url", if new { "https, reachable from the internet." } else { "A new URL holds from the next attempt and starts the webhook's health afresh." }),
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
            {text_field(RATE_LIMIT, Text { placeholder: "No limit", number: true, ..TEXT }, draft.rate_limit, submit)}
            {new.then(|| signature_field(draft, submit))}
            {foot(view! {
                {cancel_button(close)}
                {submit_button(submit, action, "btn btn-primary")}
            })}
        </form>
    }
    .erase()
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
    let catalogue = Load::<Page<EventTypeInfo>>::new(|| "/v1/event-types".to_owned());
    group(
        about("Events", "event_types", ""),
        submit,
        view! {
            {pick("which", "all", "All events", "Everything, kinds that are added later included.", draft.which)}
            {pick("which", "chosen", "Chosen events", "Only what the receiver needs.", draft.which)}
            {live(move || {
                draft.which.with(|which| which == "chosen")
                    .then(|| match catalogue.get() {
                        Loaded::Loading => bones("event types", 4),
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
    let (whole, shown) = (wildcard.clone(), wildcard.clone());
    let single = types.into_iter().map(|info| {
        let word = info.kind.as_str();
        let whole = wildcard.clone();
        let barred = {
            let whole = whole.clone();
            move || draft.has(&whole)
        };
        tick(
            view! { <span class="mono">{word}</span> },
            info.description,
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
