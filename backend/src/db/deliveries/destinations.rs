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

/// What a webhook wants.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = webhooks)]
pub struct Subscriber {
    /// Which webhook.
    pub id: WebhookId,
    /// Event types, groups, or `*`.
    pub event_types: Json<Vec<Subscription>>,
    /// When it was disabled.
    pub disabled_at: Option<Timestamp>,
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
