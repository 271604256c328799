//! States and categories as a word on a tint: the word says it, the colour only helps.

use crate::ui::erase::Erase;
use api_types::{
    Scope,
    api_keys::ApiKeyStatus,
    deliveries::{AttemptOutcome, Category, DeliveryStatus},
    webhooks::{Webhook, WebhookStatus},
};
use leptos::prelude::*;

/// A word on a tint; `class` is one of `good warn bad info quiet`, and `dot` for a leading dot.
pub fn badge(class: &'static str, word: &'static str) -> AnyView {
    view! { <span class=format!("tag {class}")>{word}</span> }.erase()
}

/// Whether a key works.
pub fn key_status(status: ApiKeyStatus) -> AnyView {
    match status {
        ApiKeyStatus::Active => badge("dot good", "Active"),
        ApiKeyStatus::Expired => badge("dot warn", "Expired"),
        ApiKeyStatus::Revoked => badge("dot quiet", "Revoked"),
    }
}

/// What a webhook's badge says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It sends, and all is well.
    Active,
    /// It sends, and nothing but failures comes back.
    Failing,
    /// Its breaker is open.
    Parked,
    /// What was held is being sent.
    CatchingUp,
    /// It does not send.
    Disabled,
}

impl Standing {
    /// This webhook's.
    pub fn of(webhook: &Webhook) -> Self {
        match webhook.status {
            WebhookStatus::Disabled => Self::Disabled,
            WebhookStatus::Parked => Self::Parked,
            WebhookStatus::Active if webhook.draining.is_some() => Self::CatchingUp,
            WebhookStatus::Active if webhook.health.failing_since.is_some() => Self::Failing,
            WebhookStatus::Active => Self::Active,
        }
    }
}

/// How a webhook is doing, in a word.
pub fn webhook(standing: Standing) -> AnyView {
    match standing {
        Standing::Active => badge("dot good", "Active"),
        Standing::Failing => badge("dot bad", "Failing"),
        Standing::Parked => badge("dot warn", "Parked"),
        Standing::CatchingUp => badge("dot live info", "Catching up"),
        Standing::Disabled => badge("dot quiet", "Disabled"),
    }
}

/// A delivery's status in a word.
pub const fn delivery_word(status: DeliveryStatus) -> &'static str {
    match status {
        DeliveryStatus::Pending => "Pending",
        DeliveryStatus::Retrying => "Retrying",
        DeliveryStatus::Succeeded => "Succeeded",
        DeliveryStatus::Failed => "Failed",
        DeliveryStatus::Canceled => "Canceled",
    }
}

/// Where a delivery stands.
pub fn delivery_status(status: DeliveryStatus) -> AnyView {
    let class = match status {
        DeliveryStatus::Pending => "dot live info",
        DeliveryStatus::Retrying => "dot warn",
        DeliveryStatus::Succeeded => "dot good",
        DeliveryStatus::Failed => "dot bad",
        DeliveryStatus::Canceled => "dot quiet",
    };
    badge(class, delivery_word(status))
}

/// How an attempt ended.
pub fn outcome(outcome: AttemptOutcome) -> AnyView {
    match outcome {
        AttemptOutcome::Succeeded => badge("dot good", "Succeeded"),
        AttemptOutcome::Failed => badge("dot bad", "Failed"),
        AttemptOutcome::Interrupted => badge("dot quiet", "Interrupted"),
    }
}

/// Whose problem a failure is, in a word.
pub const fn category_word(category: Category) -> &'static str {
    match category {
        Category::Configuration => "Configuration",
        Category::Outage => "Outage",
        Category::Throttling => "Throttling",
        Category::Ours => "Ours",
    }
}

/// Whose problem a failure is, as a sentence.
pub const fn category_sentence(category: Category) -> &'static str {
    match category {
        Category::Configuration => {
            "Something in the webhook or its receiver is set up wrongly. Waiting will not help."
        }
        Category::Outage => "The receiver is down or broken for now. The schedule tries again by itself.",
        Category::Throttling => "The receiver asks us to slow down. The schedule does.",
        Category::Ours => "The fault is on our side. There is nothing for you to mend.",
    }
}

/// Whose problem a failure is.
pub fn category(category: Category) -> AnyView {
    let class = match category {
        Category::Configuration => "bad",
        Category::Outage => "warn",
        Category::Throttling => "info",
        Category::Ours => "quiet",
    };
    badge(class, category_word(category))
}

/// Words of the wire (scopes, event types), each on a chip; beyond `most` only how many more.
pub fn chips(words: &[String], most: usize) -> AnyView {
    let rest = words.len().saturating_sub(most);
    let all = words.join(", ");
    let title = (rest > 0).then(|| all.clone());
    let chips =
        words.iter().take(most).map(|word| view! { <span class="chip">{word.clone()}</span> }).collect_view();
    view! {
        <span class="flex flex-wrap gap-1" title=title>
            {chips}
            {(rest > 0).then(|| view! { <span class="muted text-xs leading-5">"+" {rest} <span class="sr-only">" more: " {all}</span></span> })}
        </span>
    }
    .erase()
}

/// Scopes on chips.
pub fn scope_chips(scopes: &[Scope], most: usize) -> AnyView {
    let words: Vec<String> = scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
    chips(&words, most)
}
