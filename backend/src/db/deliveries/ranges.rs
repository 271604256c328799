//! Fast filtered lists of deliveries, read from a few index ranges that are each sorted by id.
//!
//! Two filters may each match many rows and together few; one index alone would then make the database read all rows that
//! match the first filter. An absent filter has few possible values, so it is cheaper to read one range for each value
//! and to merge the ranges.

use api_types::{
    deliveries::{Category, DeliveryStatus},
    events::EventType,
    ids::{DeliveryId, WorkspaceId},
};
use diesel::{dsl::sql, prelude::*, sql_types::Bool};

use super::filter::DeliveryFilter;
use crate::db::{
    Conn, Slice,
    schema::deliveries,
    slice::{made_since, made_until},
};

/// The columns that an index is sorted by before the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    status: DeliveryStatus,
    /// Category (a failure may have none) and type; `None` in the indexes without these columns.
    kind: Option<(Option<Category>, EventType)>,
}

/// The ranges to look at; `None` where no index is sorted that way, so that only a walk through the workspace helps.
fn ranges(wanted: &DeliveryFilter) -> Option<Vec<Range>> {
    use DeliveryStatus::{Canceled, Failed, Retrying};
    let indexed = |status| matches!(status, Canceled | Failed | Retrying);
    let unsuccessful = !wanted.statuses.is_empty() && wanted.statuses.iter().copied().all(indexed);
    if wanted.event.is_some() || !(unsuccessful || wanted.webhook.is_some()) {
        return None;
    }
    let statuses = if wanted.statuses.is_empty() { DeliveryStatus::ALL } else { &wanted.statuses };
    if !unsuccessful || (wanted.category.is_none() && wanted.event_type.is_none()) {
        return Some(statuses.iter().map(|status| Range { status: *status, kind: None }).collect());
    }
    let categories = wanted.category.map_or_else(
        || Category::ALL.iter().copied().map(Some).chain([None]).collect(),
        |category| vec![Some(category)],
    );
    let types = wanted.event_type.map_or_else(|| EventType::ALL.to_vec(), |event_type| vec![event_type]);
    let mut ranges = Vec::with_capacity(statuses.len() * categories.len() * types.len());
    for status in statuses {
        for category in &categories {
            let kind = |event_type: &EventType| Some((*category, *event_type));
            ranges.extend(types.iter().map(|event_type| Range { status: *status, kind: kind(event_type) }));
        }
    }
    Some(ranges)
}

/// The ids of the newest deliveries that are wanted, newest first; `None` where only a walk through the workspace would
/// find them. A wanted webhook is not checked against the workspace here: the caller's query filters by workspace.
pub fn newest(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &DeliveryFilter,
    slice: &Slice<DeliveryId>,
) -> QueryResult<Option<Vec<DeliveryId>>> {
    let Some(ranges) = ranges(wanted) else { return Ok(None) };
    let enough = usize::try_from(slice.fetch()).unwrap_or_default();
    let mut newest: Vec<DeliveryId> = Vec::new();
    for range in ranges {
        let mut query = deliveries::table.select(deliveries::id).order(deliveries::id.desc()).into_boxed();
        query = query.filter(deliveries::status.eq(range.status)).limit(slice.fetch());
        query = match wanted.webhook {
            Some(webhook) => query.filter(deliveries::webhook_id.eq(webhook)),
            None => query.filter(deliveries::workspace_id.eq(workspace)),
        };
        if wanted.webhook.is_none() || range.kind.is_some() {
            // The condition of the partial indexes, word for word: without it, neither database uses them.
            query = query.filter(sql::<Bool>("deliveries.status IN ('retrying', 'failed', 'canceled')"));
        }
        if let Some((category, event_type)) = range.kind {
            query = query.filter(deliveries::event_type.eq(event_type));
            query = match category {
                Some(category) => query.filter(deliveries::last_category.eq(category)),
                None => query.filter(deliveries::last_category.is_null()),
            };
        } else {
            if let Some(event_type) = wanted.event_type {
                query = query.filter(deliveries::event_type.eq(event_type));
            }
            if let Some(category) = wanted.category {
                query = query.filter(deliveries::last_category.eq(category));
            }
        }
        // One bound on each side: SQLite seeks by one, and reads up to the other.
        let since = wanted.since.map(|since| made_since(since, DeliveryId::from_parts));
        let until = wanted.until.map(|until| made_until(until, DeliveryId::from_parts));
        if let Some(least) = newest.get(enough - 1).copied().or(since) {
            query = query.filter(deliveries::id.ge(least));
        }
        if let Some(most) = slice.before.into_iter().chain(until).min() {
            query = query.filter(deliveries::id.lt(most));
        }
        if let Some(since) = wanted.since {
            query = query.filter(deliveries::created_at.ge(since));
        }
        if let Some(until) = wanted.until {
            query = query.filter(deliveries::created_at.lt(until));
        }
        newest.extend(query.load::<DeliveryId>(conn)?);
        newest.sort_unstable_by(|one, other| other.cmp(one));
        newest.truncate(enough);
    }
    Ok(Some(newest))
}

#[cfg(test)]
mod tests {
    use api_types::{
        deliveries::{Category, DeliveryStatus},
        events::EventType,
    };

    use super::{DeliveryFilter, ranges};

    fn count(wanted: &DeliveryFilter) -> Option<usize> {
        ranges(wanted).map(|ranges| ranges.len())
    }

    #[test]
    fn a_filter_that_is_not_given_is_walked_value_by_value() {
        let failures = DeliveryFilter {
            statuses: vec![DeliveryStatus::Retrying, DeliveryStatus::Failed],
            ..DeliveryFilter::default()
        };
        assert_eq!(count(&failures), Some(2));
        let outages = DeliveryFilter { category: Some(Category::Outage), ..failures.clone() };
        assert_eq!(count(&outages), Some(2 * EventType::ALL.len()));
        let of_tickets = DeliveryFilter { event_type: Some(EventType::TicketCreated), ..failures };
        // A failure may have no category.
        assert_eq!(count(&of_tickets), Some(2 * (Category::ALL.len() + 1)));
        let both = DeliveryFilter { category: Some(Category::Outage), ..of_tickets };
        assert_eq!(count(&both), Some(2));
    }

    #[test]
    fn what_may_have_succeeded_is_walked_by_webhook_or_through_the_workspace() {
        assert_eq!(count(&DeliveryFilter::default()), None);
        let of_webhook = DeliveryFilter {
            webhook: "whk_01ARZ3NDEKTSV4RRFFQ69G5FAV".parse().ok(),
            ..DeliveryFilter::default()
        };
        assert_eq!(count(&of_webhook), Some(DeliveryStatus::ALL.len()));
    }
}
