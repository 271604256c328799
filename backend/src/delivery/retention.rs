//! Retention: removes old finished deliveries with their attempts, then events that no delivery refers to any
//! more. Works in small steps with pauses between, so that publishing never waits for it. An unfinished
//! delivery stays, however old.

use std::time::Duration;

use api_types::{
    Timestamp,
    ids::{DeliveryId, EventId},
};
use diesel::QueryResult;

use crate::{
    base::Base,
    clock::Stopwatch,
    db::{Conn, DbError, dialect, retention, step_size::StepSize},
};

/// The time between two passes.
const EVERY: Duration = Duration::from_hours(1);
/// The pause between two steps.
const PAUSE: Duration = Duration::from_millis(20);
/// The name of the database lock: only one node at a time removes.
const LOCK: &str = "retention";

/// The position of a pass. A pass walks along the deliveries, then along the events, from the oldest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After this delivery; none is the beginning.
    Deliveries(Option<DeliveryId>),
    /// After this event; none is the beginning.
    Events(Option<EventId>),
}

impl Place {
    /// The beginning of each pass.
    pub const START: Self = Self::Deliveries(None);
}

/// Removes old deliveries and events for as long as the node runs.
pub async fn keep(base: Base) {
    loop {
        match pass(&base).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(
                removed,
                days = base.settings.keep_days,
                "old deliveries and events were removed"
            ),
            Err(error) => {
                tracing::warn!(%error, "old deliveries and events could not be removed; the next pass tries again");
            }
        }
        base.clock.sleep(EVERY).await;
    }
}

/// One pass. Answers how many deliveries and events were removed.
async fn pass(base: &Base) -> Result<usize, DbError> {
    let mut place = Place::START;
    let mut size = StepSize::FIRST;
    let mut removed = 0;
    loop {
        let step = step(base, place, size).await?;
        removed += step.removed;
        size = step.size;
        match step.next {
            Some(next) => place = next,
            None => return Ok(removed),
        }
        base.clock.sleep(PAUSE).await;
    }
}

/// The result of one step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The number of deliveries or events removed.
    pub removed: usize,
    /// The beginning of the next step; none at the end, and where another node is removing.
    pub next: Option<Place>,
    /// The size of the next step.
    pub size: StepSize,
}

/// Looks at a number of deliveries or events, and removes those that are too old.
pub async fn step(base: &Base, place: Place, size: StepSize) -> Result<Step, DbError> {
    let (most, limit) = (size.rows(), size.limit());
    let before = base.now() - base.settings.kept_ms();
    let ms = u64::try_from(before.as_millis()).unwrap_or(0);
    match place {
        Place::Deliveries(after) => {
            let end = DeliveryId::from_parts(ms, 0);
            let found =
                base.db.query(move |conn| retention::deliveries_after(conn, after, end, limit)).await?;
            let last = found.last().filter(|_| found.len() == most).map(|(id, _)| *id);
            let next = last.map_or(Place::Events(None), |id| Place::Deliveries(Some(id)));
            let old = |(id, finished_at): (DeliveryId, Option<Timestamp>)| {
                finished_at.is_some_and(|at| at < before).then_some(id)
            };
            let old: Vec<DeliveryId> = found.into_iter().filter_map(old).collect();
            let remove_all =
                move |conn: &mut Conn, ids: &[DeliveryId]| retention::remove_deliveries(conn, ids, before);
            remove(base, old, Some(next), size, remove_all).await
        }
        Place::Events(after) => {
            let end = EventId::from_parts(ms, 0);
            let old = base.db.query(move |conn| retention::events_after(conn, after, end, limit)).await?;
            let last = old.last().filter(|_| old.len() == most).copied();
            remove(base, old, last.map(|id| Place::Events(Some(id))), size, retention::remove_events).await
        }
    }
}

/// Removes deliveries or events in one transaction, unless another node is removing.
async fn remove<Id: Send + 'static>(
    base: &Base,
    old: Vec<Id>,
    next: Option<Place>,
    size: StepSize,
    remove: impl FnOnce(&mut Conn, &[Id]) -> QueryResult<usize> + Send + 'static,
) -> Result<Step, DbError> {
    if old.is_empty() {
        return Ok(Step { removed: 0, next, size });
    }
    let step = base.db.execute(move |tx| {
        let began = Stopwatch::start();
        if !dialect::try_lock(tx, LOCK)? {
            return Ok(Step { removed: 0, next: None, size });
        }
        dialect::take_time(tx)?;
        let removed = remove(tx, &old)?;
        // By all that it looked at: events that deliveries still refer to cost time, but stay.
        Ok(Step { removed, next, size: size.after(old.len(), began) })
    });
    step.await
}
