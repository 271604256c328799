//! The job behind a recovery (the bulk retry). In short transactions it looks at the selected deliveries,
//! oldest first, and sets as many of them going as the recovery's rate allows. Its whole state is in the
//! recovery's row, locked by each step: a recovery survives a restart, and on several nodes each delivery is
//! set going once.

use std::{collections::HashMap, sync::Arc};

use api_types::{
    Timestamp,
    deliveries::DeliveryStatus,
    ids::{DeliveryId, RecoveryId, WebhookId},
    recoveries::RecoveryStatus,
    stream::Topic,
};
use diesel::QueryResult;

use super::{breaker::LOOK_AGAIN, parts::Delivery, rate::Rate};
use crate::{
    db::{
        DbError, Hint, Tx,
        deliveries::destinations,
        recoveries::{self, AskedAttempt, Candidate, RecoveryRow, Selection},
    },
    plan,
    signals::Signals,
};

/// The longest time between two looks, in milliseconds: another node may have begun a recovery.
const LOOK_EVERY: i64 = 1_000;
/// The shortest pause between two steps of one recovery, in milliseconds. A quick recovery sets several
/// deliveries going a step.
const SHORTEST_PAUSE: i64 = 50;
/// The most deliveries that one step looks at.
const LOOKED_AT: usize = 200;

/// Carries recoveries out, for as long as the node runs.
pub async fn keep(delivery: Delivery) {
    loop {
        let began = delivery.base.now();
        let next = match look(&delivery).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "recoveries could not be carried on; the next look tries again");
                began + LOOK_EVERY
            }
        };
        tokio::select! {
            () = delivery.signals.recoveries.notified() => {}
            () = delivery.base.clock.sleep_until(next) => {}
        }
    }
}

/// One step of each recovery whose rate allows it. Answers the time to look again.
async fn look(delivery: &Delivery) -> Result<Timestamp, DbError> {
    let now = delivery.base.now();
    let mut next = now + LOOK_EVERY;
    for (id, used_until, rate) in delivery.base.db.query(recoveries::running).await? {
        let mut at = Rate { per_second: rate.into(), used_until }.next();
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
    Ok(next)
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
    let rate = Rate { per_second: recovery.rate_per_second.into(), used_until: recovery.released_at };
    let allowed = rate.allows(now);
    if allowed == 0 {
        return Ok(NextStep::WaitUntil(rate.next()));
    }
    let looked_at = recoveries::candidates(tx, &recovery, LOOKED_AT)?;
    let mut last = looked_at.len() < LOOKED_AT;
    let routes = Routes::read(tx, &looked_at)?;
    let mut chosen: Vec<DeliveryId> = Vec::with_capacity(allowed);
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
    let started = set_going(tx, &recovery, &chosen, &routes)?;
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
    recoveries::advance(tx, &recovery)?;
    tx.changed(recovery.workspace_id, Topic::Recoveries, recovery.filter.webhook_id);
    if started > 0 {
        let webhooks = routes.0.keys().map(|webhook| (recovery.workspace_id, *webhook));
        signals.deliveries_changed(tx, webhooks);
        tx.on_commit(Hint::DeliveriesDue);
    }
    Ok(match (last, started == allowed) {
        (true, _) => NextStep::Over,
        (false, true) => NextStep::WaitUntil(rate.next()),
        (false, false) => NextStep::More,
    })
}

/// The way to a webhook, as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// No way: the webhook is disabled or deleted, or the plan has no API.
    Closed,
    /// Deliveries are sent at once.
    Open,
    /// Deliveries are held in the webhook's own line: it is parked, draining, or has a rate limit.
    Line,
}

struct Routes(HashMap<WebhookId, Route>);

impl Routes {
    fn read(tx: &mut Tx<'_>, candidates: &[Candidate]) -> QueryResult<Self> {
        let mut webhooks: Vec<WebhookId> = candidates.iter().map(|candidate| candidate.webhook_id).collect();
        webhooks.sort_unstable();
        webhooks.dedup();
        let route = |(webhook, plan): (destinations::Destination, _)| {
            let stopped = webhook.disabled_at.is_some() || webhook.deleted_at.is_some();
            let route = if stopped || !plan::limits(plan).api_access {
                Route::Closed
            } else if webhook.is_holding() {
                Route::Line
            } else {
                Route::Open
            };
            (webhook.id, route)
        };
        Ok(Self(destinations::load(tx, &webhooks)?.into_iter().map(route).collect()))
    }

    fn to(&self, webhook: WebhookId) -> Route {
        self.0.get(&webhook).copied().unwrap_or(Route::Closed)
    }
}

/// A recovery's choice for one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// The delivery was not selected when the recovery began, or has moved on since.
    NotMeant,
    /// The delivery cannot be sent, or an attempt is under way.
    PassOver,
    /// The delivery's schedule starts anew.
    Anew(Route),
    /// The delivery gets one attempt beside its schedule.
    Attempt(Route),
}

fn choose(recovery: &RecoveryRow, candidate: &Candidate, route: Route) -> Choice {
    // A delivery that failed or was canceled after the recovery began has just been tried, or was stopped for
    // a new reason.
    let since_then = |at: Option<Timestamp>| at.is_some_and(|at| at > recovery.created_at);
    if !meant(&recovery.filter, candidate)
        || since_then(candidate.last_attempt_at)
        || since_then(candidate.finished_at)
    {
        return Choice::NotMeant;
    }
    let busy = candidate.lease_attempt_id.is_some() || candidate.manual_attempt_id.is_some();
    match candidate.status {
        DeliveryStatus::Pending | DeliveryStatus::Succeeded => Choice::NotMeant,
        _ if busy || route == Route::Closed => Choice::PassOver,
        DeliveryStatus::Failed | DeliveryStatus::Canceled => Choice::Anew(route),
        DeliveryStatus::Retrying => Choice::Attempt(route),
    }
}

/// `true` if a delivery is of the webhook, type and category that were asked for.
fn meant(filter: &Selection, candidate: &Candidate) -> bool {
    filter.webhook_id.is_none_or(|webhook| webhook == candidate.webhook_id)
        && filter.event_type.is_none_or(|kind| kind == candidate.event_type)
        && filter.category.is_none_or(|category| Some(category) == candidate.last_category)
}

/// Sets the chosen deliveries going, but for those that have changed since they were chosen. Answers how
/// many.
fn set_going(
    tx: &mut Tx<'_>,
    recovery: &RecoveryRow,
    chosen: &[DeliveryId],
    routes: &Routes,
) -> QueryResult<usize> {
    if chosen.is_empty() {
        return Ok(0);
    }
    let now = tx.now();
    let mut open = Vec::new();
    let mut line = Vec::new();
    let mut started = 0;
    for candidate in recoveries::lock_candidates(tx, chosen)? {
        let id = candidate.id;
        match choose(recovery, &candidate, routes.to(candidate.webhook_id)) {
            Choice::NotMeant | Choice::PassOver => continue,
            Choice::Anew(Route::Line) => line.push(id),
            Choice::Anew(_) => open.push(id),
            Choice::Attempt(route) => {
                let asked = AskedAttempt { delivery: id, attempt: tx.new_id(), held: route == Route::Line };
                recoveries::ask_for_attempt(tx, recovery.id, asked, now)?;
            }
        }
        started += 1;
    }
    recoveries::start_anew(tx, &open, recovery.id, now, None)?;
    recoveries::start_anew(tx, &line, recovery.id, now, Some(now + LOOK_AGAIN))?;
    Ok(started)
}

#[cfg(test)]
mod tests {
    use api_types::{
        audit::{Actor, ActorKind},
        deliveries::Category,
        events::EventType,
        ids::{AttemptId, WorkspaceId},
    };

    use super::*;
    use crate::db::{Json, StoredActor};

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn recovery(filter: Selection) -> RecoveryRow {
        RecoveryRow {
            id: RecoveryId::from_parts(0, 1),
            workspace_id: WorkspaceId::from_parts(0, 1),
            status: RecoveryStatus::Running,
            filter,
            rate_per_second: 20,
            total: 1,
            matched: None,
            started: 0,
            passed_over: 0,
            position: None,
            released_at: 0,
            created_by: Json::new(StoredActor::from(Actor {
                kind: ActorKind::System,
                id: None,
                name: String::new(),
            })),
            created_at: NOW,
            finished_at: None,
        }
    }

    fn all() -> Selection {
        Selection { webhook_id: None, event_type: None, category: None, since: None, until: NOW }
    }

    fn candidate(status: DeliveryStatus) -> Candidate {
        Candidate {
            id: DeliveryId::from_parts(0, 1),
            webhook_id: WebhookId::from_parts(0, 1),
            event_type: EventType::TicketCreated,
            status,
            last_category: Some(Category::Outage),
            manual_attempt_id: None,
            lease_attempt_id: None,
            last_attempt_at: Some(NOW - 1),
            finished_at: None,
        }
    }

    #[test]
    fn each_status_gets_what_the_screen_promises() {
        for (status, choice) in [
            (DeliveryStatus::Pending, Choice::NotMeant),
            (DeliveryStatus::Retrying, Choice::Attempt(Route::Open)),
            (DeliveryStatus::Succeeded, Choice::NotMeant),
            (DeliveryStatus::Failed, Choice::Anew(Route::Open)),
            (DeliveryStatus::Canceled, Choice::Anew(Route::Open)),
        ] {
            assert_eq!(choose(&recovery(all()), &candidate(status), Route::Open), choice, "{status}");
        }
    }

    #[test]
    fn what_cannot_be_sent_or_is_under_way_is_passed_over() {
        let recovery = recovery(all());
        let failed = candidate(DeliveryStatus::Failed);
        assert_eq!(choose(&recovery, &failed, Route::Closed), Choice::PassOver);
        let attempt = Some(AttemptId::from_parts(0, 1));
        let leased = Candidate { lease_attempt_id: attempt, ..failed.clone() };
        let asked = Candidate { manual_attempt_id: attempt, ..failed };
        for busy in [leased, asked] {
            assert_eq!(choose(&recovery, &busy, Route::Open), Choice::PassOver);
            let retrying = Candidate { status: DeliveryStatus::Retrying, ..busy };
            assert_eq!(choose(&recovery, &retrying, Route::Line), Choice::PassOver);
        }
    }

    #[test]
    fn what_failed_or_was_canceled_since_it_began_is_not_meant() {
        let recovery = recovery(all());
        let tried = Candidate { last_attempt_at: Some(NOW + 1), ..candidate(DeliveryStatus::Retrying) };
        let canceled = Candidate { finished_at: Some(NOW + 1), ..candidate(DeliveryStatus::Canceled) };
        for candidate in [tried, canceled] {
            assert_eq!(choose(&recovery, &candidate, Route::Open), Choice::NotMeant);
        }
    }

    #[test]
    fn filters_are_kept_to() {
        let failed = candidate(DeliveryStatus::Failed);
        for (filter, meant) in [
            (Selection { webhook_id: Some(failed.webhook_id), ..all() }, true),
            (Selection { webhook_id: Some(WebhookId::from_parts(0, 2)), ..all() }, false),
            (Selection { event_type: Some(EventType::TicketCreated), ..all() }, true),
            (Selection { event_type: Some(EventType::TicketClosed), ..all() }, false),
            (Selection { category: Some(Category::Outage), ..all() }, true),
            (Selection { category: Some(Category::Ours), ..all() }, false),
        ] {
            let choice = choose(&recovery(filter.clone()), &failed, Route::Line);
            let expected = if meant { Choice::Anew(Route::Line) } else { Choice::NotMeant };
            assert_eq!(choice, expected, "{filter:?}");
        }
    }
}
