//! Writing down how attempts ended: guarded by their leases, several in one transaction. A lost lease changes nothing; its
//! result is kept as a late duplicate.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
};

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, Diagnosis, Timings, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, WebhookId, WorkspaceId},
};
use serde_json::json;

use super::{
    LOOK_AGAIN,
    attempt::Finished,
    diagnosis,
    health::{Observed, observe},
    publish::{Publication, publish_about},
    retry::{self, Decision, Ended, Ending, Health, State},
};
use crate::{
    app::App,
    db::{
        Json, Tx,
        deliveries::{
            AttemptRow,
            leases::{self, FirstSuccess, HandedBack, Held, Lease, Settled},
        },
        dialect,
    },
    new_id,
    problem::Failure,
};

/// How many interrupted attempts one transaction sorts out.
const RECOVERED_AT_ONCE: i64 = 200;

/// How an attempt ended, on its way to the database.
#[derive(Clone, Debug)]
pub enum Report {
    /// It was made.
    Finished(Box<Finished>),
    /// It was not begun.
    HandedBack(HandedBack),
    /// There are no more.
    Last,
}

/// What is counted of an attempt that was made.
#[derive(Clone, Copy, Debug)]
pub struct Told<'a> {
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Why it failed.
    pub diagnosis: Option<&'a Diagnosis>,
    /// How long it took.
    pub timings: &'a Timings,
}

impl Report {
    /// What is counted of it.
    pub fn told(&self) -> Option<Told<'_>> {
        let Self::Finished(finished) = self else { return None };
        let AttemptRow { outcome, diagnosis, timings, .. } = &finished.row;
        Some(Told { outcome: *outcome, diagnosis: diagnosis.as_ref().map(|it| &it.0), timings: &timings.0 })
    }
}

/// Writes the ends of some attempts down; answers how many came after their lease had run out.
pub fn write(tx: &mut Tx<'_>, app: &App, reports: &[Report]) -> Result<usize, Failure> {
    let mut finished = Vec::with_capacity(reports.len());
    for report in reports {
        match report {
            Report::Finished(one) => finished.push(&**one),
            Report::HandedBack(back) => drop(leases::hand_back(tx, back)?),
            Report::Last => {}
        }
    }
    let mut health = observe(tx, &finished)?;
    let mut ends = Ends::default();
    let rest = ends.succeed(tx, &finished, &mut health)?;
    let ids: Vec<DeliveryId> = rest.iter().map(|finished| finished.lease.delivery).collect();
    let held: HashMap<DeliveryId, Held> = if ids.is_empty() {
        HashMap::new()
    } else {
        dialect::lock_held(tx, &ids)?.into_iter().map(|held| (held.id, held)).collect()
    };
    for finished in rest {
        let lease = &finished.lease;
        let holds =
            |held: &&Held| held.lease_no == lease.number && held.lease_attempt_id == Some(lease.attempt);
        let Some(held) = held.get(&lease.delivery).filter(holds) else {
            leases::record_late(tx, &finished.row)?;
            ends.late += 1;
            continue;
        };
        let decision = ends.conclude(tx, app, held, finished)?;
        if let Some(observed) = health.get_mut(&finished.webhook) {
            observed.note(decision.health, decision.disable, finished);
        }
    }
    ends.store(tx, app)?;
    for observed in health.into_values() {
        observed.write(tx, app)?;
    }
    Ok(ends.late)
}

/// Marks attempts whose lease ran out by `now` as interrupted, and lets their deliveries go on. Answers how many.
pub fn recover(tx: &mut Tx<'_>, app: &App, now: Timestamp) -> Result<usize, Failure> {
    let expired = leases::expired(tx, now, RECOVERED_AT_ONCE)?;
    let mut ends = Ends::default();
    for held in &expired {
        let interrupted = interrupted(app, held);
        ends.conclude(tx, app, held, &interrupted)?;
    }
    ends.store(tx, app)?;
    Ok(expired.len())
}

fn interrupted(app: &App, held: &Held) -> Finished {
    let at = app.clock.now();
    let lease = Lease {
        delivery: held.id,
        number: held.lease_no,
        attempt: held.lease_attempt_id.unwrap_or_else(|| new_id!(app, AttemptId)),
        trigger: held.lease_trigger.unwrap_or(Trigger::Automatic),
        started_at: held.lease_started_at.unwrap_or(at),
        until: at,
    };
    Finished {
        webhook: held.webhook_id,
        workspace: held.workspace_id,
        ending: Ending::Interrupted,
        row: AttemptRow {
            id: lease.attempt,
            delivery_id: held.id,
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

/// What attempts' ends leave, collected to be stored at once.
#[derive(Default)]
struct Ends<'a> {
    settled: Vec<(DeliveryId, Settled)>,
    rows: Vec<Cow<'a, AttemptRow>>,
    /// Whose deliveries they are.
    of: BTreeSet<(WorkspaceId, WebhookId)>,
    late: usize,
}

impl<'a> Ends<'a> {
    /// Finishes first attempts that succeeded, which is most of all attempts, without reading their deliveries; hands the
    /// others back.
    fn succeed(
        &mut self,
        tx: &mut Tx<'_>,
        finished: &[&'a Finished],
        health: &mut BTreeMap<WebhookId, Observed>,
    ) -> Result<Vec<&'a Finished>, Failure> {
        let firsts: Vec<FirstSuccess> =
            finished.iter().filter_map(|finished| first_success(finished)).collect();
        let done: HashSet<DeliveryId> = dialect::succeed(tx, &firsts)?.into_iter().collect();
        let mut rest = Vec::new();
        for finished in finished {
            if !done.contains(&finished.lease.delivery) {
                rest.push(*finished);
                continue;
            }
            self.of.insert((finished.workspace, finished.webhook));
            self.rows.push(Cow::Borrowed(&finished.row));
            if let Some(observed) = health.get_mut(&finished.webhook) {
                observed.note(Health::Success, false, finished);
            }
        }
        Ok(rest)
    }

    /// Decides what follows an attempt whose lease held.
    fn conclude(
        &mut self,
        tx: &mut Tx<'_>,
        app: &App,
        held: &Held,
        finished: &Finished,
    ) -> Result<Decision, Failure> {
        self.of.insert((held.workspace_id, held.webhook_id));
        let trigger = finished.lease.trigger;
        let ended = Ended {
            trigger,
            ending: finished.ending,
            now: finished.at.as_millis(),
            jitter: app.chance.jitter(),
        };
        let decision = retry::decide(state(held), ended);
        let row = AttemptRow { number: held.attempts + 1, ..finished.row.clone() };
        let again = decision.again.then(|| new_id!(app, AttemptId));
        let next_attempt_at = decision.state.next_attempt_at.map(Timestamp::from_millis);
        // What a probe was made with goes back to the head of its line.
        let goes_back = trigger == Trigger::Probe && next_attempt_at.is_some();
        let due_at = match again {
            Some(_) => Some(finished.at),
            None if goes_back => Some(finished.at + LOOK_AGAIN),
            None => next_attempt_at,
        };
        let settled = Settled {
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
        };
        if decision.exhausted {
            publish_exhausted(tx, app, held, &row)?;
        }
        self.settled.push((held.id, settled));
        self.rows.push(Cow::Owned(row));
        Ok(decision)
    }

    fn store(&self, tx: &mut Tx<'_>, app: &App) -> Result<(), Failure> {
        dialect::settle(tx, &self.settled)?;
        let rows: Vec<&AttemptRow> = self.rows.iter().map(AsRef::as_ref).collect();
        dialect::insert_attempts(tx, &rows)?;
        app.wake.deliveries_changed(tx, self.of.iter().copied());
        Ok(())
    }
}

/// The first attempt of a delivery, if that is what it was and it succeeded.
fn first_success(finished: &Finished) -> Option<FirstSuccess> {
    let lease = &finished.lease;
    let first = lease.number == 1 && lease.trigger == Trigger::Automatic;
    (first && finished.ending == Ending::Succeeded).then_some(FirstSuccess {
        delivery: lease.delivery,
        attempt: lease.attempt,
        at: finished.at,
        status: finished.status,
    })
}

fn state(held: &Held) -> State {
    State {
        status: held.status,
        step: held.step,
        next_attempt_at: held.next_attempt_at.map(Timestamp::as_millis),
        finished_at: held.finished_at.map(Timestamp::as_millis),
        cancel_reason: held.cancel_reason,
        interruptions: held.interrupted,
    }
}

/// `delivery.exhausted`, but never about deliveries of events that are themselves about webhooks: no loops.
fn publish_exhausted(tx: &mut Tx<'_>, app: &App, held: &Held, last: &AttemptRow) -> Result<(), Failure> {
    if matches!(held.event_type.group(), "webhook" | "delivery") {
        return Ok(());
    }
    let data = json!({ "id": held.id, "webhook_id": held.webhook_id, "event_id": held.event_id,
        "event_type": held.event_type, "attempts": last.number,
        "diagnosis": last.diagnosis.as_ref().map(|diagnosis| &diagnosis.0) });
    let about = Some(held.webhook_id);
    let publication =
        Publication { workspace: held.workspace_id, kind: EventType::DeliveryExhausted, data: &data, about };
    publish_about(tx, app, publication).map(drop)
}
