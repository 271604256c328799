//! The state of a webhook, as the console tells it: in a badge on the list and on the webhook's page, and at length there.

use api_types::webhooks::{Webhook, WebhookStatus};
use leptos::prelude::*;

use crate::ui::badge::badge;

/// The states, each with words of its own. The first three are all `active` on the wire, and so is `CatchingUp`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing has been sent yet.
    New,
    /// The last delivery was taken.
    Working,
    /// It is ordered, and a delivery that failed holds back the others.
    HeldInOrder,
    /// More comes in than the webhook's rate limit lets through.
    RateLimited,
    /// Nothing but failures comes back.
    Failing,
    /// Somebody paused it: deliveries are held until it is resumed.
    Paused,
    /// The circuit breaker is open: deliveries are held, and a probe tries now and then.
    Parked,
    /// The receiver is back, and the deliveries that were held are being sent.
    CatchingUp,
    Disabled,
}

impl State {
    pub fn of(webhook: &Webhook) -> Self {
        let health = &webhook.health;
        match webhook.status {
            WebhookStatus::Disabled => Self::Disabled,
            WebhookStatus::Paused => Self::Paused,
            WebhookStatus::Parked => Self::Parked,
            WebhookStatus::Active if webhook.held_by.is_some() => Self::HeldInOrder,
            WebhookStatus::Active if webhook.draining.is_some() => Self::CatchingUp,
            WebhookStatus::Active if health.failing_since.is_some() => Self::Failing,
            WebhookStatus::Active if health.held > 0 && webhook.rate_limit.is_some() => Self::RateLimited,
            WebhookStatus::Active if health.last_success_at.is_none() && health.last_failure_at.is_none() => {
                Self::New
            }
            WebhookStatus::Active => Self::Working,
        }
    }

    /// The state in a word.
    pub fn badge(self) -> AnyView {
        match self {
            Self::New | Self::Working | Self::RateLimited => badge("dot good", "Active"),
            Self::Failing => badge("dot bad", "Failing"),
            Self::HeldInOrder => badge("dot bad", "Held"),
            Self::Paused => badge("dot warn", "Paused"),
            Self::Parked => badge("dot warn", "Parked"),
            Self::CatchingUp => badge("dot live info", "Catching up"),
            Self::Disabled => badge("dot quiet", "Disabled"),
        }
    }
}
