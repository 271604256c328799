// Generated from openapi/openapi.json by `cargo xtask sdk`: do not edit.

//! What callers send: webhooks.

use super::ids::EventId;
use super::shared_words::EventType;
use super::webhooks::EventFilter;
use super::webhooks_words::SignatureScheme;
use crate::patch::Patch;
use crate::secret::Secret;

/// Send a test: `webhook.test` where nothing is chosen.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct NewTest {
    /// Send this event of the past, as it was sent then; its type must be one that the webhook wants.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_id: Option<EventId>,
    /// Send the example of this type, which the webhook must want; or `webhook.test`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_type: Option<EventType>,
}

impl NewTest {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// Send this event of the past, as it was sent then; its type must be one that the webhook wants.
    #[must_use]
    pub fn event_id(mut self, event_id: impl Into<EventId>) -> Self {
        self.event_id = Some(event_id.into());
        self
    }

    /// Send the example of this type, which the webhook must want; or `webhook.test`.
    #[must_use]
    pub fn event_type(mut self, event_type: impl Into<EventType>) -> Self {
        self.event_type = Some(event_type.into());
        self
    }
}

/// Create a webhook.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewWebhook {
    /// Where events are sent: https, at most 2,048 characters, without credentials or fragment.
    pub url: String,
    /// Event types, groups such as `ticket.*`, or `*` for all: at least one.
    pub event_types: Vec<String>,
    /// The webhook's purpose, in its owner's words: at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Only events that pass this filter are sent; every event of the types where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<EventFilter>,
    /// Request headers of your own, at most 10 and 4,096 bytes: kept encrypted, never shown again, sent with every message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<NewWebhookHeader>>,
    /// One delivery at a time, oldest first: one that fails holds back the later ones until it succeeds or is skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
    /// The most deliveries per second that the receiver is sent, 1 to 1,000; no limit where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate_limit: Option<u32>,
    /// `v1` (the default) or `v1a`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<SignatureScheme>,
}

impl NewWebhook {
    /// With what is required.
    pub fn new(url: impl Into<String>, event_types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            url: url.into(),
            event_types: event_types.into_iter().map(Into::into).collect(),
            description: None,
            filter: None,
            headers: None,
            ordered: None,
            rate_limit: None,
            signature: None,
        }
    }

    /// The webhook's purpose, in its owner's words: at most 200 characters.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Only events that pass this filter are sent; every event of the types where absent.
    #[must_use]
    pub fn filter(mut self, filter: EventFilter) -> Self {
        self.filter = Some(filter);
        self
    }

    /// Request headers of your own, at most 10 and 4,096 bytes: kept encrypted, never shown again, sent with every message.
    #[must_use]
    pub fn headers(mut self, headers: impl IntoIterator<Item = NewWebhookHeader>) -> Self {
        self.headers = Some(headers.into_iter().collect());
        self
    }

    /// One delivery at a time, oldest first: one that fails holds back the later ones until it succeeds or is skipped.
    #[must_use]
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.ordered = Some(ordered);
        self
    }

    /// The most deliveries per second that the receiver is sent, 1 to 1,000; no limit where absent.
    #[must_use]
    pub fn rate_limit(mut self, rate_limit: u32) -> Self {
        self.rate_limit = Some(rate_limit);
        self
    }

    /// `v1` (the default) or `v1a`.
    #[must_use]
    pub fn signature(mut self, signature: impl Into<SignatureScheme>) -> Self {
        self.signature = Some(signature.into());
        self
    }
}

/// A header that a webhook is to be sent with.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct NewWebhookHeader {
    /// The header's name. Case does not count; it is sent in lower case.
    pub name: String,
    /// The value, which is never shown again: printable ASCII. Where it is left out, a header of this name keeps its value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Secret>,
}

impl NewWebhookHeader {
    /// With what is required.
    pub fn new(name: impl Into<String>) -> Self {
        Self { name: name.into(), value: None }
    }

    /// The value, which is never shown again: printable ASCII. Where it is left out, a header of this name keeps its value.
    #[must_use]
    pub fn value(mut self, value: impl Into<Secret>) -> Self {
        self.value = Some(value.into());
        self
    }
}

/// Try a filter on past events.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct PreviewFilter {
    /// Event types, groups or `*`, as for a webhook.
    pub event_types: Vec<String>,
    /// The filter; where it is absent, every event of the types matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<EventFilter>,
}

impl PreviewFilter {
    /// With what is required.
    pub fn new(event_types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self { event_types: event_types.into_iter().map(Into::into).collect(), filter: None }
    }

    /// The filter; where it is absent, every event of the types matches.
    #[must_use]
    pub fn filter(mut self, filter: EventFilter) -> Self {
        self.filter = Some(filter);
        self
    }
}

/// Change a webhook by a merge patch: absent fields stay, `null` clears. A new URL resets its health and holds from the next attempt.
#[derive(Debug, Clone, PartialEq, serde::Serialize, Default)]
#[non_exhaustive]
pub struct WebhookChanges {
    /// The webhook's purpose, in its owner's words; `null` clears it.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub description: Patch<String>,
    /// Event types, groups or `*`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event_types: Option<Vec<String>>,
    /// The filter from now on; `null` removes it.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub filter: Patch<EventFilter>,
    /// The request headers of your own from now on, in place of those that it had: one without a value keeps the value that it
    /// has; `null` removes them all. Where the URL leads to another server, the values must be given anew.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub headers: Patch<Vec<NewWebhookHeader>>,
    /// Whether one delivery is sent after the other. What failed before holds nothing back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ordered: Option<bool>,
    /// The most deliveries per second that the receiver is sent, 1 to 1,000; `null` lifts the limit.
    #[serde(skip_serializing_if = "Patch::is_absent")]
    pub rate_limit: Patch<u32>,
    /// Where events are sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

impl WebhookChanges {
    /// With nothing said.
    pub fn new() -> Self {
        Self::default()
    }

    /// The webhook's purpose, in its owner's words; `null` clears it.
    #[must_use]
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Patch::Value(description.into());
        self
    }

    /// Clears `description`.
    #[must_use]
    pub fn clear_description(mut self) -> Self {
        self.description = Patch::Null;
        self
    }

    /// Event types, groups or `*`.
    #[must_use]
    pub fn event_types(mut self, event_types: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.event_types = Some(event_types.into_iter().map(Into::into).collect());
        self
    }

    /// The filter from now on; `null` removes it.
    #[must_use]
    pub fn filter(mut self, filter: EventFilter) -> Self {
        self.filter = Patch::Value(filter);
        self
    }

    /// Clears `filter`.
    #[must_use]
    pub fn clear_filter(mut self) -> Self {
        self.filter = Patch::Null;
        self
    }

    /// The request headers of your own from now on, in place of those that it had: one without a value keeps the value that it
    /// has; `null` removes them all. Where the URL leads to another server, the values must be given anew.
    #[must_use]
    pub fn headers(mut self, headers: impl IntoIterator<Item = NewWebhookHeader>) -> Self {
        self.headers = Patch::Value(headers.into_iter().collect());
        self
    }

    /// Clears `headers`.
    #[must_use]
    pub fn clear_headers(mut self) -> Self {
        self.headers = Patch::Null;
        self
    }

    /// Whether one delivery is sent after the other. What failed before holds nothing back.
    #[must_use]
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.ordered = Some(ordered);
        self
    }

    /// The most deliveries per second that the receiver is sent, 1 to 1,000; `null` lifts the limit.
    #[must_use]
    pub fn rate_limit(mut self, rate_limit: u32) -> Self {
        self.rate_limit = Patch::Value(rate_limit);
        self
    }

    /// Clears `rate_limit`.
    #[must_use]
    pub fn clear_rate_limit(mut self) -> Self {
        self.rate_limit = Patch::Null;
        self
    }

    /// Where events are sent.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> Self {
        self.url = Some(url.into());
        self
    }
}
