//! Writes down how attempts ended, several in one transaction. Each result is guarded by its lease: where the
//! lease was lost, the delivery is left alone and the result is kept as a late duplicate.
//!
//! An attempt's way through this file: `AttemptResult -> Decision -> DeliveryUpdate`.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, CancelReason, Timings, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, WebhookId, WorkspaceId},
};
use diesel::QueryResult;
use serde_json::json;

use super::{
    attempt::FinishedAttempt,
    breaker::LOOK_AGAIN,
    diagnosis,
    health::{Observed, observe},
    publish::{Publication, Publisher},
    retry::{self, AttemptResult, Decision, EndedAttempt, Health, State},
};
use crate::{
    db::{
        Hint, Json, Tx,
        audit::Who,
        deliveries::{
            AttemptRow, bulk,
            leases::{self, DeliveryUpdate, FirstSuccess, HandedBack, Lease, LeasedDelivery},
        },
    },
    signals::Signals,
};

/// The most expired leases that one transaction reclaims.
const RECLAIMED_AT_ONCE: usize = 200;

/// The result of one step of reclaiming.
#[derive(Clone, Copy, Debug)]
pub struct Reclaimed {
    /// The number of leases reclaimed.
    pub reclaimed: usize,
    /// More leases may have run out.
    pub more: bool,
}

/// The end of an attempt, on its way from the courier to the database.
#[derive(Clone, Debug)]
pub enum Report {
    /// The attempt was made.
    Finished(Box<FinishedAttempt>),
    /// The attempt was not begun.
    HandedBack(HandedBack),
    /// The attempt was not begun, and is not to be: its webhook takes no deliveries any more.
    Withdrawn(Withdrawal),
    /// No more will come.
    Last,
}

/// A leased delivery whose webhook was disabled or deleted, or lost the API, before its turn came.
#[derive(Clone, Debug)]
pub struct Withdrawal {
    pub lease: Lease,
    pub webhook: WebhookId,
    pub workspace: WorkspaceId,
    pub reason: CancelReason,
}

/// Writes results down, with everything that follows from them.
#[derive(Clone, Copy, Debug)]
pub struct Finisher<'a> {
    /// Publishes the events that results give cause for.
    pub publisher: &'a Publisher,
    /// Tells screens of the deliveries that changed.
    pub signals: &'a Signals,
}

impl Finisher<'_> {
    /// Writes reports down. Answers how many came after their lease had run out.
    pub fn write(self, tx: &mut Tx<'_>, reports: &[Report]) -> QueryResult<usize> {
        let finished: Vec<&FinishedAttempt> = reports
            .iter()
            .filter_map(|report| if let Report::Finished(one) = report { Some(&**one) } else { None })
            .collect();
        // Webhooks are locked before any of their deliveries.
        let mut health = observe(tx, &finished)?;
        let mut batch = Batch::default();
        for report in reports {
            match report {
                Report::HandedBack(back) => leases::hand_back(tx, back)?,
                Report::Withdrawn(it) => {
                    let now = tx.now();
                    leases::withdraw(tx, &it.lease, it.reason, now)?;
                    batch.webhooks.insert((it.workspace, it.webhook));
                }
                Report::Finished(_) | Report::Last => {}
            }
        }
        let rest = batch.succeed(tx, &finished, &mut health)?;
        let ids: Vec<DeliveryId> = rest.iter().map(|finished| finished.lease.delivery).collect();
        let leased: HashMap<DeliveryId, LeasedDelivery> = if ids.is_empty() {
            HashMap::new()
        } else {
            leases::lock_leased(tx, &ids)?.into_iter().map(|leased| (leased.id, leased)).collect()
        };
        let mut late = 0;
        for finished in rest {
            let Some(leased) = leased.get(&finished.lease.delivery).filter(|it| it.is_under(&finished.lease))
            else {
                leases::record_late(tx, &finished.row)?;
                late += 1;
                continue;
            };
            let decision = self.conclude(tx, &mut batch, leased, finished)?;
            if let Some(observed) = health.get_mut(&finished.webhook) {
                observed.note(decision.health, decision.disable, finished);
            }
        }
        batch.store(tx, self.signals)?;
        if finished.iter().any(|finished| finished.ordered) {
            tx.on_commit(Hint::DeliveriesDue);
        }
        // Workspaces' rows are locked in order, too.
        let mut health: Vec<Observed> = health.into_values().collect();
        health.sort_by_key(Observed::workspace);
        for observed in health {
            observed.write(tx, self.publisher)?;
        }
        Ok(late)
    }

    /// Reclaims the first leases that end by `until`: their attempts are marked interrupted, and their
    /// deliveries go on.
    pub fn reclaim(self, tx: &mut Tx<'_>, until: Timestamp) -> QueryResult<Reclaimed> {
        let expired = leases::lock_expired(tx, until, i64::try_from(RECLAIMED_AT_ONCE).unwrap_or(1))?;
        let mut batch = Batch::default();
        for leased in &expired {
            let interrupted = interrupted(tx, leased);
            self.conclude(tx, &mut batch, leased, &interrupted)?;
        }
        batch.store(tx, self.signals)?;
        Ok(Reclaimed { reclaimed: expired.len(), more: expired.len() == RECLAIMED_AT_ONCE })
    }

    /// Decides what follows an attempt that was made under a valid lease, and adds that to the batch.
    fn conclude(
        self,
        tx: &mut Tx<'_>,
        batch: &mut Batch<'_>,
        leased: &LeasedDelivery,
        finished: &FinishedAttempt,
    ) -> QueryResult<Decision> {
        let ended = EndedAttempt {
            trigger: finished.lease.trigger,
            result: finished.result,
            now: finished.at.as_millis(),
            jitter: tx.random().jitter(),
        };
        let decision = retry::decide(state(leased), ended);
        let row = AttemptRow { number: leased.attempts + 1, ..finished.row.clone() };
        let again = decision.again.then(|| tx.new_id());
        if decision.exhausted {
            self.publish_exhausted(tx, leased, &row)?;
        }
        batch.webhooks.insert((leased.workspace_id, leased.webhook_id));
        batch.updates.push((leased.id, update(&decision, finished, &row, again)));
        batch.rows.push(Cow::Owned(row));
        Ok(decision)
    }

    /// Publishes `delivery.exhausted`. Deliveries of events about webhooks or deliveries never raise it, so
    /// that there are no loops.
    fn publish_exhausted(
        self,
        tx: &mut Tx<'_>,
        leased: &LeasedDelivery,
        last: &AttemptRow,
    ) -> QueryResult<()> {
        if matches!(leased.event_type.group(), "webhook" | "delivery") {
            return Ok(());
        }
        let data = json!({ "id": leased.id, "webhook_id": leased.webhook_id, "event_id": leased.event_id,
            "event_type": leased.event_type, "attempts": last.number,
            "diagnosis": last.diagnosis.as_ref().map(|diagnosis| &diagnosis.0) });
        let publication = Publication {
            who: &Who::system(leased.workspace_id),
            kind: EventType::DeliveryExhausted,
            data: &data,
            before: None,
            about: Some(leased.webhook_id),
        };
        self.publisher.announce(tx, &publication).map(drop)
    }
}

/// The new state of a delivery after an attempt. `again` is the id of a retry by hand that is to be made once
/// more.
fn update(
    decision: &Decision,
    finished: &FinishedAttempt,
    row: &AttemptRow,
    again: Option<AttemptId>,
) -> DeliveryUpdate {
    let next_attempt_at = decision.state.next_attempt_at.map(Timestamp::from_millis);
    // A delivery that served as a probe goes back to the head of its webhook's line.
    let goes_back = finished.lease.trigger == Trigger::Probe && next_attempt_at.is_some();
    let due_at = match again {
        Some(_) => Some(finished.at),
        None if goes_back => Some(finished.at + LOOK_AGAIN),
        None => next_attempt_at,
    };
    DeliveryUpdate {
        status: decision.state.status,
        cancel_reason: decision.state.cancel_reason,
        step: decision.state.step,
        attempts: row.number,
        next_attempt_at,
        manual_attempt_id: again,
        due_at,
        held: goes_back && again.is_none(),
        interrupted: decision.state.interruptions,
        last_attempt_at: Some(finished.at),
        last_response_status: finished.status,
        last_category: row.diagnosis.as_ref().map(|diagnosis| diagnosis.0.category),
        last_diagnosis: row.diagnosis.clone(),
        finished_at: decision.state.finished_at.map(Timestamp::from_millis),
    }
}

/// The result of an attempt whose lease ran out.
fn interrupted(tx: &Tx<'_>, leased: &LeasedDelivery) -> FinishedAttempt {
    let at = tx.now();
    let lease = Lease {
        delivery: leased.id,
        number: leased.lease_no,
        attempt: leased.lease_attempt_id.unwrap_or_else(|| tx.new_id()),
        trigger: leased.lease_trigger.unwrap_or(Trigger::Automatic),
        due_at: at,
        started_at: leased.lease_started_at.unwrap_or(at),
        until: at,
    };
    FinishedAttempt {
        webhook: leased.webhook_id,
        workspace: leased.workspace_id,
        ordered: false,
        result: AttemptResult::Interrupted,
        row: AttemptRow {
            id: lease.attempt,
            delivery_id: leased.id,
            number: 0,
            trigger_kind: lease.trigger,
            started_at: lease.started_at,
            outcome: AttemptOutcome::Interrupted,
            address: None,
            reused_connection: false,
            timings: Json::new(Timings::default()),
            request: None,
            response: None,
            diagnosis: Some(Json::new(diagnosis::interrupted())),
            late_duplicate: false,
        },
        status: None,
        lease,
        at,
    }
}

/// Updates of deliveries and rows of attempts, collected to be stored at once.
#[derive(Default)]
struct Batch<'a> {
    updates: Vec<(DeliveryId, DeliveryUpdate)>,
    rows: Vec<Cow<'a, AttemptRow>>,
    /// The webhooks of the deliveries, with their workspaces: screens are told of these.
    webhooks: BTreeSet<(WorkspaceId, WebhookId)>,
}

impl<'a> Batch<'a> {
    /// Finishes first attempts that succeeded, by far the most, without reading their deliveries. Answers the
    /// other attempts.
    fn succeed(
        &mut self,
        tx: &mut Tx<'_>,
        finished: &[&'a FinishedAttempt],
        health: &mut BTreeMap<WebhookId, Observed>,
    ) -> QueryResult<Vec<&'a FinishedAttempt>> {
        let firsts: Vec<FirstSuccess> =
            finished.iter().filter_map(|finished| first_success(finished)).collect();
        let done: HashSet<DeliveryId> = bulk::succeed(tx, &firsts)?.into_iter().collect();
        let mut rest = Vec::new();
        for finished in finished {
            if !done.contains(&finished.lease.delivery) {
                rest.push(*finished);
                continue;
            }
            self.webhooks.insert((finished.workspace, finished.webhook));
            self.rows.push(Cow::Borrowed(&finished.row));
            if let Some(observed) = health.get_mut(&finished.webhook) {
                observed.note(Health::Success, false, finished);
            }
        }
        Ok(rest)
    }

    fn store(&self, tx: &mut Tx<'_>, signals: &Signals) -> QueryResult<()> {
        bulk::settle(tx, &self.updates)?;
        let rows: Vec<&AttemptRow> = self.rows.iter().map(AsRef::as_ref).collect();
        bulk::insert_attempts(tx, &rows)?;
        signals.deliveries_changed(tx, self.webhooks.iter().copied());
        Ok(())
    }
}

/// An automatic first attempt that succeeded; none for any other.
fn first_success(finished: &FinishedAttempt) -> Option<FirstSuccess> {
    let lease = &finished.lease;
    let first = lease.number == 1 && lease.trigger == Trigger::Automatic;
    (first && finished.result == AttemptResult::Succeeded).then_some(FirstSuccess {
        delivery: lease.delivery,
        attempt: lease.attempt,
        at: finished.at,
        status: finished.status,
    })
}

fn state(leased: &LeasedDelivery) -> State {
    State {
        status: leased.status,
        step: leased.step,
        next_attempt_at: leased.next_attempt_at.map(Timestamp::as_millis),
        finished_at: leased.finished_at.map(Timestamp::as_millis),
        cancel_reason: leased.cancel_reason,
        interruptions: leased.interrupted,
    }
}
