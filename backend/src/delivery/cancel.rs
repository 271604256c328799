//! Cancels in steps what waits for webhooks that may not send any more, where that was too much for the transaction that gave cause
//! for it. The whole state is a mark in the webhook's row, so a crash in the middle loses nothing. Meanwhile nothing is sent: a
//! worker that comes to such a delivery cancels it instead.

use std::time::Duration;

use api_types::{
    Timestamp,
    deliveries::CancelReason,
    ids::{WebhookId, WorkspaceId},
    stream::Topic,
};
use diesel::QueryResult;

use crate::{
    base::Base,
    clock::Stopwatch,
    db::{
        DbError, Tx,
        deliveries::cancel::{self, AT_ONCE, Canceled},
        dialect,
        step_size::StepSize,
    },
    plan,
};

/// The pause between two looks: another node may have marked a webhook.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The pause between two steps, in real time.
const PAUSE: Duration = Duration::from_millis(20);

/// The most steps that somebody waits for.
const HURRIED: usize = 20;

/// Cancels what is due to be canceled, for as long as the node runs.
pub async fn keep(base: Base) {
    loop {
        if let Err(error) = all_of(&base, None).await {
            tracing::warn!(%error, "deliveries could not be canceled; the next look tries again");
        }
        base.clock.sleep(LOOK_EVERY).await;
    }
}

/// Cancels what is due to be canceled, of one workspace or of all, a step of each webhook in turn.
pub async fn all_of(base: &Base, workspace: Option<WorkspaceId>) -> Result<(), DbError> {
    let mut size = StepSize::FIRST;
    loop {
        let marked = base.db.query(move |conn| cancel::marked(conn, workspace)).await?;
        let mut canceled = 0;
        for webhook in marked {
            let count;
            (count, size) = base.db.execute(move |tx| step(tx, webhook, size)).await?;
            canceled += count;
            tokio::time::sleep(PAUSE).await;
        }
        if canceled == 0 {
            return Ok(());
        }
    }
}

/// Takes a few steps of one webhook, for somebody who waits for the last: often a step passed over a delivery only because its
/// result was just being written.
pub async fn hurry(base: &Base, webhook: WebhookId) -> Result<(), DbError> {
    let mut size = StepSize::FIRST;
    for _ in 0..HURRIED {
        if !base.db.query(move |conn| cancel::is_marked(conn, webhook)).await? {
            break;
        }
        (_, size) = base.db.execute(move |tx| step(tx, webhook, size)).await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// One step of a marked webhook. Answers how many deliveries it canceled, and the size of the next step.
fn step(tx: &mut Tx<'_>, webhook: WebhookId, size: StepSize) -> QueryResult<(usize, StepSize)> {
    let began = Stopwatch::start();
    let now = tx.now();
    dialect::take_time(tx)?;
    let Some(marked) = cancel::lock_marked(tx, webhook)? else { return Ok((0, size)) };
    let reason = match (marked.deleted_at, marked.disabled_at) {
        (Some(_), _) => CancelReason::WebhookDeleted,
        (None, Some(_)) => CancelReason::WebhookDisabled,
        (None, None) if !plan::limits(marked.plan).api_access => CancelReason::Plan,
        (None, None) => return cancel::unmark(tx, webhook).map(|()| (0, size)),
    };
    let Canceled { count, .. } = cancel::waiting(tx, webhook, reason, now, size.rows())?;
    tx.changed(marked.workspace, Topic::Deliveries, Some(webhook));
    Ok((count, size.after(count, began)))
}

/// Cancels what waits for all webhooks of a workspace whose plan allows no webhooks any more: some at once, and the rest in steps.
pub fn of_workspace(tx: &mut Tx<'_>, workspace: WorkspaceId) -> QueryResult<Canceled> {
    let now: Timestamp = tx.now();
    let mut all = Canceled { count: 0, more: false };
    for webhook in cancel::lock_all_of(tx, workspace)? {
        let left = AT_ONCE.saturating_sub(all.count);
        let one = cancel::waiting(tx, webhook, CancelReason::Plan, now, left)?;
        all = Canceled { count: all.count + one.count, more: all.more || one.more };
    }
    Ok(all)
}
