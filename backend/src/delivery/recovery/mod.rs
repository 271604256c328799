//! The job behind a recovery (the bulk retry). In short transactions it looks at the selected deliveries,
//! oldest first, and sets as many of them going as the recovery's rate allows. Its whole state is in the
//! recovery's row, locked by each step: a recovery survives a restart, and on several nodes each delivery is
//! set going once.
//!
//! Where a recovery is for missing deliveries too, it makes them first, canceled and as old as their events; then they are among the
//! others. A *canary* goes by stages of 1, 10, 100 and all others. Before the last one, each delivery gets one attempt beside its
//! schedule, and the results decide whether it goes on.

mod canary;
mod choice;

use std::{sync::Arc, time::Duration};

use api_types::{
    Timestamp,
    deliveries::{CancelReason, DeliveryStatus, DiagnosisCode},
    ids::{DeliveryId, RecoveryId},
    recoveries::RecoveryStatus,
    stream::Topic,
};
use diesel::QueryResult;

use self::{
    canary::Judgement,
    choice::{Choice, Route, Routes, choose},
};
use super::{breaker::LOOK_AGAIN, parts::Delivery, rate::Rate};
use crate::{
    db::{
        DbError, Hint, Json, Tx,
        deliveries::{NewDelivery, bulk},
        recoveries::{self, AskedAttempt, CanaryStage, RecoveryRow, missing},
    },
    signals::Signals,
};

/// The longest time between two looks: another node may have begun a recovery.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The shortest pause between two steps of one recovery, in milliseconds. A quick recovery sets several
/// deliveries going a step.
const SHORTEST_PAUSE: i64 = 50;
/// The pause before a stage's results are looked at again, in milliseconds.
const RESULTS_AFTER: i64 = 100;
/// The most deliveries, or events, that one step looks at.
const LOOKED_AT: usize = 200;

/// Carries recoveries out, for as long as the node runs.
pub async fn keep(delivery: Delivery) {
    loop {
        let rest = match look(&delivery).await {
            Ok(rest) => rest,
            Err(error) => {
                tracing::warn!(%error, "recoveries could not be carried on; the next look tries again");
                LOOK_EVERY
            }
        };
        tokio::select! {
            () = delivery.signals.recoveries.notified() => {}
            () = delivery.base.clock.sleep(rest) => {}
        }
    }
}

/// One step of each recovery whose rate allows it. Answers how long to wait for the next look.
async fn look(delivery: &Delivery) -> Result<Duration, DbError> {
    let now = delivery.base.now();
    let begun = delivery.base.clock.monotonic();
    let mut next = now + i64::try_from(LOOK_EVERY.as_millis()).unwrap_or(i64::MAX);
    for (id, used_until, rate) in delivery.base.db.query(recoveries::running).await? {
        let mut at = Rate { per_second: rate.into(), used_until }.next(now);
        if at <= now {
            let signals = Arc::clone(&delivery.signals);
            at = match delivery.base.db.execute(move |tx| step(tx, &signals, id)).await? {
                NextStep::WaitUntil(at) => at.max(now + SHORTEST_PAUSE),
                NextStep::More => now,
                NextStep::Over => continue,
            };
        }
        next = next.min(at);
    }
    let rest = Duration::from_millis(u64::try_from(next.millis_since(now)).unwrap_or_default());
    Ok(rest.saturating_sub(delivery.base.clock.monotonic().saturating_sub(begun)))
}

/// The state of a recovery after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NextStep {
    /// The rate allows no more until this time.
    WaitUntil(Timestamp),
    /// More deliveries can be looked at now.
    More,
    /// The recovery is over, or another node is working on it.
    Over,
}

fn step(tx: &mut Tx<'_>, signals: &Signals, id: RecoveryId) -> QueryResult<NextStep> {
    let now = tx.now();
    let Some(mut recovery) = recoveries::lock_recovery(tx, id)? else { return Ok(NextStep::Over) };
    if !recovery.events_done {
        make_missing(tx, &mut recovery)?;
        return Ok(NextStep::More);
    }
    let Some(room) = room_in_stage(tx, &mut recovery)? else { return stop(tx, &mut recovery) };
    let rate = Rate { per_second: recovery.rate_per_second.into(), used_until: recovery.released_at };
    let allowed = rate.allows(now).min(room);
    if allowed == 0 {
        let next = if room == 0 { now + RESULTS_AFTER } else { rate.next(now) };
        return Ok(NextStep::WaitUntil(next));
    }
    let looked_at = recoveries::candidates(tx, &recovery, LOOKED_AT)?;
    let mut last = looked_at.len() < LOOKED_AT;
    let routes = Routes::read(tx, &looked_at)?;
    let mut chosen: Vec<DeliveryId> = Vec::with_capacity(allowed.min(LOOKED_AT));
    for candidate in looked_at {
        match choose(&recovery, &candidate, routes.to(candidate.webhook_id)) {
            Choice::NotMeant => {}
            Choice::PassOver => recovery.passed_over += 1,
            Choice::Anew(_) | Choice::Attempt(_) if chosen.len() == allowed => {
                last = false;
                break;
            }
            Choice::Anew(_) | Choice::Attempt(_) => chosen.push(candidate.id),
        }
        recovery.position = Some(candidate.id);
    }
    let started = set_going(tx, &mut recovery, &chosen, &routes)?;
    recovery.started += i64::try_from(started).unwrap_or(0);
    recovery.passed_over += i64::try_from(chosen.len() - started).unwrap_or(0);
    let rate = rate.after(started, now);
    recovery.released_at = rate.used_until;
    if last {
        recovery.status = RecoveryStatus::Done;
        recovery.finished_at = Some(now);
        // Deliveries that succeeded meanwhile, or are gone, were counted in the total but not looked at.
        recovery.passed_over = recovery.passed_over.max(recovery.total - recovery.started);
    }
    store(tx, &recovery)?;
    if started > 0 {
        let webhooks = routes.webhooks().map(|webhook| (recovery.workspace_id, webhook));
        signals.deliveries_changed(tx, webhooks);
        tx.on_commit(Hint::DeliveriesDue);
    }
    Ok(match (last, started == allowed) {
        (true, _) => NextStep::Over,
        (false, true) => NextStep::WaitUntil(rate.next(now)),
        (false, false) => NextStep::More,
    })
}

/// Stores the progress, and tells the screens that show it.
fn store(tx: &mut Tx<'_>, recovery: &RecoveryRow) -> QueryResult<()> {
    recoveries::advance(tx, recovery)?;
    tx.changed(recovery.workspace_id, Topic::Recoveries, recovery.filter.webhook_id);
    Ok(())
}

/// Makes deliveries for the next events that have none: canceled, as if the webhook had been disabled then.
fn make_missing(tx: &mut Tx<'_>, recovery: &mut RecoveryRow) -> QueryResult<()> {
    let limit = i64::try_from(LOOKED_AT).unwrap_or(i64::MAX);
    let found = missing::next(tx, recovery.workspace_id, &recovery.filter, recovery.event_position, limit)?;
    recovery.events_done = found.last.is_none();
    recovery.event_position = found.last.or(recovery.event_position);
    if let Some(webhook) = recovery.filter.webhook_id {
        let rows: Vec<NewDelivery> = found
            .missing
            .iter()
            .map(|event| NewDelivery {
                // As old as its event, so that it stands at its place among the others.
                id: DeliveryId::from_parts(
                    u64::try_from(event.created_at.as_millis()).unwrap_or(0),
                    u128::from_le_bytes(tx.random().bytes()),
                ),
                workspace_id: recovery.workspace_id,
                webhook_id: webhook,
                event_id: event.id,
                event_type: event.kind,
                status: DeliveryStatus::Canceled,
                cancel_reason: Some(CancelReason::Missed),
                next_attempt_at: None,
                due_at: None,
                held: false,
                lease_no: 0,
                lease_owner: None,
                lease_attempt_id: None,
                lease_trigger: None,
                lease_started_at: None,
                lease_until: None,
                created_at: event.created_at,
                finished_at: Some(event.created_at),
            })
            .collect();
        bulk::insert_deliveries(tx, &rows)?;
    }
    recoveries::advance(tx, recovery)
}

/// The number of deliveries that may still be set going in the present stage of a canary, once the stage before it has passed. `None`
/// where the stage has failed.
fn room_in_stage(tx: &mut Tx<'_>, recovery: &mut RecoveryRow) -> QueryResult<Option<usize>> {
    let Some(stage) = recovery.canary.as_ref().map(|stage| stage.0.clone()) else {
        return Ok(Some(usize::MAX));
    };
    let Some(size) = stage.size() else { return Ok(Some(usize::MAX)) };
    let tried: Vec<DeliveryId> = stage.tried.iter().map(|(id, _)| *id).collect();
    let seen = recoveries::look_at(tx, &tried)?;
    match canary::judge(&stage, &seen, recovery.created_at) {
        Judgement::Waits => Ok(Some(size.saturating_sub(tried.len()))),
        Judgement::Passed => {
            let next = stage.next();
            let room = next.size().unwrap_or(usize::MAX);
            recovery.canary = Some(Json::new(next));
            Ok(Some(room))
        }
        Judgement::Failed(stopped) => {
            recovery.stopped = Some(Json::new(*stopped));
            Ok(None)
        }
    }
}

fn stop(tx: &mut Tx<'_>, recovery: &mut RecoveryRow) -> QueryResult<NextStep> {
    recovery.status = RecoveryStatus::Stopped;
    recovery.finished_at = Some(tx.now());
    store(tx, recovery)?;
    Ok(NextStep::Over)
}

/// Sets the chosen deliveries going, but for those that have changed since they were chosen. Answers how
/// many.
fn set_going(
    tx: &mut Tx<'_>,
    recovery: &mut RecoveryRow,
    chosen: &[DeliveryId],
    routes: &Routes,
) -> QueryResult<usize> {
    if chosen.is_empty() {
        return Ok(0);
    }
    let now = tx.now();
    let trying = recovery.canary.as_ref().is_some_and(|stage| stage.0.size().is_some());
    let mut open = Vec::new();
    let mut line = Vec::new();
    let mut tried: Vec<(DeliveryId, Option<DiagnosisCode>)> = Vec::new();
    let mut started = 0;
    for candidate in recoveries::lock_candidates(tx, chosen)? {
        let id = candidate.id;
        let route = routes.to(candidate.webhook_id);
        match choose(recovery, &candidate, route) {
            Choice::NotMeant | Choice::PassOver => continue,
            Choice::Anew(_) | Choice::Attempt(_) if trying => {
                // A single attempt tells whether the receiver is back: it does not wait for a breaker.
                let held = (route == Route::Line).then_some(now + LOOK_AGAIN);
                let asked = AskedAttempt { delivery: id, attempt: tx.new_id(), held };
                recoveries::ask_for_attempt(tx, recovery.id, asked, now)?;
                tried.push((id, candidate.last_diagnosis.map(|diagnosis| diagnosis.0.code)));
            }
            Choice::Anew(Route::Line | Route::Parked) => line.push(id),
            Choice::Anew(_) => open.push(id),
            Choice::Attempt(route) => {
                let held = matches!(route, Route::Line | Route::Parked).then_some(now + LOOK_AGAIN);
                let asked = AskedAttempt { delivery: id, attempt: tx.new_id(), held };
                recoveries::ask_for_attempt(tx, recovery.id, asked, now)?;
            }
        }
        started += 1;
    }
    recoveries::start_anew(tx, &open, recovery.id, now, None)?;
    recoveries::start_anew(tx, &line, recovery.id, now, Some(now + LOOK_AGAIN))?;
    if let Some(stage) = recovery.canary.as_ref().filter(|_| trying) {
        let stage = CanaryStage { tried: [stage.0.tried.clone(), tried].concat(), ..stage.0.clone() };
        recovery.canary = Some(Json::new(stage));
    }
    Ok(started)
}
