//! Canceling the deliveries that wait for a webhook: in the transaction that gives cause for it where they are few, in steps
//! where they are many.
//!
//! A step passes over deliveries that another transaction has locked, so it never waits for one while it holds others. The
//! webhook's mark stays until none is left.

use api_types::{
    Timestamp,
    account::Plan,
    deliveries::{CancelReason, DeliveryStatus},
    ids::{AttemptId, DeliveryId, WebhookId, WorkspaceId},
};
use diesel::prelude::*;

use super::by_hand;
use crate::db::{
    Conn,
    dialect::locked,
    schema::{deliveries, webhooks, workspaces},
};

/// The most deliveries that are canceled in the very transaction that gives cause for it.
pub const AT_ONCE: usize = 50;

/// A step's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Canceled {
    /// The number of deliveries that were canceled.
    pub count: usize,
    /// More deliveries wait: the webhook is marked.
    pub more: bool,
}

/// A marked webhook, locked until the transaction ends.
#[derive(Clone, Copy, Debug, Queryable)]
pub struct Marked {
    pub workspace: WorkspaceId,
    pub plan: Plan,
    pub disabled_at: Option<Timestamp>,
    pub deleted_at: Option<Timestamp>,
}

/// Cancels deliveries that wait for a webhook, retries by hand included, at most `limit` of each kind, and marks the webhook
/// where more of them wait. Attempts under way end by themselves. The webhook's row is locked before.
pub fn waiting(
    conn: &mut Conn,
    webhook: WebhookId,
    reason: CancelReason,
    now: Timestamp,
    limit: usize,
) -> QueryResult<Canceled> {
    let retries = retries(conn, webhook, limit)?;
    diesel::update(deliveries::table.filter(deliveries::id.eq_any(&retries)))
        .set((deliveries::manual_attempt_id.eq(None::<AttemptId>), deliveries::due_at.eq(None::<Timestamp>)))
        .execute(conn)?;
    let scheduled = scheduled(conn, webhook, limit)?;
    let count = diesel::update(deliveries::table.filter(deliveries::id.eq_any(&scheduled)))
        .set((
            deliveries::status.eq(DeliveryStatus::Canceled),
            deliveries::cancel_reason.eq(reason),
            deliveries::next_attempt_at.eq(None::<Timestamp>),
            deliveries::due_at.eq(None::<Timestamp>),
            deliveries::held.eq(false),
            deliveries::finished_at.eq(now),
        ))
        .execute(conn)?;
    // A look for more of them would pass over every row that has just been canceled.
    let is_full = limit > 0 && (count == limit || retries.len() == limit);
    let more = is_full || wait(conn, webhook)?;
    mark(conn, webhook, more)?;
    Ok(Canceled { count, more })
}

/// Retries by hand that wait, locked until the transaction ends.
fn retries(conn: &mut Conn, webhook: WebhookId, limit: usize) -> QueryResult<Vec<DeliveryId>> {
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::webhook_id.eq(webhook))
            .filter(by_hand::waits())
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(deliveries::id)
    )
}

/// Deliveries that the schedule would still send, locked until the transaction ends.
fn scheduled(conn: &mut Conn, webhook: WebhookId, limit: usize) -> QueryResult<Vec<DeliveryId>> {
    locked!(
        conn,
        for_update.skip_locked,
        load,
        deliveries::table
            .filter(deliveries::webhook_id.eq(webhook))
            .filter(deliveries::status.eq_any([DeliveryStatus::Pending, DeliveryStatus::Retrying]))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(deliveries::id)
    )
}

/// `true` where a delivery of the webhook waits.
fn wait(conn: &mut Conn, webhook: WebhookId) -> QueryResult<bool> {
    let scheduled = deliveries::table
        .filter(deliveries::webhook_id.eq(webhook))
        .filter(deliveries::status.eq_any([DeliveryStatus::Pending, DeliveryStatus::Retrying]));
    let by_hand = deliveries::table.filter(deliveries::webhook_id.eq(webhook)).filter(by_hand::waits());
    Ok(diesel::select(diesel::dsl::exists(scheduled)).get_result(conn)?
        || diesel::select(diesel::dsl::exists(by_hand)).get_result(conn)?)
}

fn mark(conn: &mut Conn, webhook: WebhookId, due: bool) -> QueryResult<()> {
    diesel::update(webhooks::table.find(webhook).filter(webhooks::cancel_due.ne(due)))
        .set(webhooks::cancel_due.eq(due))
        .execute(conn)
        .map(drop)
}

/// `true` where deliveries of the webhook are still to be canceled; `false` where there is no such webhook.
pub fn is_marked(conn: &mut Conn, webhook: WebhookId) -> QueryResult<bool> {
    let marked = webhooks::table.find(webhook).filter(webhooks::cancel_due);
    diesel::select(diesel::dsl::exists(marked)).get_result(conn)
}

/// The marked webhooks, of one workspace or of all.
pub fn marked(conn: &mut Conn, workspace: Option<WorkspaceId>) -> QueryResult<Vec<WebhookId>> {
    let mut query =
        webhooks::table.filter(webhooks::cancel_due).order(webhooks::id).select(webhooks::id).into_boxed();
    if let Some(workspace) = workspace {
        query = query.filter(webhooks::workspace_id.eq(workspace));
    }
    query.load(conn)
}

/// `true` where deliveries of a workspace are still to be canceled for its plan.
pub fn is_due_for_plan(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<bool> {
    let marked = webhooks::table
        .filter(webhooks::workspace_id.eq(workspace))
        .filter(webhooks::cancel_due)
        .filter(webhooks::disabled_at.is_null())
        .filter(webhooks::deleted_at.is_null());
    diesel::select(diesel::dsl::exists(marked)).get_result(conn)
}

/// A webhook that is marked, locked; none where it is not, or where another node has it.
pub fn lock_marked(conn: &mut Conn, webhook: WebhookId) -> QueryResult<Option<Marked>> {
    let found: QueryResult<(WorkspaceId, Option<Timestamp>, Option<Timestamp>)> = locked!(
        conn,
        for_no_key_update.skip_locked,
        first,
        webhooks::table.filter(webhooks::id.eq(webhook)).filter(webhooks::cancel_due).select((
            webhooks::workspace_id,
            webhooks::disabled_at,
            webhooks::deleted_at
        ))
    );
    let Some((workspace, disabled_at, deleted_at)) = found.optional()? else { return Ok(None) };
    let plan = workspaces::table.find(workspace).select(workspaces::plan).first(conn)?;
    Ok(Some(Marked { workspace, plan, disabled_at, deleted_at }))
}

/// Takes the mark off a webhook that may send again.
pub fn unmark(conn: &mut Conn, webhook: WebhookId) -> QueryResult<()> {
    mark(conn, webhook, false)
}

/// The webhooks of a workspace, the deleted ones included, in the order in which rows are locked.
pub fn lock_all_of(conn: &mut Conn, workspace: WorkspaceId) -> QueryResult<Vec<WebhookId>> {
    locked!(
        conn,
        for_no_key_update,
        load,
        webhooks::table.filter(webhooks::workspace_id.eq(workspace)).order(webhooks::id).select(webhooks::id)
    )
}
