//! Fast filtered lists of deliveries, read from a few index ranges that are each sorted by id.
//!
//! Two filters may each match many rows and together few; one index alone would then make the database read all rows that
//! match the first filter. An absent filter has few possible values, so it is cheaper to read one range for each value
//! and to merge the ranges. A filter with several words is a range for each word.

use std::collections::BTreeSet;

use api_types::{
    Timestamp,
    deliveries::{Category, DeliveryStatus},
    events::EventType,
    ids::{DeliveryId, WorkspaceId},
};
use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Text},
};

use super::filter::DeliveryFilter;
use crate::db::{
    Conn, Slice,
    schema::deliveries,
    slice::{made_since, made_until, merge},
};

/// The condition of the partial indexes, word for word: without it, neither database uses them. It compares, since SQLite builds a
/// table of its own for each `IN` whenever it writes a row.
pub const UNSUCCESSFUL: &str = "deliveries.status <> 'pending' AND deliveries.status <> 'succeeded'";

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
    let indexed = |status: &DeliveryStatus| matches!(status, Canceled | Failed | Retrying);
    let unsuccessful = !wanted.statuses.is_empty() && wanted.statuses.iter().all(indexed);
    if wanted.event.is_some() || !(unsuccessful || wanted.webhook.is_some()) {
        return None;
    }
    let statuses = words(&wanted.statuses, DeliveryStatus::ALL);
    if !unsuccessful || (wanted.categories.is_empty() && wanted.event_types.is_empty()) {
        return Some(statuses.into_iter().map(|status| Range { status, kind: None }).collect());
    }
    let mut categories: Vec<Option<Category>> =
        words(&wanted.categories, Category::ALL).into_iter().map(Some).collect();
    if wanted.categories.is_empty() {
        categories.push(None);
    }
    let types = words(&wanted.event_types, EventType::ALL);
    let mut ranges = Vec::with_capacity(statuses.len() * categories.len() * types.len());
    for status in statuses {
        for category in &categories {
            let kind = |event_type: &EventType| Some((*category, *event_type));
            ranges.extend(types.iter().map(|event_type| Range { status, kind: kind(event_type) }));
        }
    }
    Some(ranges)
}

/// The words of a filter: all that there are where it names none.
fn words<T: Copy>(wanted: &BTreeSet<T>, all: &[T]) -> Vec<T> {
    if wanted.is_empty() { all.to_vec() } else { wanted.iter().copied().collect() }
}

/// The ids of the newest deliveries that are wanted, newest first; `None` where only a walk through the workspace would
/// find them. A wanted webhook is not checked against the workspace here: the caller's query filters by workspace.
///
/// The ranges are read one after the other, so the caller must hold one snapshot: a delivery that moves from one range to
/// another meanwhile would be missed, or found twice.
pub fn newest(
    conn: &mut Conn,
    workspace: WorkspaceId,
    wanted: &DeliveryFilter,
    slice: &Slice<DeliveryId>,
) -> QueryResult<Option<Vec<DeliveryId>>> {
    let Some(ranges) = ranges(wanted) else { return Ok(None) };
    let walk = Walk {
        workspace,
        wanted,
        from: wanted.since.map(|since| made_since(since, DeliveryId::from_parts)),
        before: slice.before.into_iter().chain(until_id(wanted.until)).min(),
        rows: slice.fetch(),
    };
    match conn {
        Conn::Pg(conn) if ranges.iter().all(|range| range.kind.is_some()) => {
            walk.all_kinds(conn, &ranges).map(Some)
        }
        conn => merge(ranges, slice.fetch(), |range, least| walk.one(conn, range, least)).map(Some),
    }
}

fn until_id(until: Option<Timestamp>) -> Option<DeliveryId> {
    until.map(|until| made_until(until, DeliveryId::from_parts))
}

/// The part of each range that is read.
struct Walk<'a> {
    workspace: WorkspaceId,
    wanted: &'a DeliveryFilter,
    /// The oldest row that may be wanted.
    from: Option<DeliveryId>,
    /// Only rows that are older than this one.
    before: Option<DeliveryId>,
    rows: i64,
}

impl Walk<'_> {
    /// The newest rows of one range, from `least` on where it is given.
    fn one(&self, conn: &mut Conn, range: Range, least: Option<DeliveryId>) -> QueryResult<Vec<DeliveryId>> {
        let wanted = self.wanted;
        let mut query = deliveries::table.select(deliveries::id).order(deliveries::id.desc()).into_boxed();
        query = query.filter(deliveries::status.eq(range.status)).limit(self.rows);
        query = match wanted.webhook {
            Some(webhook) => query.filter(deliveries::webhook_id.eq(webhook)),
            None => query.filter(deliveries::workspace_id.eq(self.workspace)),
        };
        if wanted.webhook.is_none() || range.kind.is_some() {
            query = query.filter(sql::<Bool>(UNSUCCESSFUL));
        }
        if let Some((category, event_type)) = range.kind {
            query = query.filter(deliveries::event_type.eq(event_type));
            query = match category {
                Some(category) => query.filter(deliveries::last_category.eq(category)),
                None => query.filter(deliveries::last_category.is_null()),
            };
        } else {
            if !wanted.event_types.is_empty() {
                query = query.filter(deliveries::event_type.eq_any(&wanted.event_types));
            }
            if !wanted.categories.is_empty() {
                query = query.filter(deliveries::last_category.eq_any(&wanted.categories));
            }
        }
        // One bound on each side: SQLite seeks by one, and reads up to the other.
        if let Some(least) = least.or(self.from) {
            query = query.filter(deliveries::id.ge(least));
        }
        if let Some(before) = self.before {
            query = query.filter(deliveries::id.lt(before));
        }
        if let Some(since) = wanted.since {
            query = query.filter(deliveries::created_at.ge(since));
        }
        if let Some(until) = wanted.until {
            query = query.filter(deliveries::created_at.lt(until));
        }
        query.load(conn)
    }

    /// The newest rows of ranges with a category and a type, in one statement: they may be hundreds, and each statement
    /// is a round trip.
    fn all_kinds(&self, conn: &mut PgConnection, ranges: &[Range]) -> QueryResult<Vec<DeliveryId>> {
        #[derive(QueryableByName)]
        struct Found {
            #[diesel(sql_type = Text)]
            id: DeliveryId,
        }
        let mut columns = Columns::default();
        for range in ranges {
            columns.add(*range);
        }
        let webhook = self.wanted.webhook;
        let owner = webhook.map_or("workspace_id", |_| "webhook_id");
        let whose = webhook.map_or_else(|| self.workspace.to_string(), |webhook| webhook.to_string());
        let since = self.wanted.since.map_or("", |_| "AND deliveries.created_at >= $9");
        let until = self.wanted.until.map_or("", |_| "AND deliveries.created_at < $10");
        let rows = |category: &str, order: &str| {
            format!(
                "CROSS JOIN LATERAL (SELECT deliveries.id FROM deliveries WHERE deliveries.{owner} = $6 \
                 AND deliveries.status = r.status AND {UNSUCCESSFUL} AND deliveries.event_type = r.event_type \
                 AND deliveries.last_category {category} AND deliveries.id >= $7 AND deliveries.id < $8 \
                 {since} {until} ORDER BY {order}deliveries.id DESC LIMIT $11) n"
            )
        };
        let text = format!(
            "SELECT n.id FROM unnest($1, $2, $3) AS r (status, category, event_type) {} \
             UNION ALL SELECT n.id FROM unnest($4, $5) AS r (status, event_type) {} ORDER BY id DESC LIMIT $11",
            rows("= r.category", ""),
            // PostgreSQL does not see that the rows without a category come out of the index in order, unless told.
            rows("IS NULL", "deliveries.last_category DESC, "),
        );
        let found = diesel::sql_query(text)
            .bind::<Array<Text>, _>(columns.statuses)
            .bind::<Array<Text>, _>(columns.categories)
            .bind::<Array<Text>, _>(columns.event_types)
            .bind::<Array<Text>, _>(columns.statuses_of_none)
            .bind::<Array<Text>, _>(columns.event_types_of_none)
            .bind::<Text, _>(whose)
            .bind::<Text, _>(self.from.unwrap_or_else(|| DeliveryId::from_parts(0, 0)))
            .bind::<Text, _>(self.before.unwrap_or_else(|| DeliveryId::from_parts(u64::MAX, u128::MAX)))
            .bind::<BigInt, _>(self.wanted.since.map_or(0, Timestamp::as_millis))
            .bind::<BigInt, _>(self.wanted.until.map_or(0, Timestamp::as_millis))
            .bind::<BigInt, _>(self.rows)
            .load::<Found>(conn)?;
        Ok(found.into_iter().map(|found| found.id).collect())
    }
}

/// Ranges as the columns of a statement; those without a category apart, since `NULL` equals nothing.
#[derive(Default)]
struct Columns {
    statuses: Vec<&'static str>,
    categories: Vec<&'static str>,
    event_types: Vec<&'static str>,
    statuses_of_none: Vec<&'static str>,
    event_types_of_none: Vec<&'static str>,
}

impl Columns {
    fn add(&mut self, range: Range) {
        match range.kind {
            Some((Some(category), event_type)) => {
                self.statuses.push(range.status.as_str());
                self.categories.push(category.as_str());
                self.event_types.push(event_type.as_str());
            }
            Some((None, event_type)) => {
                self.statuses_of_none.push(range.status.as_str());
                self.event_types_of_none.push(event_type.as_str());
            }
            None => {}
        }
    }
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
            statuses: [DeliveryStatus::Retrying, DeliveryStatus::Failed].into(),
            ..DeliveryFilter::default()
        };
        assert_eq!(count(&failures), Some(2));
        let outages = DeliveryFilter { categories: [Category::Outage].into(), ..failures.clone() };
        assert_eq!(count(&outages), Some(2 * EventType::ALL.len()));
        let of_tickets = DeliveryFilter { event_types: [EventType::TicketCreated].into(), ..failures };
        // A failure may have no category.
        assert_eq!(count(&of_tickets), Some(2 * (Category::ALL.len() + 1)));
        let of_tickets_twice = DeliveryFilter {
            event_types: [EventType::TicketCreated, EventType::TicketCreated].into(),
            ..of_tickets.clone()
        };
        assert_eq!(count(&of_tickets_twice), count(&of_tickets));
        let both = DeliveryFilter { categories: [Category::Outage].into(), ..of_tickets };
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
