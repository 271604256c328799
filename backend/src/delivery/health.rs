//! The health of webhooks, as attempts show it: since when a webhook fails, its last diagnosis, its breaker,
//! and the events and the disabling that follow.

use std::collections::{BTreeMap, HashMap};

use api_types::{
    Timestamp,
    deliveries::{Category, Trigger},
    events::EventType,
    ids::{WebhookId, WorkspaceId},
    stream::Topic,
    webhooks::DisabledReason,
};
use diesel::QueryResult;
use serde_json::json;

use super::{
    attempt::FinishedAttempt,
    breaker::{self, Evidence},
    disable::disable,
    publish::{Publication, Publisher},
    retry::{self, AttemptResult, Health},
};
use crate::db::{
    Conn, Hint, Tx,
    audit::Who,
    deliveries::destinations::{self, Breaker, HealthRow},
};

/// A webhook that works again raises an event only if it had failed for this long, in milliseconds.
const WORTH_TELLING: i64 = 5 * 60_000;
/// The longest that the last success goes unnoted while a webhook is well, in milliseconds.
const NOTED_WITHIN: i64 = 1_000;

/// The health of the webhooks that attempts were made to, locked. A webhook that was well, and whose attempts
/// all succeeded, is locked only once a second, so that nodes that deliver to the same webhook need not wait
/// for each other.
pub fn observe(tx: &mut Tx<'_>, finished: &[&FinishedAttempt]) -> QueryResult<BTreeMap<WebhookId, Observed>> {
    let mut newest: HashMap<WebhookId, Option<Timestamp>> = HashMap::new();
    for finished in finished {
        let well = (finished.result == AttemptResult::Succeeded).then_some(finished.at);
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
    // A worker that looks meanwhile passes a locked webhook over: so it looks again once the webhook is free, not a second later. SQLite
    // has one writer, which never meets a lock.
    if matches!(**tx, Conn::Pg(_)) && rows.iter().any(HealthRow::is_letting_go) {
        tx.on_commit(Hint::DeliveriesDue);
    }
    Ok(rows.into_iter().map(|row| (row.id, Observed::new(row))).collect())
}

/// The findings of a batch of attempts on one webhook.
pub struct Observed {
    health: HealthRow,
    breaker_before: Breaker,
    changed: bool,
    /// The start of the failures, where the webhook works again after failing for a while.
    mended: Option<Timestamp>,
    disable: Option<DisabledReason>,
}

impl Observed {
    const fn new(health: HealthRow) -> Self {
        Self { breaker_before: health.breaker, health, changed: false, mended: None, disable: None }
    }

    /// The webhook's workspace.
    pub const fn workspace(&self) -> WorkspaceId {
        self.health.workspace_id
    }

    /// Notes what an attempt says about the webhook. `disable` is set where the receiver asked to be left
    /// alone (410).
    pub fn note(&mut self, health: Health, disable: bool, finished: &FinishedAttempt) {
        let diagnosis = finished.row.diagnosis.clone();
        let at = finished.at;
        match health {
            Health::Nothing => return,
            Health::Success => {
                let since = self.health.failing_since.take();
                self.mended = since.filter(|since| at.millis_since(*since) >= WORTH_TELLING);
                self.health.last_success_at = self.health.last_success_at.max(Some(at));
                self.health.last_diagnosis = None;
                self.show_breaker(Evidence::Success, finished);
            }
            Health::Failure => {
                let since = *self.health.failing_since.get_or_insert(at);
                self.mended = None;
                if retry::failing_too_long(since.as_millis(), at.as_millis()) {
                    self.disable = Some(DisabledReason::Failing);
                }
                self.health.last_failure_at = Some(at);
                self.health.last_diagnosis = diagnosis;
                self.show_breaker(evidence(finished.result), finished);
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

    fn show_breaker(&mut self, evidence: Evidence, finished: &FinishedAttempt) {
        let probe = finished.lease.trigger == Trigger::Probe;
        self.health.breaker = breaker::note(self.health.breaker, evidence, probe, finished.at);
    }

    /// Writes the health down, and publishes or disables where that follows.
    pub fn write(self, tx: &mut Tx<'_>, publisher: &Publisher) -> QueryResult<()> {
        let health = &self.health;
        if !self.changed {
            return Ok(());
        }
        destinations::set_health(tx, health)?;
        tx.changed(health.workspace_id, Topic::Webhooks, Some(health.id));
        self.pass_breaker_on(tx)?;
        if let Some(since) = self.mended {
            publish_mended(tx, publisher, health, since)?;
        }
        if let Some(reason) = self.disable {
            disable(tx, publisher, &Who::system(health.workspace_id), health.id, reason)?;
        }
        Ok(())
    }
}

impl Observed {
    /// Tells publishers and couriers of all nodes that the breaker opened or closed.
    fn pass_breaker_on(&self, tx: &mut Tx<'_>) -> QueryResult<()> {
        let before = self.breaker_before;
        let after = self.health.breaker;
        let holds = |breaker: Breaker| (breaker.parked_at.is_some(), breaker.draining_since.is_some());
        if holds(before) == holds(after) {
            return Ok(());
        }
        destinations::bump_subscriptions(tx, self.health.workspace_id)?;
        let webhook = self.health.id;
        let open = after.parked_at.is_some();
        tx.on_commit(Hint::Breaker { webhook, open });
        if !open {
            tx.on_commit(Hint::DeliveriesDue);
        }
        Ok(())
    }
}

/// The evidence that a counted failure gives of the receiver.
fn evidence(result: AttemptResult) -> Evidence {
    match result {
        AttemptResult::Failed { category: Category::Outage | Category::Throttling, retry_after } => {
            Evidence::Outage { until: retry_after.map(Timestamp::from_millis) }
        }
        AttemptResult::Succeeded => Evidence::Success,
        AttemptResult::Failed { .. }
        | AttemptResult::Gone
        | AttemptResult::Interrupted
        | AttemptResult::NotSent => Evidence::Refusal,
    }
}

/// Publishes `webhook.recovered`: the webhook works again after failing since `since`.
fn publish_mended(
    tx: &mut Tx<'_>,
    publisher: &Publisher,
    webhook: &HealthRow,
    since: Timestamp,
) -> QueryResult<()> {
    let data = json!({ "id": webhook.id, "url": webhook.url, "failing_since": since,
        "recovered_at": tx.now() });
    let publication = Publication {
        who: &Who::system(webhook.workspace_id),
        kind: EventType::WebhookRecovered,
        data: &data,
        before: None,
        about: Some(webhook.id),
    };
    publisher.announce(tx, &publication).map(drop)
}
