//! Webhooks as the delivery engine sees them: subscriptions, destinations, signing secrets, circuit breakers and health.

use api_types::{
    Timestamp,
    account::Plan,
    deliveries::{DeliveryStatus, Diagnosis},
    filters::EventFilter,
    ids::{SecretId, WebhookId, WorkspaceId},
    webhooks::DisabledReason,
};
use diesel::prelude::*;

use crate::{
    catalogue::Subscription,
    db::{
        Conn, Hint, Json, Tx,
        dialect::locked,
        schema::{deliveries, signing_secrets, webhooks, workspaces},
    },
};

/// A webhook's subscriptions, with its destination.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct Subscriber {
    /// Event types, groups, or `*`.
    pub event_types: Json<Vec<Subscription>>,
    /// The conditions on the events that the webhook wants; `None` where it wants all of its types.
    pub filter: Option<Json<EventFilter>>,
    #[diesel(embed)]
    pub destination: Destination,
}

/// The URL that a webhook's messages go to, and the state that decides whether and when they are sent.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct Destination {
    pub id: WebhookId,
    pub workspace_id: WorkspaceId,
    pub url: String,
    pub disabled_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// The time since which everything is held until somebody resumes the webhook; `None` while it is not paused.
    pub paused_at: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    /// The most deliveries per second that the webhook's owner wants.
    pub rate_limit: Option<i32>,
    /// The owner's own request headers under the sealing key; `None` where there are none.
    pub headers: Option<String>,
    /// The time since which one delivery is sent after the other; `None` where the webhook is not ordered.
    pub ordered_since: Option<Timestamp>,
    /// The time at which the circuit breaker opened; `None` while the breaker is closed.
    pub parked_at: Option<Timestamp>,
    /// The time since which held deliveries are let go; `None` while none are.
    pub draining_since: Option<Timestamp>,
    pub created_at: Timestamp,
}

impl Destination {
    /// `true` where the webhook's deliveries wait in its own line, and are let go by a rule of their own.
    pub const fn is_holding(&self) -> bool {
        self.paused_at.is_some()
            || self.parked_at.is_some()
            || self.draining_since.is_some()
            || self.rate_limit.is_some()
            || self.ordered_since.is_some()
    }

    /// `true` where a retry by hand is made at once, past the webhook's line.
    pub const fn lets_retries_pass(&self) -> bool {
        self.paused_at.is_none() && self.ordered_since.is_none()
    }
}

/// A webhook's circuit breaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = webhooks)]
#[diesel(treat_none_as_null = true)]
pub struct Breaker {
    /// The number of outage and throttling failures in a row.
    pub outages: i32,
    /// The time at which the circuit breaker opened; `None` while the breaker is closed.
    pub parked_at: Option<Timestamp>,
    /// The time at which the next probe is due.
    pub probe_at: Option<Timestamp>,
    /// The number of probes that have failed since the breaker opened.
    pub probes: i32,
    /// The time since which held deliveries are let go; `None` while none are.
    pub draining_since: Option<Timestamp>,
    /// Held deliveries that are let go per second; 0 for as many as there are slots.
    pub pace: i32,
    /// The end of the pause that the receiver asked for, as far as it is kept.
    pub asked_until: Option<Timestamp>,
}

/// A webhook with a line of its own.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct HoldingWebhook {
    pub id: WebhookId,
    pub workspace_id: WorkspaceId,
    /// The most deliveries per second that the webhook's owner wants.
    pub rate_limit: Option<i32>,
    /// Unix microseconds up to which the webhook's pace is used: the next delivery is let go after that.
    pub released_at: i64,
    /// The time since which one delivery is sent after the other; `None` where the webhook is not ordered.
    pub ordered_since: Option<Timestamp>,
    #[diesel(embed)]
    pub breaker: Breaker,
}

/// A signing secret, encrypted with the sealing key.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = signing_secrets)]
pub struct SealedSecret {
    pub id: SecretId,
    pub webhook_id: WebhookId,
    pub sealed: String,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
}

/// A webhook's health: the last success, the failures since, and the circuit breaker.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct HealthRow {
    pub id: WebhookId,
    pub workspace_id: WorkspaceId,
    pub url: String,
    pub disabled_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
    /// The time of the first automatic attempt that failed after the last success.
    pub failing_since: Option<Timestamp>,
    pub last_success_at: Option<Timestamp>,
    pub last_failure_at: Option<Timestamp>,
    /// The diagnosis of the last failure; `None` while the webhook works.
    pub last_diagnosis: Option<Json<Diagnosis>>,
    /// The most deliveries per second that the webhook's owner wants.
    pub rate_limit: Option<i32>,
    #[diesel(embed)]
    pub breaker: Breaker,
}

impl HealthRow {
    /// `true` where a worker lets held deliveries of the webhook go, some at each look.
    pub const fn is_letting_go(&self) -> bool {
        self.breaker.draining_since.is_some() || self.rate_limit.is_some()
    }

    /// `true` where nothing is wrong with the webhook and none of its deliveries is held.
    pub fn is_well(&self) -> bool {
        self.failing_since.is_none() && self.last_diagnosis.is_none() && self.breaker == Breaker::default()
    }
}

/// The plan of a workspace, and the version of its subscriptions.
pub fn subscriptions_version(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<(Plan, i64)> {
    workspaces::table
        .find(workspace)
        .select((workspaces::plan, workspaces::subscriptions_version))
        .first(conn)
}

/// Marks every node's memory of a workspace's subscriptions as out of date, and has the jobs of this node that wait look
/// at their webhooks again once the transaction is durable.
pub fn bump_subscriptions(tx: &mut Tx<'_>, workspace: WorkspaceId) -> QueryResult<()> {
    tx.on_commit(Hint::DestinationsChanged { workspace });
    let conn: &mut Conn = tx;
    diesel::update(workspaces::table.find(workspace))
        .set(workspaces::subscriptions_version.eq(workspaces::subscriptions_version + 1))
        .execute(conn)
        .map(drop)
}

/// The subscriptions of a workspace's webhooks, the disabled ones included.
pub fn subscriptions(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<Vec<Subscriber>> {
    webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id)
        .select(Subscriber::as_select())
        .load(conn)
}

/// The destinations of some webhooks, with the plans of their workspaces.
pub fn load(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<Vec<(Destination, Plan)>> {
    webhooks::table
        .inner_join(workspaces::table.on(workspaces::id.eq(webhooks::workspace_id)))
        .filter(webhooks::id.eq_any(ids))
        .select((Destination::as_select(), workspaces::plan))
        .load(conn)
}

/// The secrets of some webhooks, newest first, the expired ones included.
pub fn secrets(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<Vec<SealedSecret>> {
    signing_secrets::table
        .filter(signing_secrets::webhook_id.eq_any(ids))
        .order(signing_secrets::id.desc())
        .select(SealedSecret::as_select())
        .load(conn)
}

/// Webhooks with a line of their own in which a delivery waits and may go, locked until the transaction ends; webhooks that
/// another worker locks are passed over, and so are paused ones.
pub fn lock_holding(conn: &mut Conn) -> QueryResult<Vec<HoldingWebhook>> {
    locked!(
        conn,
        for_no_key_update.skip_locked,
        load,
        webhooks::table
            .filter(
                webhooks::parked_at
                    .is_not_null()
                    .or(webhooks::draining_since.is_not_null())
                    .or(webhooks::rate_limit.is_not_null())
                    .or(webhooks::ordered_since.is_not_null()),
            )
            .filter(webhooks::disabled_at.is_null())
            .filter(webhooks::deleted_at.is_null())
            .filter(webhooks::paused_at.is_null())
            .filter(
                webhooks::draining_since
                    .is_not_null()
                    .or(diesel::dsl::exists(
                        deliveries::table
                            .filter(deliveries::webhook_id.eq(webhooks::id))
                            .filter(
                                deliveries::status
                                    .eq_any([DeliveryStatus::Pending, DeliveryStatus::Retrying]),
                            )
                            .select(deliveries::id),
                    ))
                    // A retry by hand of what has failed waits in the line, too.
                    .or(webhooks::ordered_since.is_not_null().and(diesel::dsl::exists(
                        deliveries::table
                            .filter(deliveries::webhook_id.eq(webhooks::id))
                            .filter(deliveries::due_at.is_not_null())
                            .select(deliveries::id),
                    ))),
            )
            .order(webhooks::id)
            .select(HoldingWebhook::as_select())
    )
}

/// Closes a parked webhook's breaker, so that held deliveries drain at the pace of `breaker`; `false` where the webhook
/// is not parked.
pub fn close(conn: &mut Conn, id: WebhookId, breaker: Breaker) -> QueryResult<bool> {
    diesel::update(webhooks::table.find(id).filter(webhooks::parked_at.is_not_null()))
        .set(breaker)
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Lets a resumed webhook's held deliveries drain at the pace of `breaker`. A parked webhook stays parked, and its next probe
/// is due now.
pub fn resume(conn: &mut Conn, id: WebhookId, breaker: Breaker) -> QueryResult<()> {
    let parked = diesel::update(webhooks::table.find(id).filter(webhooks::parked_at.is_not_null()))
        .set(webhooks::probe_at.eq(breaker.draining_since))
        .execute(conn)?;
    if parked == 0 {
        diesel::update(webhooks::table.find(id)).set(breaker).execute(conn)?;
    }
    Ok(())
}

/// Lets a webhook's held deliveries drain as fast as there are slots; `false` where the webhook is paused, parked or
/// ordered, or drains already.
pub fn start_drain(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<bool> {
    diesel::update(
        webhooks::table
            .find(id)
            .filter(webhooks::paused_at.is_null())
            .filter(webhooks::parked_at.is_null())
            .filter(webhooks::ordered_since.is_null())
            .filter(webhooks::draining_since.is_null()),
    )
    .set((webhooks::draining_since.eq(now), webhooks::pace.eq(0)))
    .execute(conn)
    .map(|changed| changed == 1)
}

/// Ends a drain, since nothing is held any more.
pub fn end_drain(conn: &mut Conn, id: WebhookId) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((webhooks::draining_since.eq(None::<Timestamp>), webhooks::pace.eq(0)))
        .execute(conn)
        .map(drop)
}

/// Records the unix microseconds up to which the webhook's pace is used.
pub fn set_released(conn: &mut Conn, id: WebhookId, until: i64) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id)).set(webhooks::released_at.eq(until)).execute(conn).map(drop)
}

/// Puts the next probe off to `at`, since one is under way.
pub fn set_probe(conn: &mut Conn, id: WebhookId, at: Timestamp) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id)).set(webhooks::probe_at.eq(at)).execute(conn).map(drop)
}

/// The health of some webhooks, without a lock.
pub fn health(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<Vec<HealthRow>> {
    // Most batches of results are of one webhook. That statement stays prepared; with many ids its text differs from batch to batch.
    if let [id] = ids {
        return webhooks::table.find(id).select(HealthRow::as_select()).load(conn);
    }
    webhooks::table.filter(webhooks::id.eq_any(ids)).select(HealthRow::as_select()).load(conn)
}

/// The time of a webhook's last successful attempt.
pub fn last_success(conn: &mut Conn, id: WebhookId) -> QueryResult<Option<Timestamp>> {
    webhooks::table.find(id).select(webhooks::last_success_at).first(conn)
}

/// The health of webhooks, locked until the transaction ends (new deliveries may still refer to them), always in the same
/// order. Every transaction that changes webhooks and their deliveries locks the webhooks first, and the rows of workspaces
/// last, ordered by their ids.
pub fn lock_health(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<Vec<HealthRow>> {
    locked!(
        conn,
        for_no_key_update,
        load,
        webhooks::table.filter(webhooks::id.eq_any(ids)).order(webhooks::id).select(HealthRow::as_select())
    )
}

/// Stores a webhook's health.
pub fn set_health(conn: &mut Conn, health: &HealthRow) -> QueryResult<()> {
    diesel::update(webhooks::table.find(health.id))
        .set((
            webhooks::failing_since.eq(health.failing_since),
            webhooks::last_success_at.eq(health.last_success_at),
            webhooks::last_failure_at.eq(health.last_failure_at),
            webhooks::last_diagnosis.eq(&health.last_diagnosis),
            health.breaker,
        ))
        .execute(conn)
        .map(drop)
}

/// Disables a webhook; `false` where the webhook was disabled or deleted before.
pub fn disable(conn: &mut Conn, id: WebhookId, reason: DisabledReason, now: Timestamp) -> QueryResult<bool> {
    diesel::update(
        webhooks::table
            .find(id)
            .filter(webhooks::disabled_at.is_null())
            .filter(webhooks::deleted_at.is_null()),
    )
    .set((webhooks::disabled_at.eq(now), webhooks::disabled_reason.eq(reason), webhooks::updated_at.eq(now)))
    .execute(conn)
    .map(|changed| changed == 1)
}
