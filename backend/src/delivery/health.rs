//! How webhooks have been doing, as attempts show it: since when one fails, what went wrong, its breaker, and what follows.

use std::collections::{BTreeMap, HashMap};

use api_types::{
    Timestamp,
    deliveries::{Category, Trigger},
    events::EventType,
    ids::WebhookId,
    stream::Topic,
    webhooks::DisabledReason,
};
use serde_json::json;

use super::{
    attempt::Finished,
    breaker::{self, Sign},
    disable::disable,
    publish::{Publication, publish_about},
    retry::{self, Ending, Health},
};
use crate::{
    app::App,
    db::{
        Tx,
        audit::Who,
        deliveries::destinations::{self, Breaker, HealthRow},
    },
    problem::Failure,
    wake::Hint,
};

/// A webhook that works again after failing for this long (milliseconds) is worth an event.
const WORTH_TELLING: i64 = 5 * 60_000;
/// How late the last success may be noted while all is well, in milliseconds.
const NOTED_WITHIN: i64 = 1_000;

/// The health of the webhooks that attempts say something about, locked. A webhook that is well and only did well is left
/// alone but once a second, so that nodes that deliver to it need not wait for each other.
pub fn observe(tx: &mut Tx<'_>, finished: &[&Finished]) -> Result<BTreeMap<WebhookId, Observed>, Failure> {
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
        return Ok(BTreeMap::new());
    }
    let rows = destinations::lock_health(tx, &concerned)?;
    Ok(rows.into_iter().map(|row| (row.id, Observed::new(row))).collect())
}

/// What a batch of attempts showed of one webhook.
pub struct Observed {
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

    /// Notes what an attempt says of the webhook; with `disable` it asks to be left alone.
    pub fn note(&mut self, health: Health, disable: bool, finished: &Finished) {
        let (diagnosis, at) = (finished.row.diagnosis.clone(), finished.at);
        match health {
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
        if disable {
            self.disable = Some(DisabledReason::Gone);
        }
        self.changed = true;
    }

    fn show_breaker(&mut self, sign: Sign, finished: &Finished) {
        let probe = finished.lease.trigger == Trigger::Probe;
        self.health.breaker = breaker::note(self.health.breaker, sign, probe, finished.at);
    }

    /// Writes it down, with what follows.
    pub fn write(self, tx: &mut Tx<'_>, app: &App) -> Result<(), Failure> {
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
