//! The part of a list that a query reads, and the bounds that let an index by id also serve times.

use std::collections::BTreeSet;

use api_types::{Timestamp, Words};
use diesel::QueryResult;

/// Milliseconds that the time in a row's id and the row's own time may be apart: both are taken within one transaction.
const MAX_GAP_MS: i64 = 60_000;

/// The least id that a row of this time or later has: ids sort by age, so that an index by id also serves times.
pub fn made_since<Id>(since: Timestamp, id: impl Fn(u64, u128) -> Id) -> Id {
    id(id_time(since.as_millis().saturating_sub(MAX_GAP_MS)), 0)
}

/// An id that no row from before this time has or exceeds.
pub fn made_until<Id>(until: Timestamp, id: impl Fn(u64, u128) -> Id) -> Id {
    id(id_time(until.as_millis().saturating_add(MAX_GAP_MS)), 0)
}

/// Milliseconds as an id holds them, in 48 bits.
fn id_time(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or_default().min((1 << 48) - 1)
}

/// The part of a list, newest first, that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Slice<Id> {
    /// Only rows that are older than this one; from the newest on where `None`.
    pub before: Option<Id>,
    /// The most rows that the page holds.
    pub limit: u32,
}

impl<Id> Slice<Id> {
    /// The number of rows to fetch: one more than the page holds, to learn whether there are more.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }
}

/// The word that a filter by a vocabulary of two lets pass; `None` where it names both or none, and so lets everything pass.
pub fn only<T: Words>(wanted: &BTreeSet<T>) -> Option<T> {
    const { assert!(T::ALL.len() == 2, "the ranges of several words among more are to be merged") };
    if wanted.len() == 1 { wanted.first().copied() } else { None }
}

/// The newest rows of several ranges of an index, newest first, at most `enough` of them. `read` reads one range from its newest
/// row on; it may leave out what is older than the row that it is given, since enough newer ones are known.
pub fn merge<Range, Id: Copy + Ord>(
    ranges: impl IntoIterator<Item = Range>,
    enough: i64,
    mut read: impl FnMut(Range, Option<Id>) -> QueryResult<Vec<Id>>,
) -> QueryResult<Vec<Id>> {
    let enough = usize::try_from(enough).unwrap_or_default();
    let mut newest: Vec<Id> = Vec::new();
    for range in ranges {
        let least = newest.get(enough.saturating_sub(1)).copied();
        newest.extend(read(range, least)?);
        newest.sort_unstable_by(|one, other| other.cmp(one));
        // A row counts once, whatever ranges a caller chose: a page that repeats it would seem to be the last.
        newest.dedup();
        newest.truncate(enough);
    }
    Ok(newest)
}
