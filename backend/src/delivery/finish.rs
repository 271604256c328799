//! Writing down how attempts ended: guarded by their leases, several in one transaction. A lost lease changes nothing; its
//! result is kept as a late duplicate.

use std::collections::{BTreeSet, HashMap};

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, Category, Diagnosis, Timings, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, WebhookId, WorkspaceId},
    stream::Topic,
    webhooks::DisabledReason,
};
use serde_json::json;

use super::{
    LOOK_AGAIN,
    attempt::Finished,
    breaker::{self, Sign},
    diagnosis,
    disable::disable,
    publish::{Publication, publish_about},
    retry::{self, Decision, Ended, Ending, Health, State},
};
use crate::{
    app::App,
    db::{
        Json, Tx,
        audit::Who,
        deliveries::{
            AttemptRow,
            destinations::{self, Breaker, HealthRow},
            leases::{self, HandedBack, Held, Lease, Settled},
        },
        dialect,
    },
    new_id,
    problem::Failure,
    wake::Hint,
};

/// A webhook that works again after failing for this long (milliseconds) is worth an event.
const WORTH_TELLING: i64 = 5 * 60_000;
/// How late the last success may be noted while all is well, in milliseconds.
const NOTED_WITHIN: i64 = 1_000;
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
    let ids: Vec<DeliveryId> = finished.iter().map(|finished| finished.lease.delivery).collect();
    let held: HashMap<DeliveryId, Held> =
        dialect::lock_held(tx, &ids)?.into_iter().map(|held| (held.id, held)).collect();
    let mut ends = Ends::default();
    for finished in finished {
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
            observed.note(decision, finished);
        }
    }
    ends.store(tx, app)?;
    let mut observed: Vec<Observed> = health.into_values().collect();
    observed.sort_unstable_by_key(|observed| observed.health.id);
    for observed in observed {
        observed.write(tx, app)?;
    }
    Ok(ends.late)
}

/// The health of the webhooks that attempts say something about, locked. A webhook that is well and only did well is left
/// alone but once a second, so that nodes that deliver to it need not wait for each other.
fn observe(tx: &mut Tx<'_>, finished: &[&Finished]) -> Result<HashMap<WebhookId, Observed>, Failure> {
    let mut newest: HashMap<WebhookId, Option<Timestamp>> = HashMap::new();
    for finished in finished {
        let well = (finished.ending == Ending::Succeeded).then_some(finished.at);
        let entry = newest.entry(finished.webhook).or_insert(well);
        *entry = entry.and_then(|at| well.map(|well| well.max(at)));
    }
    let all: Vec<WebhookId> = newest.keys().copied().collect();
    let mut concerned: Vec<WebhookId> = destinations::health(tx, &all)?
        .iter()
        .filter(|row| {
            let done_well = newest.get(&row.id).copied().flatten();
            !done_well.is_some_and(|at| {
                row.is_well() && row.last_success_at.is_some_and(|last| at.millis_since(last) < NOTED_WITHIN)
            })
        })
        .map(|row| row.id)
        .collect();
    concerned.sort_unstable();
    if concerned.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = destinations::lock_health(tx, &concerned)?;
    Ok(rows.into_iter().map(|row| (row.id, Observed::new(row))).collect())
}

/// Marks attempts whose lease ran out by `now` as interrupted, and lets their deliveries go on. Answers how many.
pub fn recover(tx: &mut Tx<'_>, app: &App, now: Timestamp) -> Result<usize, Failure> {
    let expired = leases::expired(tx, now, RECOVERED_AT_ONCE)?;
    let mut ends = Ends::default();
    for held in &expired {
        ends.conclude(tx, app, held, &interrupted(app, held))?;
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
struct Ends {
    settled: Vec<(DeliveryId, Settled)>,
    rows: Vec<AttemptRow>,
    /// Whose deliveries they are.
    of: BTreeSet<(WorkspaceId, WebhookId)>,
    late: usize,
}

impl Ends {
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
        self.rows.push(row);
        Ok(decision)
    }

    fn store(&self, tx: &mut Tx<'_>, app: &App) -> Result<(), Failure> {
        dialect::settle(tx, &self.settled)?;
        leases::insert_attempts(tx, &self.rows)?;
        app.wake.deliveries_changed(tx, self.of.iter().copied());
        Ok(())
    }
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

/// What a batch of attempts showed of one webhook.
struct Observed {
    health: HealthRow,
    breaker_before: Breaker,
    changed: bool,
    /// It worked again after failing since then.
    recovered: Option<Timestamp>,
    disable: Option<DisabledReason>,
}

impl Observed {
    const fn new(health: HealthRow) -> Self {
        Self { breaker_before: health.breaker, health, changed: false, recovered: None, disable: None }
    }

    fn note(&mut self, decision: Decision, finished: &Finished) {
        let (diagnosis, at) = (finished.row.diagnosis.clone(), finished.at);
        match decision.health {
            Health::Nothing => return,
            Health::Success => {
                let since = self.health.failing_since.take();
                self.recovered = since.filter(|since| at.millis_since(*since) >= WORTH_TELLING);
                self.health.last_success_at = self.health.last_success_at.max(Some(at));
                self.health.last_diagnosis = None;
                self.show_breaker(Sign::Success, finished);
            }
            Health::Failure => {
                let since = *self.health.failing_since.get_or_insert(at);
                self.recovered = None;
                if retry::failing_too_long(since.as_millis(), at.as_millis()) {
                    self.disable = Some(DisabledReason::Failing);
                }
                self.health.last_failure_at = Some(at);
                self.health.last_diagnosis = diagnosis;
                self.show_breaker(sign(finished.ending), finished);
            }
            Health::Shown => {
                self.health.last_failure_at = Some(at);
                self.health.last_diagnosis = diagnosis;
            }
        }
        if decision.disable {
            self.disable = Some(DisabledReason::Gone);
        }
        self.changed = true;
    }

    fn show_breaker(&mut self, sign: Sign, finished: &Finished) {
        let probe = finished.lease.trigger == Trigger::Probe;
        self.health.breaker = breaker::note(self.health.breaker, sign, probe, finished.at);
    }

    fn write(self, tx: &mut Tx<'_>, app: &App) -> Result<(), Failure> {
        let health = &self.health;
        if !self.changed {
            return Ok(());
        }
        destinations::set_health(tx, health)?;
        tx.changed(health.workspace_id, Topic::Webhooks, Some(health.id));
        self.pass_breaker_on(tx)?;
        if let Some(since) = self.recovered {
            publish_recovered(tx, app, health, since)?;
        }
        if let Some(reason) = self.disable {
            disable(tx, app, &Who::system(health.workspace_id), health.id, reason)?;
        }
        Ok(())
    }
}

impl Observed {
    /// Tells whoever publishes and sends that the breaker opened or closed.
    fn pass_breaker_on(&self, tx: &mut Tx<'_>) -> Result<(), Failure> {
        let (before, after) = (self.breaker_before, self.health.breaker);
        let holds = |breaker: Breaker| (breaker.parked_at.is_some(), breaker.draining_since.is_some());
        if holds(before) == holds(after) {
            return Ok(());
        }
        destinations::bump_subscriptions(tx, self.health.workspace_id)?;
        let (webhook, open) = (self.health.id, after.parked_at.is_some());
        tx.on_commit(Hint::Breaker { webhook, open });
        if !open {
            tx.on_commit(Hint::DeliveriesDue);
        }
        Ok(())
    }
}

/// What a failure that counts shows of the receiver.
fn sign(ending: Ending) -> Sign {
    match ending {
        Ending::Failed { category: Category::Outage | Category::Throttling, retry_after } => {
            Sign::Outage { until: retry_after.map(Timestamp::from_millis) }
        }
        Ending::Succeeded => Sign::Success,
        Ending::Failed { .. } | Ending::Gone | Ending::Interrupted => Sign::Refusal,
    }
}

fn publish_recovered(
    tx: &mut Tx<'_>,
    app: &App,
    webhook: &HealthRow,
    since: Timestamp,
) -> Result<(), Failure> {
    let data = json!({ "id": webhook.id, "url": webhook.url, "failing_since": since,
        "recovered_at": app.clock.now() });
    let publication = Publication {
        workspace: webhook.workspace_id,
        kind: EventType::WebhookRecovered,
        data: &data,
        about: Some(webhook.id),
    };
    publish_about(tx, app, publication).map(drop)
}
