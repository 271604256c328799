//! A recovery's choice: what it does with each delivery that it comes to. Pure code, but for reading the way to the webhooks.

use std::collections::HashMap;

use api_types::{
    Timestamp,
    deliveries::{CancelReason, DeliveryStatus},
    ids::WebhookId,
    recoveries::Included,
};
use diesel::QueryResult;

use crate::{
    db::{
        Tx,
        deliveries::destinations,
        recoveries::{Candidate, RecoveryRow, Selection},
    },
    plan,
};

/// The way to a webhook, as it is now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Route {
    /// No way: the webhook is disabled or deleted, or the plan has no API.
    Closed,
    /// Deliveries are sent at once.
    Open,
    /// Deliveries are held in the webhook's own line: it is draining, or has a rate limit.
    Line,
    /// The same: it is parked. An attempt that is asked for by itself need not wait.
    Parked,
}

/// The ways to some webhooks.
pub(super) struct Routes(HashMap<WebhookId, Route>);

impl Routes {
    pub(super) fn read(tx: &mut Tx<'_>, candidates: &[Candidate]) -> QueryResult<Self> {
        let mut webhooks: Vec<WebhookId> = candidates.iter().map(|candidate| candidate.webhook_id).collect();
        webhooks.sort_unstable();
        webhooks.dedup();
        let route = |(webhook, plan): (destinations::Destination, _)| {
            let stopped = webhook.disabled_at.is_some() || webhook.deleted_at.is_some();
            let route = if stopped || !plan::limits(plan).api_access {
                Route::Closed
            } else if webhook.parked_at.is_some() {
                Route::Parked
            } else if webhook.is_holding() {
                Route::Line
            } else {
                Route::Open
            };
            (webhook.id, route)
        };
        Ok(Self(destinations::load(tx, &webhooks)?.into_iter().map(route).collect()))
    }

    /// The webhooks.
    pub(super) fn webhooks(&self) -> impl Iterator<Item = WebhookId> {
        self.0.keys().copied()
    }

    pub(super) fn to(&self, webhook: WebhookId) -> Route {
        self.0.get(&webhook).copied().unwrap_or(Route::Closed)
    }
}

/// A recovery's choice for one delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// The delivery was not selected when the recovery began, or has moved on since.
    NotMeant,
    /// The delivery cannot be sent, or an attempt is under way.
    PassOver,
    /// The delivery's schedule starts anew.
    Anew(Route),
    /// The delivery gets one attempt beside its schedule.
    Attempt(Route),
}

pub(super) fn choose(recovery: &RecoveryRow, candidate: &Candidate, route: Route) -> Choice {
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
        _ if !included(&recovery.filter, candidate) => Choice::NotMeant,
        _ if busy || route == Route::Closed => Choice::PassOver,
        DeliveryStatus::Retrying => Choice::Attempt(route),
        _ => Choice::Anew(route),
    }
}

/// `true` if a recovery is for deliveries in this state.
fn included(filter: &Selection, candidate: &Candidate) -> bool {
    match candidate.status {
        DeliveryStatus::Pending => false,
        DeliveryStatus::Succeeded => filter.includes(Included::Succeeded),
        DeliveryStatus::Failed | DeliveryStatus::Retrying => filter.includes(Included::Failed),
        DeliveryStatus::Canceled => {
            let missed = candidate.cancel_reason == Some(CancelReason::Missed);
            filter.includes(Included::Canceled) || (missed && filter.includes(Included::Missing))
        }
    }
}

/// `true` if a delivery is of the webhook, type and category that were asked for.
fn meant(filter: &Selection, candidate: &Candidate) -> bool {
    filter.webhook_id.is_none_or(|webhook| webhook == candidate.webhook_id)
        && filter.event_type.is_none_or(|kind| kind == candidate.event_type)
        && filter.category.is_none_or(|category| Some(category) == candidate.last_category)
}

#[cfg(test)]
mod tests {
    use api_types::{
        audit::{Actor, ActorKind},
        deliveries::Category,
        events::EventType,
        ids::{AttemptId, DeliveryId, RecoveryId, WorkspaceId},
        recoveries::RecoveryStatus,
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
            event_position: None,
            events_done: true,
            canary: None,
            stopped: None,
        }
    }

    fn all() -> Selection {
        Selection {
            webhook_id: None,
            event_type: None,
            category: None,
            since: None,
            until: NOW,
            include: None,
            owner_id: None,
        }
    }

    fn candidate(status: DeliveryStatus) -> Candidate {
        Candidate {
            id: DeliveryId::from_parts(0, 1),
            webhook_id: WebhookId::from_parts(0, 1),
            event_type: EventType::TicketCreated,
            status,
            cancel_reason: None,
            last_diagnosis: None,
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
    fn only_what_was_asked_for_is_included() {
        use Included::{Canceled, Failed, Missing, Succeeded};
        let chosen = |include: &[Included], candidate: &Candidate| {
            let filter = Selection { include: Some(Json::new(include.to_vec())), ..all() };
            choose(&recovery(filter), candidate, Route::Open)
        };
        let missed =
            Candidate { cancel_reason: Some(CancelReason::Missed), ..candidate(DeliveryStatus::Canceled) };
        for (include, status, meant) in [
            (&[Failed][..], DeliveryStatus::Failed, true),
            (&[Failed], DeliveryStatus::Retrying, true),
            (&[Failed], DeliveryStatus::Canceled, false),
            (&[Canceled], DeliveryStatus::Canceled, true),
            (&[Canceled, Missing], DeliveryStatus::Failed, false),
            (&[Missing], DeliveryStatus::Canceled, false),
            (&[Succeeded], DeliveryStatus::Succeeded, true),
            (&[Failed, Canceled, Missing], DeliveryStatus::Succeeded, false),
        ] {
            assert_eq!(
                chosen(include, &candidate(status)) != Choice::NotMeant,
                meant,
                "{include:?} {status}"
            );
        }
        assert_eq!(chosen(&[Missing], &missed), Choice::Anew(Route::Open));
        assert_eq!(chosen(&[Canceled], &missed), Choice::Anew(Route::Open));
        assert_eq!(chosen(&[Failed], &missed), Choice::NotMeant);
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
