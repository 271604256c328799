//! Writing down how attempts ended: guarded by their leases, several in one transaction. A lost lease changes nothing; its
//! result is kept as a late duplicate.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    deliveries::{AttemptOutcome, Diagnosis, Timings, Trigger},
    events::EventType,
    ids::{AttemptId, DeliveryId, WebhookId},
    webhooks::DisabledReason,
};
use serde_json::json;

use super::{
    attempt::Finished,
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
            destinations::{self, HealthRow},
            leases::{self, Held, Lease, Settled},
        },
        dialect,
    },
    new_id,
    problem::Failure,
};

/// A webhook that works again after failing for this long (milliseconds) is worth an event.
const WORTH_TELLING: i64 = 5 * 60_000;
/// How many interrupted attempts one transaction sorts out.
const RECOVERED_AT_ONCE: i64 = 200;

/// Writes the ends of some attempts down; says of each whether its lease still held.
pub fn write(tx: &mut Tx<'_>, app: &App, finished: &[Finished]) -> Result<Vec<bool>, Failure> {
    let mut webhooks: Vec<WebhookId> = finished.iter().map(|finished| finished.webhook).collect();
    webhooks.sort_unstable();
    webhooks.dedup();
    let ids: Vec<DeliveryId> = finished.iter().map(|finished| finished.lease.delivery).collect();
    let mut health: HashMap<WebhookId, Observed> = destinations::lock_health(tx, &webhooks)?
        .into_iter()
        .map(|row| (row.id, Observed::new(row)))
        .collect();
    let held: HashMap<DeliveryId, Held> =
        dialect::lock_held(tx, &ids)?.into_iter().map(|held| (held.id, held)).collect();
    let mut won = Vec::with_capacity(finished.len());
    let mut rows = Vec::with_capacity(finished.len());
    for finished in finished {
        let lease = &finished.lease;
        let holds =
            |held: &Held| held.lease_no == lease.number && held.lease_attempt_id == Some(lease.attempt);
        let Some(held) = held.get(&lease.delivery).filter(|held| holds(held)).cloned() else {
            leases::record_late(tx, &finished.row)?;
            won.push(false);
            continue;
        };
        let (decision, row) = conclude(tx, app, &held, finished)?;
        if let Some(observed) = health.get_mut(&finished.webhook) {
            observed.note(decision, &row, finished.at);
        }
        rows.push(row);
        won.push(true);
    }
    leases::insert_attempts(tx, &rows)?;
    for webhook in &webhooks {
        if let Some(observed) = health.remove(webhook) {
            observed.write(tx, app)?;
        }
    }
    Ok(won)
}

/// Marks attempts whose lease ran out by `now` as interrupted, and lets their deliveries go on. Answers how many.
pub fn recover(tx: &mut Tx<'_>, app: &App, now: Timestamp) -> Result<usize, Failure> {
    let expired = leases::expired(tx, now, RECOVERED_AT_ONCE)?;
    let mut rows = Vec::with_capacity(expired.len());
    for held in &expired {
        let (_, row) = conclude(tx, app, held, &interrupted(app, held))?;
        rows.push(row);
    }
    leases::insert_attempts(tx, &rows)?;
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

/// Decides what follows and writes it to the delivery. The attempt's row is for the caller to store.
fn conclude(
    tx: &mut Tx<'_>,
    app: &App,
    held: &Held,
    finished: &Finished,
) -> Result<(Decision, AttemptRow), Failure> {
    let ended = Ended {
        trigger: finished.lease.trigger,
        ending: finished.ending,
        now: finished.at.as_millis(),
        jitter: app.chance.jitter(),
    };
    let decision = retry::decide(state(held), ended);
    let number = held.attempts + 1;
    let row = AttemptRow { number, ..finished.row.clone() };
    let again = decision.again.then(|| new_id!(app, AttemptId));
    let next_attempt_at = decision.state.next_attempt_at.map(Timestamp::from_millis);
    let settled = Settled {
        status: decision.state.status,
        cancel_reason: decision.state.cancel_reason,
        step: decision.state.step,
        attempts: number,
        next_attempt_at,
        manual_attempt_id: again,
        due_at: if again.is_some() { Some(finished.at) } else { next_attempt_at },
        interrupted: decision.state.interruptions,
        last_attempt_at: Some(finished.at),
        last_response_status: finished.status,
        last_category: row.diagnosis.as_ref().map(|diagnosis| diagnosis.0.category),
        last_diagnosis: row.diagnosis.clone(),
        finished_at: decision.state.finished_at.map(Timestamp::from_millis),
    };
    leases::settle(tx, held.id, &settled)?;
    if decision.exhausted {
        publish_exhausted(tx, app, held, &row)?;
    }
    Ok((decision, row))
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
    changed: bool,
    /// It worked again after failing since then.
    recovered: Option<Timestamp>,
    disable: Option<DisabledReason>,
}

impl Observed {
    const fn new(health: HealthRow) -> Self {
        Self { health, changed: false, recovered: None, disable: None }
    }

    fn note(&mut self, decision: Decision, row: &AttemptRow, at: Timestamp) {
        let diagnosis: Option<Json<Diagnosis>> = row.diagnosis.clone();
        match decision.health {
            Health::Nothing => return,
            Health::Success => {
                let since = self.health.failing_since.take();
                self.recovered = since.filter(|since| at.millis_since(*since) >= WORTH_TELLING);
                self.health.last_success_at = self.health.last_success_at.max(Some(at));
                self.health.last_diagnosis = None;
            }
            Health::Failure => {
                let since = *self.health.failing_since.get_or_insert(at);
                self.recovered = None;
                if retry::failing_too_long(since.as_millis(), at.as_millis()) {
                    self.disable = Some(DisabledReason::Failing);
                }
                self.health.last_failure_at = Some(at);
                self.health.last_diagnosis = diagnosis;
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

    fn write(self, tx: &mut Tx<'_>, app: &App) -> Result<(), Failure> {
        let health = &self.health;
        if !self.changed {
            return Ok(());
        }
        destinations::set_health(tx, health)?;
        if let Some(since) = self.recovered {
            publish_recovered(tx, app, health, since)?;
        }
        if let Some(reason) = self.disable {
            disable(tx, app, &Who::system(health.workspace_id), health.id, reason)?;
        }
        Ok(())
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
