//! Events that a webhook wants and never got a delivery for: they were published before the webhook existed, or are of a type that
//! it did not want then.

use std::collections::{HashMap, HashSet};

use api_types::{
    Timestamp,
    events::EventType,
    filters::EventFilter,
    ids::{EventId, WebhookId, WorkspaceId},
    recoveries::Included,
};
use diesel::{dsl::not, prelude::*};

use super::rows::Selection;
use crate::{
    catalogue::{Subscription, filter::Filter},
    db::{
        Conn, Json, events as stored,
        schema::{deliveries, events, webhooks},
    },
};

/// The number at which counting stops.
const MAX_COUNTED: i64 = 100_000;
/// The most events whose bodies are read to count those that pass a webhook's filter.
const MAX_READ: i64 = 20_000;
const READ_AT_ONCE: i64 = 500;

/// An event that may have no delivery for a webhook.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct PastEvent {
    pub id: EventId,
    pub kind: EventType,
    pub created_at: Timestamp,
}

/// The events that a webhook wants now.
struct Wanted {
    webhook: WebhookId,
    types: Vec<EventType>,
    /// `None` where it wants every event of its types.
    filter: Option<Filter>,
}

/// The events that a recovery makes deliveries for: those that its webhook wants now.
fn wanted(conn: &mut Conn, filter: &Selection) -> QueryResult<Option<Wanted>> {
    // What was never sent has no failure, and so no category.
    let wanted = filter.includes(Included::Missing) && filter.category.is_none();
    let Some(webhook) = filter.webhook_id.filter(|_| wanted) else { return Ok(None) };
    let found = webhooks::table
        .find(webhook)
        .select((webhooks::event_types, webhooks::filter))
        .first::<(Json<Vec<Subscription>>, Option<Json<EventFilter>>)>(conn)
        .optional()?;
    let Some((subscriptions, conditions)) = found else { return Ok(None) };
    let wants = |kind: &EventType| {
        filter.event_type.is_none_or(|only| only == *kind)
            && subscriptions.0.iter().any(|subscription| subscription.matches(*kind))
    };
    Ok(Some(Wanted {
        webhook,
        types: EventType::ALL.iter().copied().filter(wants).collect(),
        filter: conditions.and_then(|conditions| Filter::new(&conditions.0)),
    }))
}

/// The events of these types that are not about the webhook itself: those never go to it.
macro_rules! past {
    ($workspace:expr, $webhook:expr, $types:expr) => {{
        let about = EventType::ALL.iter().filter(|kind| matches!(kind.group(), "webhook" | "delivery"));
        events::table
            .filter(events::workspace_id.eq($workspace))
            .filter(events::kind.eq_any($types))
            .filter(events::kind.ne_all(about).or(events::payload.not_like(format!("%{}%", $webhook))))
    }};
}

/// The number of events without a delivery, where the recovery is for them.
pub(super) fn count(conn: &mut Conn, workspace: WorkspaceId, filter: &Selection) -> QueryResult<u64> {
    let Some(Wanted { webhook, types, filter: conditions }) = wanted(conn, filter)? else { return Ok(0) };
    if conditions.is_some() {
        return count_by_reading(conn, workspace, filter);
    }
    let (first, end) = filter.events();
    let made = deliveries::table
        .filter(deliveries::event_id.eq(events::id))
        .filter(deliveries::webhook_id.eq(webhook));
    let found: Vec<EventId> = past!(workspace, webhook, &types)
        .filter(events::id.ge(first))
        .filter(events::id.lt(end))
        .filter(not(diesel::dsl::exists(made)))
        .limit(MAX_COUNTED)
        .select(events::id)
        .load(conn)?;
    Ok(found.len() as u64)
}

/// The same where bodies decide: it looks at so many events at most.
fn count_by_reading(conn: &mut Conn, workspace: WorkspaceId, filter: &Selection) -> QueryResult<u64> {
    let mut count = 0;
    let mut position = None;
    for _ in 0..MAX_READ / READ_AT_ONCE {
        let found = next(conn, workspace, filter, position, READ_AT_ONCE)?;
        count += found.missing.len() as u64;
        position = found.last;
        if position.is_none() {
            break;
        }
    }
    Ok(count)
}

/// A part of the events that a recovery looks at.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Those without a delivery, oldest first.
    pub missing: Vec<PastEvent>,
    /// The last one that was looked at; `None` where there was none any more.
    pub last: Option<EventId>,
}

/// Looks at the next events after `position`, `limit` at most.
pub fn next(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &Selection,
    position: Option<EventId>,
    limit: i64,
) -> QueryResult<Found> {
    let Some(Wanted { webhook, types, filter: conditions }) = wanted(conn, filter)? else {
        return Ok(Found::default());
    };
    let (first, end) = filter.events();
    let mut query = past!(workspace, webhook, types)
        .filter(events::id.lt(end))
        .order(events::id)
        .limit(limit)
        .select((events::id, events::kind, events::created_at))
        .into_boxed();
    query = match position {
        Some(position) => query.filter(events::id.gt(position)),
        None => query.filter(events::id.ge(first)),
    };
    let mut missing: Vec<PastEvent> = query.load(conn)?;
    let last = missing.last().map(|event| event.id);
    let ids: Vec<EventId> = missing.iter().map(|event| event.id).collect();
    let made: HashSet<EventId> = deliveries::table
        .filter(deliveries::event_id.eq_any(&ids))
        .filter(deliveries::webhook_id.eq(webhook))
        .select(deliveries::event_id)
        .load(conn)?
        .into_iter()
        .collect();
    missing.retain(|event| !made.contains(&event.id));
    if let Some(conditions) = conditions {
        let ids: Vec<EventId> = missing.iter().map(|event| event.id).collect();
        let bodies: HashMap<EventId, String> = stored::payloads(conn, &ids)?.into_iter().collect();
        let passes = |id: &EventId| {
            let body = bodies.get(id).and_then(|body| serde_json::from_str(body).ok());
            body.is_some_and(|body| conditions.matches(&body))
        };
        missing.retain(|event| passes(&event.id));
    }
    Ok(Found { missing, last })
}
