//! Webhooks as the delivery engine sees them: who wants what, where it goes, what signs it, and how it has been doing.

use api_types::{
    Timestamp,
    account::Plan,
    deliveries::Diagnosis,
    ids::{SecretId, WebhookId, WorkspaceId},
    webhooks::DisabledReason,
};
use diesel::prelude::*;

use crate::{
    catalogue::Subscription,
    db::{
        Conn, Json, dialect,
        schema::{signing_secrets, webhooks, workspaces},
    },
};

/// What a webhook wants, and where it wants it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct Subscriber {
    /// Event types, groups, or `*`.
    pub event_types: Json<Vec<Subscription>>,
    /// Where to.
    #[diesel(embed)]
    pub destination: Destination,
}

/// Where a webhook's messages go.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct Destination {
    /// Which webhook.
    pub id: WebhookId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The URL.
    pub url: String,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The last successful attempt.
    pub last_success_at: Option<Timestamp>,
    /// The most deliveries per second that its owner wants.
    pub rate_limit: Option<i32>,
    /// When its breaker opened.
    pub parked_at: Option<Timestamp>,
    /// Since when held deliveries are let go.
    pub draining_since: Option<Timestamp>,
}

impl Destination {
    /// Whether its deliveries wait in its own line and are let go by a rule of their own.
    pub const fn is_holding(&self) -> bool {
        self.parked_at.is_some() || self.draining_since.is_some() || self.rate_limit.is_some()
    }
}

/// A webhook's circuit breaker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Queryable, Selectable, AsChangeset)]
#[diesel(table_name = webhooks)]
#[diesel(treat_none_as_null = true)]
pub struct Breaker {
    /// Outage and throttling failures in a row.
    pub outages: i32,
    /// Open since.
    pub parked_at: Option<Timestamp>,
    /// When the next probe is due.
    pub probe_at: Option<Timestamp>,
    /// How many probes have failed since it opened.
    pub probes: i32,
    /// Since when held deliveries are let go.
    pub draining_since: Option<Timestamp>,
    /// How many of them per second; 0 for as many as there are slots.
    pub pace: i32,
}

/// A webhook with a line of its own.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct Holding {
    /// Which webhook.
    pub id: WebhookId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// The most deliveries per second that its owner wants.
    pub rate_limit: Option<i32>,
    /// Up to when deliveries have been let go, in unix microseconds.
    pub released_at: i64,
    /// Its breaker.
    #[diesel(embed)]
    pub breaker: Breaker,
}

/// A signing secret, sealed.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = signing_secrets)]
pub struct SealedSecret {
    /// Which secret.
    pub id: SecretId,
    /// Whose it is.
    pub webhook_id: WebhookId,
    /// The sealed text.
    pub sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops signing.
    pub expires_at: Option<Timestamp>,
}

/// How a webhook has been doing.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct HealthRow {
    /// Which webhook.
    pub id: WebhookId,
    /// Whose it is.
    pub workspace_id: WorkspaceId,
    /// Its URL.
    pub url: String,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The first automatic attempt that failed after the last success.
    pub failing_since: Option<Timestamp>,
    /// The last successful attempt.
    pub last_success_at: Option<Timestamp>,
    /// The last failed attempt.
    pub last_failure_at: Option<Timestamp>,
    /// What went wrong last; none while it works.
    pub last_diagnosis: Option<Json<Diagnosis>>,
    /// Its breaker.
    #[diesel(embed)]
    pub breaker: Breaker,
}

impl HealthRow {
    /// Nothing is wrong with it, and nothing of it is held.
    pub fn is_well(&self) -> bool {
        self.failing_since.is_none() && self.last_diagnosis.is_none() && self.breaker == Breaker::default()
    }
}

/// The plan of a workspace, and the number of its present subscriptions.
pub fn subscriptions_version(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<(Plan, i64)> {
    workspaces::table
        .find(workspace)
        .select((workspaces::plan, workspaces::subscriptions_version))
        .first(conn)
}

/// Marks every node's memory of a workspace's subscriptions as out of date.
pub fn bump_subscriptions(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<()> {
    diesel::update(workspaces::table.find(workspace))
        .set(workspaces::subscriptions_version.eq(workspaces::subscriptions_version + 1))
        .execute(conn)
        .map(drop)
}

/// What the webhooks of a workspace want, the disabled ones included.
pub fn subscriptions(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<Vec<Subscriber>> {
    webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .filter(webhooks::deleted_at.is_null())
        .order(webhooks::id)
        .select(Subscriber::as_select())
        .load(conn)
}

/// Where some webhooks' messages go, with their workspaces' plans.
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

/// Closes a parked webhook's breaker, so that what was held drains at the pace of `breaker`; `false` where it is not parked.
pub fn close(conn: &mut Conn, id: WebhookId, breaker: Breaker) -> QueryResult<bool> {
    diesel::update(webhooks::table.find(id).filter(webhooks::parked_at.is_not_null()))
        .set(breaker)
        .execute(conn)
        .map(|changed| changed == 1)
}

/// Lets a webhook whose deliveries are held drain as fast as there are slots; `false` where it is parked or drains already.
pub fn let_go(conn: &mut Conn, id: WebhookId, now: Timestamp) -> QueryResult<bool> {
    diesel::update(
        webhooks::table
            .find(id)
            .filter(webhooks::parked_at.is_null())
            .filter(webhooks::draining_since.is_null()),
    )
    .set((webhooks::draining_since.eq(now), webhooks::pace.eq(0)))
    .execute(conn)
    .map(|changed| changed == 1)
}

/// Ends a drain: nothing is held any more.
pub fn end_drain(conn: &mut Conn, id: WebhookId) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((webhooks::draining_since.eq(None::<Timestamp>), webhooks::pace.eq(0)))
        .execute(conn)
        .map(drop)
}

/// Writes down up to when held deliveries have been let go.
pub fn set_released(conn: &mut Conn, id: WebhookId, until: i64) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id)).set(webhooks::released_at.eq(until)).execute(conn).map(drop)
}

/// Puts the next probe off: one is under way.
pub fn set_probe(conn: &mut Conn, id: WebhookId, at: Timestamp) -> QueryResult<()> {
    diesel::update(webhooks::table.find(id)).set(webhooks::probe_at.eq(at)).execute(conn).map(drop)
}

/// How some webhooks have been doing, without a lock.
pub fn health(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<Vec<HealthRow>> {
    webhooks::table.filter(webhooks::id.eq_any(ids)).select(HealthRow::as_select()).load(conn)
}

/// When an attempt last succeeded.
pub fn last_success(conn: &mut Conn, id: WebhookId) -> QueryResult<Option<Timestamp>> {
    webhooks::table.find(id).select(webhooks::last_success_at).first(conn)
}

/// Locks some webhooks and reads how they have been doing.
pub fn lock_health(conn: &mut Conn, ids: &[WebhookId]) -> QueryResult<Vec<HealthRow>> {
    dialect::lock_health(conn, ids)
}

/// Writes down how a webhook has been doing.
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

/// Disables a webhook that is not; `false` where it was before.
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
