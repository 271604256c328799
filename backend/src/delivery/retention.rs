//! Removes what is too old to be kept, in small steps with pauses between, so that publishing never waits for it: finished
//! deliveries with their attempts, then events that no delivery refers to any more. What is not finished stays, however old.

use std::time::Duration;

use api_types::{
    Timestamp,
    ids::{DeliveryId, EventId},
};
use diesel::QueryResult;

use crate::{
    app::App,
    db::{Conn, dialect, retention},
    problem::Failure,
};

/// How often it looks.
const EVERY: Duration = Duration::from_hours(1);
/// The pause between two steps.
const PAUSE: Duration = Duration::from_millis(50);
/// The lock that keeps the other nodes from doing the same.
const LOCK: &str = "retention";

/// Where a pass is: it walks along the deliveries, then along the events, from the oldest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// After this delivery; at the beginning where there is none.
    Deliveries(Option<DeliveryId>),
    /// After this event; at the beginning where there is none.
    Events(Option<EventId>),
}

impl Place {
    /// Where each pass begins.
    pub const START: Self = Self::Deliveries(None);
}

/// Removes what is too old, for as long as the node runs.
pub async fn keep(app: App) {
    loop {
        match pass(&app).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(
                removed,
                days = app.settings.keep_days,
                "old deliveries and events were removed"
            ),
            Err(error) => {
                tracing::warn!(%error, "what is too old could not be removed; it will be next time");
            }
        }
        app.clock.sleep(EVERY).await;
    }
}

/// Walks once along all that is old enough; says how many deliveries and events it removed.
async fn pass(app: &App) -> Result<usize, Failure> {
    let (mut place, mut removed) = (Place::START, 0);
    loop {
        let step = step(app, place).await?;
        removed += step.removed;
        match step.next {
            Some(next) => place = next,
            None => return Ok(removed),
        }
        app.clock.sleep(PAUSE).await;
    }
}

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// How many deliveries or events it removed.
    pub removed: usize,
    /// Where the next step begins; none at the end, and where another node is at it.
    pub next: Option<Place>,
}

/// Looks at a bounded number of deliveries or events, and removes those that are too old.
pub async fn step(app: &App, place: Place) -> Result<Step, Failure> {
    // The one writer of the embedded database is kept for a shorter while.
    let most: usize = if app.db.is_embedded() { 100 } else { 1_000 };
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let before = app.clock.now() - app.settings.kept_ms();
    let ms = u64::try_from(before.as_millis()).unwrap_or(0);
    match place {
        Place::Deliveries(after) => {
            let end = DeliveryId::from_parts(ms, 0);
            let found = app
                .db
                .read(move |conn| Ok::<_, Failure>(retention::deliveries_after(conn, after, end, limit)?))
                .await?;
            let last = found.last().filter(|_| found.len() == most).map(|(id, _)| *id);
            let next = last.map_or(Place::Events(None), |id| Place::Deliveries(Some(id)));
            let old = |(id, finished_at): (DeliveryId, Option<Timestamp>)| {
                finished_at.is_some_and(|at| at < before).then_some(id)
            };
            let old: Vec<DeliveryId> = found.into_iter().filter_map(old).collect();
            remove(app, old, Some(next), move |conn, ids| retention::remove_deliveries(conn, ids, before))
                .await
        }
        Place::Events(after) => {
            let end = EventId::from_parts(ms, 0);
            let old = app
                .db
                .read(move |conn| Ok::<_, Failure>(retention::events_after(conn, after, end, limit)?))
                .await?;
            let last = old.last().filter(|_| old.len() == most).copied();
            remove(app, old, last.map(|id| Place::Events(Some(id))), retention::remove_events).await
        }
    }
}

/// Removes some in one transaction, unless another node is at it.
async fn remove<Id: Send + 'static>(
    app: &App,
    old: Vec<Id>,
    next: Option<Place>,
    remove: impl FnOnce(&mut Conn, &[Id]) -> QueryResult<usize> + Send + 'static,
) -> Result<Step, Failure> {
    if old.is_empty() {
        return Ok(Step { removed: 0, next });
    }
    app.db
        .write(move |tx| {
            if !dialect::try_lock(tx, LOCK)? {
                return Ok(Step { removed: 0, next: None });
            }
            Ok::<_, Failure>(Step { removed: remove(tx, &old)?, next })
        })
        .await
}
