//! States and categories as a word on a tint: the word says it, the colour only helps.

use api_types::{
    Scope,
    api_keys::ApiKeyStatus,
    deliveries::{AttemptOutcome, Category, DeliveryStatus},
};
use leptos::prelude::*;

use crate::ui::erase::Erase;

/// A word on a tint; `class` is one of `good warn bad info quiet`, and `dot` for a leading dot.
pub fn badge(class: &'static str, word: &'static str) -> AnyView {
    view! { <span class=format!("tag {class}")>{word}</span> }.erase()
}

/// The state of an API key.
pub fn key_status(status: ApiKeyStatus) -> AnyView {
    match status {
        ApiKeyStatus::Active => badge("dot good", "Active"),
        ApiKeyStatus::Expired => badge("dot warn", "Expired"),
        ApiKeyStatus::Replaced => badge("dot quiet", "Replaced"),
        ApiKeyStatus::Revoked => badge("dot quiet", "Revoked"),
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

/// The status of a delivery.
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

/// The outcome of an attempt.
pub fn outcome(outcome: AttemptOutcome) -> AnyView {
    match outcome {
        AttemptOutcome::Succeeded => badge("dot good", "Succeeded"),
        AttemptOutcome::Failed => badge("dot bad", "Failed"),
        AttemptOutcome::Interrupted => badge("dot quiet", "Interrupted"),
    }
}

/// The category of a failure, in a word.
pub const fn category_word(category: Category) -> &'static str {
    match category {
        Category::Configuration => "Configuration",
        Category::Outage => "Outage",
        Category::Throttling => "Throttling",
        Category::Ours => "Ours",
    }
}

/// The category of a failure, as a sentence that says whose problem it is.
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

/// The category of a failure.
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

pub fn scope_chips(scopes: &[Scope], most: usize) -> AnyView {
    let words: Vec<String> = scopes.iter().map(|scope| scope.as_str().to_owned()).collect();
    chips(&words, most)
}
