//! Filters: conditions on the fields of an event, by which a webhook gets only some of the events of its types.

use serde::{Deserialize, Serialize};

use crate::{Timestamp, words::words};

words! {
    /// A comparison of a field with a value.
    FilterOp {
        /// The field is the value.
        Eq = "eq",
        /// The field is there, and is not the value.
        Ne = "ne",
        /// The field is one of the values.
        In = "in",
        /// The text begins with the value.
        Prefix = "prefix",
        /// The field is there and not `null`; with the value `false`: it is not.
        Exists = "exists",
        /// The number or time is greater, or later.
        Gt = "gt",
        /// The number or time is at least the value.
        Gte = "gte",
        /// The number or time is smaller, or earlier.
        Lt = "lt",
        /// The number or time is at most the value.
        Lte = "lte",
    }
}

/// Conditions on an event's fields, under `all` or under `any`: 1 to 20. A field that an event does not have meets no condition
/// but `exists` with `false`; a list meets one that an element meets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "all": [
        { "path": "data.status", "op": "eq", "value": "closed" },
        { "path": "data.assignee", "op": "exists" }
    ] }))
)]
#[serde(deny_unknown_fields)]
pub struct EventFilter {
    /// All of these must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub all: Option<Vec<FilterCondition>>,
    /// One of these must hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 20))]
    pub any: Option<Vec<FilterCondition>>,
}

/// A condition on one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FilterCondition {
    /// The field, as names with dots between, from the message's body on: `data.status`. At least one of the webhook's event
    /// types must have it.
    #[cfg_attr(feature = "openapi", schema(max_length = 200, example = "data.status"))]
    pub path: String,
    /// The comparison.
    #[cfg_attr(feature = "openapi", schema(value_type = FilterOp))]
    pub op: String,
    /// The value that the field is compared with, of the field's type. `in` takes a list of at most 50 values; `exists` takes a boolean
    /// or nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<serde_json::Value>,
}

/// Try a filter on past events.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(example = json!({ "event_types": ["ticket.*"],
        "filter": { "all": [{ "path": "data.status", "op": "eq", "value": "closed" }] } }))
)]
#[serde(deny_unknown_fields)]
pub struct PreviewFilter {
    /// Event types, groups or `*`, as for a webhook.
    #[cfg_attr(feature = "openapi", schema(min_items = 1))]
    pub event_types: Vec<String>,
    /// The filter; where it is absent, every event of the types matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filter: Option<EventFilter>,
}

/// The number of past events that a filter would have let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FilterPreview {
    /// The events that match.
    pub matched: u32,
    /// The events of these types that were looked at, the newest first.
    pub examined: u32,
    /// The time from which on events were looked at: 30 days ago, or later where there were too many to look at them all.
    pub since: Timestamp,
    /// `false` where there were more events than one preview looks at.
    pub complete: bool,
}
