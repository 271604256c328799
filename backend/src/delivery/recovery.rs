//! The job behind a recovery: in short transactions it looks at the deliveries that were meant, oldest first, and sets as many
//! of them going as the pace allows. All that it knows is in the recovery's row, which each step locks: it goes on after a
//! restart, and on several nodes each delivery is set going once.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    deliveries::DeliveryStatus,
    ids::{AttemptId, DeliveryId, RecoveryId, WebhookId},
    recoveries::RecoveryStatus,
    stream::Topic,
};

use super::{LOOK_AGAIN, pace::Pace};
use crate::{
    app::App,
    db::{
        Tx,
        deliveries::destinations,
        dialect::jobs,
        recoveries::{self, Candidate, Filter, RecoveryRow},
    },
    new_id, plan,
    problem::Failure,
    wake::Hint,
};

/// How often it looks by itself, in milliseconds: for what another node or process began.
const LOOK_EVERY: i64 = 1_000;
/// The shortest pause between two steps of one recovery, in milliseconds: a quick one sets several going at a time.
const SHORTEST_PAUSE: i64 = 50;
/// How many deliveries one step looks at, at most.
const LOOKED_AT: usize = 200;

/// Carries recoveries out, for as long as the node runs.
pub async fn keep(app: App) {
    loop {
        let began = app.clock.now();
        let next = match look(&app).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "recoveries could not be carried on; they will be");
                began + LOOK_EVERY
            }
        };
        tokio::select! {
            () = app.wake.recoveries.notified() => {}
            () = app.clock.sleep_until(next) => {}
        }
    }
}

/// One step of each recovery whose pace allows it; says when to look again.
async fn look(app: &App) -> Result<Timestamp, Failure> {
    let now = app.clock.now();
    let mut next = now + LOOK_EVERY;
    for (id, used_until, rate) in app.db.read(|conn| Ok::<_, Failure>(recoveries::running(conn)?)).await? {
        let mut at = Pace { per_second: rate.into(), used_until }.next();
        if at <= now {
            let inner = app.clone();
            at = match app.db.write(move |tx| step(tx, &inner, id)).await? {
                Step::Paced(at) => at.max(now + SHORTEST_PAUSE),
                Step::More => now,
                Step::Over => continue,
            };
        }
        next = next.min(at);
    }
    Ok(next)
}

/// What follows a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    /// The pace allows no more until then.
    Paced(Timestamp),
    /// There is more to look at, now.
    More,
    /// It is over, or another node is at it.
    Over,
}

fn step(tx: &mut Tx<'_>, app: &App, id: RecoveryId) -> Result<Step, Failure> {
    let now = app.clock.now();
    let Some(mut recovery) = jobs::lock_recovery(tx, id)? else { return Ok(Step::Over) };
    let pace = Pace { per_second: recovery.rate_per_second.into(), used_until: recovery.released_at };
    let allowed = pace.allows(now);
    if allowed == 0 {
        return Ok(Step::Paced(pace.next()));
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
    let started = set_going(tx, app, &recovery, &chosen, &routes)?;
    recovery.started += i64::try_from(started).unwrap_or(0);
    recovery.passed_over += i64::try_from(chosen.len() - started).unwrap_or(0);
    let pace = pace.after(started, now);
    recovery.released_at = pace.used_until;
    if last {
        recovery.status = RecoveryStatus::Done;
        recovery.finished_at = Some(now);
        // What was recovered by other means meanwhile was not among those looked at.
        recovery.passed_over = recovery.passed_over.max(recovery.total - recovery.started);
    }
    recoveries::advance(tx, &recovery)?;
    tx.changed(recovery.workspace_id, Topic::Recoveries, recovery.filter.webhook_id);
    if started > 0 {
        let webhooks = routes.0.keys().map(|webhook| (recovery.workspace_id, *webhook));
        app.wake.deliveries_changed(tx, webhooks);
        tx.on_commit(Hint::DeliveriesDue);
    }
    Ok(match (last, started == allowed) {
        (true, _) => Step::Over,
        (false, true) => Step::Paced(pace.next()),
        (false, false) => Step::More,
    })
}

/// How deliveries reach a webhook now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    /// Not at all: it is disabled or deleted, or the plan has no API.
    Closed,
    /// At once.
    Open,
    /// Through the webhook's own line: it is parked, draining, or has a rate limit.
    Line,
}

struct Routes(HashMap<WebhookId, Route>);

impl Routes {
    fn read(tx: &mut Tx<'_>, candidates: &[Candidate]) -> Result<Self, Failure> {
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

/// What a recovery does with a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Choice {
    /// It is not one of those that were meant when the recovery began.
    NotMeant,
    /// It cannot be sent, or an attempt is under way.
    PassOver,
    /// Its schedule starts anew.
    Anew(Route),
    /// It gets one attempt beside its schedule.
    Attempt(Route),
}

fn choose(recovery: &RecoveryRow, candidate: &Candidate, route: Route) -> Choice {
    // What failed or was canceled since then has just been tried, or stopped for a reason of its own.
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

/// Whether a delivery is of the webhook, type and category that were asked for.
fn meant(filter: &Filter, candidate: &Candidate) -> bool {
    filter.webhook_id.is_none_or(|webhook| webhook == candidate.webhook_id)
        && filter.event_type.is_none_or(|kind| kind == candidate.event_type)
        && filter.category.is_none_or(|category| Some(category) == candidate.last_category)
}

/// Sets the chosen deliveries going that are still as they were when they were chosen; says how many.
fn set_going(
    tx: &mut Tx<'_>,
    app: &App,
    recovery: &RecoveryRow,
    chosen: &[DeliveryId],
    routes: &Routes,
) -> Result<usize, Failure> {
    if chosen.is_empty() {
        return Ok(0);
    }
    let now = app.clock.now();
    let (mut open, mut line, mut started) = (Vec::new(), Vec::new(), 0);
    for candidate in jobs::lock_candidates(tx, chosen)? {
        let id = candidate.id;
        match choose(recovery, &candidate, routes.to(candidate.webhook_id)) {
            Choice::NotMeant | Choice::PassOver => continue,
            Choice::Anew(Route::Line) => line.push(id),
            Choice::Anew(_) => open.push(id),
            Choice::Attempt(route) => {
                let attempt = new_id!(app, AttemptId);
                recoveries::ask_for_attempt(tx, (id, attempt), recovery.id, now, route == Route::Line)?;
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
        ids::WorkspaceId,
    };

    use super::*;
    use crate::db::Json;

    const NOW: Timestamp = Timestamp::from_millis(1_795_000_000_000);

    fn recovery(filter: Filter) -> RecoveryRow {
        RecoveryRow {
            id: RecoveryId::from_parts(0, 1),
            workspace_id: WorkspaceId::from_parts(0, 1),
            status: RecoveryStatus::Running,
            filter,
            rate_per_second: 20,
            total: 1,
            started: 0,
            passed_over: 0,
            position: None,
            released_at: 0,
            created_by: Json::new(Actor { kind: ActorKind::System, id: None, name: String::new() }),
            created_at: NOW,
            finished_at: None,
        }
    }

    fn all() -> Filter {
        Filter { webhook_id: None, event_type: None, category: None, since: None, until: NOW }
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
        let (recovery, failed) = (recovery(all()), candidate(DeliveryStatus::Failed));
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
            (Filter { webhook_id: Some(failed.webhook_id), ..all() }, true),
            (Filter { webhook_id: Some(WebhookId::from_parts(0, 2)), ..all() }, false),
            (Filter { event_type: Some(EventType::TicketCreated), ..all() }, true),
            (Filter { event_type: Some(EventType::TicketClosed), ..all() }, false),
            (Filter { category: Some(Category::Outage), ..all() }, true),
            (Filter { category: Some(Category::Ours), ..all() }, false),
        ] {
            let choice = choose(&recovery(filter.clone()), &failed, Route::Line);
            let expected = if meant { Choice::Anew(Route::Line) } else { Choice::NotMeant };
            assert_eq!(choice, expected, "{filter:?}");
        }
    }
}
