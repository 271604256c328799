//! A workspace's events as a log: in an order that never changes, and without gaps for whoever reads along up to the end that
//! [`event_positions`](super::event_positions) tells.

use std::collections::BTreeSet;

use api_types::{
    events::EventType,
    ids::{EventId, WorkspaceId},
};
use diesel::{prelude::*, sql_types::Text};

use super::{Conn, event_positions::start, events::EventRow, schema::events};

/// The most bytes of bodies on one page; one event goes out however large it is.
const PAGE_BYTES: usize = 4 * 1024 * 1024;

diesel::define_sql_function! { fn octet_length(text: Text) -> Integer; }

/// The events that a reader wants; an empty filter wants all.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    pub kinds: BTreeSet<EventType>,
    /// The id of the object that the event is about.
    pub object: Option<String>,
}

/// An event with its place in the log.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = events)]
pub struct LogRow {
    pub position: i64,
    #[diesel(embed)]
    pub event: EventRow,
}

/// The position of an event, if it is kept.
pub fn position_of(conn: &mut Conn, workspace: WorkspaceId, id: EventId) -> QueryResult<Option<i64>> {
    events::table
        .filter(events::workspace_id.eq(workspace))
        .filter(events::id.eq(id))
        .select(events::position)
        .first(conn)
        .optional()
}

/// The first event of the log as it can be read. What is older, and still here since a delivery waits, is not followed by all that came
/// after it.
pub fn oldest(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<Option<LogRow>> {
    let start = start(conn, workspace)?;
    events::table
        .filter(events::workspace_id.eq(workspace))
        .filter(events::position.gt(start))
        .order(events::position)
        .select(LogRow::as_select())
        .first(conn)
        .optional()
}

/// The part of a log that is read: its order, and the bounds, which are not part of it.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// Oldest first, after a position and up to another.
    Ascending { after: i64, to: i64 },
    /// Newest first, before a position.
    Descending { before: Option<i64> },
}

/// The events of a part of the log, and whether there are more of them: at most so many, and no more than fit on a page.
pub fn read(
    conn: &mut Conn,
    workspace: WorkspaceId,
    filter: &LogFilter,
    part: Part,
    limit: u32,
) -> QueryResult<(Vec<LogRow>, bool)> {
    let mut query = events::table
        .filter(events::workspace_id.eq(workspace))
        .limit(i64::from(limit) + 1)
        .select((events::id, octet_length(events::payload)))
        .into_boxed();
    query = match part {
        Part::Ascending { after, to } => {
            let bounded = query.filter(events::position.gt(after)).filter(events::position.le(to));
            bounded.order(events::position.asc())
        }
        Part::Descending { before } => {
            let bounded = query.filter(events::position.lt(before.unwrap_or(i64::MAX)));
            bounded.order(events::position.desc())
        }
    };
    if !filter.kinds.is_empty() {
        query = query.filter(events::kind.eq_any(&filter.kinds));
    }
    if let Some(object) = &filter.object {
        query = query.filter(events::object_id.eq(object));
    }
    let found: Vec<(EventId, i32)> = query.load(conn)?;
    let fitting = fitting(found.iter().map(|(_, bytes)| usize::try_from(*bytes).unwrap_or_default()), limit);
    let more = fitting < found.len();
    let ids: Vec<EventId> = found.into_iter().take(fitting).map(|(id, _)| id).collect();
    let rows = events::table.filter(events::id.eq_any(&ids)).select(LogRow::as_select());
    let mut rows: Vec<LogRow> = rows.load(conn)?;
    rows.sort_unstable_by_key(|row| row.position);
    if let Part::Descending { .. } = part {
        rows.reverse();
    }
    Ok((rows, more))
}

/// The number of bodies, at most so many, that fit on a page: one at least.
fn fitting(sizes: impl Iterator<Item = usize>, limit: u32) -> usize {
    let mut room = PAGE_BYTES;
    let mut first = true;
    let fits = |bytes: &usize| {
        let fits = std::mem::take(&mut first) || *bytes <= room;
        room = room.saturating_sub(*bytes);
        fits
    };
    sizes.take(limit as usize).take_while(fits).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_bounded_by_its_bytes_too() {
        let of = |sizes: &[usize], limit| fitting(sizes.iter().copied(), limit);
        assert_eq!(of(&[], 5), 0);
        assert_eq!(of(&[1, 2, 3], 2), 2);
        assert_eq!(of(&[PAGE_BYTES + 1, 1], 5), 1);
        assert_eq!(of(&[PAGE_BYTES, 1], 5), 1);
        assert_eq!(of(&[PAGE_BYTES - 1, 1, 1], 5), 2);
    }
}
